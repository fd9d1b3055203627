"""The invented people are who they claim to be, and nothing about them could belong to anybody."""

import csv
import json
import os
import re
from datetime import date
from pathlib import Path

import pytest

from demo.people import PEOPLE, build
from demo.people.facts import CANARY_ADDRESS, CANARY_PHONE, CANARY_RELATIVE
from demo.people.places import PROVIDERS, UNITS
from demo.people.population import numbers_of
from demo.simulators.person import describe

pytestmark = pytest.mark.demo
TODAY = date(2026, 3, 2)
FICTION = {
    "070-17": range(40605, 40700),
    "08-465": range(400, 500),
    "0980-319": range(200, 300),
}


def shared_folder() -> Path:
    """The folder of shared material: $SHARED_DIR, or beside the checkout."""
    folder = Path(os.environ.get("SHARED_DIR") or Path(__file__).resolve().parents[3] / "shared")
    if not folder.is_dir():
        pytest.skip(f"the shared folder is not here ({folder.name})")
    return folder


def everything() -> str:
    population = build(TODAY)
    facts = [describe(person, person.number, TODAY) for person in PEOPLE]
    files = [population.viva_entries("hsl"), population.viva_entries("sol")]
    national = [[entry.body, entry.number] for entry in population.national]
    known = [facts, population.fhir_resources, files, population.missions, population.elsewhere, national]
    return json.dumps(known, ensure_ascii=False)


def test_every_number_is_an_official_test_number() -> None:
    with (shared_folder() / "testnumbers.csv").open(encoding="utf-8") as lines:
        official = {row["number"]: row for row in csv.DictReader(lines)}
    for person in PEOPLE:
        for number, kind in numbers_of(person):
            assert official[number]["type"] == kind
        assert official[person.number]["born"] == person.born.isoformat()
        assert official[person.number]["sex"] == person.sex[0]


def test_every_phone_number_is_set_aside_for_fiction() -> None:
    units = json.dumps([[unit.phone, unit.phone_night] for unit in UNITS])
    numbers = set(re.findall(r"\b0\d{1,3}-\d{5,8}\b", everything() + units))
    assert numbers
    for number in numbers | {p.phone for p in PEOPLE if p.phone}:
        assert any(
            number.startswith(head) and int(number.removeprefix(head)) in tail
            for head, tail in FICTION.items()
        ), number


def test_thirteen_people_have_thirteen_letters_and_names() -> None:
    assert "".join(person.letter for person in PEOPLE) == "ABCDEFGHIJKLM"
    assert len({person.name for person in PEOPLE}) == 13


def test_every_unit_belongs_to_a_provider_and_carries_its_number() -> None:
    assert len({unit.hsa for unit in UNITS}) == len(UNITS)
    for unit in UNITS:
        assert unit.provider in PROVIDERS
        assert unit.hsa.partition("-")[0] == unit.provider.hsa.partition("-")[0]


def test_no_resource_id_or_reference_carries_a_personal_number() -> None:
    for resource in build(TODAY).fhir_resources:
        assert not re.search(r"\d{12}", resource["id"])
        for reference in re.findall(r'"reference": "([^"]*)"', json.dumps(resource)):
            assert not re.search(r"\d{12}", reference)


def test_resource_ids_are_unique() -> None:
    resources = build(TODAY).fhir_resources
    assert len({(r["resourceType"], r["id"]) for r in resources}) == len(resources)


def test_the_same_day_gives_the_same_population() -> None:
    assert build(TODAY).fhir_resources == build(TODAY).fhir_resources


def test_long_stay_has_five_thousand_visits_and_values() -> None:
    chart = build(TODAY).charts["K"]
    assert sum(r["resourceType"] in ("Encounter", "Observation") for r in chart) == 5000
    assert max(r["period"]["start"] for r in chart if r["resourceType"] == "Encounter").startswith(
        "2026-03-01"
    )


def test_nothing_is_known_of_the_empty_person() -> None:
    population = build(TODAY)
    person = population.people[1]
    assert population.charts["B"] == []
    assert population.holders(person) == frozenset()


def test_canaries_are_planted_in_both_systems_but_the_register_withholds_them() -> None:
    population = build(TODAY)
    protected = population.people[4]
    chart = json.dumps(population.charts["E"], ensure_ascii=False)
    files = json.dumps(population.viva_entries("sol")[protected.number], ensure_ascii=False)
    for canary in (CANARY_ADDRESS, CANARY_RELATIVE, CANARY_PHONE):
        assert canary in chart
        assert canary in files
        assert canary not in json.dumps(describe(protected, protected.number, TODAY), ensure_ascii=False)


def test_every_chart_record_names_its_unit_and_provider() -> None:
    for chart in build(TODAY).charts.values():
        for resource in chart:
            if resource["resourceType"] != "Patient":
                levels = resource["extension"][0]["extension"]
                assert [level["url"] for level in levels] == ["hsaCareProvider", "hsaCareUnit"]
