"""What the ambulance's system (MobiMed) holds of each person, as FHIR R4 resources relative to T."""

from dataclasses import dataclass
from datetime import date

from demo.people import fhir_shapes as shape
from demo.people.chart import Chart
from demo.people.dates import moment
from demo.people.facts import PEOPLE
from demo.people.fhir_shapes import Resource, organization, practitioner, staff_reference, unit_reference
from demo.people.places import AMBULANS, Staff

AMBULANCE_NURSE = Staff("SE2321000016-1A06", "Jonna Saxnäs", "ambulanssjuksköterska", AMBULANS)
# The ambulance system never answers about these.
HANGS = ("J",)


@dataclass(frozen=True)
class Mission:
    """One mission: when it began and ended on its day, why, to whom, and what the crew measured."""

    letter: str
    days: int
    start: str
    end: str
    reason: str
    to: str
    colour: str = ""
    news2: int | None = None
    pulse: int | None = None
    note: str = ""


MISSIONS = (
    Mission(
        "A",
        -8,
        "12:50",
        "13:35",
        "Andnöd",
        "Akuten",
        "Orange",
        7,
        112,
        "Vaken, andfådd, krepitationer basalt.",
    ),
    Mission("C", 0, "00:01", "00:04", "Medvetslös i hemmet", "Akuten", "Röd", 9, 48),
    Mission("K", -1, "07:30", "08:05", "Sjuktransport till dialys", "Medicin"),
)
# What the source has counted up to each score.
NEWS2_PARTS = {
    "A": (("Andningsfrekvens", 3), ("Syremättnad", 2), ("Puls", 2)),
    "C": (("Medvetande", 3), ("Andningsfrekvens", 3), ("Systoliskt blodtryck", 3)),
}


def build_missions(today: date) -> list[Resource]:
    """Every resource the ambulance's FHIR server has: a Patient for everybody, and the missions."""
    directory = [organization(AMBULANS), practitioner(AMBULANCE_NURSE)]
    charts: dict[str, Chart] = {person.letter: Chart(today, person) for person in PEOPLE}
    for mission in MISSIONS:
        _add(charts[mission.letter], mission)
    return directory + [resource for chart in charts.values() for resource in chart.resources]


def _add(chart: Chart, mission: Mission) -> None:
    subject = {"reference": f"Patient/{chart.patient_id}"}
    fields: Resource = {
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "FLD"},
        "subject": subject,
        "participant": [{"individual": staff_reference(AMBULANCE_NURSE)}],
        "period": {
            "start": moment(chart.today, mission.days, mission.start),
            "end": moment(chart.today, mission.days, mission.end),
        },
        "reasonCode": [{"text": mission.reason}],
        "hospitalization": {"destination": {"display": mission.to}},
        "serviceProvider": unit_reference(AMBULANS),
    }
    chart.add("Encounter", AMBULANCE_NURSE, mission.days, fields, shape.CAMBIO + "EncounterPreHospital")
    if mission.colour:
        triage = {
            "status": "completed",
            "code": {"text": "Triage RETTS"},
            "subject": subject,
            "date": moment(chart.today, mission.days, mission.start),
            "summary": mission.colour,
        }
        profile = shape.CAMBIO + "ClinicalImpressionTriageRetts"
        chart.add("ClinicalImpression", AMBULANCE_NURSE, mission.days, triage, profile)
    if mission.note:
        note = {
            "status": "completed",
            "subject": subject,
            "authored": moment(chart.today, mission.days, mission.end),
            "author": staff_reference(AMBULANCE_NURSE),
            "item": [{"linkId": "1", "text": "Status", "answer": [{"valueString": mission.note}]}],
        }
        chart.add("QuestionnaireResponse", AMBULANCE_NURSE, mission.days, note)
    if mission.news2 is not None:
        parts = [
            {"code": {"text": text}, "valueInteger": points} for text, points in NEWS2_PARTS[mission.letter]
        ]
        _add_value(chart, mission, "NEWS2", "survey", {"valueInteger": mission.news2, "component": parts})
    if mission.pulse is not None:
        value = {"value": mission.pulse, "unit": "slag/min", "system": shape.UCUM, "code": "/min"}
        _add_value(chart, mission, "Puls", "vital-signs", {"valueQuantity": value})


def _add_value(chart: Chart, mission: Mission, label: str, category: str, value: Resource) -> None:
    fields = {
        "status": "final",
        "category": [shape.term("observation-category", category)],
        "code": {"text": label},
        "subject": {"reference": f"Patient/{chart.patient_id}"},
        "effectiveDateTime": moment(chart.today, mission.days, mission.start),
        "performer": [staff_reference(AMBULANCE_NURSE)],
        "device": {"display": "Monitor i ambulansen"},
        **value,
    }
    chart.add("Observation", AMBULANCE_NURSE, mission.days, fields)
