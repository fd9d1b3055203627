"""A simulator's life as a process: its arguments, its one line of output, and when it ends."""

import argparse
import asyncio
import os
import signal
import threading
from collections.abc import Callable
from datetime import date, datetime

from aiohttp import web

from demo.people.dates import STOCKHOLM

Build = Callable[[argparse.Namespace], web.Application]


def argument_parser(name: str, about: str) -> argparse.ArgumentParser:
    """What every simulator understands; a simulator adds its own."""
    parser = argparse.ArgumentParser(prog=f"python -m demo.simulators.{name}", description=about)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--today", type=date.fromisoformat, default=None, help="day T, default today in Sweden"
    )
    parser.add_argument("--until-eof", action="store_true", help="end when standard input ends")
    return parser


def run(parser: argparse.ArgumentParser, build: Build, argv: list[str] | None = None) -> None:
    """Serve on 127.0.0.1 until SIGTERM, SIGINT or, where asked for, the end of standard input."""
    options = parser.parse_args(argv)
    options.today = options.today or datetime.now(STOCKHOLM).date()
    asyncio.run(_serve(build(options), options.port, until_eof=options.until_eof))


async def _serve(app: web.Application, port: int, *, until_eof: bool) -> None:
    # Cancelled handlers: a hung answer must not outlive the reader who gave up on it.
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.5, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if until_eof:
        threading.Thread(target=_watch_parent, args=(loop, stop), daemon=True).start()
    print(f"listening http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await stop.wait()
    await runner.cleanup()


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Wait for end of file on standard input: the pipe closes with the parent, however it died."""
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(stop.set)
