"""ISO 8601 dates and times to When: partial, zone-less or impossible ones are kept verbatim and doubted."""

import re
from datetime import UTC, date, datetime, timedelta

from connectors.base.records import When
from consent.terms import SWEDISH_TIME

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_EARLIEST_YEAR = 1900
_LATEST_YEARS_AHEAD = 100
# Clocks differ; a day ahead is no reason for doubt.
_TOLERANCE = timedelta(days=1)


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
    if match := _DAY.fullmatch(verbatim):
        return _read_day(verbatim, match.groups(), may_lie_ahead)
    return _read_moment(verbatim, may_lie_ahead)


def _read_day(verbatim: str, parts: tuple[str | None, ...], may_lie_ahead: bool) -> When:
    year, month, day = parts
    try:
        read = date(int(year or 0), int(month or 1), int(day or 1))
    except ValueError:
        return When(verbatim, is_doubtful=True)
    return When(verbatim, read, is_doubtful=day is None or _is_far_off(read, may_lie_ahead))


def _read_moment(verbatim: str, may_lie_ahead: bool) -> When:
    try:
        read = datetime.fromisoformat(verbatim)
        zoneless = read.tzinfo is None
        at = read.replace(tzinfo=SWEDISH_TIME) if zoneless else read
        day = at.astimezone(SWEDISH_TIME).date()
    except (ValueError, OverflowError):
        return When(verbatim, is_doubtful=True)
    return When(verbatim, day, at, is_doubtful=zoneless or _is_far_off(day, may_lie_ahead))


def _is_far_off(day: date, may_lie_ahead: bool) -> bool:
    today = datetime.now(SWEDISH_TIME).date()
    if day.year < _EARLIEST_YEAR:
        return True
    if may_lie_ahead:
        return day.year > today.year + _LATEST_YEARS_AHEAD
    return day > today + _TOLERANCE


def has_passed(when: When | None) -> bool:
    """Whether the end is over: a day is over when the next has begun. A doubtful end decides nothing."""
    if when is None or when.is_doubtful:
        return False
    if when.at is not None:
        return when.at < datetime.now(UTC)
    return when.day is not None and when.day < datetime.now(SWEDISH_TIME).date()


def documented(when: When | None) -> datetime | None:
    """A moment for Origin: noon in Sweden where only the day is known, nothing where it is in doubt."""
    if when is None or when.is_doubtful:
        return None
    if when.at is not None:
        return when.at
    if when.day is None:
        return None
    return datetime(when.day.year, when.day.month, when.day.day, 12, tzinfo=SWEDISH_TIME)


def order_of(when: When) -> datetime:
    """Where it stands among others; what could not be read comes first."""
    if when.at is not None:
        return when.at
    if when.day is None:
        return datetime.min.replace(tzinfo=UTC)
    return datetime(when.day.year, when.day.month, when.day.day, tzinfo=SWEDISH_TIME)
