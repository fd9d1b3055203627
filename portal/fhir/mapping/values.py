"""A measured value to Observation, an ambulance mission to Encounter."""

import re

from connectors.base.kinds import Prehospital
from connectors.base.records import Status
from connectors.fhir.elements import Resource
from portal.fhir import names
from portal.fhir.elements import (
    Telling,
    author_of,
    begin,
    choice,
    coding,
    concept,
    filled,
    instant,
    notes,
    period,
    required,
    term,
)

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})([.,]\d{1,9})?")
_STATUS = {
    Status.ACTIVE: "preliminary",
    Status.PLANNED: "registered",
    Status.ENDED: "final",
    Status.CANCELLED: "cancelled",
    Status.IN_ERROR: "entered-in-error",
}
ENCOUNTER_STATUS = {
    Status.ACTIVE: "in-progress",
    Status.PLANNED: "planned",
    Status.ENDED: "finished",
    Status.CANCELLED: "cancelled",
    Status.IN_ERROR: "entered-in-error",
}


def map_prehospital(record: Prehospital, telling: Telling) -> Resource:
    return map_mission(record, telling) if record.is_mission else map_value(record, telling)


def map_value(record: Prehospital, telling: Telling) -> Resource:
    author = author_of(record)
    taken = choice("effective", record.start)
    return {
        **begin(record, telling, "Observation"),
        "status": _STATUS.get(record.status, "unknown"),
        "category": [term(names.OBSERVATION_CATEGORY, "vital-signs")],
        "code": required(record.title, record.codes),
        # An observation has no words for a time: what cannot be relied on stands in the text.
        **({} if "effectiveString" in taken else taken),
        **value_of(record.value, record.value_unit),
        **filled(
            issued=instant(record.recorded),
            performer=[author] if author else [],
            device={"display": record.device} if record.device.strip() else {},
            note=notes(record.text),
        ),
    }


def value_of(value: str, unit: str) -> Resource:
    """A quantity where the source's value is a plain number, else its words as they are."""
    if _NUMBER.fullmatch(value):
        said = value.replace(",", ".")
        return {"valueQuantity": filled(value=float(said) if "." in said else int(said), unit=unit)}
    words = f"{value} {unit}".strip()
    return {"valueString": words} if words else {"dataAbsentReason": {"text": "värde ej angivet"}}


def map_mission(record: Prehospital, telling: Telling) -> Resource:
    author = author_of(record)
    handed_over = {"display": record.handed_over_to} if record.handed_over_to.strip() else {}
    return {
        **begin(record, telling, "Encounter"),
        "status": ENCOUNTER_STATUS.get(record.status, "unknown"),
        "class": coding(names.ACT_CODE, "FLD"),
        **filled(
            type=[concept(record.title, record.codes)] if record.title else [],
            reasonCode=[{"text": record.assessment}] if record.assessment.strip() else [],
            period=period(record.start, record.end),
            participant=[{"individual": author}] if author else [],
            hospitalization={"destination": handed_over} if handed_over else {},
        ),
    }
