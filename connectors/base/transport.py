"""The only way out of the house: bounded HTTP to one configured source.

One wall clock over everything a fetch asks, a cap on decoded bytes, listed addresses only, no redirects,
credentials to the source's own origin only, at most one retry, nothing at all to a source that has said
"wait". What fails becomes a SourceFault without words.
"""

import asyncio
import random
import ssl
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import aiohttp
import structlog
from lxml import etree
from yarl import URL

from connectors.base.authentication import Authentication
from connectors.base.certificates import has_run_out
from connectors.base.clock import Clock, running_clock, start_clock
from connectors.base.contract import Fault, SourceFault
from connectors.base.failures import check_status, fault_of
from connectors.base.places import Places, current_places
from connectors.base.reading import MAX_DECODED_BYTES, read_decoded
from connectors.base.request import Form, Request
from connectors.base.session import current_session
from connectors.base.turns import wait_for_turn
from connectors.base.waiting import Wait, complete_wait
from connectors.base.xmlreading import has_fault, is_xml

MAX_PAGES = 20
RETRY_MIN_LEFT_S = 1.5
RETRIED = frozenset({Fault.CONNECT, Fault.DNS, Fault.UNAVAILABLE})
RETRY_BUDGET = 0.1
MAX_SAVED_RETRIES = 10.0

_log = structlog.get_logger(__name__)


class Transport:
    """HTTP to one source, for one event loop. Requests made inside ``deadline()`` share one wall clock."""

    def __init__(
        self,
        base_url: str,
        *,
        deadline_s: float = 4.0,
        authentication: Authentication | None = None,
        tls: ssl.SSLContext | None = None,
        accept: str = "application/json",
        max_bytes: int = MAX_DECODED_BYTES,
        slug: str = "",
        repeats: bool = True,
    ) -> None:
        """``repeats``: whether a question that found nobody may be put once more. Never where what is sent is
        kept there: it could be kept twice."""
        self._base = URL(base_url.rstrip("/") + "/") if base_url else URL()
        self._deadline_s = deadline_s
        self._authentication = authentication
        self._tls: ssl.SSLContext | bool = tls or True
        self._has_been_answered = False
        self._accept = accept
        self._max_bytes = max_bytes
        self._slug = slug
        self._repeats = repeats
        # A source that is down must not be asked twice as much: retries are saved up, a tenth per request.
        self._saved_retries = 1.0
        self._wait = Wait()
        self._allowed: tuple[Places, str, str] | None = None

    def deadline(self) -> AbstractContextManager[Clock]:
        """One deadline for everything inside, tasks included."""
        return start_clock(self._deadline_s)

    async def post_form(self, path: str, form: Form) -> dict[str, Any]:
        """Post a form, read a JSON object. Raises SourceFault."""
        return self._known(await self._ask(Request("POST", self._within(path), form=form)))

    async def post_json(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post a JSON object, read another. Raises SourceFault."""
        return self._known(await self._ask(Request("POST", self._within(path), json=body)))

    async def post_json_or_unknown(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """As ``post_json``; None for a 404, where the contract says that means "unknown here"."""
        request = Request("POST", self._within(path), json=body, may_be_unknown=True)
        reply: dict[str, Any] | None = await self._ask(request)
        return reply

    async def post_xml(self, path: str, document: bytes, action: str) -> etree._Element:
        """Post an XML document as SOAP 1.1 does, read another. Raises SourceFault.

        A SOAP Fault travels with status 500 and is REPORTED; with status 200 it is the caller's to find.
        """
        request = Request("POST", self._within(path), xml=document, action=action)
        reply: etree._Element = await self._ask(request)
        return reply

    async def get_json(self, path: str) -> dict[str, Any]:
        """Get a JSON object. Never a question that names a patient: paths end up in logs on the way."""
        return self._known(await self._ask(Request("GET", self._within(path))))

    async def get_page(self, link: str) -> dict[str, Any]:
        """Follow a page link the source gave. To another origin: SourceFault(REDIRECT), and no connection."""
        try:
            url = self._base.join(URL(link))
            same = url.origin() == self._base.origin() and not url.user and not url.password
        except ValueError:
            raise SourceFault(Fault.FORMAT) from None
        if not same:
            raise SourceFault(Fault.REDIRECT)
        return self._known(await self._ask(Request("GET", url)))

    @staticmethod
    def _known(reply: dict[str, Any] | None) -> dict[str, Any]:
        if reply is None:
            raise SourceFault(Fault.CONFIG)
        return reply

    def _within(self, path: str) -> URL:
        if not self._base.absolute or self._base.scheme not in ("http", "https"):
            raise SourceFault(Fault.CONFIG)
        return self._base.join(URL(path.lstrip("/")))

    async def _ask(self, request: Request) -> Any:
        clock = running_clock()
        if clock is None:
            with self.deadline():
                return await self._ask(request)
        try:
            async with asyncio.timeout_at(clock.ends_at), clock.slots:
                return await self._patiently(request, clock)
        except TimeoutError:
            raise SourceFault(Fault.TIMED_OUT) from None

    async def _patiently(self, request: Request, clock: Clock) -> Any:
        self._saved_retries = min(self._saved_retries + RETRY_BUDGET, MAX_SAVED_RETRIES)
        try:
            return await self._signed(request)
        except SourceFault as fault:
            if not self._may_retry(fault.fault, clock):
                raise
        self._saved_retries -= 1.0
        await asyncio.sleep(random.uniform(0.02, 0.1))  # noqa: S311 (spreads load, guards nothing)
        return await self._signed(request)

    def _may_retry(self, fault: Fault, clock: Clock) -> bool:
        if not self._repeats or fault not in RETRIED or self._saved_retries < 1.0:
            return False
        return fault is not Fault.UNAVAILABLE or clock.left_s() >= RETRY_MIN_LEFT_S

    async def _signed(self, request: Request) -> Any:
        """Send with credentials; where they are refused, once more with renewed ones."""
        if self._authentication is None:
            return await self._send(request, {})
        headers = await self._authentication.headers(self._post_elsewhere)
        try:
            return await self._send(request, headers)
        except SourceFault as fault:
            if fault.fault is not Fault.AUTH or not self._authentication.renew(headers):
                raise
        return await self._send(request, await self._authentication.headers(self._post_elsewhere))

    async def _post_elsewhere(self, url: str, form: Mapping[str, str]) -> dict[str, Any]:
        """Post without credentials to a configured address that need not be the source's own."""
        return self._known(await self._send(Request("POST", self._base.join(URL(url)), form=form), {}))

    async def _send(self, request: Request, credentials: Mapping[str, str]) -> Any:
        self._check_place(request.url)
        if has_run_out(self._tls):
            raise SourceFault(Fault.CERTIFICATE)
        self._wait.check()
        headers = {"Accept": self._accept, "Accept-Encoding": "gzip", **request.headers, **credentials}
        started = asyncio.get_running_loop().time()
        outcome, size, in_body = "cancelled", 0, False
        try:
            async with current_session().request(
                request.method,
                request.url,
                data=request.body(),
                headers=headers,
                allow_redirects=False,
                ssl=self._tls,
            ) as response:
                self._has_been_answered = True
                content_type = response.headers.get("Content-Type", "")
                is_fault = request.xml is not None and response.status == 500 and is_xml(content_type)
                try:
                    is_known = is_fault or check_status(
                        response.status, response.headers, may_be_unknown=request.may_be_unknown
                    )
                except SourceFault as fault:
                    await complete_wait(fault, response)
                    self._wait.note(fault)
                    raise
                if not is_known:
                    outcome = "unknown"
                    return None
                in_body = True
                body = await self._read_body(response)
                size = len(body)
                await wait_for_turn(size)
                value = request.read(body, content_type)
                if is_fault:
                    raise SourceFault(Fault.REPORTED if has_fault(value) else Fault.UNAVAILABLE)
                outcome = "answered"
                return value
        except SourceFault as fault:
            outcome = fault.fault.value
            raise
        except (TimeoutError, asyncio.CancelledError):
            clock = running_clock()
            outcome = "timed_out" if clock and clock.left_s() <= 0 else "cancelled"
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            is_tls = request.url.scheme == "https"
            late = is_tls and not self._has_been_answered and self._tls is not True
            outcome = fault_of(error, in_body=in_body, is_tls=is_tls, may_be_refused_late=late).value
            raise SourceFault(Fault(outcome)) from None
        finally:
            duration_s = round(asyncio.get_running_loop().time() - started, 3)
            _log.info("source_request", source=self._slug, outcome=outcome, bytes=size, duration_s=duration_s)

    def _check_place(self, url: URL) -> None:
        """Raises SourceFault(FORBIDDEN) for an address whose text tells that it may not be called: looked at
        anew where it or the list is another than last time. Every connection is looked at besides."""
        place = (current_places(), url.scheme, url.raw_authority)
        if place != self._allowed:
            if place[0].flaw_of(url) is not None:
                raise SourceFault(Fault.FORBIDDEN)
            self._allowed = place

    async def _read_body(self, response: aiohttp.ClientResponse) -> bytes:
        """The body, decoded, within what one answer and one fetch may hold. Raises SourceFault."""
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        clock = running_clock()
        left = self._max_bytes if clock is None else min(self._max_bytes, clock.volume.bytes_left)
        body = await read_decoded(response.content.iter_any(), encoding, left)
        if clock is not None:
            clock.volume.bytes_left -= len(body)
        return body
