"""Everything in the order of time, and what has no place in it last."""

from dataclasses import replace
from datetime import UTC, datetime

from connectors.base.kinds import CaseEvent, Contact, Coordination, Diagnosis, Medication
from connectors.base.records import Record, When
from portal.aggregation.buttons import BUTTONS
from portal.aggregation.chronicle import happenings
from portal.aggregation.judging import Scene, read_all
from portal.aggregation.outcomes import Answered
from tests.aggregation.examples import COSMIC, MOMENT, NOON, ago, record
from tests.factories.permits import actor_at, everything_open


def told(*records: Record) -> list[tuple[str, str]]:
    """Day and words of each happening, as the page gets them."""
    actor = actor_at()
    scene = Scene(actor, everything_open(actor), (COSMIC,), MOMENT)
    readings = read_all(scene, BUTTONS, {"cosmic": Answered(COSMIC, COSMIC.kinds, records, NOON)})
    return [
        (one.day.isoformat() if one.day else "", one.words or one.one.record.title)
        for one in happenings(readings)
    ]


def test_newest_first_across_buttons_and_what_lies_ahead_before_that() -> None:
    assert told(
        record(Diagnosis, id="1", title="Gammal", start=ago(400)),
        record(Medication, id="2", title="Tablett", start=ago(3)),
        record(Diagnosis, id="3", title="Kommer", start=ago(-9)),
    ) == [("2026-03-21", "Kommer"), ("2026-03-09", "Tablett"), ("2025-02-05", "Gammal")]


def test_what_has_no_date_that_can_be_relied_on_comes_last_and_is_not_lost() -> None:
    doubtful = replace(ago(1), is_doubtful=True)
    found = told(
        record(Diagnosis, id="1", title="Odaterad", start=None),
        record(Diagnosis, id="2", title="Osäker", start=doubtful),
        record(Diagnosis, id="3", title="Säker", start=ago(900)),
    )
    assert found[0][1] == "Säker"
    assert {words for day, words in found if not day} == {"Odaterad", "Osäker"}


def test_within_a_day_the_latest_hour_first_by_the_clock_in_sweden() -> None:
    def at(hour: int) -> When:
        return When.of(datetime(2026, 3, 1, hour, tzinfo=UTC))

    found = told(
        record(Diagnosis, id="1", title="Bara dag", start=When.on(at(9).day or MOMENT.today)),
        record(Diagnosis, id="2", title="Sju", start=at(6)),
        record(Diagnosis, id="3", title="Femton", start=at(14)),
    )
    assert [words for _, words in found] == ["Femton", "Sju", "Bara dag"]


def test_each_event_of_a_case_has_its_own_place() -> None:
    events = (CaseEvent(ago(9), "Inskriven"), CaseEvent(ago(2), "Utskrivningsklar"))
    case = record(Coordination, id="1", title="Utskrivning", events=events)
    between = record(Diagnosis, id="2", title="Mellan", start=ago(5))
    assert [words for _, words in told(case, between)] == ["Utskrivningsklar", "Mellan", "Inskriven"]


def test_how_a_unit_is_reached_is_nothing_that_happened() -> None:
    about_unit = record(Contact, id="1", title="Jour", is_about_unit=True, verified=ago(1))
    named = record(Diagnosis, id="2", title="Vid enheten", start=ago(2))
    assert [words for _, words in told(about_unit, named)] == ["Vid enheten"]
