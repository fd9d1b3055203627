"""Care contact: a stay or visit to Encounter, a note to DocumentReference."""

import base64

from connectors.base.kinds import CareContact, ContactForm
from connectors.base.records import Status
from connectors.fhir.elements import Resource
from portal.fhir import names
from portal.fhir.elements import (
    Telling,
    author_of,
    begin,
    coding,
    concept,
    date_time,
    filled,
    instant,
    organisation,
    period,
)
from portal.fhir.mapping.values import ENCOUNTER_STATUS

_CLASS = {ContactForm.INPATIENT: "IMP", ContactForm.VISIT: "AMB", ContactForm.BOOKED: "AMB"}


def map_care_contact(record: CareContact, telling: Telling) -> Resource:
    return map_note(record, telling) if record.form is ContactForm.NOTE else map_encounter(record, telling)


def map_encounter(record: CareContact, telling: Telling) -> Resource:
    author, origin = author_of(record), record.origin
    status = ENCOUNTER_STATUS.get(record.status, "unknown")
    is_booked = record.form is ContactForm.BOOKED and status in ("in-progress", "unknown")
    return {
        **begin(record, telling, "Encounter"),
        "status": "planned" if is_booked else status,
        "class": coding(names.ACT_CODE, _CLASS[record.form]),
        **filled(
            type=[concept(record.title, record.codes)] if record.title or record.codes else [],
            reasonCode=[{"text": record.reason}] if record.reason.strip() else [],
            period=period(record.start, record.end),
            participant=[{"individual": author}] if author else [],
            serviceProvider=organisation(origin.unit_id, origin.unit_name) if origin.names_unit else {},
        ),
    }


def map_note(record: CareContact, telling: Telling) -> Resource:
    """The text as it was written, as plain text."""
    author = author_of(record)
    written = record.text or record.title
    return {
        **begin(record, telling, "DocumentReference"),
        "status": "superseded" if record.status is Status.CANCELLED else "current",
        **filled(
            type=concept(record.title, record.codes),
            # When it was made known takes a moment; a day alone stands with the attachment.
            date=instant(record.recorded or record.start),
            author=[author] if author else [],
        ),
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "data": base64.b64encode(written.encode()).decode(),
                    **filled(title=record.title, creation=date_time(record.recorded or record.start)),
                }
            }
        ],
    }
