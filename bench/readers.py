"""Readers without a screen: signed in by the real page, with a patient open, reading to the last byte."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from bench.invented import PASSWORD, patient
from bench.workplace import HOST

ORIGIN = f"https://{HOST}"
# Sign-ins are limited per address, as they should be: so few come from each.
TRIES = 5
PER_ADDRESS = 15
_OUTCOME = re.compile(rb'data-source="([^"]+)" data-outcome="([^"]+)"')
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Seen:
    """One overview. Seconds from the request; ``first_useful_s``: the first bytes that a source has told."""

    status: int
    first_byte_s: float
    first_useful_s: float
    last_byte_s: float
    size: int
    answered: int
    failed: int
    retry_after: str = ""


@dataclass
class Reader:
    """One browser: its cookies, and where the server thinks it sits. The proxy before us ends TLS."""

    http: aiohttp.ClientSession
    address: str
    name: str
    cookies: dict[str, str] = field(default_factory=dict)
    place: str = ""

    async def sign_in(self) -> None:
        """Account and password; the only assignment is taken at once."""
        page = await self._get("/konto/logga-in/")
        form = {"login": self.name, "password": PASSWORD}
        await self._send("/konto/logga-in/", page, form)
        await self._get("/uppdrag/")

    async def open_patient(self, number: int) -> None:
        """Tried again, as people do, where the register of persons was slow on a busy machine."""
        for more in reversed(range(TRIES)):
            page = await self._get("/")
            try:
                await self._send("/sok/", page, {"number": patient(number).number})
            except RuntimeError:
                if not more:
                    raise
                await asyncio.sleep(1.0)
            else:
                return

    async def overview(self) -> Seen:
        """The page that the search led to, read as it comes."""
        begun = time.perf_counter()
        first = useful = 0.0
        body = bytearray()
        async with self.http.get(self.address + self.place, headers=self._headers()) as response:
            async for chunk in response.content.iter_any():
                now = time.perf_counter() - begun
                first = first or now
                body += chunk
                if not useful and b'data-outcome="ok"' in chunk:
                    useful = now
            again = response.headers.get("Retry-After", "")
        last = time.perf_counter() - begun
        outcomes = dict(_OUTCOME.findall(bytes(body)))
        answered = sum(outcome == b"ok" for outcome in outcomes.values())
        failed = sum(outcome == b"failed" for outcome in outcomes.values())
        return Seen(response.status, first, useful, last, len(body), answered, failed, again)

    async def _get(self, path: str) -> bytes:
        async with self.http.get(
            self.address + path, headers=self._headers(), allow_redirects=False
        ) as response:
            self._keep(response)
            return await response.read()

    async def _send(self, path: str, page: bytes, form: dict[str, str]) -> None:
        """Post a form of a page, as its button does; the answer must lead on. Raises RuntimeError."""
        token = _TOKEN.search(page)
        if token is None:
            raise RuntimeError(f"{path}: the page before it has no form")
        form = {"csrfmiddlewaretoken": token[1].decode(), **form}
        headers = {**self._headers(), "Origin": ORIGIN}
        async with self.http.post(
            self.address + path, data=form, headers=headers, allow_redirects=False
        ) as response:
            self._keep(response)
            self.place = response.headers.get("Location", "")
            await response.read()
            if response.status != 302:
                raise RuntimeError(f"{path}: {response.status}")

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Host": HOST, "X-Forwarded-Proto": "https", "Cookie": cookies}

    def _keep(self, response: aiohttp.ClientResponse) -> None:
        for name, morsel in response.cookies.items():
            self.cookies[name] = morsel.value


@asynccontextmanager
async def signed_in(addresses: Sequence[str], names: Sequence[str]) -> AsyncIterator[list[Reader]]:
    """One reader for each name, spread over the web processes as a proxy would, each with a patient open."""
    sessions = [
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, local_addr=(f"127.0.1.{place + 1}", 0)),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=60),
        )
        for place in range(len(names) // PER_ADDRESS + 1)
    ]
    try:
        readers = [
            Reader(sessions[place // PER_ADDRESS], addresses[place % len(addresses)], name)
            for place, name in enumerate(names)
        ]
        for place, reader in enumerate(readers):
            await reader.sign_in()
            await reader.open_patient(place)
        yield readers
    finally:
        for session in sessions:
            await session.close()


async def read_at_once(readers: Sequence[Reader]) -> list[Seen]:
    return await asyncio.gather(*(reader.overview() for reader in readers))
