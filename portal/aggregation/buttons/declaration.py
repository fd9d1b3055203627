"""What a button is made of. Each of the twelve is declared once, in a module of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from connectors.base.records import Phone, Record, When
from consent.vocabulary import Kind
from portal.aggregation.lamps import Days, Judged, Lamp, Moment
from portal.aggregation.wording import full_when

Words = str | Promise


class Group(StrEnum):
    """The three rows of the page."""

    IMPORTANT = "important"
    HOME = "home"
    CARE = "care"


GROUP_LABELS: Mapping[Group, Words] = {
    Group.IMPORTANT: _("Viktigt"),
    Group.HOME: _("Hemma och planer"),
    Group.CARE: _("Vård"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One fact of the detail list. ``is_always_shown``: "ej angivet" where the source says nothing.
    ``is_phone``: hidden for a protected person until it is asked for."""

    label: Words
    read: Callable[[Any], str]
    is_always_shown: bool = False
    is_phone: bool = False


# From when and until when, where a list must say so even if the source does not.
SINCE = Column(_("Från"), lambda r: full_when(r.start), is_always_shown=True)
UNTIL = Column(_("Till"), lambda r: full_when(r.end), is_always_shown=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One kind of record on the page.

    judge: the lit rule for one record, given the moment and the thresholds in days.
    headline: one line about records already sorted, strongest first; never called without any.
    lights: the same rule as a reader may be told it, with the thresholds of ``days`` by name.
    dated: the date that stands on the button and orders the list.
    empty_note: what an honest "nothing" must add for this kind.
    arrange: the order of its list, where that is not the one everything else has.
    events: the points of time in one record, where it tells of several, each with the source's words for it.
    """

    kind: Kind
    label: Words
    icon: str
    group: Group
    judge: Callable[[Any, Moment, Days], Lamp]
    lights: Words
    headline: Callable[[Sequence[Judged], Moment], str]
    dated: Callable[[Any], When | None]
    columns: tuple[Column, ...] = ()
    days: Days = field(default_factory=dict)
    template: str = "records/plain.html"
    empty_note: Words = ""
    arrange: Callable[[Sequence[Judged], Moment], Sequence[Judged]] | None = None
    events: Callable[[Any], Sequence[tuple[When | None, str]]] | None = None

    @property
    def key(self) -> str:
        return self.kind.value

    @property
    def told(self) -> str:
        """What lights it, with the thresholds that hold."""
        return str(self.lights) % self.days


def name_of(record: Record) -> str:
    """What the source calls it; the text where there is no title. Verbatim."""
    return record.title or record.text


USE_NAMES: Mapping[str, Words] = {
    "day": _("dagtid"),
    "night": _("nattetid"),
    "on_call": _("jour"),
    "direct": _("direkt"),
}


def phone_note(phone: Phone) -> str:
    """What a number is for and when it is answered, in the source's words; else by day or by night."""
    words = (phone.label, phone.hours)
    return " ".join(part for part in words if part) or str(USE_NAMES.get(phone.use, ""))


def phone_words(phone: Phone) -> str:
    label = phone.label or ("" if phone.hours else str(USE_NAMES.get(phone.use, "")))
    return " ".join(part for part in (label, phone.number, phone.hours) if part)


def phones_words(phones: Iterable[Phone]) -> str:
    return " · ".join(phone_words(phone) for phone in phones)


def listed(names: Sequence[str], most: int = 2) -> str:
    """A few names in one line, each once, and how many more."""
    once = list(dict.fromkeys(name for name in names if name))
    more = len(once) - most
    shown = ", ".join(once[:most])
    return shown if more <= 0 else _("%(shown)s och %(more)d till") % {"shown": shown, "more": more}
