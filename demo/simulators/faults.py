"""Faults as they look on the wire: late, endless, cut off, unreadable, somebody else's page."""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Literal

from aiohttp import web

Mode = Literal[
    "ok",
    "slow",
    "hang",
    "drip",
    "malformed",
    "html",
    "empty",
    "unauthorized",
    "unavailable",
    "throttled",
    "foreign",
    "reset",
    "cached",
    "stale",
    "silent",
]
Refuse = Callable[[int, str, str], web.Response]
# Made here out of a sound answer. "empty" and "foreign" are content, made by the simulator itself; so are
# "cached", "stale" and "silent", how a system behind an aggregation did.
WIRE_FAULTS = frozenset(
    {"slow", "hang", "drip", "malformed", "html", "unauthorized", "unavailable", "throttled", "reset"}
)
SLOW_S = 2.0
DRIP_S = 1.0
THROTTLED_S = 6.0
LOGIN_PAGE = """<!doctype html>
<html lang="sv"><head><title>Logga in</title></head>
<body><form method="post"><label>Användare <input name="user"></label><button>Logga in</button></form></body>
</html>
"""


async def distort(
    request: web.Request, sound: web.Response, mode: Mode, seconds: float | None, refuse: Refuse
) -> web.StreamResponse:
    """The faulty answer that takes the place of ``sound``; ``seconds`` sets its pace."""
    match mode:
        case "slow":
            await asyncio.sleep(SLOW_S if seconds is None else seconds)
        case "hang":
            await asyncio.Event().wait()
        case "drip":
            return await _drip(request, sound, DRIP_S if seconds is None else seconds)
        case "reset":
            return await _reset(request, sound)
        case "malformed":
            body = _body_of(sound)
            return web.Response(body=body[: len(body) * 2 // 3], headers=_headers_of(sound))
        case "html":
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        case "unauthorized":
            denied = refuse(401, "login", "The credentials are not accepted.")
            denied.headers["WWW-Authenticate"] = "Bearer"
            return denied
        case "unavailable":
            closed = refuse(503, "transient", "The system is closed for maintenance.")
            closed.headers["Retry-After"] = "30"
            return closed
        case "throttled":
            wait_s = round(THROTTLED_S if seconds is None else seconds)
            busy = refuse(429, "throttled", f"Rate limit is exceeded. Try again in {wait_s} seconds.")
            busy.headers["Retry-After"] = str(wait_s)
            return busy
    return sound


def _body_of(response: web.Response) -> bytes:
    body = response.body
    return bytes(body) if isinstance(body, bytes | bytearray) else b""


def _headers_of(response: web.Response) -> dict[str, str]:
    return {"Content-Type": response.headers["Content-Type"]}


async def _begin(request: web.Request, sound: web.Response) -> web.StreamResponse:
    stream = web.StreamResponse(status=sound.status, headers=_headers_of(sound))
    stream.content_length = len(_body_of(sound))
    await stream.prepare(request)
    return stream


async def _drip(request: web.Request, sound: web.Response, pause_s: float) -> web.StreamResponse:
    stream = await _begin(request, sound)
    body = _body_of(sound)
    for place in range(len(body)):
        await stream.write(body[place : place + 1])
        await asyncio.sleep(pause_s)
    return stream


async def _reset(request: web.Request, sound: web.Response) -> web.StreamResponse:
    stream = await _begin(request, sound)
    body = _body_of(sound)
    await stream.write(body[: len(body) // 2])
    if (transport := request.transport) is not None:
        # Time for the half to leave, then no lingering: the reader gets RST, not a polite end.
        await asyncio.sleep(0.05)
        line = transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return stream
