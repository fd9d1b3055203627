"""What a search in the record found, button by button, with the words marked where they stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connectors.base.records import Record
from portal.aggregation.buttons.declaration import Button
from portal.aggregation.duplicates import told_by
from portal.aggregation.finding import FEWEST_SIGNS, MOST_SIGNS, Finds, Wanted, spans
from portal.aggregation.lamps import Judged
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import STATE_OF_LAMP
from portal.aggregation.wording import full_when
from portal.overview.presenters.words import DATE_MISSING, STATE_WORDS

# A longer text is told as what stands round the first of the words; the list behind the button has it whole.
WHOLE_SIGNS, BEFORE_SIGNS = 400, 120
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Bit:
    text: str
    is_hit: bool = False


Bits = tuple[Bit, ...]


@dataclass(frozen=True, slots=True)
class Field:
    label: str
    bits: Bits


@dataclass(frozen=True, slots=True)
class Found:
    title: Bits
    is_titled: bool
    text: Bits
    fields: tuple[Field, ...]
    when: str
    word: str
    state: str
    icon: str
    where: Bits
    sources: str


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """``more``: how many of the button's hits are not shown."""

    label: str
    icon: str
    href: str
    count: int
    items: tuple[Found, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Results:
    total: str
    groups: tuple[FoundGroup, ...]


def shown_of(found: Iterable[Finds]) -> tuple[tuple[Finds, Sequence[Judged]], ...]:
    """As much of each button as there is room for on one page."""
    room, shown = MOST_SHOWN, []
    for one in found:
        part = one.found[:room]
        room -= len(part)
        shown.append((one, part))
    return tuple(shown)


def present_finds(
    found: Sequence[Finds], wanted: Wanted, outcomes: Mapping[str, Outcome], handle: str
) -> Results:
    labels = {slug: outcome.source.label for slug, outcome in outcomes.items()}
    total = sum(len(one.found) for one in found)
    return Results(
        total=ngettext("%(n)d träff", "%(n)d träffar", total) % {"n": total} if total else "",
        groups=tuple(
            FoundGroup(
                label=str(one.reading.button.label),
                icon=one.reading.button.icon,
                href=reverse("detail", args=[handle, one.reading.button.key]),
                count=len(one.found),
                items=tuple(present_found(one.reading.button, each, wanted, labels) for each in part),
                more=more_words(len(one.found) - len(part)),
            )
            for one, part in shown_of(found)
        ),
    )


def present_found(button: Button, one: Judged, wanted: Wanted, labels: Mapping[str, str]) -> Found:
    record, words = one.record, STATE_WORDS[STATE_OF_LAMP[one.lamp]]
    title = record.title or str(button.label)
    texts = [r.text for r in (record, *one.also) if r.text and r.text != title]
    text = next((t for t in texts if spans(t, wanted)), "")
    return Found(
        title=mark(title, wanted),
        is_titled=bool(record.title),
        text=mark(text, wanted, is_whole=False) if text else (),
        fields=tuple(fields_of(button, (record, *one.also), wanted)),
        when=full_when(button.dated(record)) or str(DATE_MISSING),
        word=str(words.word),
        state=one.lamp.value,
        icon=words.icon,
        where=() if record.origin.unit_is_assumed else mark(record.origin.unit_name, wanted),
        sources=" + ".join(told_by(one, labels)),
    )


def fields_of(button: Button, told: Iterable[Record], wanted: Wanted) -> Iterable[Field]:
    """The fields in which the words stand, each once."""
    seen: set[tuple[str, str]] = set()
    for record in told:
        read = [(str(column.label), str(column.read(record) or "")) for column in button.columns]
        author = ", ".join(part for part in (record.author.name, record.author.role) if part)
        codes = ", ".join(f"{c.display} ({c.code})" if c.display else c.code for c in record.codes)
        for label, value in (*read, (_("Kod"), codes), (_("Av"), author)):
            if value and (label, value) not in seen and spans(value, wanted):
                seen.add((label, value))
                yield Field(label, mark(value, wanted))


def mark(text: str, wanted: Wanted, *, is_whole: bool = True) -> Bits:
    """The text in bits, those that were looked for apart. What is left out is said by an ellipsis."""
    found = spans(text, wanted)
    begin, end = 0, len(text)
    if not is_whole and end > WHOLE_SIGNS and found:
        begin = max(0, found[0][0] - BEFORE_SIGNS)
        end = min(end, max(begin + WHOLE_SIGNS, found[0][1]))
    bits, at = [Bit("… ")] if begin else [], begin
    for start, stop in found:
        if start >= end:
            break
        bits += [Bit(text[at:start]), Bit(text[start : min(stop, end)], is_hit=True)]
        at = min(stop, end)
    bits += [Bit(text[at:end]), Bit(" …" if end < len(text) else "")]
    return tuple(bit for bit in bits if bit.text)


def more_words(more: int) -> str:
    if not more:
        return ""
    words = ngettext("%(n)d till visas inte. Skriv fler ord.", "%(n)d till visas inte. Skriv fler ord.", more)
    return words % {"n": more}


def flaw_words(text: str) -> str:
    if len(text) > MOST_SIGNS:
        return _("Skriv högst %(n)d tecken.") % {"n": MOST_SIGNS}
    return _("Skriv minst %(n)d bokstäver eller siffror.") % {"n": FEWEST_SIGNS}
