"""Vaccination: a registered dose to Immunization; an infection is a Condition."""

from connectors.base.codes import COVID_SNOMED
from connectors.base.kinds import Vaccination
from connectors.base.records import Status
from connectors.fhir.elements import Resource
from portal.fhir import names
from portal.fhir.elements import (
    NOT_STATED,
    Telling,
    author_of,
    begin,
    choice,
    date_time,
    filled,
    notes,
    required,
    term,
)
from portal.fhir.mapping.conditions import map_infection


def map_vaccination(record: Vaccination, telling: Telling) -> Resource:
    return map_infection(record, telling) if record.is_infection else map_dose(record, telling)


def map_dose(record: Vaccination, telling: Telling) -> Resource:
    actor = author_of(record)
    given = choice("occurrence", record.given or record.start) or {"occurrenceString": NOT_STATED}
    return {
        **begin(record, telling, "Immunization", "patient"),
        "status": "not-done" if record.status is Status.CANCELLED else "completed",
        "vaccineCode": required(record.product or record.title, record.codes),
        **given,
        **filled(
            recorded=date_time(record.recorded),
            lotNumber=record.batch,
            performer=[{"actor": actor}] if actor else [],
            note=notes(record.text),
            protocolApplied=[_protocol(record)] if record.dose_number or record.is_covid else [],
        ),
    }


def _protocol(record: Vaccination) -> Resource:
    """Against what, where the source's own codes do not say; which dose, or that nobody said."""
    is_told = any(each.code in COVID_SNOMED for each in record.codes)
    disease = [term(names.SNOMED, names.COVID)] if record.is_covid and not is_told else []
    number: Resource = {"doseNumberString": NOT_STATED}
    if record.dose_number is not None and record.dose_number > 0:
        number = {"doseNumberPositiveInt": record.dose_number}
    return {**filled(targetDisease=disease), **number}
