"""How the population register answers, for its conformance suite."""

from typing import Any

from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from connectors.base.personconformance import PersonScenarios
from consent.terms import PersonId
from consent.vocabulary import IdType

PERSON = PersonId("191212121212")
OTHER_NUMBER = PersonId("199602752389", IdType.SAMORDNINGSNUMMER)
FACTS: dict[str, Any] = {
    "id": PERSON.number,
    "type": "personnummer",
    "given_name": "Tolvan",
    "family_name": "Tolvansson",
    "sex": "male",
    "birth_date": "1912-12-12",
    "death_date": None,
    "protection": "none",
    "linked": [{"id": OTHER_NUMBER.number, "type": "samordningsnummer", "main": False}],
    "language": {"code": "ti", "label": "tigrinska", "interpreter": True, "interpreter_phone": "08-46500412"},
    "address": "Tolvgränd 12",
    "phone": "0980-319212",
    "relatives": [{"name": "Elva Tolvansson", "relation": "maka", "phone": "0980-319213"}],
}


def server(**changed: object) -> Answerer:
    def answer(asked: Asked) -> Reply:
        if asked.json["id"] == PERSON.number:
            return json_reply({**FACTS, **changed})
        return json_reply({"error": "unknown_person"}, 404)

    return answer


SCENARIOS = PersonScenarios(
    settings={"token": "t"},
    person=PERSON,
    alias=OTHER_NUMBER,
    found=server(),
    protected=server(protection="sekretessmarkering"),
    unknown=lambda _: json_reply({"error": "unknown_person"}, 404),
    foreign=server(id="189002149806"),
    broken=server(protection="någonting annat"),
)
