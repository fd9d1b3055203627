"""The list behind a button: every field, whose it is, and when it was fetched."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from connectors.base.kinds import CareLimitation, Contact, Measure, is_personal
from connectors.base.records import Record
from portal.aggregation.buttons.contact import ROLE_NAMES, phone_now
from portal.aggregation.buttons.declaration import phone_note
from portal.aggregation.lamps import Judged, Moment
from portal.aggregation.news import is_fresh
from portal.aggregation.outcomes import Answered, Outcome
from portal.aggregation.states import STATE_OF_LAMP, Reading
from portal.aggregation.wording import full_when
from portal.overview.presenters.banner import Fact
from portal.overview.presenters.parts import copy_words, got_words, label_of, when_got
from portal.overview.presenters.quoting import quoted
from portal.overview.presenters.words import (
    DATE_MISSING,
    MEASURE_WORDS,
    NOT_STATED,
    STATE_WORDS,
    STATUS_WORDS,
)

NOT_DIALLED = re.compile(r"[^0-9+]")


@dataclass(frozen=True, slots=True)
class Dial:
    """A number as it is read and as a phone dials it; what it is for and when it is answered."""

    shown: str
    dial: str
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """``is_titled``: the title is the source's own; where it has none the button's name stands for it.
    ``role``: of somebody to ring."""

    title: str
    is_titled: bool
    text: str
    state: str
    word: str
    icon: str
    when: str
    chips: tuple[str, ...]
    phones: tuple[Dial, ...]
    facts: tuple[Fact, ...]
    origin: tuple[Fact, ...]
    report: str = ""
    news: str = ""
    role: str = ""


def present_items(
    reading: Reading,
    outcomes: Mapping[str, Outcome],
    judged: Sequence[Judged] | None = None,
    *,
    hidden_phone: str = "",
    seal: Callable[[Record], str] | None = None,
    moment: Moment | None = None,
    looked_at: datetime | None = None,
) -> tuple[Item, ...]:
    """In the order given: that of the reading, or ``judged`` where only some of it stands on the page.

    ``hidden_phone``: what stands where a telephone did not come along, because the person is protected.
    ``seal``: makes the note by which a record is reported as wrong.
    ``moment``: which of a contact's numbers comes first. ``looked_at``: what is newer is said to be.
    """
    items = []
    for one in reading.judged if judged is None else judged:
        item = present_item(reading, one, outcomes, hidden_phone=hidden_phone, moment=moment)
        if seal is not None and is_personal(one.record):
            item = replace(item, report=seal(one.record))
        if looked_at is not None and is_personal(one.record) and is_fresh(one.record, looked_at):
            item = replace(item, news=_("Nytt sedan du tittade"))
        items.append(item)
    return tuple(items)


def present_item(
    reading: Reading,
    one: Judged,
    outcomes: Mapping[str, Outcome],
    *,
    hidden_phone: str = "",
    moment: Moment | None = None,
) -> Item:
    record, words = one.record, STATE_WORDS[STATE_OF_LAMP[one.lamp]]
    title, text = headed(record, str(reading.button.label))
    told = (record, *one.also)
    facts = facts_of(reading, record, hidden_phone=hidden_phone)
    origin = [*origin_of(record, outcomes), *(also_told(other, outcomes) for other in one.also)]
    measures = {m: None for r in told if isinstance(r, CareLimitation) for m in r.measures}
    return Item(
        title=title,
        is_titled=title in (record.title, getattr(record, "name", "")),
        text=text,
        state=one.lamp.value,
        word=str(words.word),
        icon=words.icon,
        when=full_when(reading.button.dated(record)) or str(DATE_MISSING),
        chips=tuple(str(MEASURE_WORDS[m]) for m in measures if m is not Measure.OTHER),
        phones=tuple(dials_of(record, moment)),
        role=str(ROLE_NAMES[record.role]) if isinstance(record, Contact) else "",
        facts=tuple(replace(fact, value=quoted(fact.value, told)) for fact in facts),
        origin=tuple(replace(fact, value=quoted(fact.value, told)) for fact in origin),
    )


def headed(record: Record, label: str) -> tuple[str, str]:
    """What stands above an item, and its text. Somebody to ring is headed by name, where there is one."""
    title = record.title or label
    if isinstance(record, Contact) and record.name and record.name != record.title:
        return record.name, "\n".join(dict.fromkeys(part for part in (record.title, record.text) if part))
    if isinstance(record, CareLimitation) and record.text == title:
        # Its words stand whole and large, once: the heading then says what it is.
        return label, record.text
    return title, record.text if record.text != title else ""


def dials_of(record: Record, moment: Moment | None = None) -> list[Dial]:
    """Only contacts are dialled from the page: the number for this hour first. Digits and a leading plus are
    all a phone needs."""
    if not isinstance(record, Contact):
        return []
    first = phone_now(record, moment) if moment is not None else None
    phones = sorted(record.phones, key=lambda phone: phone is not first)
    return [Dial(p.number, NOT_DIALLED.sub("", p.number), phone_note(p)) for p in phones]


def facts_of(reading: Reading, record: Record, *, hidden_phone: str = "") -> list[Fact]:
    """A date that a column of the button also tells of, under the same name, stands there alone."""
    facts = [Fact(_("Status"), str(STATUS_WORDS[record.status]))]
    written = {str(column.label) for column in reading.button.columns}
    facts += [fact for fact in dated_facts(record) if fact.label not in written]
    for column in reading.button.columns:
        is_hidden = bool(hidden_phone) and column.is_phone
        value = hidden_phone if is_hidden else read_column(column.read, record)
        if value or column.is_always_shown:
            facts.append(
                Fact(str(column.label), value or str(NOT_STATED), "phone" if column.is_phone else "")
            )
    codes = ", ".join(f"{c.display} ({c.code})" if c.display else c.code for c in record.codes)
    return [*facts, Fact(_("Kod"), codes)] if codes and not getattr(record, "code", "") else facts


def read_column(read: Any, record: Record) -> str:
    return str(read(record) or "")


def dated_facts(record: Record) -> list[Fact]:
    whens = (
        ("start", _("Från"), record.start),
        ("end", _("Till"), record.end),
        ("recorded", _("Dokumenterat"), record.recorded),
        ("updated", _("Uppdaterat"), record.updated),
    )
    return [Fact(label, full_when(when), key) for key, label, when in whens if when is not None]


def source_of(record: Record, outcome: Outcome | None) -> str:
    """The source's name; of what is kept by hand also the day somebody last made sure of it."""
    label = outcome.source.label if outcome else record.source
    if not isinstance(record, Contact) or not record.is_about_unit:
        return label
    return _("%(source)s, kontrollerad %(day)s") % {"source": label, "day": full_when(record.verified)}


def origin_of(record: Record, outcomes: Mapping[str, Outcome]) -> list[Fact]:
    outcome = outcomes.get(record.source)
    unit = _("enhet ej angiven") if record.origin.unit_is_assumed else record.origin.unit_name
    author = ", ".join(part for part in (record.author.name, record.author.role) if part)
    facts = [
        Fact(_("Källa"), source_of(record, outcome)),
        Fact(_("Ägare"), record.origin.provider.name),
        Fact(_("Enhet"), unit or str(NOT_STATED)),
        Fact(_("Av"), author or str(NOT_STATED)),
    ]
    if record.unit_phone:
        facts.append(Fact(_("Enhetens telefon"), record.unit_phone))
    if isinstance(outcome, Answered):
        facts.append(Fact(*when_got(outcome)))
        part = outcome.part_of(record)
        if part is not None and part.is_copy:
            facts.append(Fact(_("Källsystem"), f"{label_of(part)}: {copy_words(part)}"))
    return facts


def also_told(record: Record, outcomes: Mapping[str, Outcome]) -> Fact:
    """Another source that tells of the same record: which, whose, and when it was fetched."""
    outcome = outcomes.get(record.source)
    parts = [outcome.source.label if outcome else record.source, record.origin.provider.name]
    parts.append("" if record.origin.unit_is_assumed else record.origin.unit_name)
    if isinstance(outcome, Answered):
        parts.append(got_words(outcome))
    return Fact(_("Finns även i"), ", ".join(part for part in parts if part))
