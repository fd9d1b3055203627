"""A small system that speaks the open interface: flat records, pulled one person at a time.

``POST /records`` {"patient", "patient_type", "cursor"?} with a bearer token; ``GET /`` {"v": 1}. ``--whose``
says which source of the invented people it is. Pages are of three records, so that cursors are used.
"""

import argparse
import json
from datetime import datetime
from typing import Any, get_args

from aiohttp import web

from demo.people import build
from demo.people.dates import STOCKHOLM
from demo.people.elsewhere import Source
from demo.simulators.control import Control
from demo.simulators.process import argument_parser, run

PAGE_SIZE = 3


class Feed:
    """Answers out of one list of flat records."""

    def __init__(self, records: list[dict[str, Any]], token: str | None) -> None:
        self.records = records
        self.token = token
        self.control = Control(lambda _status, code, words: {"error": code, "message": words})

    def make_app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self._version)
        app.router.add_post("/records", self._list)
        self.control.attach(app)
        return app

    async def _version(self, _request: web.Request) -> web.Response:
        return web.json_response({"v": 1})

    async def _list(self, request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not token or self.token not in (None, token):
            return self.control.refuse(401, "unauthorized", "A bearer token is needed.")
        try:
            asked = json.loads(await request.text())
            number, begin = str(asked["patient"]), int(asked.get("cursor", 0))
        except (ValueError, KeyError, TypeError):
            return self.control.refuse(400, "bad_request", "patient is missing.")
        request["patient"] = number
        found = self._held(number)
        page = found[begin : begin + PAGE_SIZE]
        following = str(begin + PAGE_SIZE) if begin + PAGE_SIZE < len(found) else None
        as_of = datetime.now(STOCKHOLM).isoformat("T", "seconds")
        return web.json_response({"v": 1, "as_of": as_of, "records": page, "next": following})

    def _held(self, number: str) -> list[dict[str, Any]]:
        mode = self.control.mode_for(number)
        if mode == "empty":
            return []
        found = [record for record in self.records if record["patient"] == number]
        if mode == "foreign":
            others = [record for record in self.records if record["patient"] != number]
            found[self.control.orders.position : self.control.orders.position] = others[:1]
        return found


def build_app(options: argparse.Namespace) -> web.Application:
    return Feed(build(options.today).elsewhere[options.whose], options.token).make_app()


def main() -> None:
    parser = argument_parser("openfeed", "A small system's records of the invented people.")
    parser.add_argument("--whose", choices=get_args(Source), default="nordliden")
    parser.add_argument("--token", help="the only bearer token accepted; without it any will do")
    run(parser, build_app)


if __name__ == "__main__":
    main()
