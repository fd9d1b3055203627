"""How strongly one record shines, and the dates that decide it. Presence, period and day; nothing else.

Days are Swedish calendar days and count inclusively: "≤ 90 d" is true on the ninetieth day and false on the
ninety-first. A doubtful date is treated as none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from connectors.base.records import Record, Status, When
from consent.terms import SWEDISH_TIME


class Lamp(StrEnum):
    """One record's standing. Only the first two light a button."""

    ONGOING = "ongoing"
    NEW = "new"
    CURRENT = "current"
    PAST = "past"


STRENGTH = {lamp: place for place, lamp in enumerate(Lamp)}
OVER = frozenset({Status.ENDED, Status.CANCELLED, Status.IN_ERROR})
NEVER_LIGHTS = frozenset({Status.CANCELLED, Status.IN_ERROR})

Days = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Moment:
    """When the page is made; aware. Every rule takes it as an argument, none looks at a clock."""

    now: datetime
    today: date = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "today", self.now.astimezone(SWEDISH_TIME).date())


@dataclass(frozen=True, slots=True)
class Judged:
    """A record with what its button's rule said of it. ``also``: the same record as other sources tell it."""

    record: Record
    lamp: Lamp
    also: tuple[Record, ...] = ()


def day_of(when: When | None) -> date | None:
    """The day a rule may rely on, or None where there is none."""
    return None if when is None or when.is_doubtful else when.day


def first_dated(*candidates: When | None) -> When | None:
    """The first date that can be relied on; else the first that says anything at all."""
    for when in candidates:
        if day_of(when):
            return when
    return next((when for when in candidates if when), None)


def was_within(when: When | None, moment: Moment, days: int) -> bool:
    """Whether it happened today or at most so many days ago."""
    day = day_of(when)
    return day is not None and 0 <= (moment.today - day).days <= days


def comes_within(when: When | None, moment: Moment, days: int) -> bool:
    """Whether it happens today or at most so many days ahead."""
    day = day_of(when)
    return day is not None and 0 <= (day - moment.today).days <= days


def is_over(record: Record, moment: Moment) -> bool:
    """Ended by status, or by a last day that has passed; the last day itself still counts."""
    end = day_of(record.end)
    return record.status in OVER or (end is not None and end < moment.today)


def is_to_come(record: Record, moment: Moment) -> bool:
    start = day_of(record.start)
    if start is None:
        return record.status is Status.PLANNED
    return start > moment.today


def is_running(record: Record, moment: Moment) -> bool:
    """Under way today. Without any date only the source's word "active" counts."""
    if is_over(record, moment) or is_to_come(record, moment) or record.status is Status.PLANNED:
        return False
    if record.status is Status.ACTIVE:
        return True
    return day_of(record.start) is not None or day_of(record.end) is not None


def judge_running(record: Record, moment: Moment) -> Lamp:
    """The plain rule: lit while it runs, "finns" where it is to come or nobody can tell, else past."""
    if is_over(record, moment):
        return Lamp.PAST
    return Lamp.ONGOING if is_running(record, moment) else Lamp.CURRENT


def judge_lasting(record: Record, moment: Moment) -> Lamp:
    """Of what stands until somebody ends it: where a source tells neither status nor period, that it was
    written will do. Undated, only the source's word "active" counts."""
    lamp = judge_running(record, moment)
    is_untold = record.status is Status.UNKNOWN and lamp is Lamp.CURRENT and not is_to_come(record, moment)
    return Lamp.ONGOING if is_untold and day_of(record.recorded) is not None else lamp


def is_said_to_hold(record: Record) -> bool:
    """Whether a source says so itself, by status or by an end that lies ahead; else nobody has ended it."""
    return record.status is Status.ACTIVE or day_of(record.end) is not None
