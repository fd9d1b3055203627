"""The national overview's aggregation: RIV-TA contracts over SOAP, with how each system behind it did.

``POST`` anywhere with SOAPAction, asked about one number at a time; ``PingForConfiguration`` tells that it is
there. Faults are ordered as everywhere; "cached", "stale" and "silent" are how the journals behind do. A
fault can be kept to one contract by its path.
"""

import argparse
from collections.abc import Iterator
from datetime import datetime, timedelta

from aiohttp import web

from demo.people import build
from demo.people.dates import STOCKHOLM
from demo.people.national import REGION_JOURNAL, Entry
from demo.people.population import Population, numbers_of
from demo.simulators.control import Control
from demo.simulators.faults import Mode
from demo.simulators.process import argument_parser, run
from demo.simulators.soap import (
    BY_ACTION,
    ENVELOPE,
    PERSON_TYPES,
    Contract,
    read_question,
    write_answer,
    write_fault,
)

LOGICAL_ADDRESS = "SE165565594230-1000"
MEDIA_TYPE = "text/xml"
PING = "urn:riv:itintegration:monitoring:PingForConfigurationResponder:1"
PONG = (
    f'<soap:Envelope xmlns:soap="{ENVELOPE}"><soap:Body><PingForConfigurationResponse xmlns="{PING}">'
    "<version>1.0</version><pingDateTime>{now}</pingDateTime></PingForConfigurationResponse></soap:Body>"
    "</soap:Envelope>"
)
CODES = {
    "cached": ("DataFromCache", "true", "true"),
    "stale": ("DataFromCacheSynchFailed", "true", "false"),
    "silent": ("NoDataSynchFailed", "false", "false"),
}
FROM_SOURCE = ("DataFromSource", "false", "true")
AGE_OF_COPY = timedelta(minutes=34)


class Aggregation:
    """Answers out of what the population's journals have given to the national overview."""

    def __init__(self, population: Population, logical_address: str) -> None:
        self.entries = population.national
        self.logical_address = logical_address
        self.types = {
            number: PERSON_TYPES[kind] for person in population.people for number, kind in numbers_of(person)
        }
        self.control = Control(lambda _status, code, words: {"error": code, "message": words})

    def make_app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/{path:(?!_).*}", self._answer)
        self.control.attach(app)
        return app

    async def _answer(self, request: web.Request) -> web.Response:
        action = request.headers.get("SOAPAction", "").strip('"')
        if action.startswith(PING):
            return self._xml(PONG.format(now=f"{datetime.now(STOCKHOLM):%Y%m%d%H%M%S}").encode())
        contract = BY_ACTION.get(action)
        if contract is None:
            return self._xml(write_fault("no such contract here"), 500)
        try:
            address, number, person_type = read_question(await request.read())
        except ValueError:
            return self._xml(write_fault("not a question"), 500)
        if address != self.logical_address or not number:
            return self._xml(write_fault("unknown logical address, or nobody asked about"), 500)
        request["patient"] = number
        mode = self.control.mode_for(number, request.path)
        held = [] if mode == "empty" else self._held(contract, number, mode)
        entries = [(entry, self.types.get(entry.number, person_type)) for entry in held]
        statuses = list(self._statuses(held, mode))
        return self._xml(write_answer(contract, [] if mode == "silent" else entries, statuses))

    @staticmethod
    def _xml(body: bytes, status: int = 200) -> web.Response:
        return web.Response(body=body, status=status, content_type=MEDIA_TYPE, charset="utf-8")

    def _held(self, contract: Contract, number: str, mode: Mode) -> list[Entry]:
        of_contract = [entry for entry in self.entries if entry.contract == contract.name]
        found = [entry for entry in of_contract if entry.number == number]
        if mode == "foreign":
            others = [entry for entry in of_contract if entry.number != number]
            found[self.control.orders.position : self.control.orders.position] = others[:1]
        return found

    @staticmethod
    def _statuses(held: list[Entry], mode: Mode) -> Iterator[dict[str, str]]:
        """One for each journal that holds something; under orders, for the region's in any case."""
        systems = dict.fromkeys(entry.system for entry in held)
        if mode in CODES:
            systems = systems or {REGION_JOURNAL: None}
        code, from_cache, in_synch = CODES.get(mode, FROM_SOURCE)
        now = datetime.now(STOCKHOLM)
        fetched = now - AGE_OF_COPY if from_cache == "true" else now
        for system in systems:
            yield {
                "logicalAddress": system,
                "statusCode": code,
                "isResponseFromCache": from_cache,
                "isResponseInSynch": in_synch,
                "lastSuccessfulSynch": "" if mode == "silent" else f"{fetched:%Y%m%d%H%M%S}",
            }


def build_app(options: argparse.Namespace) -> web.Application:
    return Aggregation(build(options.today), options.logical_address).make_app()


def main() -> None:
    parser = argument_parser("npo", "What the national overview passes on of the invented people.")
    parser.add_argument("--logical-address", default=LOGICAL_ADDRESS, help="whom questions are addressed to")
    run(parser, build_app)


if __name__ == "__main__":
    main()
