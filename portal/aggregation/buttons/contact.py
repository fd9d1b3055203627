"""Kontakter: who to call, and who answers now."""

from collections.abc import Sequence
from datetime import time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.kinds import Contact, ContactRole
from connectors.base.records import Phone, When
from consent.terms import SWEDISH_TIME
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import Button, Column, Group, phones_words
from portal.aggregation.calendar import is_working_day
from portal.aggregation.lamps import (
    Days,
    Judged,
    Lamp,
    Moment,
    first_dated,
    is_over,
    was_within,
)
from portal.aggregation.wording import full_when

ROLE_NAMES = {
    ContactRole.PAL: gettext_lazy("PAL"),
    ContactRole.PAL_STAND_IN: gettext_lazy("Ersättare för PAL"),
    ContactRole.CARE_CONTACT: gettext_lazy("Fast vårdkontakt"),
    ContactRole.SOCIAL_CONTACT: gettext_lazy("Fast omsorgskontakt"),
    ContactRole.PHYSICIAN_CONTACT: gettext_lazy("Fast läkarkontakt"),
    ContactRole.CONTACT_NURSE: gettext_lazy("Kontaktsjuksköterska"),
    ContactRole.CASE_HANDLER: gettext_lazy("Handläggare"),
    ContactRole.UNIT: gettext_lazy("Enhet"),
    ContactRole.ON_CALL: gettext_lazy("Jour"),
    ContactRole.RELATIVE: gettext_lazy("Närstående"),
    ContactRole.OTHER: gettext_lazy("Kontakt"),
}
# A new one of these is news; a unit or a relative is not.
NAMED = frozenset(
    {
        ContactRole.PAL,
        ContactRole.PAL_STAND_IN,
        ContactRole.CARE_CONTACT,
        ContactRole.SOCIAL_CONTACT,
        ContactRole.PHYSICIAN_CONTACT,
    }
)
OFFICE_OPENS, OFFICE_CLOSES = time(8), time(17)
OUT_OF_HOURS = frozenset({"night", "on_call"})


def judge(record: Contact, moment: Moment, days: Days) -> Lamp:
    if is_over(record, moment):
        return Lamp.PAST
    changes = (record.start, record.updated)
    is_new = (
        record.role in NAMED
        and not record.is_about_unit
        and any(was_within(when, moment, days["changed"]) for when in changes)
    )
    return Lamp.NEW if is_new else Lamp.CURRENT


def dated(record: Contact) -> When | None:
    return first_dated(record.updated, record.start, record.verified, record.recorded)


def is_office_time(moment: Moment) -> bool:
    now = moment.now.astimezone(SWEDISH_TIME)
    return is_working_day(now.date()) and OFFICE_OPENS <= now.time() < OFFICE_CLOSES


def phone_now(contact: Contact, moment: Moment) -> Phone | None:
    """The number to try first at this hour, by what the source says each number is for."""
    late = not is_office_time(moment)
    fitting = [phone for phone in contact.phones if (phone.use in OUT_OF_HOURS) is late]
    return next(iter(fitting), None)


def arrange(judged: Sequence[Judged], moment: Moment) -> Sequence[Judged]:
    """Whom to ring first: PAL or who stands in, outside office hours the one on call. Past ones last."""
    order = list(ContactRole) if is_office_time(moment) else [ContactRole.ON_CALL, *ContactRole]

    def place(one: Judged) -> tuple[bool, int]:
        role = one.record.role if isinstance(one.record, Contact) else ContactRole.OTHER
        return one.lamp is Lamp.PAST, order.index(role)

    return sorted(judged, key=place)


def reachable(judged: Sequence[Judged], moment: Moment) -> list[Contact]:
    """Those that hold, in the order they are rung."""
    kept = [one for one in arrange(judged, moment) if one.lamp is not Lamp.PAST]
    return [one.record for one in kept if isinstance(one.record, Contact)]


def answers_now(contacts: Sequence[Contact], moment: Moment) -> tuple[Contact, Phone] | None:
    """The first who has a number for this hour; never a relative, who has no duty to answer."""
    for contact in contacts:
        phone = phone_now(contact, moment)
        if phone is not None and contact.role is not ContactRole.RELATIVE:
            return contact, phone
    return None


def headline(judged: Sequence[Judged], moment: Moment) -> str:
    """Who answers at this hour; where nobody is known to, the first contact and its own number."""
    contacts = reachable(judged, moment)
    if not contacts:
        return _("Tidigare kontakter")
    found = answers_now(contacts, moment)
    return describe(*found) if found else describe(contacts[0], next(iter(contacts[0].phones), None))


def describe(contact: Contact, phone: Phone | None) -> str:
    who = f"{ROLE_NAMES[contact.role]} {contact.name or contact.title}".strip()
    if phone is None:
        return who
    return " ".join(part for part in (who, phone.number, phone.hours) if part)


BUTTON = Button(
    kind=Kind.CONTACT,
    label=gettext_lazy("Kontakter"),
    icon="phone",
    group=Group.IMPORTANT,
    judge=judge,
    lights=gettext_lazy("En namngiven kontakt som är ny eller ändrad de senaste %(changed)d dagarna."),
    headline=headline,
    dated=dated,
    days={"changed": 90},
    arrange=arrange,
    template="records/contact.html",
    columns=(
        Column(gettext_lazy("Roll"), lambda r: str(ROLE_NAMES[r.role])),
        Column(gettext_lazy("Namn"), lambda r: r.name),
        Column(gettext_lazy("Relation"), lambda r: r.relation),
        Column(
            gettext_lazy("Telefon"), lambda r: phones_words(r.phones), is_always_shown=True, is_phone=True
        ),
        Column(gettext_lazy("Kontrollerad"), lambda r: full_when(r.verified), is_always_shown=True),
    ),
)
