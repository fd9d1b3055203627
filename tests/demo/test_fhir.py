"""The region's FHIR R4 server, asked over HTTP as a careful client asks."""

from collections.abc import Iterator
from typing import Any

import pytest

from demo.people.facts import A, B, E, I, K, M
from demo.people.fhir_shapes import CAMBIO, COORDINATED_PLAN
from tests.demo.running import Reply, Simulator, running

pytestmark = [pytest.mark.demo, pytest.mark.network]
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    with running("fhir", "--today", "2026-03-02") as simulator:
        simulator.sign_in()
        yield simulator


@pytest.fixture(autouse=True)
def obedient(server: Simulator) -> None:
    server.order("ok")


def resources(reply: Reply, mode: str = "match") -> list[dict[str, Any]]:
    assert reply.status == 200, reply.body
    assert reply.json["type"] == "searchset"
    return [e["resource"] for e in reply.json.get("entry", []) if e["search"]["mode"] == mode]


def test_without_a_token_there_is_an_operation_outcome(server: Simulator) -> None:
    for token in ("", "Bearer made-up"):
        reply = server.ask("POST", "/fhir/Patient/_search", "", Authorization=token)
        assert (reply.status, reply.json["resourceType"]) == (401, "OperationOutcome")
        assert reply.headers["content-type"].startswith("application/fhir+json")


def test_a_token_needs_client_credentials(server: Simulator) -> None:
    form = "application/x-www-form-urlencoded"
    assert server.ask("POST", "/oauth/token", "grant_type=password", Content_Type=form).status == 400
    assert (
        server.ask("POST", "/oauth/token", "grant_type=client_credentials", Content_Type=form).status == 401
    )


def test_a_named_client_must_give_its_secret_and_a_token_runs_out() -> None:
    options = ("--client-id", "portal", "--client-secret", "hemlig", "--token-seconds", "0")
    with running("fhir", *options) as simulator:
        form, kind = (
            "grant_type=client_credentials&client_id=portal&client_secret=",
            "application/x-www-form-urlencoded",
        )
        assert simulator.ask("POST", "/oauth/token", form + "fel", Content_Type=kind).status == 401
        simulator.sign_in()
        assert simulator.search("Patient").status == 401


def test_metadata_is_open_and_says_r4(server: Simulator) -> None:
    statement = server.ask("GET", "/fhir/metadata", Authorization="").json
    assert (statement["resourceType"], statement["fhirVersion"]) == ("CapabilityStatement", "4.0.1")
    assert "Flag" in [r["type"] for r in statement["rest"][0]["resource"]]


@pytest.mark.parametrize(
    "system",
    [PERSONNUMMER, "urn:oid:1.2.752.129.2.1.3.1", "https://terminology.hl7.se/sid/se-personnummer"],
)
def test_a_patient_is_found_under_every_spelling(server: Simulator, system: str) -> None:
    (patient,) = resources(server.search("Patient", identifier=f"{system}|{A.number}"))
    assert patient["identifier"] == [{"system": PERSONNUMMER, "value": A.number}]


@pytest.mark.parametrize(
    "system",
    [
        "http://electronichealth.se/identifier/samordningsnummer",
        "urn:oid:1.2.752.129.2.1.3.3",
        "https://terminology.hl7.se/sid/se-samordningsnummer",
    ],
)
def test_a_linked_number_is_a_patient_of_its_own_with_the_visit(server: Simulator, system: str) -> None:
    (linked,) = resources(server.search("Patient", identifier=f"{system}|{I.linked_number}"))
    (main,) = resources(server.search("Patient", identifier=f"{PERSONNUMMER}|{I.number}"))
    assert len(resources(server.search("Encounter", patient=linked["id"]))) == 1
    assert resources(server.search("Encounter", patient=main["id"])) == []


def test_a_number_under_the_wrong_system_finds_nobody(server: Simulator) -> None:
    assert resources(server.search("Patient", identifier=f"urn:oid:1.2.752.129.2.1.3.3|{A.number}")) == []


def test_somebody_the_region_never_met_is_a_complete_empty_answer(server: Simulator) -> None:
    reply = server.search("Patient", identifier=f"{PERSONNUMMER}|{B.number}")
    assert (reply.json["total"], "entry" in reply.json) == (0, False)


def test_protected_identity_is_a_security_label(server: Simulator) -> None:
    (patient,) = resources(server.search("Patient", identifier=E.number))
    assert patient["meta"]["security"][0]["code"] == "sekretessmarkering"


@pytest.mark.parametrize(
    "question",
    [
        {"patient": "Patient/pat-a"},
        {"patient": "pat-a"},
        {"subject": "Patient/pat-a"},
    ],
)
def test_a_patient_can_be_named_in_three_ways(server: Simulator, question: dict[str, Any]) -> None:
    (flag,) = resources(server.search("Flag", **question))
    assert flag["subject"] == {"reference": "Patient/pat-a"}
    assert flag["category"][0]["coding"][0]["code"] == "D2"


def test_filters_narrow_the_answer(server: Simulator) -> None:
    inpatient = resources(server.search("Encounter", patient="pat-a", status="in-progress"))
    assert [e["class"]["code"] for e in inpatient] == ["IMP"]
    recent = resources(server.search("Encounter", patient="pat-k", date="ge2026-02-20", _count="100"))
    assert [e["period"]["start"][:10] for e in recent] == [
        "2026-03-01",
        "2026-02-27",
        "2026-02-25",
        "2026-02-22",
        "2026-02-20",
    ]
    vital = resources(
        server.search("Observation", patient="pat-k", category="vital-signs", date="ge2026-03-01")
    )
    assert len(vital) == 3
    assert resources(server.search("Observation", patient="pat-k", category="laboratory")) == []
    assert (
        len(resources(server.search("AllergyIntolerance", patient="pat-k", clinical__status="active"))) == 0
    )


def test_coordinated_plans_and_ordinary_plans_are_two_questions(server: Simulator) -> None:
    coordinated = resources(server.search("CarePlan", subject="Patient/pat-a", _profile=COORDINATED_PLAN))
    ordinary = resources(server.search("CarePlan", patient="pat-a", _profile=CAMBIO + "CarePlanSe"))
    both = resources(server.search("CarePlan", patient="pat-a", status="active"))
    assert [p["title"] for p in coordinated] == ["Utskrivning från Medicin"]
    assert [p["title"] for p in ordinary] == ["Rehabiliteringsplan"]
    assert len(both) == 2
    ready = [
        a["detail"] for a in coordinated[0]["activity"] if a["detail"]["code"]["text"] == "Utskrivningsklar"
    ]
    assert ready[0]["scheduledPeriod"]["start"] == "2026-03-01T13:40:00+01:00"


def test_an_unknown_parameter_is_refused_by_name(server: Simulator) -> None:
    reply = server.search("Encounter", patient="pat-a", colour="blue")
    assert (reply.status, reply.json["issue"][0]["diagnostics"]) == (400, "Unknown search parameter colour.")


def test_pages_follow_each_other_without_loss(server: Simulator) -> None:
    reply = server.search("Encounter", patient="pat-k", _count="500")
    seen, pages = resources(reply), 1
    while links := [link["url"] for link in reply.json["link"] if link["relation"] == "next"]:
        origin, _, path = links[0].partition("/fhir/")
        assert origin == f"http://127.0.0.1:{server.port}"
        assert K.number not in path
        reply = server.ask("GET", f"/fhir/{path}")
        seen += resources(reply)
        pages += 1
    assert (len(seen), pages, reply.json["total"]) == (1250, 3, 1250)
    assert len({e["id"] for e in seen}) == 1250
    assert server.ask("GET", "/fhir/_page/made-up").status == 410


def test_included_units_come_marked_as_included(server: Simulator) -> None:
    reply = server.search("Encounter", patient="pat-m", _include="Encounter:serviceProvider")
    assert [r["name"] for r in resources(reply, "include")] == ["Fjällviks hälsocentral"]
    assert len(resources(reply)) == reply.json["total"] == 1
    assert server.ask("GET", "/fhir/Organization/SE2321000016-R0HC").json["name"] == "Fjällviks hälsocentral"
    assert server.ask("GET", "/fhir/Organization/nowhere").status == 404


def test_five_covid_doses_are_coded_twice_over(server: Simulator) -> None:
    doses = resources(server.search("Immunization", patient="pat-m", _profile=CAMBIO + "ImmunizationSe"))
    assert [d["protocolApplied"][0]["doseNumberPositiveInt"] for d in doses] == [5, 4, 3, 2, 1]
    assert {c["code"] for c in doses[0]["vaccineCode"]["coding"]} == {"1119349007", "J07BN01"}


def test_a_foreign_record_comes_at_the_ordered_place(server: Simulator) -> None:
    server.order("foreign", position=0)
    first, *rest = resources(server.search("Encounter", patient="pat-a"))
    assert first["subject"]["reference"] != "Patient/pat-a"
    assert {e["subject"]["reference"] for e in rest} == {"Patient/pat-a"}


def test_empty_is_complete_and_errors_are_operation_outcomes(server: Simulator) -> None:
    server.order("empty")
    assert server.search("Encounter", patient="pat-a").json["total"] == 0
    for mode, status in (("unauthorized", 401), ("unavailable", 503)):
        server.order(mode)
        reply = server.search("Encounter", patient="pat-a")
        assert (reply.status, reply.json["resourceType"]) == (status, "OperationOutcome")


def test_a_fault_kept_to_one_person_follows_their_resources(server: Simulator) -> None:
    server.order("unavailable", patient=M.number)
    assert server.search("Encounter", patient="pat-m").status == 503
    assert server.search("Patient", identifier=f"{PERSONNUMMER}|{M.number}").status == 503
    assert server.search("Encounter", patient="pat-a").status == 200
