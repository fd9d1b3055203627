"""What the product is compared with: a bare aiohttp server that asks the same sources the same questions in
the same order, parses the same bytes with json, and does nothing else. ``GET /<number>``.
"""

import argparse
import asyncio
import json
from typing import Any

import aiohttp
from aiohttp import web

from bench.wire import NUMBER_SYSTEM


class Bare:
    """``sources``: base address, connector, and the FHIR resource types asked for."""

    def __init__(self, sources: list[dict[str, Any]]) -> None:
        self.sources = sources
        self.session: aiohttp.ClientSession | None = None

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.session is None:
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        number = request.path.lstrip("/")
        parsed = await asyncio.gather(*(self.ask(self.session, source, number) for source in self.sources))
        return web.json_response({"answers": sum(parsed)})

    async def ask(self, session: aiohttp.ClientSession, source: dict[str, Any], number: str) -> int:
        base = source["base_url"]
        if source["connector"] == "viva":
            question = {"personid": number, "typ": "reservnummer"}
            async with session.post(f"{base}/api/v1/hsl/personer/sok", json=question) as response:
                json.loads(await response.read())
            return 1
        await self.search(session, f"{base}/Patient", {"identifier": f"{NUMBER_SYSTEM}|{number}"})
        form = {"patient": f"Patient/{number}", "_count": "500"}
        names = [f"{base}/{name}" for name in source["types"]]
        await asyncio.gather(*(self.search(session, name, form) for name in names))
        return 1 + len(names)

    @staticmethod
    async def search(session: aiohttp.ClientSession, address: str, form: dict[str, str]) -> Any:
        async with session.post(f"{address}/_search", data=form) as response:
            return json.loads(await response.read())


async def serve(port: int, sources: list[dict[str, Any]]) -> None:
    runner = web.ServerRunner(web.Server(Bare(sources).handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    print(f"listening http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--sources", type=json.loads, required=True)
    asked = parser.parse_args()
    asyncio.run(serve(asked.port, asked.sources))


if __name__ == "__main__":
    main()
