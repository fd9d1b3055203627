"""A fault server in a thread of its own, for tests whose code under test runs no loop."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connectors.base.faultserver import Answerer, run_fault_server


@contextmanager
def serving(answer: Answerer) -> Iterator[str]:
    ready = threading.Event()
    started: dict[str, Any] = {}

    async def serve() -> None:
        started["stop"] = asyncio.Event()
        started["loop"] = asyncio.get_running_loop()
        async with run_fault_server(answer) as server:
            started["url"] = server.base_url
            ready.set()
            await started["stop"].wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield started["url"]
    finally:
        started["loop"].call_soon_threadsafe(started["stop"].set)
        thread.join(10)
