"""The standard's own examples, one resource each, and the Swedish profiles' examples of people."""

import pytest

from tests.real_input.conftest import Open
from tests.real_input.pages import Pages
from tests.real_input.sample_people import TOLVAN, SamplePerson

pytestmark = [pytest.mark.demo, pytest.mark.network]
BIG_DOG = "Patient has a big dog at his home."
PROTECTED = "PatientExample1"
TWIN = "minimal-patient2"
SWEDISH = (
    "PatientExample1",
    "PatientExample189002029800",
    "PatientExample196101182803",
    "PatientExample196109732393",
    "PatientExample199002222397",
    "PatientExample200302022389",
    "PatientExample20210325K069",
)


@pytest.fixture
def chalmers(open_person: Open) -> Pages:
    return open_person("example")


@pytest.fixture
def heuvel(open_person: Open) -> Pages:
    return open_person("f001")


def test_the_flag_that_holds_is_lit_and_the_ended_one_is_not(chalmers: Pages) -> None:
    flags = chalmers.lists["warning"]
    assert flags.the("Follow Level 3 Protocol").state == "ongoing"
    assert "Follow Level 3 Protocol" in chalmers.overview.safety.text
    (dog,) = [entry for entry in flags.entries if entry.title.startswith(BIG_DOG)]
    assert (dog.state, dog.facts["Till"], dog.facts["Av"]) == ("past", "2016-12-01", "Nancy Nurse")
    assert BIG_DOG not in chalmers.overview.tiles["warning"].text


def test_allergies_keep_severity_certainty_and_words(chalmers: Pages) -> None:
    warnings = chalmers.lists["warning"]
    cashew = warnings.the("Cashew nuts")
    assert cashew.facts["Allvarlighet"] == "hög risk, svår"
    assert cashew.facts["Från"] == "2004 (osäkert datum)"
    assert "Epinephrine administered" in cashew.text
    assert warnings.the("Penicillin G").facts["Visshet"] == "obekräftad"
    assert warnings.the("Allergic to fresh fish. Tolerates canned fish").state == "ongoing"


def test_no_known_latex_allergy_is_read_beside_real_ones(chalmers: Pages) -> None:
    assert chalmers.lists["warning"].the("No Known Latex Allergy").state == "current"
    assert "Latex" not in chalmers.overview.tiles["warning"].text
    assert "Latex" not in chalmers.overview.safety.text


def test_nothing_known_at_all_is_a_statement_and_lights_nothing(open_person: Open) -> None:
    mom = open_person("mom")
    assert mom.overview.states["warning"] == "current"
    assert "Finns NKA · NKDA" in mom.overview.tiles["warning"].text
    assert mom.lists["warning"].the("NKA").facts["Kod"] == "No Known Allergy (situation) (716186003)"
    assert "Varning" not in mom.overview.safety.text
    assert mom.overview.lit == frozenset()


def test_the_dose_the_plan_and_the_team(chalmers: Pages) -> None:
    dose = chalmers.lists["vaccination"].the("Fluvax (Influenza)")
    assert (dose.facts["Från"], dose.facts["Batch"], dose.state) == ("2013-01-10", "AAJN11K", "past")
    plan = chalmers.lists["care_plan"].the("Weight management plan")
    assert "Manage obesity and weight loss" in plan.text
    assert plan.facts["Av"] == "Dr Adam Careful"
    (member,) = chalmers.lists["contact"].entries
    assert (member.title, member.text, member.state) == ("Dorothy Dietition", "adviser", "past")


def test_an_episode_of_home_care_is_not_cosmics_to_tell(chalmers: Pages) -> None:
    """The region offers no such resource; the municipality answers for Hemsjukvård, and holds none."""
    assert chalmers.overview.states["home_care"] == "empty"
    assert chalmers.lists["home_care"].entries == ()
    assert "Home and Community Care" not in chalmers.everything


def test_what_must_not_be_done_says_so(heuvel: Pages) -> None:
    (plan,) = heuvel.lists["care_plan"].entries
    assert "Ska inte göras: Operation on heart" in plan.text
    assert "recovery surgery on heart of patient" in plan.text
    assert (plan.state, plan.facts["Till"]) == ("past", "2011-06-27")


def test_a_consent_about_privacy_is_no_care_limitation(heuvel: Pages) -> None:
    assert heuvel.overview.states["care_limitation"] == "empty"
    assert "Inga vårdbegränsningar registrerade" in heuvel.overview.safety.text


def test_the_partner_can_be_rung(heuvel: Pages, sample_people: dict[str, SamplePerson]) -> None:
    (partner,) = heuvel.lists["contact"].entries
    assert (partner.facts["Namn"], partner.facts["Relation"]) == ("Sarah Abels", "partner")
    (phone,) = sample_people["f001"].phones
    assert partner.facts["Telefon"] == f"mobil {phone}"
    assert phone in heuvel.overview.tiles["contact"].text


@pytest.mark.parametrize("patient_id", SWEDISH)
def test_a_swedish_patient_is_found_by_the_number_in_the_message(
    patient_id: str, open_person: Open, sample_people: dict[str, SamplePerson]
) -> None:
    """They carry a number and nothing else: every button says honestly that there is nothing."""
    pages, person = open_person(patient_id), sample_people[patient_id]
    assert person.shown_name in pages.banner
    assert person.shown_number in pages.banner
    assert person.sample.patient["birthDate"] in pages.banner
    # Protected: where to find her is left out, so there the page cannot say that nothing is registered.
    shielded = {"contact", "care_contact", "home_care"} if patient_id == PROTECTED else set()
    for button, state in pages.overview.states.items():
        assert state == ("closed" if button in shielded else "empty"), button
    assert pages.overview.lit == frozenset()
    assert {outcome for page in pages.lists.values() for outcome in page.outcomes.values()} == {"ok"}


@pytest.mark.parametrize(
    ("patient_id", "label"),
    [
        ("PatientExample196101182803", "Personnr"),
        ("PatientExample196109732393", "Samordningsnr"),
        ("PatientExample20210325K069", "Reservnr"),
    ],
)
def test_each_kind_of_number_is_called_what_it_is(
    patient_id: str, label: str, open_person: Open, sample_people: dict[str, SamplePerson]
) -> None:
    assert f"{label} {sample_people[patient_id].shown_number}" in open_person(patient_id).banner


def test_the_protected_patients_address_in_the_message_stays_there(
    open_person: Open, sample_people: dict[str, SamplePerson]
) -> None:
    pages = open_person(PROTECTED)
    (address,) = sample_people[PROTECTED].sample.patient["address"]
    assert "Skyddade personuppgifter" in pages.banner
    for secret in (*address["line"], address["city"], address["postalCode"]):
        assert secret not in pages.before + pages.everything


def test_two_patients_with_one_number_are_one_person_as_the_register_names_him(
    open_person: Open, sample_people: dict[str, SamplePerson]
) -> None:
    assert [p.id for p in sample_people.values() if p.number == TOLVAN] == ["minimal-patient", TWIN]
    telecom = sample_people[TWIN].sample.patient["telecom"]
    tolvan = open_person("minimal-patient")
    assert "Tolvansson, Tolvan" in tolvan.banner
    for from_the_message in ("Krank", *(point["value"] for point in telecom)):
        assert from_the_message not in tolvan.everything
    assert tolvan.overview.flags("contact") == frozenset()
    assert tolvan.overview.lit == {"social_service"}
