"""Four lives made by Synthea, by name: what a physician must find, whatever our own reading makes of it."""

import pytest

from tests.real_input.conftest import Open
from tests.real_input.pages import Pages

pytestmark = [pytest.mark.demo, pytest.mark.network]
ALLEN = "ad134528-56a5-35fd-c37f-466ff119c625"
BEATRIS = "5b3645de-a2d0-d016-0839-bab3757c4c58"
CARROLL = "274f5452-2a39-44c4-a7cb-f36de467762e"
TREY = "f46d1649-8a02-4de8-8cff-f76fae267d3a"
COVID = "SARS-COV-2 (COVID-19) vaccine, mRNA, spike protein, LNP, preservative free, 30 mcg/0.3mL dose"
NINE = (
    "Allergy to substance (finding)",
    "Latex (substance)",
    "Bee venom (substance)",
    "Mold (organism)",
    "House dust mite (organism)",
    "Animal dander (substance)",
    "Grass pollen (substance)",
    "Tree pollen (substance)",
    "Aspirin",
)


@pytest.fixture
def allen(open_person: Open) -> Pages:
    return open_person(ALLEN)


@pytest.fixture
def beatris(open_person: Open) -> Pages:
    return open_person(BEATRIS)


def test_both_covid_doses_stand_with_their_days(allen: Pages) -> None:
    doses = allen.lists["vaccination"].named(COVID)
    assert [dose.facts["Från"] for dose in doses] == ["2021-05-25 17.24", "2021-05-04 17.24"]
    assert all("(208)" in dose.facts["Kod"] and dose.state == "past" for dose in doses)
    tile = allen.overview.tiles["vaccination"].text
    assert "Tidigare Covid: 2 registrerade doser, senast 25 maj 2021" in tile
    assert len(allen.lists["vaccination"].named("Influenza, seasonal, injectable, preservative free")) == 9


def test_plans_that_hold_are_lit_and_the_healed_fracture_is_not(allen: Pages) -> None:
    plans = allen.lists["care_plan"]
    assert {plan.title for plan in plans.entries if plan.state == "ongoing"} == {
        "Self-care interventions (procedure)",
        "Lifestyle education regarding hypertension",
        "Diabetes self management plan",
        "Care Plan",
        "Cancer care plan",
        "Demential management",
    }
    fracture = plans.the("Fracture care")
    assert fracture.state == "past"
    assert fracture.facts["Till"].startswith("2012-04-19")
    assert "Recommendation to rest" in fracture.text
    assert "care_plan" in allen.overview.lit


def test_allergies_stand_on_the_button_in_the_strip_and_in_the_list(allen: Pages) -> None:
    for substance in ("Penicillin V", "Peanut (substance)", "Animal dander (substance)"):
        assert substance in allen.overview.tiles["warning"].text
        assert substance in allen.overview.safety.text
    peanut = allen.lists["warning"].the("Peanut (substance)")
    assert peanut.facts["Allvarlighet"] == "låg risk, svår"
    assert peanut.facts["Dokumenterat"].startswith("1941-07-20")
    assert "Anaphylaxis (disorder)" in peanut.text


@pytest.mark.parametrize("substance", NINE)
def test_each_of_the_nine_allergies(beatris: Pages, substance: str) -> None:
    allergy = beatris.lists["warning"].the(substance)
    assert allergy.state == "ongoing"
    assert allergy.facts["Visshet"] == "bekräftad"
    assert substance in beatris.overview.tiles["warning"].text
    assert substance in beatris.overview.safety.text


def test_there_are_nine_and_the_child_sees_no_consent_asked(beatris: Pages) -> None:
    assert sorted(beatris.lists["warning"].titles.elements()) == sorted(NINE)
    assert "consent" not in beatris.overview.states.values()


def test_visits_and_the_stay_stand_with_day_and_reason(allen: Pages) -> None:
    visits = allen.lists["care_contact"]
    stay = visits.the("Encounter Inpatient")
    assert stay.state == "past"
    assert stay.facts["Slag"] == "Slutenvård"
    assert (stay.facts["Från"], stay.facts["Till"]) == ("2012-09-01 17.24", "2012-09-02 17.24")
    assert stay.facts["Orsak"] == "Chronic intractable migraine without aura"
    assert visits.the("Emergency room admission (procedure)").facts["Från"] == "2012-01-04 20.53"
    notes = visits.named("History and physical note")
    assert len(notes) == 80
    assert all("Chief Complaint" in note.text for note in notes)
    assert allen.overview.states["care_contact"] == "past"


def test_medicines_in_use_come_first_and_stopped_ones_are_past(allen: Pages) -> None:
    medicines = allen.lists["medication"]
    assert "8 aktuella" in allen.overview.tiles["medication"].text
    in_use = [entry.title for entry in medicines.entries[:8]]
    assert {"Warfarin Sodium 5 MG Oral Tablet", "Digoxin 0.125 MG Oral Tablet"} <= set(in_use)
    assert {entry.state for entry in medicines.entries[:8]} == {"current"}
    assert {entry.state for entry in medicines.entries[8:]} == {"past"}
    lisinopril = next(e for e in medicines.named("lisinopril 10 MG Oral Tablet") if e.state == "current")
    assert lisinopril.facts["Dosering"] == "1.0, 1 gång per dag"
    assert lisinopril.facts["Ordinatör"] == "Dr. Alexa171 Casper496"


def test_a_text_that_leaves_out_how_often_does_not_hide_it(beatris: Pages) -> None:
    amoxicillin = beatris.lists["medication"].the("Amoxicillin 500 MG Oral Tablet")
    assert amoxicillin.facts["Dosering"].startswith("Take at regular intervals.")
    assert amoxicillin.facts["Dosering"].endswith("1.0, 3 gånger per dag")


def test_diagnoses_say_by_themselves_whether_they_last(allen: Pages) -> None:
    diagnoses = allen.lists["diagnosis"]
    assert diagnoses.the("Alzheimer's disease (disorder)").facts["Status"] == "Aktiv"
    assert diagnoses.the("Atrial Fibrillation").facts["Från"].startswith("1988-08-09")
    assert diagnoses.the("Hypertension").facts["Kod"] == "59621000"
    assert "diagnosis" not in allen.overview.lit


def test_the_care_team_is_there_to_ring_without_the_patient_in_it(allen: Pages) -> None:
    names = {entry.facts["Namn"] for entry in allen.lists["contact"].entries}
    assert {"Dr. Alexa171 Casper496", "Dr. Helaine42 Gleason633", "CLINTON HOSPITAL ASSOCIATION"} <= names
    assert not any("Ferry570" in name for name in names)
    assert allen.overview.states["contact"] == "current"


def test_values_are_the_sources_own(allen: Pages) -> None:
    assert "181.9 cm" in {entry.facts["Värde"] for entry in allen.lists["prehospital"].named("Body Height")}
    assert allen.overview.states["prehospital"] == "past"


def test_the_man_born_1913(open_person: Open) -> None:
    trey = open_person(TREY)
    assert "1913-01-13" in trey.banner
    assert "Avliden" not in trey.banner
    assert trey.lists["care_plan"].the("Respiratory therapy").state == "past"
    assert trey.lists["diagnosis"].the("Stroke").facts["Från"].startswith("2007-11-19")
    assert trey.lists["medication"].the("Simvastatin 20 MG Oral Tablet").state == "current"
    emergency = trey.lists["care_contact"].the("Emergency Encounter")
    assert emergency.facts["Till"].startswith("2020-10-30")
    assert trey.overview.lit == frozenset()


def test_a_life_without_warnings_lights_nothing(open_person: Open) -> None:
    carroll = open_person(CARROLL)
    assert carroll.overview.lit == frozenset()
    assert carroll.overview.states["warning"] == "empty"
    assert (
        carroll.lists["vaccination"]
        .the("Pneumococcal conjugate PCV 13")
        .facts["Från"]
        .startswith("2019-09-08")
    )
    assert len(carroll.lists["care_plan"].named("Wound care")) == 2
    assert len(carroll.lists["care_contact"].named("Emergency room admission (procedure)")) == 2
