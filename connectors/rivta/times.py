"""RIV-TA times: digits without separator or zone, by the clock in Sweden."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from connectors.base.dates import read_when
from connectors.base.records import When
from connectors.rivta.elements import Element, text
from consent.terms import SWEDISH_TIME

_DIGITS = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?")


def read_time(element: Element | None, *path: str, may_lie_ahead: bool = False) -> When | None:
    """A time, day, month or year; None where none is stated. What cannot be read is kept and doubted."""
    return parse_time(text(element, *path), may_lie_ahead=may_lie_ahead)


def parse_time(verbatim: str, *, may_lie_ahead: bool = False) -> When | None:
    """See ``read_time``. ISO 8601 is read too: some senders write it."""
    if not verbatim:
        return None
    found = _DIGITS.fullmatch(verbatim) if verbatim.isascii() else None
    if found is None:
        return read_when(verbatim, may_lie_ahead=may_lie_ahead)
    year, *rest = (part for part in found.groups() if part is not None)
    written = "-".join([year, *rest[:2]])
    if len(rest) > 2:
        hour, minute, second = [*rest[2:], "00", "00"][:3]
        written = _with_zone(f"{written}T{hour}:{minute}:{second}")
    when = read_when(written, may_lie_ahead=may_lie_ahead)
    return when and replace(when, verbatim=verbatim)


def _with_zone(written: str) -> str:
    """With Sweden's offset; the day alone where the clock shows that hour twice, or never."""
    try:
        local = datetime.fromisoformat(written).replace(tzinfo=SWEDISH_TIME)
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            return written.partition("T")[0]
    except (ValueError, OverflowError):
        return written
    return local.isoformat()


def read_period(element: Element | None, *path: str) -> tuple[When | None, When | None]:
    """Start and end; both may lie ahead."""
    start = read_time(element, *path, "start", may_lie_ahead=True)
    return start, read_time(element, *path, "end", may_lie_ahead=True)


def lies_ahead(when: When | None) -> bool:
    """Whether it is still to come; a doubtful time is not."""
    if when is None or when.is_doubtful:
        return False
    now = datetime.now(SWEDISH_TIME)
    if when.at is not None:
        return when.at > now
    day: date | None = when.day
    return day is not None and day >= now.date() + timedelta(days=1)
