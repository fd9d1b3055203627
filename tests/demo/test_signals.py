"""The region's attention signals beside its FHIR server: what is sold in one place is not in the other."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from demo.people.facts import A, B, C
from tests.demo.running import Reply, Simulator, running

pytestmark = [pytest.mark.demo, pytest.mark.network]
PATH = "/api/open/attentionsignals"
OTHER_SPELLING = "urn:oid:1.2.752.129.2.1.3.1"


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    with running("fhir", "--today", "2026-03-02", "--as-sold", "--subscription-key", "nyckel") as simulator:
        simulator.sign_in()
        yield simulator


@pytest.fixture(autouse=True)
def obedient(server: Simulator) -> None:
    server.order("ok")


def ask(server: Simulator, number: str, key: str = "nyckel") -> Reply:
    about = {"patientId": {"system": OTHER_SPELLING, "value": number}}
    return server.send(PATH, about, Ocp_Apim_Subscription_Key=key)


def signals(server: Simulator, number: str) -> list[dict[str, Any]]:
    reply = ask(server, number)
    assert (reply.status, reply.json["isComplete"]) == (200, True)
    found: list[dict[str, Any]] = reply.json["attentionSignals"]
    return found


def test_alerts_are_signals_with_unit_and_provider(server: Simulator) -> None:
    limitation, penicillin = signals(server, A.number)
    assert (limitation["type"]["name"], limitation["AccessZoneUnit"]["name"]) == (
        "Vårdbegränsning",
        "Medicin",
    )
    assert (penicillin["substance"], penicillin["severity"]) == ("penicillin", "allvarlig")
    assert limitation["CareProvider"]["hsaId"] == "SE2321000016-R001"
    assert signals(server, B.number) == []


@pytest.mark.parametrize("kind", ["Flag", "AllergyIntolerance", "Consent"])
def test_and_not_in_fhir(server: Simulator, kind: str) -> None:
    assert server.search(kind, patient="Patient/pat-a").status == 404
    sold = {each["type"] for each in server.ask("GET", "/fhir/metadata").json["rest"][0]["resource"]}
    assert kind not in sold


def test_the_key_and_the_token_are_both_needed(server: Simulator) -> None:
    assert ask(server, A.number, key="fel").status == 401
    assert server.send(PATH, {}, Authorization="", Ocp_Apim_Subscription_Key="nyckel").status == 401


def test_a_question_about_nobody_is_refused(server: Simulator) -> None:
    questions: tuple[Any, ...] = ({}, {"patientId": "191212121212"}, [])
    for asked in questions:
        assert server.send(PATH, asked, Ocp_Apim_Subscription_Key="nyckel").status == 400


def test_faults_can_be_kept_to_the_signals(server: Simulator) -> None:
    server.order("throttled", seconds=9, path=PATH)
    reply = ask(server, C.number)
    assert (reply.status, reply.headers["retry-after"]) == (429, "9")
    assert "Try again in 9 seconds" in json.dumps(reply.json)
    assert server.search("Encounter", patient="Patient/pat-c").status == 200


def test_a_foreign_signal_can_be_slipped_in(server: Simulator) -> None:
    server.order("foreign", position=0)
    assert signals(server, B.number)[0]["patientId"]["value"] != B.number
