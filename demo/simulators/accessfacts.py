"""What access rests on and others know: blocks, relations, an index of whether others hold anything.

``POST /blocks/search``, ``/relations/check``, ``/index/check`` {"personId", "personIdType", …} with a bearer
token; ``GET /status``. Somebody unknown has no block, no relation and nothing in the index. A fault can be
kept to one of the questions by its path.
"""

import argparse
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from demo.people import Person, build, legal
from demo.people.holdings import unblocked_holders
from demo.people.population import Population
from demo.simulators.control import Control
from demo.simulators.process import argument_parser, run

Answer = dict[str, Any]
Find = Callable[[Person | None, Answer], Answer]

KINDS = {"inner": "Inner", "outer": "Outer"}
GROUNDS = {"planned": "planned", "enrolled": "current", "insats": "service", "utredning": "assessment"}
NOBODY = {"personId": "189002149806", "personIdType": "personnummer"}


class Service:
    """Answers out of the population and of what stands on record of it elsewhere."""

    def __init__(self, population: Population, token: str | None) -> None:
        self.population = population
        self._holders = {p.letter: unblocked_holders(population, p) for p in population.people}
        self.token = token
        self.control = Control(lambda _status, code, words: {"error": code, "message": words})

    def make_app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/blocks/search", self._answer_with(self._blocks))
        app.router.add_post("/relations/check", self._answer_with(self._relation))
        app.router.add_post("/index/check", self._answer_with(self._index))
        app.router.add_get("/status", self._status)
        self.control.attach(app)
        return app

    async def _status(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    def _answer_with(self, find: Find) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.Response:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme != "Bearer" or not token or self.token not in (None, token):
                return self.control.refuse(401, "unauthorized", "A bearer token is needed.")
            try:
                asked = json.loads(await request.text())
                number, kind = str(asked["personId"]), str(asked["personIdType"])
                request["patient"] = number
                mode = self.control.mode_for(number, request.path)
                person = None if mode == "empty" else self.population.find(number, kind)
                found = find(person, asked)
            except (ValueError, KeyError, TypeError):
                return self.control.refuse(400, "bad_request", "personId and personIdType are needed.")
            about = NOBODY if mode == "foreign" else {"personId": number, "personIdType": kind}
            return web.json_response({**about, **found})

        return answer

    def _blocks(self, person: Person | None, asked: Answer) -> Answer:
        kept = [b for b in legal.BLOCKS if person and b.person == person.letter and b.kept == "service"]
        about = {"personId": asked["personId"], "personIdType": asked["personIdType"]}
        return {"isComplete": True, "blocks": [_describe(block) | about for block in kept]}

    def _relation(self, person: Person | None, asked: Answer) -> Answer:
        unit = str(asked["careUnitId"])
        grounds = [
            r.ground for r in legal.RELATIONS if person and (r.person, r.unit_hsa) == (person.letter, unit)
        ]
        return {"careUnitId": unit, "relation": GROUNDS[grounds[0]] if grounds else "none"}

    def _index(self, person: Person | None, asked: Answer) -> Answer:
        own = str(asked["apartFromCareProviderId"])
        return {"holdsUnblocked": bool(person and self._holders[person.letter] - {own})}


def _describe(block: legal.BlockRow) -> Answer:
    return {
        "blockId": block.block_id,
        "blockType": KINDS[block.kind],
        "informationCareProviderId": block.provider_hsa,
        "informationCareUnitId": block.unit_hsa,
        "informationStartDate": None,
        "informationEndDate": None,
        "excludedInformationTypes": list(block.excluded),
    }


def build_app(options: argparse.Namespace) -> web.Application:
    return Service(build(options.today), options.token).make_app()


def main() -> None:
    parser = argument_parser("accessfacts", "Blocks, relations and existence of the invented people.")
    parser.add_argument("--token", help="the only token accepted; without it any will do")
    run(parser, build_app)


if __name__ == "__main__":
    main()
