"""What would light, reckoned from the simulated data alone: the thresholds written down a second time.

Knows nothing of the product, so that a wrong date in the data and a wrong rule in the product cannot agree.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from demo.people import Population
from demo.people.fhir_shapes import ALERT_CATEGORY, COORDINATED_PLAN, HIERARCHY
from demo.people.national import Entry

INSATS_BUTTONS = {
    "insatser": "SoL",
    "inskrivning": "HS",
    "uppgifter": "HS",
    "planer": "VP",
    "kontakter": "KO",
}


@dataclass(frozen=True)
class Lamp:
    """One record: which button it belongs to, who wrote it, whether it lights, and what may hide it."""

    button: str
    provider: str
    unit: str
    is_lit: bool
    information_type: str = ""


def lamps_of(population: Population, letter: str) -> list[Lamp]:
    person = next(p for p in population.people if p.letter == letter)
    today = population.today
    found = [lamp for r in population.charts[letter] if (lamp := _fhir_lamp(r, today)) is not None]
    for system in ("hsl", "sol"):
        for name, entries in population.viva_entries(system)[person.number].items():
            found += [_viva_lamp(name, entry, today) for entry in entries]
    patient = f"Patient/pat-{letter.lower()}"
    for resource in population.missions:
        if resource.get("subject", {}).get("reference") == patient:
            found.append(_mission_lamp(resource, today))
    for source, records in population.elsewhere.items():
        found += [_other_lamp(source, r, today) for r in records if r["patient"] == person.number]
    found += [_national_lamp(e) for e in population.national if e.number == person.number]
    return found


def _age(text: str, today: date) -> int:
    return (today - date.fromisoformat(text[:10])).days


def _fhir_lamp(resource: dict[str, Any], today: date) -> Lamp | None:
    """None for what is no record of its own: the Patient itself, and notes beside a plan."""
    if resource["resourceType"] in ("Patient", "QuestionnaireResponse"):
        return None
    button, is_lit = _FHIR_RULES[resource["resourceType"]](resource, today)
    hierarchy = next(e for e in resource["extension"] if e["url"] == HIERARCHY)
    provider, unit = (level["valueReference"]["identifier"]["value"] for level in hierarchy["extension"])
    kind = "upp" if resource["resourceType"] in ("Flag", "AllergyIntolerance") else ""
    return Lamp(button, provider, unit, is_lit, kind)


def _flag(resource: dict[str, Any], _today: date) -> tuple[str, bool]:
    category = resource["category"][0]["coding"][0]
    assert category["system"] == ALERT_CATEGORY
    return ("VB" if category["code"] == "D2" else "VA"), resource["status"] == "active"


def _plan(resource: dict[str, Any], today: date) -> tuple[str, bool]:
    is_active = resource["status"] == "active"
    if COORDINATED_PLAN not in resource["meta"]["profile"]:
        return "VP", is_active
    events = [activity["detail"]["scheduledPeriod"]["start"] for activity in resource["activity"]]
    return "SIP", is_active and any(_age(at, today) <= 90 for at in events)


def _encounter(resource: dict[str, Any], today: date) -> tuple[str, bool]:
    is_open = resource["status"] == "in-progress"
    return "VK", is_open or _age(resource["period"]["start"], today) <= 90


_FHIR_RULES: dict[str, Any] = {
    "Flag": _flag,
    "CarePlan": _plan,
    "Encounter": _encounter,
    "AllergyIntolerance": lambda r, _: ("VA", r["clinicalStatus"]["coding"][0]["code"] == "active"),
    "CareTeam": lambda r, today: ("KO", _age(r["period"]["start"], today) <= 90),
    "Immunization": lambda r, today: ("VC", _age(r["occurrenceDateTime"], today) <= 90),
    "Condition": lambda r, today: ("DI", _age(r["recordedDate"], today) <= 90),
    "MedicationRequest": lambda r, today: ("LM", _age(r["authoredOn"], today) <= 30),
    "DocumentReference": lambda r, today: ("VK", _age(r["date"], today) <= 90),
    "Observation": lambda r, today: ("AM", _age(r["effectiveDateTime"], today) <= 7),
}


def _viva_lamp(name: str, entry: dict[str, Any], today: date) -> Lamp:
    is_active = entry["status"] == "aktiv"
    button = INSATS_BUTTONS.get(name, "VB")
    if button == "SoL":
        is_lit = is_active or _age(entry["till"], today) <= 90
    elif button == "KO":
        is_lit = _age(entry["uppdaterad"], today) <= 90
    elif name == "uppgifter":
        is_lit = False  # the enrolment lights, what hangs on it does not
    else:
        is_lit = is_active
    return Lamp(button, entry["vardgivare"]["hsaid"], entry["enhet"]["hsaid"], is_lit)


def _mission_lamp(resource: dict[str, Any], today: date) -> Lamp:
    """A mission lights for three months; what was measured and judged on it for a week."""
    at, days = {
        "Encounter": lambda r: (r["period"]["start"], 90),
        "ClinicalImpression": lambda r: (r["date"], 7),
        "QuestionnaireResponse": lambda r: (r["authored"], 7),
        "Observation": lambda r: (r["effectiveDateTime"], 7),
    }[resource["resourceType"]](resource)
    hierarchy = next(e for e in resource["extension"] if e["url"] == HIERARCHY)
    provider, unit = (level["valueReference"]["identifier"]["value"] for level in hierarchy["extension"])
    return Lamp("AM@mobimed", provider, unit, _age(at, today) <= days)


def _other_lamp(source: str, record: dict[str, Any], today: date) -> Lamp:
    button = {"service": "SoL"}[record["type"]]
    is_lit = record["end"] is None or _age(record["end"], today) <= 90
    return Lamp(f"{button}@{source}", record["unit"]["provider"], record["unit"]["unit"], is_lit)


def _national_lamp(entry: Entry) -> Lamp:
    """Only limitations that hold are passed on so far: the free text has no end, the decision is approved."""
    assert entry.contract.startswith("GetAlertInformation")
    decision = entry.body.get("own:decisionNonstandardCareProcedure")
    holds = (
        "end" not in entry.body["validityTimePeriod"]
        if decision is None
        else decision["own:approval"] == "true"
    )
    return Lamp("VB@npo", entry.staff.unit.provider.hsa, entry.staff.unit.hsa, holds, "upp")
