"""The municipality's system: health care (hsl) and social care (sol) by one invented JSON interface.

``POST /api/v1/{hsl|sol}/personer/sok`` {"personid", "typ"} with header ``X-Api-Key``; ``GET /api/v1/status``.
Somebody unknown gets empty lists.
"""

import argparse
import json
from datetime import datetime
from typing import Any

from aiohttp import web

from demo.people import build
from demo.people.dates import STOCKHOLM
from demo.people.population import Population
from demo.people.viva_file import LISTS, Entry, System
from demo.simulators.control import Control
from demo.simulators.process import argument_parser, run

Lists = dict[str, list[Entry]]


class Viva:
    """Answers out of the population's municipal files."""

    def __init__(self, population: Population, key: str | None) -> None:
        self.files: dict[System, dict[str, Lists]] = {
            "hsl": population.viva_entries("hsl"),
            "sol": population.viva_entries("sol"),
        }
        self.key = key
        self.control = Control(lambda _status, code, words: {"fel": code, "meddelande": words})

    def make_app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/v1/{system:hsl|sol}/personer/sok", self._search)
        app.router.add_get("/api/v1/status", self._status)
        self.control.attach(app)
        return app

    async def _status(self, request: web.Request) -> web.Response:
        request["patient"] = ""
        return web.json_response({"status": "ok"})

    async def _search(self, request: web.Request) -> web.Response:
        key = request.headers.get("X-Api-Key")
        if not key or self.key not in (None, key):
            return self.control.refuse(401, "obehorig", "X-Api-Key saknas eller gäller inte.")
        try:
            asked = json.loads(await request.text())
            number = str(asked["personid"])
        except (ValueError, KeyError, TypeError):
            return self.control.refuse(400, "felaktig_fraga", "personid saknas.")
        request["patient"] = number
        system: System = "hsl" if request.match_info["system"] == "hsl" else "sol"
        answer: dict[str, Any] = {
            "personid": number,
            "hamtad": datetime.now(STOCKHOLM).isoformat("T", "seconds"),
        }
        return web.json_response(answer | self._lists(system, number))

    def _lists(self, system: System, number: str) -> Lists:
        mode = self.control.mode_for(number)
        nothing: Lists = {name: [] for name in LISTS}
        if mode == "empty":
            return nothing
        lists = self.files[system].get(number, nothing)
        return self._slip_in_foreign(system, number, lists) if mode == "foreign" else lists

    def _slip_in_foreign(self, system: System, number: str, lists: Lists) -> Lists:
        """One entry of somebody else, in the first list of theirs that has any."""
        for other, theirs in self.files[system].items():
            for name in LISTS:
                if other != number and theirs[name]:
                    mixed = list(lists[name])
                    mixed.insert(self.control.orders.position, theirs[name][0])
                    return {**lists, name: mixed}
        return lists


def build_app(options: argparse.Namespace) -> web.Application:
    return Viva(build(options.today), options.key).make_app()


def main() -> None:
    parser = argument_parser("viva", "The municipality's records of the invented people.")
    parser.add_argument("--key", help="the only X-Api-Key accepted; without it any will do")
    run(parser, build_app)


if __name__ == "__main__":
    main()
