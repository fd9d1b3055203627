"""Gunhild Myrberg's discharge case, as Cosmic Link's coordinated plan tells it in FHIR R4."""

from typing import Any

from demo.people import fhir_shapes as shape
from demo.people.chart import Chart
from demo.people.dates import day, moment
from demo.people.places import DR_MEDICIN, HEMSJUKVARDEN, MEDICIN, NURSE_HOME, Unit

STAGE = "https://fhir.cambio.se/CodeSystem/link-event"


def add_discharge_case(chart: Chart) -> None:
    """An open case: admission notice T−8, ready for discharge T−1 13.40, SIP called to T+2."""
    today = chart.today
    fields: dict[str, Any] = {
        "status": "active",
        "intent": "plan",
        "category": [{"text": "Utskrivning"}],
        "title": "Utskrivning från Medicin",
        "description": "Utskrivningsklar. SIP kallad.",
        "subject": {"reference": f"Patient/{chart.patient_id}"},
        "period": {"start": day(today, -8)},
        "created": moment(today, -8, "15:10"),
        "author": shape.staff_reference(DR_MEDICIN),
        "contributor": [shape.staff_reference(NURSE_HOME)],
        "goal": [{"display": "Klara att gå till matsalen med rollator"}],
        "activity": [
            _event(
                "inskrivningsmeddelande",
                "Inskrivningsmeddelande",
                "completed",
                moment(today, -8, "15:10"),
                MEDICIN,
            ),
            _event(
                "fast-vardkontakt",
                "Fast vårdkontakt: Annika Rimfors",
                "completed",
                moment(today, -5, "09:20"),
                HEMSJUKVARDEN,
            ),
            _event("utskrivningsklar", "Utskrivningsklar", "completed", moment(today, -1, "13:40"), MEDICIN),
            _event("sip-kallelse", "SIP kallad", "scheduled", moment(today, 2, "10:00"), HEMSJUKVARDEN),
        ],
    }
    note = chart.add("QuestionnaireResponse", DR_MEDICIN, -1, _note(chart))
    fields["supportingInfo"] = [{"reference": f"QuestionnaireResponse/{note['id']}"}]
    chart.add("CarePlan", DR_MEDICIN, -1, fields, shape.COORDINATED_PLAN)


def _note(chart: Chart) -> dict[str, Any]:
    """What the ward wrote to the municipality, question by question."""
    lines = (
        ("Behov efter utskrivning", "Såromläggning tisdag och fredag. Hjälp vid dusch."),
        ("Läkemedel vid hemgång", "Dosett delas av hemsjukvården. Furosemid ändrat."),
    )
    return {
        "status": "completed",
        "subject": {"reference": f"Patient/{chart.patient_id}"},
        "authored": moment(chart.today, -1, "13:40"),
        "author": shape.staff_reference(DR_MEDICIN),
        "item": [
            {"linkId": str(place), "text": asked, "answer": [{"valueString": said}]}
            for place, (asked, said) in enumerate(lines, start=1)
        ],
    }


def _event(code: str, text: str, status: str, at: str, unit: Unit) -> dict[str, Any]:
    return {
        "detail": {
            "kind": "Task",
            "code": shape.codeable(text, (STAGE, code, text)),
            "status": status,
            "scheduledPeriod": {"start": at},
            "performer": [shape.unit_reference(unit)],
        }
    }
