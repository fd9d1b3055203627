"""What the region's record system (Cosmic) holds of each person, as FHIR R4 resources relative to T.

The discharge case of Cosmic Link is served by the same FHIR server, as a coordinated plan.
"""

from collections.abc import Callable
from datetime import date

from demo.people import facts, places
from demo.people.chart import Chart
from demo.people.dialysis import add_dialysis
from demo.people.discharge import add_discharge_case
from demo.people.fhir_shapes import (
    ATC,
    NO_CPR,
    SNOMED,
    Resource,
    location,
    organization,
    practitioner,
)
from demo.people.places import (
    DR_AKUTEN,
    DR_HALSOCENTRALEN,
    DR_MEDICIN,
    DR_PSYKIATRI,
    NURSE_DIALYSIS,
    REGION,
    REGION_STAFF,
)

PENICILLIN = (SNOMED, "764146007", "penicillin")
PEANUT = (SNOMED, "762952008", "jordnöt")
NO_CPR_TEXT = (
    "Ej HLR. Ställningstagande av {who} efter samråd med ansvarig sjuksköterska. "
    "Patienten informerad och införstådd."
)


def _fill_a(chart: Chart) -> None:
    chart.flag(
        DR_MEDICIN,
        -8,
        "Ej intensivvård. Övrig vård utan begränsning. Samråd med sjuksköterska Rimfors. "
        "Patienten och dottern är införstådda.",
        "D2",
    )
    chart.allergy(DR_HALSOCENTRALEN, -4000, "Penicillin: anafylaxi 2014", PENICILLIN)
    chart.plan(
        DR_MEDICIN, -6, "Rehabiliteringsplan", "Gångträning med rollator två gånger dagligen.", until=60
    )
    chart.covid_dose(DR_HALSOCENTRALEN, -40, 6)
    chart.responsible_physician(DR_MEDICIN, -30)
    chart.inpatient(DR_MEDICIN, -8, "Hjärtsvikt, andnöd")
    chart.visit(DR_AKUTEN, -8, "Andnöd", emergency=True)
    chart.note(DR_MEDICIN, -7, "Daganteckning", "Mindre andfådd. Vikt 64 kg. Fortsatt furosemid.")
    chart.condition(DR_MEDICIN, -7, "Hjärtsvikt, ospecificerad", "I50.9", main=True)
    chart.medicine(DR_MEDICIN, -7, "Furosemid 40 mg tablett", "C03CA01", "1 tablett morgon och lunch")
    add_discharge_case(chart)


def _fill_c(chart: Chart) -> None:
    chart.flag(DR_MEDICIN, -300, NO_CPR_TEXT.format(who="Petra Lavander"), "D2", NO_CPR)
    chart.flag(
        DR_MEDICIN,
        -900,
        "Warfarin: blödningsrisk, tag PK före ingrepp",
        "A2",
        (ATC, "B01AA03", "warfarin"),
    )
    chart.visit(DR_AKUTEN, -20, "Fall i hemmet", emergency=True)
    chart.note(DR_AKUTEN, -20, "Besöksanteckning", "Fall från stol. Ingen fraktur. Åter till hemmet.")


def _fill_d(chart: Chart) -> None:
    chart.plan(
        DR_HALSOCENTRALEN,
        -150,
        "Medicinsk vårdplan",
        "Vårdas på boendet så långt det går. Ta kontakt med dottern före sjukhusvård.",
    )
    chart.flag(
        DR_HALSOCENTRALEN,
        -700,
        "Diabetes, insulinbehandlad",
        "A2",
        (ATC, "A10AE04", "insulin glargin"),
    )


def _fill_e(chart: Chart) -> None:
    chart.visit(DR_HALSOCENTRALEN, -12, "Uppföljning blodtryck")
    chart.medicine(DR_HALSOCENTRALEN, -9, "Enalapril 5 mg tablett", "C09AA02", "1 tablett till kvällen")


def _fill_f(chart: Chart) -> None:
    chart.plan(
        DR_MEDICIN,
        -220,
        "Krisplan",
        "Vid kramp längre än fem minuter: buckalt midazolam enligt ordination, ring 112.",
    )
    chart.allergy(DR_HALSOCENTRALEN, -1100, "Jordnöt: andnöd", PEANUT)


def _fill_g(chart: Chart) -> None:
    chart.plan(
        DR_PSYKIATRI, -300, "Krisplan", "Tidiga tecken: sover inte. Ring mottagningen, därefter brodern."
    )
    chart.visit(DR_HALSOCENTRALEN, -15, "Sårkontroll")


def _fill_h(chart: Chart) -> None:
    chart.flag(
        DR_PSYKIATRI,
        -500,
        "Litiumbehandling: kontrollera koncentration vid uttorkning",
        "A2",
        (ATC, "N05AN01", "litium"),
    )
    chart.plan(DR_PSYKIATRI, -250, "Vårdplan", "Samtal varannan vecka, litium enligt ordination.")
    chart.visit(DR_MEDICIN, -10, "Kontroll av sköldkörtel")


def _fill_j(chart: Chart) -> None:
    chart.flag(DR_MEDICIN, -200, NO_CPR_TEXT.format(who="Petra Lavander"), "D2", NO_CPR)


def _fill_k(chart: Chart) -> None:
    """Something old of everything, so that only today's dialysis is left to light anything."""
    chart.flag(DR_MEDICIN, -1900, "Ej intensivvård under pågående sepsis", "D2", until=-1870)
    chart.allergy(
        DR_HALSOCENTRALEN, -5000, "Penicillin, avskriven efter provokation", PENICILLIN, active=False
    )
    chart.responsible_physician(DR_MEDICIN, -2000)
    chart.covid_dose(DR_HALSOCENTRALEN, -800, 4)
    chart.plan(DR_MEDICIN, -1500, "Vårdplan", "Utredning inför transplantation.", until=-1200)
    chart.condition(NURSE_DIALYSIS, -2920, "Kronisk njursvikt, stadium 5", "N18.5", main=True)
    chart.medicine(DR_MEDICIN, -1000, "Sevelamer 800 mg tablett", "V03AE02", "2 tabletter till varje måltid")
    add_dialysis(chart)


def _fill_l(chart: Chart) -> None:
    """Would light five buttons for somebody alive."""
    chart.flag(DR_MEDICIN, -30, NO_CPR_TEXT.format(who="Petra Lavander"), "D2", NO_CPR)
    chart.allergy(DR_HALSOCENTRALEN, -6000, "Penicillin: utslag", PENICILLIN)
    chart.visit(DR_MEDICIN, -20, "Kontroll lungcancer")
    chart.condition(DR_MEDICIN, -60, "Malign tumör i bronk och lunga", "C34.9", main=True)
    chart.medicine(DR_MEDICIN, -20, "Morfin 10 mg tablett", "N02AA01", "1 tablett vid behov")


def _fill_m(chart: Chart) -> None:
    chart.visit(DR_HALSOCENTRALEN, -5, "Årskontroll")
    for number, days in enumerate((-1400, -1250, -1060, -920, -740), start=1):
        chart.covid_dose(DR_HALSOCENTRALEN, days, number)


_FILLERS: dict[str, Callable[[Chart], None]] = {
    "A": _fill_a,
    "C": _fill_c,
    "D": _fill_d,
    "E": _fill_e,
    "F": _fill_f,
    "G": _fill_g,
    "H": _fill_h,
    "J": _fill_j,
    "K": _fill_k,
    "L": _fill_l,
    "M": _fill_m,
}


def build_chart(today: date, person: facts.Person) -> list[Resource]:
    """Every resource the region has of one person; empty for somebody the region has never met.

    A person known under a second number has a second Patient, with what was written under that number.
    """
    if person.letter == "I":
        main, linked = Chart(today, person), Chart(today, person, linked=True)
        linked.visit(DR_HALSOCENTRALEN, -30, "Besök under tillfällig vistelse")
        return main.resources + linked.resources
    if (fill := _FILLERS.get(person.letter)) is None:
        return []
    chart = Chart(today, person)
    fill(chart)
    return chart.resources


def build_directory() -> list[Resource]:
    """The region's own units, their places and the people who write, as resources."""
    units = [unit for unit in places.UNITS if unit.provider is REGION]
    return [
        *(organization(unit) for unit in units),
        *(location(unit) for unit in units),
        *(practitioner(staff) for staff in REGION_STAFF),
    ]
