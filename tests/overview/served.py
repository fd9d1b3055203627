"""A page that a test streams itself, on an address that a real browser can open."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web
from django.test import override_settings

from portal.overview.board import Board
from portal.overview.stream import stream
from tests.aggregation.examples import Script
from tests.overview.visits import Door, asked_of, shell_of

STATIC = Path(__file__).resolve().parents[2] / "static"
POLICY = "default-src 'none'; " + "; ".join(
    f"{what} 'self'" for what in ("script-src", "style-src", "img-src", "connect-src", "form-action")
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def begin(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
    )
    await response.prepare(request)
    return response


def chunks(board: Board, scripts: dict[str, Script]) -> AsyncGenerator[bytes, None]:
    """The overview as the view streams it, from what these sources answer."""
    asked = asked_of(board.visit, scripts)
    head, tail = shell_of(board, validity="sealed")
    return stream(board, asked, head, tail, "sv", Door().doorway())


@contextmanager
def serving(handler: Handler) -> Iterator[str]:
    """The address below which ``/page/{how}`` is answered by the handler: from a thread of its own, as the
    browser drives this one."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    ports: list[int] = []

    async def start() -> web.AppRunner:
        app = web.Application()
        app.add_routes([web.get("/page/{how}", handler), web.static("/static", STATIC)])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        ports.append(runner.addresses[0][1])
        ready.set()
        return runner

    def run() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.close()

    with override_settings(ROOT_URLCONF="tests.overview.addresses"):
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        assert ready.wait(10)
        yield f"http://127.0.0.1:{ports[0]}"
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
