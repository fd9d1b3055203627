"""The timeline: rows under month headings, what lies ahead first, what has no date last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.base.contract import SourceProfile
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTONS
from portal.aggregation.chronicle import Happening
from portal.aggregation.duplicates import told_by
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import STATE_OF_LAMP
from portal.aggregation.wording import clock, full_when
from portal.overview.presenters.quoting import quoted
from portal.overview.presenters.words import DATE_MISSING, STATE_WORDS

BUTTON, SOURCE, PERIOD, PAGE = "knapp", "kalla", "tid", "sida"


class Period(StrEnum):
    """How far back. What lies ahead and what has no date is always there."""

    MONTHS_3 = "3"
    MONTHS_12 = "12"
    ALL = "alla"


DAYS = {Period.MONTHS_3: 92, Period.MONTHS_12: 366}
PERIOD_WORDS: Mapping[Period, str | Promise] = {
    Period.MONTHS_3: gettext_lazy("3 månader"),
    Period.MONTHS_12: gettext_lazy("12 månader"),
    Period.ALL: gettext_lazy("Allt"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader has narrowed the timeline to. Empty: everything."""

    period: Period = Period.MONTHS_12
    kinds: frozenset[Kind] = frozenset()
    sources: frozenset[str] = frozenset()

    def begins(self, today: date) -> date | None:
        days = DAYS.get(self.period)
        return today - timedelta(days=days) if days else None

    def query(self, **other: str) -> str:
        """The parameters of this choice: keys and slugs, nothing else."""
        pairs = [(PERIOD, other.get(PERIOD, self.period.value))]
        pairs += [(BUTTON, button.key) for button in BUTTONS if button.kind in self.kinds]
        pairs += [(SOURCE, slug) for slug in sorted(self.sources)]
        return urlencode([*pairs, *((key, value) for key, value in other.items() if key != PERIOD)])


@dataclass(frozen=True, slots=True)
class Row:
    """``line``: the record's own facts and text in one; ``is_titled``: the title is the source's own."""

    day: str
    time: str
    icon: str
    button: str
    href: str
    title: str
    is_titled: bool
    line: str
    state: str
    word: str
    state_icon: str
    where: str
    author: str
    sources: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A month, what lies ahead, or what cannot be placed."""

    heading: str
    note: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    label: str
    is_chosen: bool
    href: str = ""


def within(happened: Sequence[Happening], choice: Choice, today: date) -> tuple[Sequence[Happening], int]:
    """Those of the period, and how many are older. One without a day can never be said to be older."""
    begins = choice.begins(today)
    if begins is None:
        return happened, 0
    kept = [one for one in happened if one.day is None or one.day >= begins]
    return kept, len(happened) - len(kept)


def present_stretches(
    happened: Iterable[Happening], outcomes: Mapping[str, Outcome], handle: str, today: date
) -> tuple[Stretch, ...]:
    labels = {slug: outcome.source.label for slug, outcome in outcomes.items()}
    return tuple(
        Stretch(heading, note, tuple(present_row(one, labels, handle) for one in group))
        for (heading, note), group in groupby(happened, lambda one: heading_of(one, today))
    )


def heading_of(one: Happening, today: date) -> tuple[str, str]:
    if one.day is None:
        return _("Utan säkert datum"), _("Källan har inte angett något datum som går att lita på.")
    if one.day > today:
        return _("Kommande"), ""
    month = format_date(one.day, "F Y")
    return month[:1].upper() + month[1:], ""


def present_row(one: Happening, labels: Mapping[str, str], handle: str) -> Row:
    record, words = one.one.record, STATE_WORDS[STATE_OF_LAMP[one.one.lamp]]
    own = one.words or record.title
    title = own or str(one.button.label)
    at = one.when.at if one.when is not None and one.day is not None else None
    return Row(
        day=one.day.isoformat() if one.day else full_when(one.when) or str(DATE_MISSING),
        time=clock(at) if at is not None else "",
        icon=one.button.icon,
        button=str(one.button.label),
        href=reverse("detail", args=[handle, one.button.key]),
        title=title,
        is_titled=bool(own),
        line=quoted(line_of(one, title), (record,)),
        state=one.one.lamp.value,
        word=str(words.word),
        state_icon=words.icon,
        where="" if record.origin.unit_is_assumed else record.origin.unit_name,
        author=record.author.name,
        sources=" + ".join(told_by(one.one, labels)),
    )


def line_of(one: Happening, title: str) -> str:
    """What the list behind the button tells, in one line; never a telephone, which is for the list alone.

    A point of time that has words of its own needs no more than which record it belongs to.
    """
    record = one.one.record
    if one.words:
        return record.title if record.title != title else ""
    read = (
        (column.label, str(column.read(record) or "")) for column in one.button.columns if not column.is_phone
    )
    facts = [f"{label}: {value}" for label, value in read if value and value != title]
    return " · ".join([*facts, *([record.text] if record.text and record.text != title else [])])


def button_options(choice: Choice) -> list[Option]:
    return [Option(b.key, str(b.label), b.kind in choice.kinds) for b in BUTTONS]


def source_options(choice: Choice, profiles: Iterable[SourceProfile]) -> list[Option]:
    """Every source there is: which of them may be asked stands beside, as on the overview."""
    return [Option(p.slug, p.label, p.slug in choice.sources) for p in profiles]


def period_options(choice: Choice) -> list[Option]:
    return [
        Option(p.value, str(words), p is choice.period, f"?{choice.query(tid=p.value)}")
        for p, words in PERIOD_WORDS.items()
    ]


def nothing_words(choice: Choice, *, is_complete: bool) -> str:
    """Where no row stands. Only a complete answer says that nothing is registered."""
    if not is_complete:
        return _("Inget att visa i det som svarade. Mer kan finnas: se ovan.")
    if choice.kinds or choice.sources:
        return _("Inget registrerat i det urval du har gjort.")
    return _("Inget registrerat.") if choice.period is Period.ALL else _("Inget registrerat under tiden.")


def older_words(older: int) -> str:
    return ngettext("%(n)d äldre visas inte.", "%(n)d äldre visas inte.", older) % {"n": older}
