"""Vårdkontakter: stays, visits, bookings, and the notes written there."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.kinds import CareContact, ContactForm
from connectors.base.records import When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import Button, Column, Group, name_of
from portal.aggregation.lamps import (
    NEVER_LIGHTS,
    Days,
    Judged,
    Lamp,
    Moment,
    comes_within,
    first_dated,
    is_over,
    is_running,
    is_to_come,
    was_within,
)
from portal.aggregation.wording import short_when

FORM_NAMES = {
    ContactForm.INPATIENT: gettext_lazy("Slutenvård"),
    ContactForm.VISIT: gettext_lazy("Besök"),
    ContactForm.BOOKED: gettext_lazy("Bokad tid"),
    ContactForm.NOTE: gettext_lazy("Anteckning"),
}


def judge(record: CareContact, moment: Moment, days: Days) -> Lamp:
    """A stay lights while it lasts; a visit or an ended stay is new for a while; a booking lights as its
    day draws near. Notes never light: the contact they belong to does."""
    if record.status in NEVER_LIGHTS or record.form is ContactForm.NOTE:
        return Lamp.PAST
    if record.form is ContactForm.BOOKED:
        return judge_booking(record, moment, days)
    if record.form is ContactForm.INPATIENT and is_running(record, moment):
        return Lamp.ONGOING
    if was_within(first_dated(record.end, record.start, record.recorded), moment, days["visit"]):
        return Lamp.NEW
    return Lamp.CURRENT if is_to_come(record, moment) else Lamp.PAST


def judge_booking(record: CareContact, moment: Moment, days: Days) -> Lamp:
    if is_over(record, moment):
        return Lamp.PAST
    if comes_within(record.start, moment, days["booked"]):
        return Lamp.NEW
    return Lamp.CURRENT if is_to_come(record, moment) else Lamp.PAST


def dated(record: CareContact) -> When | None:
    return first_dated(record.start, record.recorded)


def headline(judged: Sequence[Judged], moment: Moment) -> str:
    record = judged[0].record
    day = short_when(record.start, moment.today)
    where = record.origin.unit_name or name_of(record)
    if not isinstance(record, CareContact):
        return where
    if judged[0].lamp is Lamp.ONGOING:
        return (
            _("Inlagd %(where)s sedan %(day)s") % {"where": where, "day": day}
            if day
            else _("Inlagd %(where)s, datum saknas") % {"where": where}
        )
    what = record.reason or name_of(record)
    if record.form is ContactForm.BOOKED:
        return _("Bokad %(day)s, %(where)s") % {"day": day or _("utan datum"), "where": where}
    return ", ".join(dict.fromkeys(part for part in (what, where, day) if part))


BUTTON = Button(
    kind=Kind.CARE_CONTACT,
    label=gettext_lazy("Vårdkontakter"),
    icon="visit",
    group=Group.CARE,
    judge=judge,
    lights=gettext_lazy(
        "Ett vårdtillfälle som pågår, en kontakt de senaste %(visit)d dagarna eller en "
        "bokning inom %(booked)d dagar."
    ),
    headline=headline,
    dated=dated,
    days={"visit": 90, "booked": 30},
    columns=(
        Column(gettext_lazy("Slag"), lambda r: str(FORM_NAMES[r.form])),
        Column(gettext_lazy("Orsak"), lambda r: r.reason),
    ),
)
