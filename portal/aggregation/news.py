"""What was recorded or changed after a given time. Pure: the records' own times against it, nothing kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from connectors.base.kinds import is_personal
from connectors.base.records import Record
from consent.terms import SWEDISH_TIME
from portal.aggregation.states import Reading


@dataclass(frozen=True, slots=True)
class News:
    """``untimed``: records of which no source says when they were recorded; they may be new, or not."""

    fresh: int = 0
    untimed: int = 0

    def __add__(self, other: "News") -> "News":
        return News(self.fresh + other.fresh, self.untimed + other.untimed)


def is_fresh(record: Record, since: datetime) -> bool | None:
    """None where the source does not say when. A day without a time counts from its beginning: better read
    twice than missed."""
    return _is_fresh(record, since, since.astimezone(SWEDISH_TIME).date())


def _is_fresh(record: Record, since: datetime, day: date) -> bool | None:
    """``day``: that of ``since`` in Sweden."""
    times = [w for w in (record.recorded, record.updated) if w is not None and w.day and not w.is_doubtful]
    if not times:
        return None
    return any(w.at > since if w.at is not None else w.day is not None and w.day >= day for w in times)


def news_in(readings: Iterable[Reading], since: datetime | None) -> News:
    """How much of what the buttons hold. Nothing where the reader has not looked before."""
    if since is None:
        return News()
    day = since.astimezone(SWEDISH_TIME).date()
    told = [
        _is_fresh(one.record, since, day)
        for reading in readings
        for one in reading.judged
        if is_personal(one.record)
    ]
    return News(told.count(True), told.count(None))
