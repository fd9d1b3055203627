"""What each row of a file would do, and what is then done: all of a good row, nothing of a faulty one."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test.utils import CaptureQueriesContext

from consent.models import CareUnit
from portal.accounts.importing import Row, read_rows
from portal.accounts.importing_columns import ASSIGNMENTS, COLUMNS, UNITS, USERS
from portal.accounts.importing_plans import carry_out, make_plan
from portal.accounts.importing_rows import Outcome, Plan
from portal.accounts.models import Assignment, User
from tests.consent.examples import AKUTEN, FJALL, HEMSJUKVARD, MEDICIN

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

NEW, CHANGED, UNCHANGED, FAULTY = Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.FAULTY
HEADERS = {
    UNITS: "HSA-id;Namn;Tillhör;Telefon;Jourtelefon;Samtycke väcks när",
    USERS: "HSA-id;Användarnamn;Förnamn;Efternamn;Befattning;Aktiv",
    ASSIGNMENTS: "Användare;Enhet;Ändamål;Rättigheter;Från;Till;Aktiv",
}


@pytest.fixture
def tove(organisations: None) -> User:
    """Who reads the files in."""
    return User.objects.create_user("tove", hsa_id="SE2321000016-TOVE", last_name="Ljungris")


@pytest.fixture
def nurse(organisations: None) -> User:
    return User.objects.create_user(
        "alva", password="x", hsa_id="SE2321000016-P001", first_name="Alva", last_name="Ek"
    )


def rows_of(sort: str, *lines: str, header: str = "") -> list[Row]:
    text = "\n".join([header or HEADERS[sort], *lines])
    return read_rows(text.encode(), COLUMNS[sort])


def plan(sort: str, by: User, *lines: str, header: str = "") -> Plan:
    return make_plan(sort, rows_of(sort, *lines, header=header), by)


def outcomes(made: Plan) -> list[Outcome]:
    return [verdict.outcome for verdict in made.verdicts]


def words(made: Plan) -> list[str]:
    return [verdict.words for verdict in made.verdicts]


def read_in(sort: str, by: User, *lines: str, header: str = "") -> Plan:
    made = plan(sort, by, *lines, header=header)
    carry_out(sort, made, by)
    return made


# Units. --------------------------------------------------------------------------------------------


def test_units_are_added_changed_and_left(tove):
    lines = [
        f"SE2321000016-R0X1;Avdelning 4;{FJALL.hsa_id};0980-319250;0980-319251;Besök",
        f"{AKUTEN.hsa_id};Akuten och intaget;;0980-319210;;",
        f"{MEDICIN.hsa_id};Medicin;{FJALL.hsa_id};;;",
    ]
    made = read_in(UNITS, tove, *lines)
    assert outcomes(made) == [NEW, CHANGED, UNCHANGED]
    assert words(made) == ["Läggs till.", "Ändras: namn, telefon.", "Är redan så."]
    new = CareUnit.objects.get(pk="SE2321000016-R0X1")
    assert (new.name, new.provider_id, new.phone, new.on_call_phone, new.consent_raised_at) == (
        "Avdelning 4",
        FJALL.hsa_id,
        "0980-319250",
        "0980-319251",
        "visit",
    )
    assert CareUnit.objects.get(pk=AKUTEN.hsa_id).name == "Akuten och intaget"
    assert outcomes(plan(UNITS, tove, *lines)) == [UNCHANGED] * 3


def test_planning_writes_nothing(tove):
    plan(UNITS, tove, f"SE9;Ny;{FJALL.hsa_id};;;", f"{AKUTEN.hsa_id};Annat;;;;")
    assert not CareUnit.objects.filter(pk="SE9").exists()
    assert CareUnit.objects.get(pk=AKUTEN.hsa_id).name == "Akuten"


def test_empty_cell_leaves_and_a_hyphen_takes_away(tove):
    CareUnit.objects.filter(pk=AKUTEN.hsa_id).update(phone="1", on_call_phone="2", consent_raised_at="visit")
    read_in(UNITS, tove, f"{AKUTEN.hsa_id};;;;-;-")
    unit = CareUnit.objects.get(pk=AKUTEN.hsa_id)
    assert (unit.name, unit.phone, unit.on_call_phone, unit.consent_raised_at) == ("Akuten", "1", "", "")


FAULTY_UNITS: dict[str, tuple[str, str]] = {
    "unknown provider": ("SE9;Ny;SE8;;;", "Vårdgivaren SE8 finns inte."),
    "no provider": ("SE9;Ny;;;;", "En ny enhet måste ange vilken vårdgivare den tillhör."),
    "no name": (f"SE9;;{FJALL.hsa_id};;;", "Namn: Detta fält får inte vara tomt."),
    "name too long": (f"SE9;{'å' * 121};{FJALL.hsa_id};;;", "120"),
    "no HSA-id": (f";Ny;{FJALL.hsa_id};;;", "HSA-id saknas."),
    "HSA-id with blanks": (f"SE 9;Ny;{FJALL.hsa_id};;;", "”SE 9” är inget HSA-id."),
    "HSA-id too long": (f"{'S' * 33};Ny;{FJALL.hsa_id};;;", "är inget HSA-id."),
    "unknown occasion": (f"SE9;Ny;{FJALL.hsa_id};;;ibland", "Samtycke väcks när: ”ibland” finns inte."),
    "too few cells": ("SE9;Ny", "Raden har 2 celler men rubrikraden 6."),
}  # fmt: skip


@pytest.mark.parametrize("what", FAULTY_UNITS)
def test_faulty_unit_is_told_and_not_done_and_the_others_are(tove, what):
    line, sentence = FAULTY_UNITS[what]
    made = read_in(UNITS, tove, line, f"SE2321000016-R0X2;God;{FJALL.hsa_id};;;")
    assert outcomes(made) == [FAULTY, NEW]
    assert sentence in made.verdicts[0].words
    assert made.verdicts[0].number == 2
    assert not CareUnit.objects.filter(pk="SE9").exists()
    assert CareUnit.objects.filter(pk="SE2321000016-R0X2").exists()


def test_second_of_two_about_the_same_is_at_fault(tove):
    made = read_in(UNITS, tove, f"SE9;Ny;{FJALL.hsa_id};;;", f"se9;Annan;{FJALL.hsa_id};;;")
    assert outcomes(made) == [NEW, FAULTY]
    assert words(made)[1] == "Står redan på rad 2."
    assert CareUnit.objects.get(pk="SE9").name == "Ny"


def test_good_row_after_a_faulty_one_about_the_same_is_done(tove):
    made = read_in(UNITS, tove, "SE9;Ny;SE8;;;", f"SE9;Ny;{FJALL.hsa_id};;;")
    assert outcomes(made) == [FAULTY, NEW]


def test_unit_in_use_is_not_moved(tove, nurse):
    moved = f"{AKUTEN.hsa_id};;{HEMSJUKVARD.provider.hsa_id};;;"
    assert outcomes(plan(UNITS, tove, moved)) == [CHANGED]
    Assignment.objects.create(user=nurse, unit_id=AKUTEN.hsa_id)
    made = plan(UNITS, tove, moved)
    assert words(made) == ["Enheten används och kan inte flyttas till en annan vårdgivare."]


# Users. --------------------------------------------------------------------------------------------


def test_users_are_added_without_a_password_and_in_the_group_of_all(tove, nurse):
    lines = ["SE2321000016-2X01;;Anna;Exempelsson;Läkare;", f"{nurse.hsa_id};;;Ek;Sjuksköterska;nej"]
    made = read_in(USERS, tove, *lines)
    assert outcomes(made) == [NEW, CHANGED]
    assert words(made)[1] == "Ändras: befattning, aktiv."
    new = User.objects.get(hsa_id="SE2321000016-2X01")
    assert (new.username, str(new), new.title) == ("se2321000016-2x01", "Anna Exempelsson", "Läkare")
    assert (new.is_active, new.is_staff, new.is_superuser) == (True, False, False)
    assert not new.has_usable_password()
    assert [group.name for group in new.groups.all()] == ["Användare"]
    nurse.refresh_from_db()
    assert (nurse.title, nurse.is_active, nurse.first_name) == ("Sjuksköterska", False, "Alva")
    assert nurse.check_password("x")
    assert outcomes(plan(USERS, tove, *lines)) == [UNCHANGED, UNCHANGED]
    assert Group.objects.get(name="Användare").user_set.count() == 1


FAULTY_USERS: dict[str, tuple[str, str]] = {
    "no surname": ("SE2321000016-2X01;;Anna;;;", "Efternamn saknas."),
    "somebody's name": ("SE2321000016-2X01;alva;Anna;Ek;;", "Användarnamnet är redan någon annans."),
    "a name with blanks": ("SE2321000016-2X01;a b;Anna;Ek;;", "Användarnamn"),
    "neither yes nor no": ("SE2321000016-2X01;;Anna;Ek;;kanske", "”kanske” finns inte. Välj bland: ja, nej."),
    "a title too long": (f"SE2321000016-2X01;;Anna;Ek;{'å' * 81};", "80"),
}  # fmt: skip


@pytest.mark.parametrize("what", FAULTY_USERS)
def test_faulty_user_is_told_and_not_done(tove, nurse, what):
    line, sentence = FAULTY_USERS[what]
    made = read_in(USERS, tove, line)
    assert outcomes(made) == [FAULTY]
    assert sentence in words(made)[0]
    assert not User.objects.filter(hsa_id="SE2321000016-2X01").exists()


def test_one_username_is_given_once(tove):
    made = read_in(USERS, tove, "SE2321000016-2X01;anna;;Ek;;", "SE2321000016-2X02;anna;;Al;;")
    assert outcomes(made) == [NEW, FAULTY]


def test_nobody_reads_in_themselves_or_who_is_above(tove):
    User.objects.create_superuser("root", password="x", hsa_id="SE2321000016-ROOT", last_name="Rot")
    made = plan(USERS, tove, "SE2321000016-TOVE;;;Ny;;", "SE2321000016-ROOT;;;Ny;;nej")
    assert words(made) == [
        "Du kan inte ändra dina egna uppgifter eller uppdrag.",
        "Den användaren kan bara ändras av en annan med samma behörighet.",
    ]


# Assignments. --------------------------------------------------------------------------------------


def line(**cells: str) -> str:
    usual = {
        "user": "SE2321000016-P001",
        "unit": AKUTEN.hsa_id,
        "purpose": "Vård och behandling",
        "rights": "",
        "valid_from": "",
        "valid_until": "",
        "is_active": "",
    }
    return ";".join({**usual, **cells}.values())


def test_assignments_are_added_changed_and_left(tove, nurse):
    first = line(rights="häva spärrar + Granska loggen", valid_from="2026-01-01", valid_until="2026-12-31")
    assert outcomes(read_in(ASSIGNMENTS, tove, first, line(purpose="Administration"))) == [NEW, NEW]
    held = Assignment.objects.get(purpose="care")
    assert (held.user, held.unit_id, held.valid_from, held.valid_until, held.is_active) == (
        nurse,
        AKUTEN.hsa_id,
        date(2026, 1, 1),
        date(2026, 12, 31),
        True,
    )
    assert {right.value for right in held.rights} == {"lift_blocks", "review_log"}
    assert outcomes(plan(ASSIGNMENTS, tove, first, line(purpose="administration"))) == [UNCHANGED, UNCHANGED]
    made = read_in(ASSIGNMENTS, tove, line(rights="-", valid_until="-", is_active="nej"))
    assert words(made) == ["Ändras: rättigheter, till, aktiv."]
    held.refresh_from_db()
    assert (held.rights, held.valid_until, held.valid_from, held.is_active) == (
        frozenset(),
        None,
        date(2026, 1, 1),
        False,
    )


FAULTY_ASSIGNMENTS: dict[str, tuple[dict[str, str], str]] = {
    "unknown user": ({"user": "SE9"}, "Användaren SE9 finns inte."),
    "unknown unit": ({"unit": "SE9"}, "Enheten SE9 finns inte."),
    "unknown purpose": ({"purpose": "nyfikenhet"}, "Ändamål: välj bland vård och behandling"),
    "no purpose": ({"purpose": ""}, "Ändamål: välj bland"),
    "unknown right": ({"rights": "se allt"}, "Rättigheter: ”se allt” finns inte. Välj bland: häva spärrar"),
    "one unknown right of two": ({"rights": "häva spärrar+se allt"}, "”se allt” finns inte."),
    "no date": ({"valid_from": "1/2 2026"}, "Från: ”1/2 2026” är inget datum. Skriv ÅÅÅÅ-MM-DD."),
    "a day that never was": ({"valid_until": "2026-02-29"}, "är inget datum"),
    "days in the wrong order": (
        {"valid_from": "2026-02-02", "valid_until": "2026-02-01"},
        "Sista dagen ligger före den första.",
    ),
    "oneself": ({"user": "SE2321000016-TOVE"}, "Du kan inte ändra dina egna"),
}


@pytest.mark.parametrize("what", FAULTY_ASSIGNMENTS)
def test_faulty_assignment_is_told_and_not_done(tove, nurse, what):
    cells, sentence = FAULTY_ASSIGNMENTS[what]
    made = read_in(ASSIGNMENTS, tove, line(**cells), line(unit=MEDICIN.hsa_id))
    assert outcomes(made) == [FAULTY, NEW]
    assert sentence in words(made)[0]
    assert [a.unit_id for a in Assignment.objects.all()] == [MEDICIN.hsa_id]


def test_same_assignment_twice_is_at_fault_but_another_purpose_is_another(tove, nurse):
    made = plan(ASSIGNMENTS, tove, line(), line(), line(purpose="Intyg"))
    assert outcomes(made) == [NEW, FAULTY, NEW]


def test_last_day_before_the_kept_first_day_is_at_fault(tove, nurse):
    Assignment.objects.create(user=nurse, unit_id=AKUTEN.hsa_id, valid_from=date(2026, 5, 1))
    assert outcomes(plan(ASSIGNMENTS, tove, line(valid_until="2026-04-30"))) == [FAULTY]
    assert outcomes(plan(ASSIGNMENTS, tove, line(valid_until="2026-04-30", valid_from="-"))) == [CHANGED]


# Size. ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", [UNITS, USERS, ASSIGNMENTS])
def test_queries_do_not_grow_with_the_rows(tove, sort):
    from django.db import connection

    def queries(count: int) -> int:
        lines: dict[str, Any] = {
            UNITS: [f"SE2321000016-R9{n:03};Enhet {n};{FJALL.hsa_id};;;" for n in range(count)],
            USERS: [f"SE2321000016-9{n:03};;A;Ek;;" for n in range(count)],
            ASSIGNMENTS: [line(user=f"SE2321000016-9{n:03}") for n in range(count)],
        }
        rows = rows_of(sort, *lines[sort])
        with CaptureQueriesContext(connection) as captured:
            make_plan(sort, rows, tove)
        return len(captured.captured_queries)

    assert queries(3) == queries(300)
