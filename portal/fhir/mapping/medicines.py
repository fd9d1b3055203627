"""Medication to MedicationStatement: what a journal says that somebody takes."""

from connectors.base.kinds import Medication, MedicationChange
from connectors.base.records import Status
from connectors.fhir.elements import Resource
from portal.fhir.elements import (
    UNKNOWN,
    Telling,
    author_of,
    begin,
    date_time,
    filled,
    notes,
    period,
    required,
)

_STATUS = {
    Status.ACTIVE: "active",
    Status.PLANNED: "intended",
    Status.ENDED: "completed",
    Status.CANCELLED: "not-taken",
    Status.IN_ERROR: "entered-in-error",
}


def map_medication(record: Medication, telling: Telling) -> Resource:
    status = _STATUS.get(record.status, "unknown")
    if status == "completed" and record.change is MedicationChange.STOPPED:
        status = "stopped"
    return {
        **begin(record, telling, "MedicationStatement"),
        "status": status,
        "medicationCodeableConcept": required(record.title, record.codes),
        "effectivePeriod": period(record.start, record.end) or UNKNOWN,
        **filled(
            dateAsserted=date_time(record.recorded),
            informationSource=author_of(record, record.prescriber),
            dosage=[{"text": record.dose}] if record.dose.strip() else [],
            note=notes(record.text),
        ),
    }
