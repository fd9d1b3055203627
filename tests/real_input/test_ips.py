"""International patient summaries, by name: decisions, doses, references and dates that tell only a year."""

import pytest

from tests.real_input.conftest import Open
from tests.real_input.pages import Pages
from tests.real_input.sample_people import SamplePerson

pytestmark = [pytest.mark.demo, pytest.mark.network]
EVERY_SECTION = "ABC1234"
USUAL = "2b90dd2b-2dab-4c75-9bb9-a355e07401e8"
MINIMAL = "244ad7c3-beeb-41d1-8a2f-c76b8cf720ad"
CONNECTATHON = "eumfh-39-02-1"
PENICILLIN = "Substance with penicillin structure and antibacterial mechanism of action (substance)"
DOSE_208 = "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose"
DOSE_300 = "COVID-19, mRNA, LNP-S, bivalent, PF, 30 mcg/0.3 mL dose"


@pytest.fixture
def full(open_person: Open) -> Pages:
    return open_person(EVERY_SECTION)


@pytest.fixture
def usual(open_person: Open) -> Pages:
    return open_person(USUAL)


def test_the_decision_not_to_resuscitate_stands_above_everything(full: Pages) -> None:
    strip = full.overview.safety
    assert strip.attributes["data-safety"] == "limits"
    assert "Not for resuscitation" in strip.text
    assert "Ej HLR" in strip.text
    assert "2021-09-01" in strip.text
    decision = full.lists["care_limitation"].the("Not for resuscitation")
    assert decision.state == "ongoing"
    assert decision.facts["Läkare"] == "ej angivet"
    assert full.overview.states["care_limitation"] == "ongoing"


@pytest.mark.parametrize(
    ("product", "day", "number", "batch"),
    [
        (DOSE_208, "2021-08-05", "1", "FF8871-001"),
        (DOSE_208, "2021-08-27", "2", "FE8163-007"),
        (DOSE_208, "2022-01-13", "3", "FL1072-025"),
        (DOSE_208, "2022-08-01", "4", "PCB0008-07"),
        (DOSE_300, "2024-02-18", "5", "GK3908-068"),
        ("Influenza, seasonal, injectable", "2024-04-10", "1", "H06"),
        ("zoster live", "2022-07-13", "1", "U021248"),
    ],
)
def test_each_dose(full: Pages, product: str, day: str, number: str, batch: str) -> None:
    (dose,) = [e for e in full.lists["vaccination"].named(product) if e.facts["Från"] == day]
    assert (dose.facts["Dos"], dose.facts["Batch"], dose.state) == (number, batch, "past")


def test_only_the_five_are_counted_as_covid(full: Pages) -> None:
    assert "Covid: 5 registrerade doser, senast 18 feb 2024" in full.overview.tiles["vaccination"].text
    assert full.overview.states["vaccination"] == "past"


def test_flag_and_allergy_are_warnings(full: Pages) -> None:
    diet = full.lists["warning"].the("Shellfish free diet")
    assert (diet.state, diet.facts["Slag"]) == ("ongoing", "Diet")
    assert "91936005" in full.lists["warning"].the("Penicillin").facts["Kod"]
    assert "Penicillin · Shellfish free diet" in full.overview.safety.text


def test_what_has_ended_is_said_to_have(full: Pages) -> None:
    plan = full.lists["care_plan"].the("Weight management plan")
    assert (plan.state, plan.facts["Till"]) == ("past", "2017-06-01")
    assert full.lists["diagnosis"].the("Fever").facts["Status"] == "Avslutad"
    assert full.lists["diagnosis"].the("Essential hypertension").facts["Status"] == "Aktiv"
    stopped = full.lists["medication"].the("cilazapril 500 microgram tablet, 90")
    assert (stopped.state, stopped.facts["Status"]) == ("past", "Avslutad")
    assert "2 aktuella" in full.overview.tiles["medication"].text


def test_the_relative_can_be_rung_at_both_numbers(
    full: Pages, sample_people: dict[str, SamplePerson]
) -> None:
    (relative,) = full.lists["contact"].entries
    assert relative.facts["Roll"] == "Närstående"
    assert relative.facts["Namn"] == "Vincent JORDANA JORDANA"
    mobile, work = sample_people[EVERY_SECTION].phones
    assert relative.facts["Telefon"] == f"mobil {mobile} · arbete {work}"


def test_vital_signs_with_units_and_no_laboratory_values(full: Pages) -> None:
    values = full.lists["prehospital"]
    assert values.the("Body weight").facts["Värde"] == "91.5 kg"
    pressure = values.the("Blood pressure panel with all children optional").facts["Värde"]
    assert "Systolic blood pressure 140 mmHg" in pressure
    assert "Diastolic blood pressure 80 mmHg" in pressure
    assert "Cholesterol" not in full.everything


def test_a_medicine_of_its_own_resource_has_its_name(usual: Pages) -> None:
    anastrozole = usual.lists["medication"].the("Product containing anastrozole (medicinal product)")
    assert anastrozole.facts["Från"] == "2015-03 (osäkert datum)"
    assert "L02BG03" in anastrozole.facts["Kod"]
    assert usual.lists["medication"].the("Black Cohosh Extract herbal supplement").state == "current"


def test_no_known_food_allergy_is_read_and_is_no_warning(usual: Pages) -> None:
    statement = usual.lists["warning"].the("No known food allergy (situation)")
    assert statement.state == "current"
    assert usual.lists["warning"].the(PENICILLIN).state == "ongoing"
    assert PENICILLIN in usual.overview.safety.text
    assert "No known food allergy" not in usual.overview.safety.text
    assert "No known food allergy" not in usual.overview.tiles["warning"].text


def test_a_code_alone_for_the_mother_is_a_word(usual: Pages, sample_people: dict[str, SamplePerson]) -> None:
    (mother,) = usual.lists["contact"].entries
    assert (mother.facts["Namn"], mother.facts["Relation"]) == ("Martha Mum", "mor")
    (phone,) = sample_people[USUAL].phones
    assert mother.facts["Telefon"] == f"hem {phone}"


def test_cancer_in_remission_is_not_lost(usual: Pages) -> None:
    cancer = usual.lists["diagnosis"].the("Malignant tumor of breast")
    assert cancer.facts["Från"] == "2015-01 (osäkert datum)"
    assert "diagnosis" not in usual.overview.lit


def test_a_year_alone_never_lights_but_an_active_allergy_does(open_person: Open) -> None:
    minimal = open_person(MINIMAL)
    allergy = minimal.lists["warning"].the(PENICILLIN)
    assert (allergy.state, allergy.facts["Från"]) == ("ongoing", "2010 (osäkert datum)")
    assert minimal.overview.lit == {"warning"}


@pytest.mark.parametrize(
    ("medicine", "dose"),
    [
        ("Gliclazide", "80 mg/day"),
        ("Metformin", "500 mg twice a day"),
        ("levothyroxine sodium", "100 ug/day"),
        ("Timolol", "0.25 %, 1 times per 2 day"),
    ],
)
def test_the_connectathon_mans_medicines(open_person: Open, medicine: str, dose: str) -> None:
    pages = open_person(CONNECTATHON)
    assert pages.lists["medication"].the(medicine).facts["Dosering"].startswith(dose)
    assert "12 aktuella" in pages.overview.tiles["medication"].text


def test_the_connectathon_mans_diagnoses(open_person: Open) -> None:
    diagnoses = open_person(CONNECTATHON).lists["diagnosis"]
    assert diagnoses.the("Type 2 diabetes mellitus").facts["Från"] == "2010-04-02"
    assert diagnoses.the("Prostate Cancer").facts["Av"] == "Dr. Anna Karlsson"
