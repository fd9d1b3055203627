"""How the service answers each of the three questions, for the conformance suites of fact sources."""

from datetime import date
from typing import Any

from connectors.accessfacts.connector import ANSWERS, BLOCKS, CHOSEN, EXISTENCE, RELATION
from connectors.base.factscenarios import BlockScenarios, ExistenceScenarios, FactScenarios, RelationScenarios
from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from consent.terms import Block, PersonId, Provider
from consent.vocabulary import BlockKind, CareKind, IdType, RelationGround

PERSON = PersonId("191212121212")
STRANGER = PersonId("189002149806")
UNIT, REGION = "SE2321000016-R0PS", "SE2321000016-R001"
OWNER = Provider(REGION, "Region Fjäll", CareKind.HEALTH_CARE)
BLOCK_ID = "0b6f5f7e-8f0a-4d0e-9d6b-0c6f9b7f6a11"


def about(person: PersonId, **more: object) -> dict[str, Any]:
    return {"personId": person.number, "personIdType": person.type.value, **more}


def block(person: PersonId = PERSON, **changed: object) -> dict[str, Any]:
    return about(
        person,
        **{
            "blockId": BLOCK_ID,
            "blockType": "Inner",
            "informationCareProviderId": REGION,
            "informationCareUnitId": UNIT,
            "informationStartDate": "2025-01-01",
            "informationEndDate": None,
            "excludedInformationTypes": ["upp"],
            **changed,
        },
    )


def asked_about(asked: Asked) -> PersonId:
    return PersonId(asked.json["personId"], IdType(asked.json["personIdType"]))


def blocks(*entries: dict[str, Any], person: PersonId | None = None, **changed: object) -> Answerer:
    """A service that holds these blocks of whoever is asked about."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/status"):
            return json_reply({"status": "ok"})
        reply = {"isComplete": True, "blocks": list(entries), **changed}
        return json_reply(about(person or asked_about(asked), **reply))

    return answer


def relation(said: object, person: PersonId | None = None, **changed: object) -> Answerer:
    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/status"):
            return json_reply({"status": "ok"})
        reply = {"careUnitId": asked.json["careUnitId"], "relation": said, **changed}
        return json_reply(about(person or asked_about(asked), **reply))

    return answer


def existence(*, said: object, person: PersonId | None = None) -> Answerer:
    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/status"):
            return json_reply({"status": "ok"})
        return json_reply(about(person or asked_about(asked), holdsUnblocked=said))

    return answer


SCENARIOS = FactScenarios(
    settings={"token": "t", **dict.fromkeys(ANSWERS.values(), CHOSEN)},
    person=PERSON,
    stranger=STRANGER,
    owner=OWNER,
    blocks=BlockScenarios(
        found=blocks(block()),
        expected=(
            Block(
                BLOCK_ID,
                BlockKind.INNER,
                REGION,
                UNIT,
                first_day=date(2025, 1, 1),
                excluded_types=frozenset({"upp"}),
            ),
        ),
        none=blocks(),
        foreign=blocks(person=STRANGER),
        foreign_entry=blocks(block(), block(STRANGER)),
        broken=blocks(block(), block(blockType="Sideways")),
        incomplete=blocks(block(), isComplete=False),
        is_question=lambda asked: asked.path.endswith(BLOCKS),
    ),
    relation=RelationScenarios(
        unit_id=UNIT,
        found=relation("planned"),
        expected=RelationGround.JOURNAL,
        none=relation("none"),
        foreign=relation("current", STRANGER),
        broken=relation("perhaps"),
        is_question=lambda asked: asked.path.endswith(RELATION),
    ),
    existence=ExistenceScenarios(
        apart_from=REGION,
        yes=existence(said=True),
        no=existence(said=False),
        foreign=existence(said=False, person=STRANGER),
        broken=existence(said="no"),
        is_question=lambda asked: asked.path.endswith(EXISTENCE),
    ),
)
