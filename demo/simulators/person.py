"""The population register's stand-in: name, birth, death, protection, linked numbers, language.

``POST /persons/lookup`` {"id", "type"} with a bearer token.
"""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import web

from demo.people import Person, build
from demo.people.population import Population, numbers_of
from demo.simulators.control import Control
from demo.simulators.process import argument_parser, run

Facts = dict[str, Any]


def describe(person: Person, number: str, today: date) -> Facts:
    """One person as the register answers, under the number that was asked for.

    Protected people have no address, no telephone and no relatives here.
    """
    is_open = person.protection == "none"
    died = person.died(today)
    own = dict(numbers_of(person))
    language = person.language
    return {
        "id": number,
        "type": own[number],
        "given_name": person.given_name,
        "family_name": person.family_name,
        "sex": person.sex,
        "birth_date": person.born.isoformat(),
        "death_date": died.isoformat() if died else None,
        "protection": person.protection,
        "linked": [
            {"id": other, "type": kind, "main": other == person.number}
            for other, kind in own.items()
            if other != number
        ],
        "language": language
        and {
            "code": language.code,
            "label": language.label,
            "interpreter": language.interpreter,
            "interpreter_phone": language.interpreter_phone,
        },
        "address": person.address if is_open else None,
        "phone": person.phone if is_open else None,
        "relatives": [
            {"name": relative.name, "relation": relative.relation, "phone": relative.phone}
            for relative in person.relatives
            if is_open
        ],
    }


class Register:
    """Answers lookups out of the population, and out of ``extra`` people given in the wire format."""

    def __init__(self, population: Population, extra: list[Facts], token: str | None) -> None:
        self.population = population
        self.extra = {(facts["id"], facts["type"]): facts for facts in extra}
        self.token = token
        self.control = Control(lambda _status, code, words: {"error": code, "message": words})

    def make_app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/persons/lookup", self._lookup)
        self.control.attach(app)
        return app

    async def _lookup(self, request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not token or self.token not in (None, token):
            return self.control.refuse(401, "unauthorized", "A bearer token is needed.")
        try:
            asked = json.loads(await request.text())
            number, kind = str(asked["id"]), str(asked["type"])
        except (ValueError, KeyError, TypeError):
            return self.control.refuse(400, "bad_request", "id and type are needed.")
        request["patient"] = number
        mode = self.control.mode_for(number)
        facts = self._someone_else(number) if mode == "foreign" else self._find(number, kind)
        if facts is None or mode == "empty":
            return self.control.refuse(404, "unknown_person", "No such person.")
        return web.json_response(facts)

    def _find(self, number: str, kind: str) -> Facts | None:
        person = self.population.find(number, kind)
        if person is None:
            return self.extra.get((number, kind))
        return describe(person, number, self.population.today)

    def _someone_else(self, number: str) -> Facts:
        other = next(p for p in self.population.people if number not in dict(numbers_of(p)))
        return describe(other, other.number, self.population.today)


def build_app(options: argparse.Namespace) -> web.Application:
    extra = json.loads(Path(options.extra).read_text("utf-8")) if options.extra else []
    return Register(build(options.today), extra, options.token).make_app()


def main() -> None:
    parser = argument_parser("person", "Population facts of the invented people.")
    parser.add_argument("--extra", help="JSON list of further people in the wire format")
    parser.add_argument("--token", help="the only token accepted; without it any will do")
    run(parser, build_app)


if __name__ == "__main__":
    main()
