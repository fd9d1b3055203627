"""Blocks through a client system: what the pages let its user say, ask for and lift, and nothing more."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache

from consent.accesslog.model import AccessEvent
from consent.models import Block, BlockLift, LiftRequest
from demo.people import BY_LETTER
from demo.people.places import AKUTEN, HALSOCENTRALEN, NATTPATRULLEN, PSYKIATRI, REGION
from portal.accounts.models import Assignment
from portal.api.scopes import Scope
from tests.api.systems import System, system_for
from tests.people.worlds import _django_db_helper, module_people, people, unhurried

if TYPE_CHECKING:
    from demo.seed import Addresses

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db]
NUMBER = BY_LETTER["H"].number
TERMS: dict[str, Any] = {"ground": "consent", "reason": "Patienten ber om det"}


@pytest.fixture(autouse=True)
def _unhurried(people: "Addresses") -> Any:
    cache.clear()
    with unhurried():
        yield


def at_work(persona: str, unit: str = "", scopes: Any = tuple(Scope)) -> System:
    found = Assignment.objects.filter(user__username=persona).order_by("pk")
    assignment = found.filter(unit_id=unit).first() if unit else found.first()
    assert assignment is not None
    system = system_for(assignment, scopes)
    assert system.search(NUMBER).status == 200
    return system


def officer() -> System:
    return at_work("distrikt")


def send(system: System, path: str, said: dict[str, Any]) -> Any:
    return system.post(f"/patients/{system.handle}/{path}", said)


def block_of(system: System) -> str:
    (block,) = system.about(f"blocks/{PSYKIATRI.hsa}").json["blocks"]
    return str(block["id"])


def sees_psychiatry(system: System) -> bool:
    assert system.act("choose_units", units=["*"]).status == 200
    return "Psykiatri" in json.dumps(system.about("records/care_plan").json, ensure_ascii=False)


# Row 4. ---------------------------------------------------------------------------------------------


def test_an_officer_is_told_the_units_first_and_then_the_blocks_of_one() -> None:
    system = officer()
    answer = system.about("blocks")
    inner = Block.objects.get(kind="inner", unit_id=PSYKIATRI.hsa)
    assert answer.json["units"] == [{"hsa_id": PSYKIATRI.hsa, "name": "Psykiatri"}]
    assert answer.json["has_outer"]
    assert str(inner.pk) not in answer.body.decode()
    (block,) = system.about(f"blocks/{PSYKIATRI.hsa}").json["blocks"]
    assert (block["id"], block["kind"], block["left_out"]) == (
        str(inner.pk),
        "Inre spärr",
        "Undantaget: varningar.",
    )
    assert system.about(f"blocks/{AKUTEN.hsa}").json == {"blocks": []}


def test_what_is_lifted_opens_for_the_unit_and_closes_when_the_block_holds_again() -> None:
    system = officer()
    assert not sees_psychiatry(system)
    assert send(system, "lifts", {**TERMS, "blocks": [block_of(system)]}).json == {"recorded": "lift_block"}
    assert sees_psychiatry(system)
    row = BlockLift.objects.get()
    assert (row.ground, row.reason, row.unit_id) == ("consent", TERMS["reason"], HALSOCENTRALEN.hsa)
    logged = AccessEvent.objects.get(event="block_lifted")
    assert (logged.reason, logged.detail["client"]) == (TERMS["reason"], system.client.pk)
    told = system.about("blocks").json
    (lift,) = told["lifts"]
    assert "end_lift" in told["allowed"]
    assert "En spärr är hävd för enheten till" in json.dumps(told, ensure_ascii=False)
    end = f"lifts/{lift['id']}/end"
    assert send(system, end, {"reason": "  "}).code == "invalid"
    assert sees_psychiatry(system)
    assert send(system, end, {"reason": "Behövs inte längre"}).json == {"recorded": "end_lift"}
    assert not sees_psychiatry(system)


def test_without_consent_it_must_be_said_that_the_care_needs_it() -> None:
    system = officer()
    terms = {"ground": "need", "reason": "Medvetslös", "blocks": [block_of(system)]}
    for unjudged in (terms, {**terms, "is_needed": False}):
        answer = send(system, "lifts", unjudged)
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "is_needed")
    assert not BlockLift.objects.exists()
    assert send(system, "lifts", {**terms, "is_needed": True}).status == 200
    assert BlockLift.objects.get().ground == "need"


WRONG: dict[str, tuple[dict[str, Any], int, str]] = {
    "no block": ({"blocks": []}, 422, "blocks"),
    "no reason": ({"reason": " "}, 422, "reason"),
    "another ground": ({"ground": "curiosity"}, 422, "ground"),
    "works elsewhere": ({"person": "SE2321000016-2A01"}, 422, "person"),
    "a day that was": ({"until": "2020-01-01"}, 422, "until"),
    "too long": ({"until": "2099-01-01"}, 422, "until"),
    "a block that is not there": ({"blocks": ["x"]}, 409, ""),
    "another provider's unit": ({"unit": NATTPATRULLEN.hsa}, 409, ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_by_field_and_nothing_is_lifted(name: str) -> None:
    instead, status, field = WRONG[name]
    system = officer()
    answer = send(system, "lifts", {**TERMS, "blocks": [block_of(system)], **instead})
    assert answer.status == status, answer.body
    assert [flaw["field"] for flaw in answer.json.get("errors", ())] == ([field] if field else [])
    assert not BlockLift.objects.exists()


def test_without_the_right_nothing_is_listed_and_nothing_lifted() -> None:
    block = str(Block.objects.get(kind="inner").pk)
    system = at_work("akuten")
    told = system.about("blocks")
    assert (told.json["units"], told.json["lifts"], told.json["allowed"]) == ([], [], [])
    assert told.json["phone"] == "0980-319200"
    assert "Psykiatri" not in told.body.decode()
    assert system.about(f"blocks/{PSYKIATRI.hsa}").code == "not_now"
    # Whatever is wrong with it besides, the answer is that it is not hers to do.
    for said in ({**TERMS, "blocks": [block]}, {**TERMS, "blocks": [block], "until": "2020-01-01"}):
        assert send(system, "lifts", said).code == "not_now"
    assert system.get("/lift-requests").code == "not_found"
    assert not BlockLift.objects.exists()


def test_a_system_that_may_only_read_lifts_nothing() -> None:
    system = at_work("distrikt", scopes=(Scope.READ,))
    said = {**TERMS, "blocks": [block_of(system)]}
    for path, body in (("lifts", said), ("lift-requests", {"provider": REGION.hsa})):
        assert send(system, path, body).code == "scope_missing"


# Row 13. --------------------------------------------------------------------------------------------


def emergency() -> System:
    system = at_work("hemsjukvard", NATTPATRULLEN.hsa)
    assert system.act("declare_emergency", obstacle="unconscious").status == 200
    return system


def ask(system: System) -> Any:
    return send(system, "lift-requests", {"provider": REGION.hsa})


def test_another_vardgivare_is_asked_in_an_emergency_and_once_at_a_time() -> None:
    calm = at_work("hemsjukvard", NATTPATRULLEN.hsa)
    assert calm.about("blocks").json["blockers"] == []
    assert ask(calm).code == "not_now"
    system = emergency()
    (blocker,) = system.about("blocks").json["blockers"]
    assert (blocker["provider"], blocker["phone"], blocker["may_ask"]) == (REGION.hsa, "0980-319200", True)
    assert ask(system).json == {"recorded": "ask_to_lift"}
    assert ask(system).code == "not_now"
    assert LiftRequest.objects.count() == 1
    (blocker,) = system.about("blocks").json["blockers"]
    assert not blocker["may_ask"]
    assert blocker["state"].endswith("Inget svar än.")
    assert not sees_psychiatry(system)


@pytest.mark.parametrize("answer", ["lifted", "declined"])
def test_the_asked_providers_officer_answers_with_a_reason(answer: str) -> None:
    nurse = emergency()
    nurse.act("open_emergency")
    ask(nurse)
    system = at_work("distrikt")
    (waiting,) = system.get("/lift-requests").json["requests"]
    assert (waiting["number"], waiting["blocks"]) == ("19740526-9288", "1 spärr")
    assert waiting["who"] == "Anja Fjellström, Sjuksköterska"
    assert AccessEvent.objects.filter(event="search", detail__list="lift_requests").exists()
    system.handle = waiting["handle"]
    (request,) = system.about("blocks").json["requests"]
    assert request["id"] == waiting["id"]
    path = f"lift-requests/{request['id']}/answer"
    for wrong in ({"answer": answer}, {"answer": answer, "reason": ""}, {"answer": "x", "reason": "x"}):
        assert send(system, path, wrong).status == 422
    assert send(nurse, path, {"answer": answer, "reason": "Livsfara"}).code == "not_now"
    assert send(system, path, {"answer": answer, "reason": "Livsfara"}).status == 200
    assert send(system, path, {"answer": answer, "reason": "Livsfara"}).code == "not_now"
    assert sees_psychiatry(nurse) is (answer == "lifted")
    assert AccessEvent.objects.get(event="lift_answered").reason == "Livsfara"
