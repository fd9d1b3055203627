"""What was recorded or changed after a given time. Pure: the records' own times against it, nothing kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

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
    times = [w for w in (record.recorded, record.updated) if w is not None and w.day and not w.is_doubtful]
    if not times:
        return None
    if any(w.at > since for w in times if w.at is not None):
        return True
    days = [w.day for w in times if w.at is None and w.day is not None]
    return bool(days) and max(days) >= since.astimezone(SWEDISH_TIME).date()


def news_in(readings: Iterable[Reading], since: datetime | None) -> News:
    """How much of what the buttons hold. Nothing where the reader has not looked before."""
    if since is None:
        return News()
    told = [
        is_fresh(one.record, since)
        for reading in readings
        for one in reading.judged
        if is_personal(one.record)
    ]
    return News(told.count(True), told.count(None))
