"""Ring: who answers now, on the overview's rail. One number to press, and the next few."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connectors.base.kinds import Contact
from connectors.base.records import Phone
from portal.aggregation.buttons.contact import ROLE_NAMES, answers_now, phone_now, reachable
from portal.aggregation.lamps import Moment
from portal.aggregation.states import Reading, State
from portal.overview.presenters.tiles import line_of
from portal.overview.presenters.words import STATE_WORDS

OTHERS_SHOWN = 3
NOT_DIALLED = re.compile(r"[^0-9+]")


@dataclass(frozen=True, slots=True)
class CallLine:
    """``dial``: digits and a leading plus, all that a telephone needs."""

    role: str
    name: str
    number: str
    dial: str
    hours: str


@dataclass(frozen=True, slots=True)
class CallCard:
    """``main``: who answers at this hour; None where nobody is known to. ``note``: why there is less."""

    state: str
    main: CallLine | None
    others: tuple[CallLine, ...]
    note: str
    all_words: str


def present_calling(reading: Reading, moment: Moment) -> CallCard:
    contacts = reachable(reading.judged, moment)
    found = answers_now(contacts, moment)
    main = call_line(*found) if found else None
    return CallCard(
        state=reading.state.value,
        main=main,
        others=tuple(next_lines(contacts, found[0] if found else None, moment)),
        note=note_of(reading, contacts, has_main=main is not None),
        all_words=all_words(len(reading.judged)),
    )


def next_lines(contacts: Sequence[Contact], first: Contact | None, moment: Moment) -> list[CallLine]:
    lines = []
    for contact in contacts:
        phone = phone_now(contact, moment) or next(iter(contact.phones), None)
        if contact is not first and phone is not None:
            lines.append(call_line(contact, phone))
    return lines[:OTHERS_SHOWN]


def call_line(contact: Contact, phone: Phone) -> CallLine:
    name = contact.name or contact.title or contact.origin.unit_name
    role = str(ROLE_NAMES[contact.role])
    return CallLine(role, name, phone.number, NOT_DIALLED.sub("", phone.number), phone.hours or phone.label)


def note_of(reading: Reading, contacts: Sequence[Contact], *, has_main: bool) -> str:
    if has_main:
        return ""
    if any(contact.phones for contact in contacts):
        return _("Ingen har angett att de svarar just nu.")
    if contacts:
        return _("Inga telefonnummer här. Se listan.")
    if reading.state is State.WAITING:
        return str(STATE_WORDS[State.WAITING].word)
    return ". ".join(part for part in (str(STATE_WORDS[reading.state].word), line_of(reading)) if part)


def all_words(count: int) -> str:
    if not count:
        return _("Till kontakter")
    return ngettext("Alla %(n)d kontakter", "Alla %(n)d kontakter", count) % {"n": count}
