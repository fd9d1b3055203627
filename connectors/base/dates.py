"""ISO 8601 dates and times to When: partial, zone-less or impossible ones are kept verbatim and doubted."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import lru_cache

from connectors.base.records import When
from consent.terms import SWEDISH_TIME

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
# What is remembered between readings has this form: never words, which could be anything, nor a number.
_PLAIN = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2}))?", re.ASCII)
_REMEMBERED = 4096
_QUARTER_S = 900
_EARLIEST_YEAR = 1900
_LATEST_YEARS_AHEAD = 100
# Clocks differ; a day ahead is no reason for doubt.
_TOLERANCE = timedelta(days=1)
_NOON = clock_time(12, tzinfo=SWEDISH_TIME)


def read_when(value: object, *, may_lie_ahead: bool = False) -> When | None:
    """A day or a moment; None where it is missing or empty. Raises ValueError for anything but text.

    ``may_lie_ahead``: planned times and ends. Otherwise a time in the future is doubtful. A time without
    zone is taken as Swedish, and doubtful; of "2015" or "2015-03" the first day is given, and doubtful.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("not a date")  # noqa: TRY004 (one entry's flaw, like all the others)
    verbatim = value.strip()
    if not verbatim:
        return None
    if _PLAIN.fullmatch(verbatim):
        return _remember(verbatim, may_lie_ahead, today())
    return _read(verbatim, may_lie_ahead, today())


def today() -> date:
    """The day in Sweden. It begins at a whole quarter of an hour by any clock, so that of each one look at
    the zone will do."""
    return _day_of(int(time.time()) // _QUARTER_S)


@lru_cache(maxsize=2)
def _day_of(quarter: int) -> date:
    return datetime.fromtimestamp(quarter * _QUARTER_S, SWEDISH_TIME).date()


def _read(verbatim: str, may_lie_ahead: bool, on: date) -> When:
    if match := _DAY.fullmatch(verbatim):
        return _read_day(verbatim, match.groups(), may_lie_ahead, on)
    return _read_moment(verbatim, may_lie_ahead, on)


_remember = lru_cache(maxsize=_REMEMBERED)(_read)


def _read_day(verbatim: str, parts: tuple[str | None, ...], may_lie_ahead: bool, on: date) -> When:
    year, month, day = parts
    try:
        read = date(int(year or 0), int(month or 1), int(day or 1))
    except ValueError:
        return When(verbatim, is_doubtful=True)
    return When(verbatim, read, is_doubtful=day is None or _is_far_off(read, may_lie_ahead, on))


def _read_moment(verbatim: str, may_lie_ahead: bool, on: date) -> When:
    try:
        read = datetime.fromisoformat(verbatim)
        zoneless = read.tzinfo is None
        at = read.replace(tzinfo=SWEDISH_TIME) if zoneless else read
        day = at.astimezone(SWEDISH_TIME).date()
    except (ValueError, OverflowError):
        return When(verbatim, is_doubtful=True)
    return When(verbatim, day, at, is_doubtful=zoneless or _is_far_off(day, may_lie_ahead, on))


def _is_far_off(day: date, may_lie_ahead: bool, on: date) -> bool:
    if day.year < _EARLIEST_YEAR:
        return True
    if may_lie_ahead:
        return day.year > on.year + _LATEST_YEARS_AHEAD
    return day > on + _TOLERANCE


def has_passed(when: When | None) -> bool:
    """Whether the end is over: a day is over when the next has begun. A doubtful end decides nothing."""
    if when is None or when.is_doubtful:
        return False
    if when.at is not None:
        return when.at < datetime.now(UTC)
    return when.day is not None and when.day < today()


def documented(when: When | None) -> datetime | None:
    """A moment for Origin: noon in Sweden where only the day is known, nothing where it is in doubt."""
    if when is None or when.is_doubtful:
        return None
    if when.at is not None:
        return when.at
    if when.day is None:
        return None
    return datetime.combine(when.day, _NOON)


def order_of(when: When) -> datetime:
    """Where it stands among others; what could not be read comes first."""
    if when.at is not None:
        return when.at
    if when.day is None:
        return datetime.min.replace(tzinfo=UTC)
    return datetime(when.day.year, when.day.month, when.day.day, tzinfo=SWEDISH_TIME)
