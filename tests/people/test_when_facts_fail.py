"""A service that access rests on and does not answer decides as the safe answer, and the page says so."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from connectors.models import Source
from consent.models import AccessEvent, BlockLift
from demo.people import BY_LETTER
from demo.people.places import NATTPATRULLEN
from tests.people.test_when_systems_fail import order
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

if TYPE_CHECKING:
    from demo.seed import Addresses

pytestmark = [pytest.mark.demo, pytest.mark.network]

# Late, unreadable, out of order, about somebody else.
FAULTS = ("hang", "malformed", "unavailable", "foreign")
MORE_FAULTS = (*FAULTS, "html", "unauthorized", "reset", "drip")
DEADLINE_S = 0.6
NO_BLOCKS = "Spärrar kunde inte läsas"
ALARM = "Trygghetslarm"


@pytest.fixture
def facts(people: "Addresses") -> "Iterator[Addresses]":
    """Short deadlines for short tests; every service well-behaved afterwards."""
    Source.objects.filter(connector__in=("accessfacts", "population")).update(deadline_s=DEADLINE_S)
    yield people
    order(people.facts, "ok")
    order(people.population, "ok")


def reader(letter: str, persona: str = "akuten", unit: str = "") -> Reader:
    found = Reader().sign_in(persona, unit)
    assert found.search(BY_LETTER[letter].number).status == 302
    return found


# Blocks. ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MORE_FAULTS)
def test_where_blocks_are_unknown_no_data_of_others_is_shown(facts: "Addresses", mode: str) -> None:
    """A has consent everywhere and every button lit; what her own unit wrote is all that is left."""
    doctor = reader("A")
    doctor.act("choose_units", unit="*")
    before = doctor.overview()
    assert {"social_service", "home_care", "warning"} <= before.lit
    assert ALARM in doctor.detail("social_service").body
    order(facts.facts, mode, path="/blocks")
    page = doctor.overview()
    assert NO_BLOCKS in page.text
    for key in ("social_service", "home_care", "care_plan"):
        assert page.states[key] == "unknown", (key, page.states[key])
    assert "Inget registrerat" not in page.text
    assert "Spärrade uppgifter finns" not in page.text, "nobody knows that"
    for body in (page.html, doctor.detail("social_service").body):
        assert ALARM not in body
    order(facts.facts, "ok")
    assert "social_service" in doctor.overview().lit


@pytest.mark.parametrize("mode", FAULTS)
def test_where_blocks_are_unknown_no_source_of_another_owner_is_even_asked(
    facts: "Addresses", mode: str
) -> None:
    doctor = reader("A")
    doctor.act("choose_units", unit="*")
    order(facts.facts, mode, path="/blocks")
    doctor.overview()
    asked = AccessEvent.objects.filter(event="intent").latest("seq")
    assert "blocks_unknown" in asked.detail["refusals"]
    assert {row for _, row, _ in asked.bases} == {"1"}


@pytest.mark.parametrize("mode", FAULTS)
def test_where_blocks_are_unknown_nothing_is_lifted_and_nobody_asked(facts: "Addresses", mode: str) -> None:
    officer = reader("H", "distrikt")
    nurse = reader("H", "hemsjukvard", NATTPATRULLEN.hsa)
    nurse.act("emergency", obstacle="unconscious")
    order(facts.facts, mode, path="/blocks")
    assert officer.get(reverse("lift_by_consent", args=[officer.handle])).status == 409
    body = officer.get(reverse("blocks", args=[officer.handle])).body
    assert NO_BLOCKS in body
    assert "Ingen inre spärr finns" not in body
    assert nurse.act("ask_to_lift", provider="SE2321000016-R001").status == 409
    assert not BlockLift.objects.exists()


# Relation. -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MORE_FAULTS)
def test_where_the_journal_does_not_say_the_reader_confirms_the_relation(
    facts: "Addresses", mode: str
) -> None:
    order(facts.facts, mode, path="/relations")
    doctor = reader("M")
    page = doctor.get(reverse("overview", args=[doctor.handle]))
    assert page.status == 200
    assert "data-button" not in page.body
    assert BY_LETTER["M"].family_name not in page.body, "no name before a relation"
    assert "svarade inte om vårdrelation" in page.body
    assert "Ingen vårdrelation är registrerad" not in page.body, "nobody said so"
    assert "Andra vårdgivare eller omsorgsgivare" not in page.body
    assert doctor.act("confirm_relation").status == 302
    doctor.act("choose_units", unit="*")
    assert "care_contact" in doctor.overview().lit


@pytest.mark.parametrize("mode", FAULTS)
def test_a_relation_on_record_holds_without_the_journal(facts: "Addresses", mode: str) -> None:
    order(facts.facts, mode, path="/relations")
    assert "home_care" in reader("C", "hemsjukvard").overview().lit
    assert "social_service" in reader("C", "hemtjanst").overview().lit


@pytest.mark.parametrize("mode", FAULTS)
def test_another_providers_journal_bothers_nobody(facts: "Addresses", mode: str) -> None:
    """The municipality's is out of reach, the region's fails for another: M's doctor notices neither."""
    Source.objects.filter(slug="patient-kommun").update(base_url="http://127.0.0.1:9")
    order(facts.facts, mode, path="/relations", patient=BY_LETTER["B"].number)
    doctor = reader("M")
    doctor.act("choose_units", unit="*")
    assert "care_contact" in doctor.overview().lit


def test_a_journal_that_answers_none_leaves_it_to_the_reader(facts: "Addresses") -> None:
    order(facts.facts, "empty", path="/relations")
    doctor = reader("M")
    body = doctor.get(reverse("overview", args=[doctor.handle])).body
    assert "Ingen vårdrelation är registrerad" in body
    assert "data-button" not in body


# Existence. ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MORE_FAULTS)
@pytest.mark.parametrize("letter", ["B", "M"])
def test_what_the_index_does_not_say_is_unknown(facts: "Addresses", mode: str, letter: str) -> None:
    order(facts.facts, mode, path="/index")
    text = reader(letter).overview().text
    assert "Andra vårdgivare eller omsorgsgivare: går inte att se." in text
    for guess in ("uppgifter finns.", "inga uppgifter."):
        assert f"omsorgsgivare: {guess}" not in text
    assert AccessEvent.objects.filter(event="intent").latest("seq").detail["existence"] == "unknown"


# The person. -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MORE_FAULTS)
def test_without_the_register_the_number_stands_alone_and_counts_as_protected(
    facts: "Addresses", mode: str
) -> None:
    order(facts.population, mode)
    doctor = reader("M")
    doctor.act("choose_units", unit="*")
    page = doctor.overview()
    person = BY_LETTER["M"]
    assert "19121212-1212" in page.html
    for hidden in (person.family_name, person.given_name, person.address or "x" * 9, person.phone or "x" * 9):
        assert hidden not in page.html
    assert "behandlas som skyddade" in page.text
    assert "care_contact" in page.lit
    assert AccessEvent.objects.filter(event="intent").latest("seq").detail.get("protected") is not False


@pytest.mark.parametrize("mode", FAULTS)
def test_a_child_whose_age_nobody_can_tell_is_no_child(facts: "Addresses", mode: str) -> None:
    assert reader("F").overview().states["social_service"] != "consent"
    order(facts.population, mode)
    page = reader("F").overview()
    assert page.states["social_service"] == "consent"


# All at once. ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", FAULTS)
def test_when_every_service_fails_the_own_unit_still_works(facts: "Addresses", mode: str) -> None:
    order(facts.population, mode)
    order(facts.facts, mode)
    nurse = reader("C", "hemsjukvard")
    page = nurse.overview()
    assert "home_care" in page.lit
    assert NO_BLOCKS in page.text
    assert page.states["warning"] == "unknown"
    assert BY_LETTER["C"].family_name not in page.html
