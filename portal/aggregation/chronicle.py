"""What has happened to a patient, across buttons and sources, in the order of time. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from heapq import nlargest

from connectors.base.kinds import is_personal
from connectors.base.records import When
from consent.terms import SWEDISH_TIME
from portal.aggregation.buttons.declaration import Button
from portal.aggregation.lamps import Judged, day_of
from portal.aggregation.states import Reading


@dataclass(frozen=True, slots=True)
class Happening:
    """One record at one point of its time. ``words``: what happened then, where the record tells of several
    things; otherwise empty, and the record speaks for itself."""

    when: When | None
    words: str
    button: Button
    one: Judged

    @property
    def day(self) -> date | None:
        """The day it may be placed on; None where the source gave none that can be relied on."""
        return day_of(self.when)


def happenings(readings: Iterable[Reading]) -> tuple[Happening, ...]:
    """Newest first, what lies ahead before that; what cannot be placed in time comes last.

    How a unit is reached is nothing that happened.
    """
    return tuple(sorted(all_of(readings), key=order_of))


def latest(readings: Iterable[Reading], today: date, most: int) -> tuple[Happening, ...]:
    """The last few that have happened, newest first: nothing that lies ahead, nothing without a day."""
    dated = ((day_of(told[0]), told) for told in told_of(readings))
    past = [(day, told) for day, told in dated if day is not None and day <= today]
    days = nlargest(most, (day for day, _ in past))
    found = (Happening(*told) for day, told in past if day >= days[-1])
    return tuple(sorted(found, key=order_of)[:most]) if days else ()


def all_of(readings: Iterable[Reading]) -> Iterator[Happening]:
    return (Happening(*told) for told in told_of(readings))


def told_of(readings: Iterable[Reading]) -> Iterator[tuple[When | None, str, Button, Judged]]:
    """What makes a happening, of every record about the patient."""
    for reading in readings:
        for one in reading.judged:
            if is_personal(one.record):
                for when, words in events_of(reading.button, one):
                    yield when, words, reading.button, one


def events_of(button: Button, one: Judged) -> Iterable[tuple[When | None, str]]:
    told = button.events(one.record) if button.events is not None else ()
    return told or ((button.dated(one.record), ""),)


def order_of(happening: Happening) -> tuple[int, int, str, str]:
    """Within a day the latest first; what has a day alone after what has a time. The id settles the rest."""
    day, at = happening.day, happening.when.at if happening.when else None
    clock = at.astimezone(SWEDISH_TIME) if at is not None else None
    minutes = clock.hour * 60 + clock.minute if clock is not None else -1
    record = happening.one.record
    return -day.toordinal() if day else 0, -minutes, record.source, record.id
