"""Every row of the table of what must be lit has data that lights it, and nothing that lights more."""

from datetime import date
from functools import cache

import pytest

from demo.people import BY_LETTER
from demo.people import build as build_anew
from demo.people.expected import ALL, EXPECTED, SOCIAL_READER, Expectation
from demo.people.legal import BLOCKS, CONSENTS, INCAPACITIES, REFUSALS, RELATIONS
from demo.people.personas import BY_SIGN_IN, CLINICIANS
from demo.people.places import PROVIDERS, UNITS
from tests.demo.lamps import Lamp, lamps_of

pytestmark = pytest.mark.demo
KIND_OF_PROVIDER = {provider.hsa: provider.kind for provider in PROVIDERS}
# Winter, the night the clocks change, a leap day, midsummer.
DAYS = [date(2026, 1, 15), date(2026, 3, 29), date(2028, 2, 29), date(2026, 6, 20)]
build = cache(build_anew)


def is_readable(lamp: Lamp, row: Expectation) -> bool:
    """A coarse second reading of the decision table, for these people only."""
    reader = BY_SIGN_IN[row.persona].assignments[0].unit
    blocked = any(
        lamp.unit == block.unit_hsa and lamp.information_type not in block.excluded
        for block in BLOCKS
        if block.person == row.person and reader.hsa != block.unit_hsa
    )
    if blocked:
        return False
    if lamp.provider == reader.provider.hsa:
        return True
    if row.stage == "consent" or any(c.person == row.person and reader.hsa in c.unit_hsas for c in CONSENTS):
        return True
    if row.stage == "row 9":
        return True
    if row.stage in ("row 15a", "row 15b"):
        return KIND_OF_PROVIDER[lamp.provider] == "social_care"
    if row.stage == "emergency":
        return KIND_OF_PROVIDER[lamp.provider] == "health_care"
    is_child = any(i.person == row.person and i.state == "child" for i in INCAPACITIES)
    return is_child and reader.provider.kind == "health_care"


def lit_by(row: Expectation, day: date, *, with_later_sources: bool) -> set[str]:
    reader = BY_SIGN_IN[row.persona].assignments[0].unit
    if row.is_denied or BY_LETTER[row.person].died(day) is not None:
        return set()
    lamps = [lamp for lamp in lamps_of(build(day), row.person) if lamp.is_lit and is_readable(lamp, row)]
    buttons = {
        lamp.button.partition("@")[0] for lamp in lamps if with_later_sources or "@" not in lamp.button
    }
    return buttons & set(SOCIAL_READER) if reader.provider.kind == "social_care" else buttons


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row.label)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_todays_sources_light_exactly_what_the_row_says(row: Expectation, day: date) -> None:
    assert lit_by(row, day, with_later_sources=False) == row.lit_with()


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row.label)
def test_all_sources_together_light_the_whole_row(row: Expectation) -> None:
    assert lit_by(row, DAYS[0], with_later_sources=True) == set(row.lit)


def test_a_row_says_what_it_waits_for() -> None:
    waiting = next(row for row in EXPECTED if row.label == "F bistand row 15a")
    assert waiting.missing() == {"openfeed", "row 15a screen"}
    assert waiting.missing({"openfeed", "row 15a screen"}) == frozenset()


def test_every_person_and_every_button_is_asserted_somewhere() -> None:
    assert {row.person for row in EXPECTED} == set(BY_LETTER)
    assert {button for row in EXPECTED for button in row.lit} == set(ALL)
    assert len({row.label for row in EXPECTED}) == len(EXPECTED)


def test_the_dead_would_light_buttons_if_they_lived() -> None:
    lamps = lamps_of(build(DAYS[0]), "L")
    assert {lamp.button for lamp in lamps if lamp.is_lit} == {"VB", "VA", "VK", "DI", "LM", "SoL"}


def test_old_dialysis_data_stands_under_every_other_button_unlit() -> None:
    lamps = [lamp for lamp in lamps_of(build(DAYS[0]), "K") if "@" not in lamp.button]
    assert {lamp.button for lamp in lamps} == {"VB", "VA", "KO", "VC", "VP", "VK", "AM", "DI", "LM"}
    assert {lamp.button for lamp in lamps if lamp.is_lit} == {"VK", "AM"}


def test_relations_stand_for_everybody_but_the_two_without_insats() -> None:
    known = {(relation.person, relation.unit_hsa) for relation in RELATIONS}
    assert len(known) == len(RELATIONS)
    missing = {
        (letter, persona.sign_in)
        for letter in BY_LETTER
        for persona in CLINICIANS
        for assignment in persona.assignments
        if (letter, assignment.unit.hsa) not in known
    }
    assert missing == {("B", "hemtjanst"), ("F", "hemtjanst")}


def test_what_stands_on_record_is_about_known_people_and_units() -> None:
    units = {unit.hsa: unit for unit in UNITS}
    for consent in CONSENTS:
        assert consent.person in BY_LETTER
        assert len({units[hsa].provider for hsa in consent.unit_hsas}) == 1
    for refusal in REFUSALS:
        assert refusal.unit_hsa in units
    for block in BLOCKS:
        assert units[block.unit_hsa].provider.hsa == block.provider_hsa
