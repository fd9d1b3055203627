"""Unmodified messages made by others become the records they are, every one of them."""

from collections import Counter

import pytest

from connectors.base.contract import SourceProfile
from connectors.base.faultserver import run_fault_server
from connectors.base.kinds import CareLimitation, Measure, Vaccination
from connectors.base.records import Status
from connectors.base.registry import build_connector
from connectors.base.scenarios import run
from connectors.cosmic.scenarios import EVERYTHING
from connectors.fhir.identifiers import person_ids
from consent.terms import PersonId
from consent.vocabulary import IdType, Kind
from tests.connectors.messages import FOLDER, cosmic_with, load, needs_messages
from tests.factories.permits import FJALL, permit_for

pytestmark = [needs_messages, pytest.mark.network]
PERSON = PersonId("189002149806")


def read(pattern):
    async def asking():
        async with run_fault_server(cosmic_with(load(pattern), PERSON)) as server:
            profile = SourceProfile(
                "cosmic", "Cosmic", server.base_url + "/fhir", FJALL, connector="cosmic", deadline_s=30,
                settings={"token_url": f"{server.base_url}/oauth/token", "client_id": "c", "has_signals": "",
                          "extra_resources": EVERYTHING},
            )  # fmt: skip
            connector = build_connector(profile)
            return await connector.fetch(permit_for(PERSON), connector.manifest.kinds)

    return run(asking())


def titles(answer, kind):
    return {record.title for record in answer.records if record.kind is kind}


SYNTHEA = {
    "synthea/Allen*": {"warning": 3, "vaccination": 12, "diagnosis": 63, "care_plan": 7, "medication": 191},
    "synthea/Beatris*": {"warning": 9, "vaccination": 35, "diagnosis": 15, "care_plan": 2, "medication": 6},
    "synthea/Carroll*": {
        "vaccination": 11,
        "diagnosis": 5,
        "care_plan": 2,
        "medication": 2,
        "care_contact": 14,
    },
    "synthea/Trey*": {
        "vaccination": 4,
        "diagnosis": 10,
        "care_plan": 1,
        "medication": 13,
        "care_contact": 21,
    },
}


@pytest.mark.parametrize(("pattern", "wanted"), SYNTHEA.items())
def test_nothing_of_a_synthea_patient_is_lost(pattern, wanted):
    answer = read(pattern)
    found = Counter(record.kind.value for record in answer.records)
    assert {kind: found[kind] for kind in wanted} == wanted
    assert (answer.unparsed, answer.absent, answer.withheld) == (0, frozenset(), False)


def test_covid_doses_are_told_from_others():
    answer = read("synthea/Allen*")
    doses = [r for r in answer.records if isinstance(r, Vaccination) and r.is_covid]
    assert len(doses) == 2
    assert {r.given.verbatim[:4] for r in doses if r.given} == {"2021"}


def test_synthea_by_name():
    answer = read("synthea/Allen*")
    assert "Penicillin V" in titles(answer, Kind.WARNING)
    assert "Demential management" in titles(answer, Kind.CARE_PLAN)
    assert "lisinopril 10 MG Oral Tablet" in titles(answer, Kind.MEDICATION)
    assert "Alzheimer's disease (disorder)" in titles(answer, Kind.DIAGNOSIS)


def test_records_without_swedish_owner_are_the_sources_with_an_assumed_unit():
    for record in read("synthea/Carroll*").records:
        assert record.origin.provider == FJALL
        assert record.origin.unit_is_assumed


def test_medicine_named_in_another_resource_is_found():
    assert "Gliclazide" in titles(read("ips/EU_Giorgio*"), Kind.MEDICATION)
    product = "Product containing anastrozole (medicinal product)"
    assert product in titles(read("ips/IPS_IG-bundle-01*"), Kind.MEDICATION)


def test_ips_of_all_sections():
    answer = read("ips/IPS_all_sections*")
    (limitation,) = [r for r in answer.records if isinstance(r, CareLimitation)]
    assert (limitation.text, limitation.measures) == ("Not for resuscitation", (Measure.NO_CPR,))
    assert "Shellfish free diet" in titles(answer, Kind.WARNING)
    assert "Gout" in titles(answer, Kind.DIAGNOSIS)
    assert "Weight management plan" in titles(answer, Kind.CARE_PLAN)
    assert [r.status for r in answer.records if r.kind is Kind.CARE_PLAN] == [Status.ENDED]
    assert answer.unparsed == 0


def test_no_known_allergy_is_a_statement():
    statements = [r for r in read("ips/IPS_IG-bundle-01*").records if r.kind is Kind.WARNING]
    assert {r.title: r.is_none_known for r in statements} == {
        "Substance with penicillin structure and antibacterial mechanism of action (substance)": False,
        "No known food allergy (situation)": True,
    }


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("se_base/Patient-PatientExample1[89]*.json")), ids=lambda p: p.stem
)
def test_swedish_patients_are_known_by_their_numbers(path):
    (person, *_) = person_ids(load(str(path.relative_to(FOLDER)))["identifier"])
    assert person.number == path.stem.removeprefix("Patient-PatientExample")
    assert (person.type is IdType.SAMORDNINGSNUMMER) is (int(person.number[6:8]) > 60)


def test_reserve_number_keeps_its_letters():
    (person,) = person_ids(load("se_base/Patient-PatientExample20210325K069.json")["identifier"])
    assert person == PersonId("20210325K069", IdType.RESERVNUMMER)
