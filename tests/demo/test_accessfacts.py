"""What the simulated service says of blocks, relations and existence, asked over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from demo.people import PEOPLE, build, legal
from demo.people.facts import A, B, D, F, H, I, K, Person
from demo.people.holdings import unblocked_holders
from demo.people.places import (
    AKUTEN,
    BISTANDSENHETEN,
    HEMSJUKVARDEN,
    HEMTJANSTEN,
    KOMMUN_VARD,
    NATTPATRULLEN,
    PSYKIATRI,
    REGION,
    Unit,
)
from tests.demo.running import Simulator, running
from tests.demo.test_people import TODAY

pytestmark = [pytest.mark.demo, pytest.mark.network]
BLOCKS, RELATION, INDEX = "/blocks/search", "/relations/check", "/index/check"


@pytest.fixture(scope="module")
def service() -> Iterator[Simulator]:
    with running("accessfacts", "--today", TODAY.isoformat(), Authorization="Bearer demo") as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def obedient(service: Simulator) -> None:
    service.order("ok")


def about(person: Person, **more: str) -> dict[str, str]:
    return {"personId": person.number, "personIdType": person.number_type, **more}


def relation(service: Simulator, person: Person, unit: Unit) -> Any:
    return service.send(RELATION, about(person, careUnitId=unit.hsa)).json["relation"]


def holds(service: Simulator, person: Person, apart_from: str = "") -> Any:
    asked = about(person, apartFromCareProviderId=apart_from)
    return service.send(INDEX, asked).json["holdsUnblocked"]


def test_the_outer_block_is_told_and_the_inner_one_is_kept_elsewhere(service: Simulator) -> None:
    answer = service.send(BLOCKS, about(H)).json
    (block,) = answer["blocks"]
    assert (block["blockType"], block["informationCareUnitId"]) == ("Outer", PSYKIATRI.hsa)
    assert block["excludedInformationTypes"] == ["upp"]
    assert answer["isComplete"] is True
    assert service.send(BLOCKS, about(A)).json["blocks"] == []


def test_a_block_has_the_same_id_each_time(service: Simulator) -> None:
    first, again = (service.send(BLOCKS, about(H)).json["blocks"][0]["blockId"] for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        (AKUTEN, "planned"),
        (NATTPATRULLEN, "current"),
        (HEMTJANSTEN, "service"),
        (BISTANDSENHETEN, "assessment"),
        (PSYKIATRI, "none"),
    ],
)
def test_each_unit_is_answered_for_in_its_own_words(service: Simulator, unit: Unit, said: str) -> None:
    assert relation(service, A, unit) == said


def test_who_has_no_insats_has_no_relation_there(service: Simulator) -> None:
    assert relation(service, F, HEMTJANSTEN) == relation(service, B, HEMTJANSTEN) == "none"


def test_the_index_says_no_of_the_empty_person_and_yes_of_all_others(service: Simulator) -> None:
    for person in PEOPLE:
        assert holds(service, person) is (person is not B), person.letter


def test_the_index_leaves_out_the_one_who_asks(service: Simulator) -> None:
    assert holds(service, K, REGION.hsa) is False
    assert holds(service, K, KOMMUN_VARD.hsa) is True


def test_either_number_finds_the_person(service: Simulator) -> None:
    asked = {"personId": I.linked_number or "", "personIdType": I.linked_type, "apartFromCareProviderId": ""}
    assert service.send(INDEX, asked).json["holdsUnblocked"] is True
    assert service.send(INDEX, {**asked, "personIdType": "personnummer"}).json["holdsUnblocked"] is False


def test_what_an_outer_block_covers_does_not_count() -> None:
    """Were everything of the region's blocked but for her warning, the warning alone would still count."""
    population = build(TODAY)
    assert REGION.hsa in unblocked_holders(population, H)


def test_a_fault_can_be_kept_to_one_question(service: Simulator) -> None:
    service.order("unavailable", path="/index")
    assert service.send(INDEX, about(A, apartFromCareProviderId="")).status == 503
    assert service.send(BLOCKS, about(A)).status == 200
    service.order("foreign", path=BLOCKS)
    assert service.send(BLOCKS, about(A)).json["personId"] != A.number
    assert relation(service, A, AKUTEN) == "planned"
    service.order("empty")
    assert service.send(BLOCKS, about(H)).json["blocks"] == []
    assert relation(service, A, AKUTEN) == "none"
    assert holds(service, A) is False


@pytest.mark.parametrize("question", [{}, [], {"personId": A.number}, {"personIdType": "personnummer"}])
def test_an_unreadable_question_is_refused(service: Simulator, question: Any) -> None:
    for path in (BLOCKS, RELATION, INDEX):
        assert service.send(path, question).status == 400
    assert service.send(RELATION, about(D)).status == 400


def test_the_service_wants_a_token(service: Simulator) -> None:
    assert service.send(BLOCKS, about(A), Authorization="Basic x").status == 401
    assert service.ask("GET", "/status").json == {"status": "ok"}


def test_recorded_here_are_the_relations_that_raise_the_question_of_consent() -> None:
    recorded = {(r.person, r.unit_hsa) for r in legal.RECORDED_RELATIONS}
    assert {unit for _, unit in recorded} == {
        HEMSJUKVARDEN.hsa,
        HEMTJANSTEN.hsa,
        BISTANDSENHETEN.hsa,
        "SE2120000019-O0TG",
    }
    assert ("D", "SE2120000019-O0TG") in recorded
    assert not recorded & {("A", AKUTEN.hsa), ("A", NATTPATRULLEN.hsa)}
