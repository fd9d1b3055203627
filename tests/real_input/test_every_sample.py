"""Everybody in the samples: what their messages hold is on the page, all of it, as what it is."""

import pytest

from tests.real_input.conftest import Open
from tests.real_input.oracle import Line, expected, states
from tests.real_input.pages import Entry, Pages
from tests.real_input.sample_people import NUMBERS, SamplePerson
from tests.real_input.samples import said

pytestmark = [pytest.mark.demo, pytest.mark.network]
BUTTONS = 12
LIT = {"ongoing", "new"}
EMPTY = {"empty", "empty_among_connected"}
everybody = pytest.mark.parametrize("patient_id", NUMBERS)


@pytest.fixture
def pages(patient_id: str, open_person: Open) -> Pages:
    return open_person(patient_id)


@pytest.fixture
def person(patient_id: str, sample_people: dict[str, SamplePerson]) -> SamplePerson:
    return sample_people[patient_id]


def line_of(button: str, entry: Entry) -> Line:
    """A contact is known by name, all else by what it is called."""
    called = entry.facts["Namn"] if button == "contact" else entry.title
    return called, entry.facts.get("Från", "").split(" ")[0]


@everybody
def test_each_list_holds_what_the_messages_hold_and_nothing_else(pages: Pages, person: SamplePerson) -> None:
    must = expected(person.sample)
    assert len(pages.lists) == BUTTONS
    assert must, "a sample about which nothing is known proves nothing"
    for button, page in pages.lists.items():
        found = sorted(line_of(button, entry) for entry in page.entries)
        wanted = sorted(must[button].elements()) if button in must else []
        assert found == wanted, button


@everybody
def test_the_overview_counts_every_record(pages: Pages, person: SamplePerson) -> None:
    must = expected(person.sample)
    for button in pages.overview.tiles:
        assert pages.count(button) == (must[button].total() if button in must else 0), button


@everybody
def test_only_what_holds_today_is_lit_and_old_events_are_past(pages: Pages, person: SamplePerson) -> None:
    must = states(person.sample)
    for button, state in pages.overview.states.items():
        assert state in must.get(button, EMPTY), button
    assert pages.overview.lit == {button for button, allowed in must.items() if allowed <= LIT}


@everybody
def test_every_source_answered_wholly(pages: Pages) -> None:
    assert "Inte komplett" not in pages.overview.slots["status"].text
    for button, page in pages.lists.items():
        assert page.outcomes, button
        assert set(page.outcomes.values()) == {"ok"}, button
        assert pages.overview.flags(button) == frozenset(), button


@everybody
def test_the_name_stands_only_once_the_relation_does(pages: Pages, person: SamplePerson) -> None:
    assert person.shown_name not in pages.before
    assert " ".join(person.name) not in pages.before
    assert "data-button" not in pages.before
    assert person.shown_name in pages.banner
    assert person.shown_number in pages.banner


@everybody
def test_nobody_else_is_on_any_page(
    pages: Pages, person: SamplePerson, sample_people: dict[str, SamplePerson]
) -> None:
    for other in sample_people.values():
        if other.number != person.number:
            assert other.number not in pages.everything
            assert other.shown_number not in pages.everything
        if other.name != person.name:
            assert other.shown_name not in pages.everything
            assert " ".join(other.name) not in pages.everything


@everybody
def test_what_was_entered_in_error_is_nowhere(pages: Pages, person: SamplePerson) -> None:
    """None of these messages has any, so this guards what may come; test_altered_samples makes some."""
    for resource in person.sample.withdrawn:
        called = next(resource[field] for field in ("code", "vaccineCode", "title") if field in resource)
        assert str(said(called)) not in pages.everything
    assert "Felregistrerad" not in pages.everything
