"""The sources of the overview rows: one small server, each source under a path of its own, with a set delay.

``POST /orders`` changes how they behave: {"delay_s": {source: s}, "hung": [source], "records": {source: n}}.
What is not named takes the default of the orders before it. ``GET /asked`` says how many requests each had.
"""

import argparse
import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from aiohttp import web

from bench import wire

DELAY_S = 0.3
RECORDS = 20
FOREVER_S = 3600.0
EMPTY = wire.searchset([], 0, "")
TOKEN = wire.encode({"access_token": "bench", "token_type": "Bearer", "expires_in": 36_000})


@dataclass
class Orders:
    delay_s: dict[str, float] = field(default_factory=dict)
    hung: frozenset[str] = frozenset()
    records: dict[str, int] = field(default_factory=dict)


class Sources:
    """``/s3/…`` is source s3, owned by owner 3. It answers every form of question there is."""

    def __init__(self) -> None:
        self.orders = Orders()
        self.asked: Counter[str] = Counter()
        self._bodies: dict[tuple[str, str, int], list[bytes]] = {}
        self.address = ""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        slug, _, path = request.path.lstrip("/").partition("/")
        if slug == "orders":
            said = json.loads(await request.read())
            hung = frozenset(said.get("hung", ()))
            self.orders = Orders(said.get("delay_s", {}), hung, said.get("records", {}))
            return web.Response()
        if slug == "asked":
            return web.json_response(self.asked)
        self.asked[slug] += 1
        return web.Response(body=await self.answer(slug, path, request), content_type="application/json")

    async def answer(self, slug: str, path: str, request: web.BaseRequest) -> bytes:
        """Token, register and the search for the patient come at once; what holds records waits."""
        body = await request.read()
        if path == "token":
            return TOKEN
        if path == "persons/lookup":
            return person(json.loads(body))
        if path == "Patient/_search":
            return wire.patient_answer().replace(wire.NUMBER, number_of(body, "identifier").encode())
        await asyncio.sleep(FOREVER_S if slug in self.orders.hung else self.orders.delay_s.get(slug, DELAY_S))
        if path.endswith("personer/sok"):
            return self.body(slug, "viva")[0].replace(wire.NUMBER, json.loads(body)["personid"].encode())
        if not path.startswith("Condition"):
            return EMPTY
        number, page = (
            request.query.get("of") or number_of(body, "patient"),
            int(request.query.get("page", 0)),
        )
        answer = self.body(slug, "cosmic")[page].replace(wire.NUMBER, number.encode())
        base = f"{self.address}/{slug}".encode()
        return answer.replace(wire.BASE, base).replace(b"?page=", f"?of={number}&page=".encode())

    def body(self, slug: str, form: str) -> list[bytes]:
        records = self.orders.records.get(slug, RECORDS)
        key = (slug, form, records)
        if key not in self._bodies:
            number = int(slug[1:])
            made = (
                wire.condition_pages(number, records)
                if form == "cosmic"
                else [wire.viva_answer(number, records)]
            )
            self._bodies[key] = made
        return self._bodies[key]


def number_of(form: bytes, name: str) -> str:
    """The number in ``system|number,…`` or ``Patient/number``."""
    value = parse_qs(form.decode())[name][0].split(",")[0]
    return value.rpartition("|")[2].rpartition("/")[2]


def person(asked: dict[str, str]) -> bytes:
    return wire.encode(
        {
            "id": asked["id"],
            "type": asked["type"],
            "given_name": "Berit",
            "family_name": "Bänk",
            "sex": "female",
            "birth_date": "1950-01-01",
            "death_date": None,
            "protection": "none",
            "linked": [],
            "language": None,
            "address": None,
            "phone": None,
            "relatives": [],
        }
    )


async def serve(port: int) -> None:
    sources = Sources()
    runner = web.ServerRunner(web.Server(sources.handle, handler_cancellation=True), shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    sources.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    print(f"listening {sources.address}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
