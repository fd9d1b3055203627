"""Senast hänt: the latest things across all that answered; and what is new since the reader looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.vocabulary import Kind
from portal.aggregation.chronicle import Happening, latest
from portal.aggregation.news import News
from portal.aggregation.states import Reading
from portal.aggregation.wording import short_moment

MOST = 4
# Who to ring is somewhere else on the page, and a changed number is nothing that happened to anybody.
LEFT_OUT = frozenset({Kind.CONTACT})


@dataclass(frozen=True, slots=True)
class LatestRow:
    day: str
    icon: str
    button: str
    title: str
    is_titled: bool
    where: str


@dataclass(frozen=True, slots=True)
class Latest:
    """``note``: what stands where there is no row."""

    rows: tuple[LatestRow, ...]
    note: str


def present_latest(readings: Sequence[Reading], today: date, *, is_final: bool) -> Latest:
    told = [reading for reading in readings if reading.button.kind not in LEFT_OUT]
    rows = tuple(present_row(one) for one in latest(told, today, MOST))
    if rows:
        return Latest(rows, "")
    return Latest((), _("Inget daterat i det som svarade.") if is_final else _("Hämtar"))


def present_row(one: Happening) -> LatestRow:
    record = one.one.record
    own = one.words or record.title
    return LatestRow(
        day=one.day.isoformat() if one.day else "",
        icon=one.button.icon,
        button=str(one.button.label),
        title=own or str(one.button.label),
        is_titled=bool(own),
        where="" if record.origin.unit_is_assumed else record.origin.unit_name,
    )


def since_words(looked_at: datetime | None, news: News, today: date, *, is_final: bool) -> str:
    """Of what answered, and never that nothing has happened: what did not answer may be new."""
    if looked_at is None:
        return ""
    looked = _("Du tittade %(time)s.") % {"time": short_moment(looked_at, today)}
    if not is_final:
        return looked
    found = _("Nytt sedan dess: %(n)d.") % {"n": news.fresh}
    words = [looked, found if news.fresh else _("Inget nytt sedan dess i det som svarade.")]
    if news.untimed:
        untimed = ngettext(
            "%(n)d post saknar registreringstid.", "%(n)d poster saknar registreringstid.", news.untimed
        )
        words.append(untimed % {"n": news.untimed})
    return " ".join(words)


def fresh_words(fresh: int) -> str:
    return ngettext("%(n)d ny sedan du tittade", "%(n)d nya sedan du tittade", fresh) % {"n": fresh}
