"""One web server process: `python -m portal.server --port 8000`. Like `uvicorn portal.asgi:application`, but
with the log format of the settings, no access log (its lines would carry query strings), and an end in order.
"""

import argparse
import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import structlog
import uvicorn

from connectors.base.session import close_session
from portal.draining import begin_draining, is_draining

ANNOUNCE_S = 0.0
# An overview is final after five seconds (portal.aggregation.fanout.LONGEST_WAIT_S) and then has to be read.
GRACE_S = 8.0
ENDING = (signal.SIGINT, signal.SIGTERM)
# Python looks for circular garbage after this many new objects; its own 700 is less than one answer holds.
OBJECTS_BETWEEN_COLLECTIONS = 50_000


class Server(uvicorn.Server):
    """Told to end, it says at once that it is not ready, takes what still comes for ``announce_s``, lets open
    pages finish, and ends with 0. Told again, it does not wait."""

    def __init__(self, config: uvicorn.Config, announce_s: float) -> None:
        super().__init__(config)
        self._announce_s = announce_s
        self._announced_until: float | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn would raise the signal again at the end, and the process would seem to have been killed."""
        before = {which: signal.signal(which, self.handle_exit) for which in ENDING}
        try:
            yield
        finally:
            for which, handler in before.items():
                signal.signal(which, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        del sig, frame
        if is_draining():
            self.should_exit = self.force_exit = True
        begin_draining()

    async def startup(self, *args: Any, **kwargs: Any) -> None:
        """What is loaded by now stays until the end: no collection need ever look at it again."""
        await super().startup(*args, **kwargs)
        gc.collect()
        gc.freeze()
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, *gc.get_threshold()[1:])

    async def shutdown(self, *args: Any, **kwargs: Any) -> None:
        """The last page has ended: connections to the sources are taken leave of, not torn."""
        await super().shutdown(*args, **kwargs)
        await close_session()

    async def on_tick(self, counter: int) -> bool:
        if is_draining() and not self.should_exit:
            now = asyncio.get_running_loop().time()
            if self._announced_until is None:
                self._announced_until = now + self._announce_s
                structlog.get_logger(__name__).info("draining", announce_s=self._announce_s)
            self.should_exit = now >= self._announced_until
        return await super().on_tick(counter)


def main() -> None:
    """Serve until SIGTERM or SIGINT; open pages get ``--grace-s`` seconds to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--announce-s", type=float, default=ANNOUNCE_S, help="not ready, and serving still")
    parser.add_argument("--grace-s", type=float, default=GRACE_S, help="for pages that are open")
    asked = parser.parse_args()
    config = uvicorn.Config(
        "portal.asgi:application",
        host=asked.host,
        port=asked.port,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=asked.grace_s,
    )
    Server(config, asked.announce_s).run()


if __name__ == "__main__":
    main()
