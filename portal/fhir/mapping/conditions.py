"""Diagnosis, and a covid infection, to Condition."""

from connectors.base.kinds import Diagnosis, Vaccination
from connectors.base.records import Record, Status
from connectors.fhir.elements import Resource
from portal.fhir import names
from portal.fhir.elements import (
    Telling,
    author_of,
    begin,
    choice,
    coding,
    date_time,
    filled,
    notes,
    required,
    term,
)

_CLINICAL = {Status.ACTIVE: "active", Status.ENDED: "resolved"}
_MAIN = "Huvuddiagnos"


def map_diagnosis(record: Diagnosis, telling: Telling) -> Resource:
    return {
        **_begin(record, telling),
        "code": required(record.title, record.codes),
        **filled(category=[{"text": _MAIN}] if record.is_main else [], note=notes(record.text)),
    }


def map_infection(record: Vaccination, telling: Telling) -> Resource:
    """Its codes say that it is covid; where the source sent none, the disease itself is the code."""
    disease = [] if record.codes else [coding(names.SNOMED, names.COVID)]
    condition = {**_begin(record, telling), "code": required(record.title, record.codes, *disease)}
    if record.is_confirmed:
        condition["verificationStatus"] = term(names.CONDITION_VERIFICATION, "confirmed")
    return {**condition, **filled(note=notes(record.text))}


def _begin(record: Record, telling: Telling) -> Resource:
    clinical = _CLINICAL.get(record.status, "")
    refuted = record.status is Status.CANCELLED
    # What has an end may not be called active (con-4); an end ahead stands in the text.
    ended = choice("abatement", record.end) if clinical == "resolved" else {}
    return {
        **begin(record, telling, "Condition"),
        **filled(
            clinicalStatus=term(names.CONDITION_CLINICAL, clinical) if clinical else {},
            verificationStatus=term(names.CONDITION_VERIFICATION, "refuted") if refuted else {},
            recordedDate=date_time(record.recorded),
            recorder=author_of(record),
        ),
        **choice("onset", record.start),
        **ended,
    }
