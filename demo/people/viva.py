"""What the municipality's system (Viva) holds of health care (HSL) and social care (SoL, LSS)."""

from collections.abc import Callable
from datetime import date

from demo.people.facts import CANARY_ADDRESS, CANARY_PHONE, CANARY_RELATIVE, Person
from demo.people.places import (
    CARE_HOME,
    CASE_OFFICER,
    HEMTJANSTEN,
    HOME_HELP,
    NURSE_HOME,
    TALLGLANTAN,
    THERAPIST,
)
from demo.people.viva_file import File, System


def _enrol(file: File, since: int, *, until: int | None = None) -> None:
    file.enrolment(NURSE_HOME, since, "Inskriven i hemsjukvården", until=until)


def _fill_a_hsl(file: File) -> None:
    _enrol(file, -210)
    file.task(
        NURSE_HOME, -120, "uppgift", "Såromläggning", "Bensår vänster, tisdag och fredag.", next_visit=5
    )
    file.task(NURSE_HOME, -120, "delegering", "Läkemedelsöverlämnande", "Dosett.", performer=HEMTJANSTEN)
    file.task(THERAPIST, -90, "adl", "ADL", "Behöver hjälp vid dusch. Klarar på- och avklädning.")
    file.task(THERAPIST, -90, "hjalpmedel", "Rollator", "Utlämnad, kontrollerad.")
    file.contact(NURSE_HOME, -210, "fast_vardkontakt", "Fast vårdkontakt", NURSE_HOME.name, "0980-319261")


def _fill_a_sol(file: File) -> None:
    file.service(CASE_OFFICER, -400, "hemtjanst", "Hemtjänst", "Omvårdnad 4 gånger om dagen", HEMTJANSTEN)
    file.service(CASE_OFFICER, -400, "trygghetslarm", "Trygghetslarm", "Larm dygnet runt", HEMTJANSTEN)
    file.service(CASE_OFFICER, -300, "matdistribution", "Matdistribution", "En portion om dagen", HEMTJANSTEN)
    file.contact(HOME_HELP, -400, "fast_omsorgskontakt", "Fast omsorgskontakt", HOME_HELP.name, "0980-319273")


def _fill_c_hsl(file: File) -> None:
    _enrol(file, -350)
    file.limitation(
        NURSE_HOME,
        -280,
        "vilsad",
        "VILSAD",
        "VILSAD: vård i livets slut, ambulans tillkallas endast efter samråd med läkare.",
        consulted="distriktsläkare Åselid",
        attitude="Vill vårdas hemma.",
    )


def _fill_c_sol(file: File) -> None:
    file.service(CASE_OFFICER, -420, "hemtjanst", "Hemtjänst", "Omvårdnad 6 gånger om dagen", HEMTJANSTEN)


def _fill_d_hsl(file: File) -> None:
    _enrol(file, -500)


def _fill_d_sol(file: File) -> None:
    file.service(
        CARE_HOME,
        -480,
        "sarskilt_boende",
        "Vård- och omsorgsboende",
        "Boende Tallgläntan",
        TALLGLANTAN,
        housing=True,
    )


def _fill_e_sol(file: File) -> None:
    file.service(
        CASE_OFFICER,
        -260,
        "ledsagarservice",
        "Ledsagarservice",
        "10 timmar i månaden",
        HEMTJANSTEN,
        law="LSS",
    )
    file.contact(
        CASE_OFFICER,
        -260,
        "narstaende",
        "Närstående",
        CANARY_RELATIVE,
        CANARY_PHONE,
        relation="syster",
        address=CANARY_ADDRESS,
    )


def _fill_g_hsl(file: File) -> None:
    _enrol(file, -75)


def _fill_h_hsl(file: File) -> None:
    _enrol(file, -160)


def _fill_i_hsl(file: File) -> None:
    _enrol(file, -12)


def _fill_j_hsl(file: File) -> None:
    file.limitation(
        NURSE_HOME,
        -5,
        "vardbegransning",
        "Vårdbegränsning",
        "Tidigare begränsning upphävd, full vård.",
        applies=False,
    )


def _fill_l_hsl(file: File) -> None:
    _enrol(file, -600, until=-3)


def _fill_l_sol(file: File) -> None:
    file.service(
        CASE_OFFICER, -700, "hemtjanst", "Hemtjänst", "Omvårdnad 3 gånger om dagen", HEMTJANSTEN, until=-3
    )


def _fill_m_sol(file: File) -> None:
    file.service(CASE_OFFICER, -900, "trygghetslarm", "Trygghetslarm", "Larm dygnet runt", HEMTJANSTEN)


_FILLERS: dict[tuple[str, System], Callable[[File], None]] = {
    ("A", "hsl"): _fill_a_hsl,
    ("A", "sol"): _fill_a_sol,
    ("C", "hsl"): _fill_c_hsl,
    ("C", "sol"): _fill_c_sol,
    ("D", "hsl"): _fill_d_hsl,
    ("D", "sol"): _fill_d_sol,
    ("E", "sol"): _fill_e_sol,
    ("G", "hsl"): _fill_g_hsl,
    ("H", "hsl"): _fill_h_hsl,
    ("I", "hsl"): _fill_i_hsl,
    ("J", "hsl"): _fill_j_hsl,
    ("L", "hsl"): _fill_l_hsl,
    ("L", "sol"): _fill_l_sol,
    ("M", "sol"): _fill_m_sol,
}


def build_file(today: date, person: Person, system: System) -> File:
    """Everything one half of the municipality has of one person; its lists may be empty."""
    file = File(today, person, system)
    if (fill := _FILLERS.get((person.letter, system))) is not None:
        fill(file)
    return file
