"""What must stand on each page, computed from the plain messages and nothing else.

A line is what a record is called and the day it is from, as written on the page: a Swedish day where the
message tells the whole day, else the message's own writing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from tests.real_input.samples import Resource, Sample, all_said, code_of, said, swedish_day

Line = tuple[str, str]
NOTHING_KNOWN = frozenset({"716186003", "409137002", "716184000", "429625007"})
RELATIONS = {"MTH": "mor", "SIGOTHR": "partner"}


def expected(sample: Sample) -> dict[str, Counter[Line]]:
    """Button to the lines of its list. Buttons that are not here must be empty."""
    lines = {button: Counter(read(sample)) for button, read in LINES.items()}
    return {button: counted for button, counted in lines.items() if counted}


def day(written: str | None) -> str:
    if not written:
        return ""
    return swedish_day(written).isoformat() if len(written) >= 10 else written


def _limitations(sample: Sample) -> Iterator[Line]:
    for consent in sample.of("Consent"):
        if code_of(consent["category"][0]) == "dnr":
            yield all_said(consent["provision"]["code"]), day(consent["dateTime"])


def _warnings(sample: Sample) -> Iterator[Line]:
    for allergy in sample.of("AllergyIntolerance"):
        yield said(allergy["code"]), day(allergy.get("onsetDateTime"))
    for flag in sample.of("Flag"):
        yield said(flag["code"]), day(flag.get("period", {}).get("start"))


def _contacts(sample: Sample) -> Iterator[Line]:
    """By name: members of care teams but the patient, and relatives."""
    for team in sample.of("CareTeam"):
        for member in team["participant"]:
            if "Patient/" in member["member"]["reference"] or member["member"]["reference"] in sample.along:
                about = sample.along.get(member["member"]["reference"], {"resourceType": "Patient"})
                if about["resourceType"] == "Patient":
                    continue
            start = member.get("period", {}).get("start") or team["period"].get("start")
            yield member["member"]["display"], day(start)
    relatives = [*sample.patient.get("contact", ()), *sample.of("RelatedPerson")]
    for relative in relatives:
        name = relative["name"][0] if isinstance(relative["name"], list) else relative["name"]
        yield " ".join([*name["given"], name["family"]]), ""


def _doses(sample: Sample) -> Iterator[Line]:
    for dose in sample.of("Immunization"):
        if dose["status"] != "not-done":
            yield said(dose["vaccineCode"]), day(dose["occurrenceDateTime"])


def _plans(sample: Sample) -> Iterator[Line]:
    for plan in sample.of("CarePlan"):
        called = ", ".join(category["text"] for category in plan.get("category", ()) if "text" in category)
        yield called or "Vårdplan", day(plan["period"].get("start") or plan.get("created"))


def _visits(sample: Sample) -> Iterator[Line]:
    for visit in sample.of("Encounter"):
        yield all_said(visit["type"]), day(visit["period"]["start"])
    for note in sample.of("DocumentReference"):
        yield said(note["type"]), day(note["date"])


def _values(sample: Sample) -> Iterator[Line]:
    for value in sample.of("Observation"):
        if "vital-signs" in [code_of(category) for category in value.get("category", ())]:
            yield said(value["code"]), day(value["effectiveDateTime"])


def _diagnoses(sample: Sample) -> Iterator[Line]:
    for condition in sample.of("Condition"):
        yield said(condition["code"]), day(condition.get("onsetDateTime") or condition.get("recordedDate"))


def _medicines(sample: Sample) -> Iterator[Line]:
    for request in sample.of("MedicationRequest"):
        yield sample.medicine(request), day(request["authoredOn"])
    for statement in sample.of("MedicationStatement"):
        start = statement.get("effectivePeriod", {}).get("start") or statement.get("effectiveDateTime")
        yield sample.medicine(statement), day(start)


LINES: dict[str, Callable[[Sample], Iterable[Line]]] = {
    "care_limitation": _limitations,
    "warning": _warnings,
    "contact": _contacts,
    "vaccination": _doses,
    "care_plan": _plans,
    "care_contact": _visits,
    "prehospital": _values,
    "diagnosis": _diagnoses,
    "medication": _medicines,
}


def states(sample: Sample) -> dict[str, set[str]]:
    """Button to the states its rule allows, for messages all of whose events are long past."""
    must = {button: {"past"} for button in expected(sample)}
    for button, is_so in (
        ("care_limitation", bool(sample.of("Consent"))),
        ("warning", any(_is_warning(r) for r in sample.of("AllergyIntolerance", "Flag"))),
        ("care_plan", any(_goes_on(r) for r in sample.of("CarePlan"))),
    ):
        if is_so and button in must:
            must[button] = {"ongoing"}
    if must.get("warning") == {"past"} and any(is_nothing_known(r) for r in sample.of("AllergyIntolerance")):
        must["warning"] = {"current"}
    if sample.patient.get("contact") or any(_goes_on(r) for r in sample.of("CareTeam", "RelatedPerson")):
        must["contact"] = {"current"}
    if any(r["status"] == "active" for r in sample.of("MedicationRequest", "MedicationStatement")):
        must["medication"] = {"current"}
    if "diagnosis" in must:
        must["diagnosis"] = {"past", "current"}
    return must


def is_nothing_known(allergy: Resource) -> bool:
    return code_of(allergy["code"]) in NOTHING_KNOWN


def _is_warning(resource: Resource) -> bool:
    if resource["resourceType"] == "Flag":
        return _goes_on(resource)
    return code_of(resource["clinicalStatus"]) == "active" and not is_nothing_known(resource)


def _goes_on(resource: Any) -> bool:
    end = resource.get("period", {}).get("end")
    is_over = end is not None and swedish_day(end) < date.today()
    return resource.get("status", "active") == "active" and not is_over
