"""The register's and the municipality's answers, asked for over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.people.facts import A, B, D, E, I, L, M
from tests.demo.running import Simulator, running

pytestmark = [pytest.mark.demo, pytest.mark.network]
LOOKUP = "/persons/lookup"


@pytest.fixture(scope="module")
def register() -> Iterator[Simulator]:
    with running("person", "--today", "2026-03-02", Authorization="Bearer demo") as simulator:
        yield simulator


@pytest.fixture(scope="module")
def viva() -> Iterator[Simulator]:
    with running("viva", "--today", "2026-03-02", X_Api_Key="demo") as simulator:
        yield simulator


def asked(number: str, kind: str = "personnummer") -> dict[str, str]:
    return {"id": number, "type": kind}


def test_the_register_knows_name_birth_and_relatives(register: Simulator) -> None:
    facts = register.send(LOOKUP, asked(A.number)).json
    assert (facts["given_name"], facts["family_name"], facts["sex"]) == ("Gunhild", "Myrberg", "female")
    assert facts["birth_date"] == "1939-08-13"
    assert facts["relatives"][0]["relation"] == "dotter"


def test_the_register_counts_death_from_today(register: Simulator) -> None:
    assert register.send(LOOKUP, asked(L.number)).json["death_date"] == "2026-02-27"


def test_the_register_keeps_a_protected_persons_address_to_itself(register: Simulator) -> None:
    facts = register.send(LOOKUP, asked(E.number)).json
    assert facts["protection"] == "sekretessmarkering"
    assert (facts["address"], facts["phone"], facts["relatives"]) == (None, None, [])


def test_either_number_finds_the_person_and_names_the_other(register: Simulator) -> None:
    assert I.linked_number is not None
    main = register.send(LOOKUP, asked(I.number)).json
    other = register.send(LOOKUP, asked(I.linked_number, "samordningsnummer")).json
    assert main["linked"] == [{"id": I.linked_number, "type": "samordningsnummer", "main": False}]
    assert other["linked"] == [{"id": I.number, "type": "personnummer", "main": True}]
    assert main["language"] == {
        "code": "ti",
        "label": "tigrinska",
        "interpreter": True,
        "interpreter_phone": "08-46500412",
    }


@pytest.mark.parametrize(
    ("number", "kind"), [("189002149806", "personnummer"), (A.number, "samordningsnummer")]
)
def test_a_number_nobody_has_is_unknown(register: Simulator, number: str, kind: str) -> None:
    reply = register.send(LOOKUP, asked(number, kind))
    assert (reply.status, reply.json["error"]) == (404, "unknown_person")


def test_the_register_wants_a_token_and_a_readable_question(register: Simulator) -> None:
    assert register.send(LOOKUP, asked(A.number), Authorization="Basic x").status == 401
    assert register.send(LOOKUP, ["no"]).status == 400


def test_a_foreign_answer_is_about_somebody_else(register: Simulator) -> None:
    register.order("foreign")
    try:
        assert register.send(LOOKUP, asked(A.number)).json["id"] == B.number
    finally:
        register.order("ok")


def test_further_people_can_be_given_in_a_file(tmp_path: Path) -> None:
    extra = tmp_path / "extra.json"
    extra.write_text('[{"id": "189002149806", "type": "personnummer", "given_name": "Extra"}]', "utf-8")
    with running(
        "person", "--extra", str(extra), "--token", "right", Authorization="Bearer right"
    ) as simulator:
        assert simulator.send(LOOKUP, asked("189002149806")).json["given_name"] == "Extra"
        assert simulator.send(LOOKUP, asked(A.number), Authorization="Bearer wrong").status == 401


def search(viva: Simulator, system: str, number: str) -> dict[str, Any]:
    body = {"personid": number, "typ": "personnummer"}
    reply = viva.send(f"/api/v1/{system}/personer/sok", body)
    assert reply.status == 200
    answer: dict[str, Any] = reply.json
    return answer


def test_health_and_social_care_are_two_answers_with_two_owners(viva: Simulator) -> None:
    health, social = search(viva, "hsl", A.number), search(viva, "sol", A.number)
    assert [e["typ"] for e in health["inskrivning"]] == ["hemsjukvard"]
    assert [e["typ"] for e in social["insatser"]] == ["hemtjanst", "trygghetslarm", "matdistribution"]
    assert {str(e["vardgivare"]) for e in health["inskrivning"]} != {
        str(e["vardgivare"]) for e in social["insatser"]
    }
    assert health["insatser"] == social["inskrivning"] == []


def test_every_entry_has_all_that_the_interface_promises(viva: Simulator) -> None:
    promised = {"id", "personid", "typ", "rubrik", "text", "status", "fran", "till", "uppdaterad", "lagrum"}
    promised |= {"enhet", "vardgivare", "handlaggare"}
    for number in (A.number, D.number, E.number, L.number, M.number):
        for system in ("hsl", "sol"):
            for group in search(viva, system, number).values():
                for entry in group if isinstance(group, list) else []:
                    assert promised <= set(entry)
                    assert entry["personid"] == number


def test_somebody_unknown_gets_empty_lists(viva: Simulator) -> None:
    answer = search(viva, "sol", "189002149806")
    assert answer["personid"] == "189002149806"
    assert [group for group in answer.values() if group == []] == [[]] * 6


def test_the_municipality_wants_a_key(viva: Simulator) -> None:
    assert viva.send("/api/v1/hsl/personer/sok", {"personid": A.number}, X_Api_Key="").status == 401
    assert viva.send("/api/v1/hsl/personer/sok", {}).status == 400
    assert viva.ask("GET", "/api/v1/status").json == {"status": "ok"}
