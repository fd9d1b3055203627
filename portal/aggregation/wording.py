"""Dates and small words as a clinician reads them in Swedish. Shared by headlines and presenters."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from connectors.base.records import When
from consent.terms import SWEDISH_TIME

# Looked up in the reader's language one at a time: a page names many days.
MONTHS = (
    pgettext_lazy("månad", "jan"),
    pgettext_lazy("månad", "feb"),
    pgettext_lazy("månad", "mar"),
    pgettext_lazy("månad", "apr"),
    pgettext_lazy("månad", "maj"),
    pgettext_lazy("månad", "jun"),
    pgettext_lazy("månad", "jul"),
    pgettext_lazy("månad", "aug"),
    pgettext_lazy("månad", "sep"),
    pgettext_lazy("månad", "okt"),
    pgettext_lazy("månad", "nov"),
    pgettext_lazy("månad", "dec"),
)


def month(number: int) -> str:
    return str(MONTHS[number - 1])


def short_day(day: date, today: date) -> str:
    """As 3 feb, with the year where it is not this year's."""
    text = f"{day.day} {month(day.month)}"
    return text if day.year == today.year else f"{text} {day.year}"


def short_when(when: When | None, today: date) -> str:
    """A day for a headline; the source's own writing where it cannot be relied on; empty where none."""
    if when is None:
        return ""
    if when.day is None or when.is_doubtful:
        return when.verbatim
    return short_day(when.day, today)


def short_when_with_clock(when: When | None, today: date) -> str:
    text = short_when(when, today)
    return f"{text} {clock(when.at)}" if when and when.at and not when.is_doubtful else text


def clock(at: datetime) -> str:
    """Time of day in Sweden, written as the reader's language does: 14.32 in Swedish."""
    return at.astimezone(SWEDISH_TIME).strftime(_("%H.%M"))


def full_when(when: When | None) -> str:
    """A date for a list: ISO day and clock time; doubtful ones verbatim and said to be so."""
    if when is None:
        return ""
    if when.is_doubtful:
        return _("%(date)s (osäkert datum)") % {"date": when.verbatim}
    if when.day is None:
        return when.verbatim
    return f"{when.day.isoformat()} {clock(when.at)}" if when.at else when.day.isoformat()


def short_moment(at: datetime, today: date) -> str:
    """A clock time, with the day where it is not today's: 13.58, or 27 nov 13.58."""
    day = at.astimezone(SWEDISH_TIME).date()
    return clock(at) if day == today else f"{short_day(day, today)} {clock(at)}"
