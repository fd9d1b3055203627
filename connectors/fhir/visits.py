"""Encounter, Appointment and DocumentReference to care contacts: stays, visits, bookings and notes."""

import base64
import binascii

from connectors.base.dates import read_when
from connectors.base.kinds import CareContact, ContactForm
from connectors.base.records import Record, Status
from connectors.fhir.dates import read_period
from connectors.fhir.drafting import Draft, read_status
from connectors.fhir.elements import (
    Resource,
    Unreadable,
    all_words,
    codes,
    item,
    items,
    paragraphs,
    text,
    words,
)
from consent.vocabulary import InformationType

_INPATIENT = frozenset({"IMP", "ACUTE", "NONAC", "SS"})
_CLASSES = {
    "AMB": "Öppenvårdsbesök",
    "EMER": "Akutbesök",
    "IMP": "Inskriven i slutenvård",
    "ACUTE": "Inskriven i slutenvård",
    "HH": "Hembesök",
    "VR": "Distanskontakt",
}
_ENCOUNTER_STATUS = {
    "planned": Status.PLANNED,
    "arrived": Status.ACTIVE,
    "triaged": Status.ACTIVE,
    "in-progress": Status.ACTIVE,
    "onleave": Status.ACTIVE,
    "finished": Status.ENDED,
    "cancelled": Status.CANCELLED,
}
_APPOINTMENT_STATUS = {
    "proposed": Status.PLANNED,
    "pending": Status.PLANNED,
    "booked": Status.PLANNED,
    "waitlist": Status.PLANNED,
    "arrived": Status.ACTIVE,
    "checked-in": Status.ACTIVE,
    "fulfilled": Status.ENDED,
    "cancelled": Status.CANCELLED,
    "noshow": Status.CANCELLED,
}
_DOCUMENT_STATUS = {"current": Status.ENDED, "superseded": Status.CANCELLED}


def map_encounter(draft: Draft) -> tuple[Record, ...]:
    class_ = item(draft.get("class"))
    code = text(class_.get("code"))
    start, end = read_period(draft.get("period"))
    reason = all_words(draft.get("reasonCode"))
    status = read_status(draft.get("status"), _ENCOUNTER_STATUS)
    form = ContactForm.INPATIENT if code in _INPATIENT else ContactForm.VISIT
    if status is Status.PLANNED:
        form = ContactForm.BOOKED
    common = draft.common(
        InformationType.CARE_CONTACT,
        status=status,
        title=all_words(draft.get("type"))
        or text(class_.get("display"))
        or _CLASSES.get(code, "Vårdkontakt"),
        author=next((item(p.get("individual")) for p in items(draft.get("participant"))), None),
        start=start,
        end=end,
        coded=codes(draft.get("type")),
    )
    return (CareContact(**common, form=form, reason=reason),)


def map_appointment(draft: Draft) -> tuple[Record, ...]:
    reason = all_words(draft.get("reasonCode")) or text(draft.get("description"))
    people = [item(p.get("actor")) for p in items(draft.get("participant"))]
    start = read_when(draft.get("start"), may_lie_ahead=True)
    # A booking is over when its time has passed, whether or not anybody ticked it off.
    end = read_when(draft.get("end"), may_lie_ahead=True) or start
    common = draft.common(
        InformationType.CARE_CONTACT,
        status=read_status(draft.get("status"), _APPOINTMENT_STATUS),
        title=words(draft.get("appointmentType")) or all_words(draft.get("serviceType")) or "Bokat besök",
        author=next((p for p in people if "Practitioner" in text(p.get("reference"))), None),
        start=start,
        end=end,
        recorded=read_when(draft.get("created")),
    )
    return (CareContact(**common, form=ContactForm.BOOKED, reason=reason),)


def map_document(draft: Draft) -> tuple[Record, ...]:
    """A note. Plain text is shown as it is; anything else only by its title."""
    attachments = [item(content.get("attachment")) for content in items(draft.get("content"))]
    titles = [text(attachment.get("title")) for attachment in attachments]
    title = words(draft.get("type")) or next((t for t in titles if t), "")
    if not title:
        raise Unreadable("no title")
    written = read_when(draft.get("date"))
    common = draft.common(
        InformationType.DOCUMENTATION,
        status=read_status(draft.get("status"), _DOCUMENT_STATUS),
        title=title,
        author=next(iter(items(draft.get("author"))), None),
        start=written,
        recorded=written,
        coded=codes(draft.get("type")),
    )
    said = paragraphs(text(draft.get("description")), *(_plain_text(each) for each in attachments))
    return (CareContact(**common, text=said, form=ContactForm.NOTE),)


def _plain_text(attachment: Resource) -> str:
    media_type = text(attachment.get("contentType")).partition(";")[0].strip().lower()
    data = text(attachment.get("data"))
    if media_type != "text/plain" or not data:
        return ""
    try:
        return base64.b64decode(data, validate=False).decode("utf-8").strip()
    except (binascii.Error, UnicodeDecodeError):
        raise Unreadable("attachment") from None
