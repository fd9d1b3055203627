"""Sedan du tittade: when this reader last had this patient before her, out of the log alone."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.accesslog.lastlook import ONE_LOOK
from consent.vocabulary import Kind
from demo.people import BY_LETTER
from tests.people.worlds import signed_in
from tests.walking import Reader

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.sqlite]

LATER = ONE_LOOK + timedelta(minutes=1)


@pytest.fixture
def passed(lasting_people: object, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A while goes by after whatever has been looked at: the database's clock is not ours to move, so the
    length of one look is."""

    def go() -> None:
        monkeypatch.setattr("consent.accesslog.lastlook.ONE_LOOK", timedelta())

    return go


def since_line(reader: Reader) -> str:
    """The sentence as it stands when all have come."""
    page = reader.overview()
    return next((e.text for e in page.slots["status"].inside if "since" in e.attributes.get("class", "")), "")


def looking(persona: str = "akuten", letter: str = "M", unit: str = "") -> Reader:
    reader = signed_in(persona, BY_LETTER[letter].number, unit)
    reader.overview()
    return reader


def test_the_first_time_nothing_is_said(passed: Callable[[], None]) -> None:
    passed()
    reader = signed_in("distrikt", BY_LETTER["L"].number)
    assert since_line(reader) == ""


def test_going_to_a_list_and_back_is_one_look(lasting_people: object) -> None:
    reader = looking()
    reader.detail("care_contact")
    assert since_line(reader) == ""


def test_later_it_says_when_and_that_nothing_is_new_in_what_answered(passed: Callable[[], None]) -> None:
    reader = looking()
    passed()
    line = since_line(reader)
    assert re.match(r"Du tittade \d\d\.\d\d\. ", line)
    assert "i det som svarade" in line or "Nytt sedan dess" in line


def test_another_patient_another_reader_and_another_assignment_are_not_this_look(
    passed: Callable[[], None],
) -> None:
    looking("hemsjukvard", "A")
    passed()
    assert since_line(signed_in("hemsjukvard", BY_LETTER["F"].number)) == ""
    assert since_line(signed_in("ambulans", BY_LETTER["A"].number)) == ""
    from portal.accounts.models import Assignment

    units = list(Assignment.objects.filter(user__username="hemsjukvard").values_list("unit_id", flat=True))
    assert len(units) == 2
    lines = [since_line(signed_in("hemsjukvard", BY_LETTER["A"].number, unit)) for unit in units]
    assert sorted(bool(line) for line in lines) == [False, True]


def test_it_costs_no_statement(passed: Callable[[], None]) -> None:
    reader = looking()
    counts = []
    for go in (lambda: None, passed):
        go()
        with CaptureQueriesContext(connection) as captured:
            reader.overview()
        # When the session was last used is written once a minute at most, whatever is looked at.
        counts.append(sum("session" not in query["sql"].lower() for query in captured.captured_queries))
    assert counts[0] == counts[1]


def test_what_was_recorded_since_is_counted_and_marked_on_its_button(
    passed: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = looking()
    assert reader.act("choose_units", unit="*").status == 302
    passed()
    of_visits = Kind.CARE_CONTACT
    monkeypatch.setattr("portal.aggregation.news.is_fresh", lambda record, _since: record.kind is of_visits)
    page = reader.overview()
    assert "Nytt sedan dess: " in page.slots["status"].text
    assert "fresh" in page.flags("care_contact")
    assert all("fresh" not in page.flags(key) for key in page.tiles if key != "care_contact")
    assert page.states["social_service"] == "consent"
