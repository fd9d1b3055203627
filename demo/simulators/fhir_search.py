"""FHIR R4 search, as far as the overview needs it: which resources a question selects.

Unknown parameters are refused, as a careful server does: ignoring one would widen the answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from demo.people.dates import STOCKHOLM
from demo.simulators.fhir_store import Resource, Store

# Where each type keeps the date that the parameter ``date`` (or its own name for it) looks at.
_DATES: Mapping[str, tuple[str, ...]] = {
    "Encounter": ("period",),
    "Appointment": ("start",),
    "Observation": ("effectiveDateTime", "effectivePeriod", "effectiveInstant"),
    "DocumentReference": ("date",),
    "DiagnosticReport": ("effectiveDateTime", "effectivePeriod"),
    "Immunization": ("occurrenceDateTime",),
    "Condition": ("recordedDate", "onsetDateTime"),
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod"),
    "CarePlan": ("period", "created"),
    "CareTeam": ("period",),
    "Flag": ("period",),
    "AllergyIntolerance": ("recordedDate",),
    "Procedure": ("performedDateTime", "performedPeriod"),
    "Composition": ("date",),
    "Consent": ("dateTime",),
}
_DATE_PARAMETERS = ("date", "recorded-date", "authoredon", "effective", "_lastUpdated")
_TOKEN_FIELDS = {"status": "status", "category": "category", "code": "code", "type": "type", "class": "class"}
_STATUS_FIELDS = {"clinical-status": "clinicalStatus", "verification-status": "verificationStatus"}
# R4 has no such search on Flag; a server leaves it out and the reader sifts.
_FLAG_IGNORES = ("status", "category", "code")
_SPECIAL_PROFILES = "https://fhir.cambio.se/StructureDefinition/"
# Parameters in the order they came; one may stand twice (a date from and a date to).
Query = Sequence[tuple[str, str]]
ACCEPTED = ("_count", "_include", "_sort", "_format", "_total", "_summary", "_elements")


class Unsupported(Exception):
    """The question has a parameter this server does not know. The message names it."""


def select(store: Store, kind: str, query: Query) -> list[Resource]:
    """The resources of ``kind`` that match every parameter, the latest first."""
    found = _candidates(store, kind, query)
    for name, wanted in query:
        if name in ("patient", "subject", "patient.identifier", "subject.identifier", *ACCEPTED):
            continue
        if kind == "Flag" and name in _FLAG_IGNORES:
            continue
        found = [resource for resource in found if _matches(resource, name, wanted, store)]
    return sorted(
        found, key=_latest, reverse=not dict(query).get("_sort", "-date").startswith(("date", "_last"))
    )


def subjects(store: Store, query: Query) -> list[str] | None:
    """Ids of the patients the question is about, or None where it names none."""
    asked = dict(query)
    for name in ("patient", "subject"):
        if name in asked:
            return [value.rpartition("/")[2] for value in asked[name].split(",")]
        if (token := asked.get(f"{name}.identifier")) is not None:
            return [patient["id"] for patient in store.find_patients(token)]
    return None


def included(store: Store, matches: Iterable[Resource], wanted: Iterable[str]) -> list[Resource]:
    """What the matches refer to by the fields named in ``_include`` (``Type:field``)."""
    found: dict[int, Resource] = {}
    for rule in wanted:
        kind, _, field = rule.partition(":")
        for resource in matches:
            if resource["resourceType"] == kind:
                for name in (field, f"{field}Reference"):
                    for target in _references(resource.get(name)):
                        if (other := store.get(target)) is not None:
                            found[id(other)] = other
    return list(found.values())


def _candidates(store: Store, kind: str, query: Query) -> list[Resource]:
    patient_ids = subjects(store, query)
    if patient_ids is None:
        return store.of_type(kind)
    return [resource for patient_id in patient_ids for resource in store.of_patient(kind, patient_id)]


def _matches(resource: Resource, name: str, wanted: str, store: Store) -> bool:
    if name == "_id":
        return resource["id"] in wanted.split(",")
    if name == "_profile":
        return _has_profile(resource, wanted)
    if name == "identifier":
        if resource["resourceType"] == "Patient":
            return any(resource in store.find_patients(token) for token in wanted.split(","))
        values = {i.get("value") for i in resource.get("identifier", ()) if isinstance(i, dict)}
        return wanted.rpartition("|")[2] in values
    if name in _DATE_PARAMETERS:
        return _is_dated(resource, name, wanted)
    field = _TOKEN_FIELDS.get(name) or _STATUS_FIELDS.get(name)
    if field is None:
        raise Unsupported(name)
    return bool(_tokens(resource.get(field)) & {token.rpartition("|")[2] for token in wanted.split(",")})


def _has_profile(resource: Resource, wanted: str) -> bool:
    """The vendor's ordinary profile of a type (``CarePlanSe``) takes all but its special shapes."""
    declared = resource.get("meta", {}).get("profile", [])
    ordinary = f"{resource['resourceType']}Se"
    if wanted.rpartition("/")[2] == ordinary:
        special = [p for p in declared if p.startswith(_SPECIAL_PROFILES) and not p.endswith(f"/{ordinary}")]
        return not special
    return wanted in declared


def _tokens(value: Any) -> set[str]:
    """Every code in a code, a Coding, a CodeableConcept or a list of them."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, list):
        return {token for item in value for token in _tokens(item)}
    if isinstance(value, dict):
        return {str(coding["code"]) for coding in value.get("coding", [value]) if "code" in coding}
    return set()


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [target for item in value for target in _references(item)]
    return [value["reference"]] if isinstance(value, dict) and isinstance(value.get("reference"), str) else []


def _latest(resource: Resource) -> datetime:
    span = _span_of(resource, "date")
    return span[0] if span else datetime.min.replace(tzinfo=STOCKHOLM)


def _span_of(resource: Resource, parameter: str) -> tuple[datetime, datetime] | None:
    if parameter == "_lastUpdated":
        return _span(resource.get("meta", {}).get("lastUpdated"))
    for field in _DATES.get(resource["resourceType"], ()):
        if (span := _span(resource.get(field))) is not None:
            return span
    return None


def _span(value: Any) -> tuple[datetime, datetime] | None:
    """First and last moment of a FHIR date or Period; an open end lasts for ever."""
    if isinstance(value, dict):
        start, end = _span(value.get("start")), _span(value.get("end"))
        first = start[0] if start else datetime.min.replace(tzinfo=STOCKHOLM)
        return first, end[1] if end else datetime.max.replace(tzinfo=STOCKHOLM)
    if not isinstance(value, str) or not value:
        return None
    text = f"{value}-01-01" if len(value) == 4 else f"{value}-01" if len(value) == 7 else value
    first = datetime.fromisoformat(text)
    if first.tzinfo is None:
        first = first.replace(tzinfo=STOCKHOLM)
    width = {4: 366, 7: 31, 10: 1}.get(len(value), 0)
    return first, first + timedelta(days=width)


def _is_dated(resource: Resource, parameter: str, wanted: str) -> bool:
    prefix = wanted[:2] if wanted[:2].isalpha() else "eq"
    asked, span = _span(wanted.removeprefix(prefix)), _span_of(resource, parameter)
    if span is None or asked is None:
        return False
    return {
        "ge": span[1] >= asked[0],
        "gt": span[1] > asked[1],
        "le": span[0] <= asked[1],
        "lt": span[0] < asked[0],
        "eq": asked[0] <= span[0] and span[1] <= asked[1],
    }.get(prefix, False)
