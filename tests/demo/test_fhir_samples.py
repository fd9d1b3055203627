"""Messages made by others, served unmodified from a folder."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.demo.running import Simulator, running
from tests.demo.test_people import shared_folder

pytestmark = [pytest.mark.demo, pytest.mark.network]
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
ALLEN = "ad134528-56a5-35fd-c37f-466ff119c625"
# File name or Patient id to official test number.
NUMBERS = {
    "Allen322_Ferry570_ad134528-56a5-35fd-c37f-466ff119c625.json.gz": "194011279090",
    "IPS_all_sections_full.json": "195609272819",
    "eumfh-39-02-1": "193405128350",
    "example": "197410309285",
    "PatientExample20210325K069": "202305882389",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    identifiers = tmp_path_factory.mktemp("map") / "numbers.json"
    identifiers.write_text(json.dumps(NUMBERS), "utf-8")
    data = str(shared_folder() / "samples")
    with running("fhir", "--data", data, "--identifiers", str(identifiers), "--no-people") as simulator:
        simulator.sign_in()
        yield simulator


def find(server: Simulator, number: str) -> dict[str, Any]:
    (entry,) = server.search("Patient", identifier=f"{PERSONNUMMER}|{number}").json["entry"]
    patient: dict[str, Any] = entry["resource"]
    return patient


def count(server: Simulator, kind: str, patient_id: str) -> int:
    return int(server.search(kind, patient=f"Patient/{patient_id}", _count="500").json["total"])


def test_a_transaction_bundle_is_served_with_its_references_resolved(server: Simulator) -> None:
    patient = find(server, "194011279090")
    assert patient["id"] == ALLEN
    found = {
        kind: count(server, kind, ALLEN) for kind in ("Encounter", "Condition", "Immunization", "CarePlan")
    }
    assert found == {"Encounter": 80, "Condition": 63, "Immunization": 12, "CarePlan": 7}
    assert count(server, "MedicationRequest", ALLEN) == 191
    bundle = server.search("CarePlan", patient=ALLEN, _include="CarePlan:careTeam").json
    assert sum(entry["search"]["mode"] == "include" for entry in bundle["entry"]) == 7


def test_a_message_is_unmodified_but_for_its_references(server: Simulator) -> None:
    name = next(iter(NUMBERS))
    raw = gzip.decompress((shared_folder() / "samples" / "synthea" / name).read_bytes()).decode()
    sent = {e["resource"]["id"]: e["resource"] for e in json.loads(raw)["entry"]}
    for entry in server.search("Immunization", patient=ALLEN).json["entry"]:
        served = entry["resource"]
        original = sent[served["id"]]
        assert served["patient"] == {"reference": f"Patient/{ALLEN}"}
        changed = {key for key in original if served[key] != original[key]}
        assert changed <= {"patient", "encounter"}
        assert set(served) == set(original)


def test_document_bundles_are_served_entry_by_entry(server: Simulator) -> None:
    full = find(server, "195609272819")
    assert full["id"] == "ABC1234"
    assert count(server, "Immunization", "ABC1234") == 8
    assert count(server, "Flag", "ABC1234") == 1
    trillium = find(server, "193405128350")
    statements = server.search(
        "MedicationStatement", patient=trillium["id"], _include="MedicationStatement:medication"
    ).json["entry"]
    assert [e["search"]["mode"] for e in statements].count("include") == 12


def test_swedish_examples_keep_their_own_numbers(server: Simulator) -> None:
    assert find(server, "196101182803")["id"] == "PatientExample196101182803"
    reserve = server.search("Patient", identifier="urn:oid:1.2.752.74.9.1|20210325K069").json["entry"]
    assert len(reserve[0]["resource"]["identifier"]) == 2


def test_somebody_only_referred_to_becomes_a_patient_when_mapped(server: Simulator) -> None:
    assert find(server, "197410309285") == {
        "resourceType": "Patient",
        "id": "example",
        "identifier": [{"system": PERSONNUMMER, "value": "197410309285"}],
    }
    assert count(server, "Flag", "example") == 2
    assert server.search("Patient", identifier="f001").json["total"] == 0


def test_only_the_folder_is_served(server: Simulator) -> None:
    tolvan = server.search("Patient", identifier=f"{PERSONNUMMER}|191212121212").json
    assert {e["resource"]["id"] for e in tolvan["entry"]} == {"minimal-patient", "minimal-patient2"}
