"""The ambulance's system as a FHIR R4 server, like the region's; about some people it never answers.

The same routes, searches and faults as ``demo.simulators.fhir``.
"""

import argparse

from aiohttp import web

from demo.people import BY_LETTER, build
from demo.people.ambulance import HANGS
from demo.simulators.control import Orders
from demo.simulators.fhir import FhirServer
from demo.simulators.fhir_store import Store
from demo.simulators.process import argument_parser, run


def build_app(options: argparse.Namespace) -> web.Application:
    server = FhirServer(
        Store(build(options.today).missions),
        (options.client_id, options.client_secret),
        options.token_seconds,
    )
    for letter in HANGS:
        server.control.begin_with(Orders(mode="hang", patient=BY_LETTER[letter].number))
    return server.make_app()


def main() -> None:
    parser = argument_parser("mobimed", "The ambulance's system as a FHIR R4 server.")
    parser.add_argument("--client-id", help="the only client accepted; without it any will do")
    parser.add_argument("--client-secret", help="its secret")
    parser.add_argument("--token-seconds", type=int, default=3600, help="how long a token lasts")
    run(parser, build_app)


if __name__ == "__main__":
    main()
