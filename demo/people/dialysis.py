"""Berta Långmyr: eight years of dialysis, 5,000 visits and values, the same every time they are made."""

from typing import Any

from demo.people import fhir_shapes as shape
from demo.people.chart import Chart
from demo.people.dates import moment
from demo.people.places import NURSE_DIALYSIS

VISITS = 1250
# Every other day but once a week: three sessions a week, counted backwards from yesterday.
_GAPS = (2, 2, 3)
_VALUES = (
    ("29463-7", "Kroppsvikt", "kg", "kg", 71.0),
    ("8867-4", "Puls", "slag/min", "/min", 74.0),
    ("59408-5", "Syremättnad", "%", "%", 96.0),
)


def add_dialysis(chart: Chart) -> None:
    """One finished session and three measured values for each of ``VISITS`` days, the last on T−1."""
    days = -1
    for visit in range(VISITS):
        chart.visit(NURSE_DIALYSIS, days, "Hemodialys")
        for place, value in enumerate(_VALUES):
            _add_value(chart, days, value, wobble=((visit * 7 + place * 3) % 11 - 5) / 5)
        days -= _GAPS[visit % len(_GAPS)]


def _add_value(chart: Chart, days: int, value: tuple[str, str, str, str, float], wobble: float) -> None:
    loinc, label, unit, ucum, middle = value
    fields: dict[str, Any] = {
        "status": "final",
        "category": [shape.term("observation-category", "vital-signs")],
        "code": shape.codeable(label, (shape.LOINC, loinc, label)),
        "subject": {"reference": f"Patient/{chart.patient_id}"},
        "effectiveDateTime": moment(chart.today, days, "10:20"),
        "performer": [shape.unit_reference(NURSE_DIALYSIS.unit)],
        "valueQuantity": {
            "value": round(middle + wobble, 1),
            "unit": unit,
            "system": shape.UCUM,
            "code": ucum,
        },
        "device": {"display": "Dialysmonitor"},
    }
    chart.add("Observation", NURSE_DIALYSIS, days, fields)
