"""One long-lived HTTP session per event loop. A session per request would cost a TLS handshake each time."""

import asyncio
from weakref import WeakKeyDictionary

import aiohttp

from connectors.base.places import open_checked_socket

_sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = WeakKeyDictionary()


def current_session() -> aiohttp.ClientSession:
    """The running loop's session.

    It keeps no cookies, reads no proxy from the environment, decompresses nothing (the transport counts
    while it does) and has no time limit of its own: the transport's clock is the only one. Every address is
    looked at once more where its socket is opened.
    """
    loop = asyncio.get_running_loop()
    session = _sessions.get(loop)
    if session is None or session.closed:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=30, socket_factory=open_checked_socket),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None, sock_read=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )
        _sessions[loop] = session
    return session


async def close_session() -> None:
    """Close the running loop's session, if it has one. For whoever ends a loop: tests, commands, shutdown."""
    session = _sessions.pop(asyncio.get_running_loop(), None)
    if session is not None:
        await session.close()
