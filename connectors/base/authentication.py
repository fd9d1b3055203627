"""How a request proves who we are: a fixed header, or an OAuth 2 token fetched with client credentials."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from connectors.base.contract import Fault, SourceFault

# Posts a form to a URL outside the source's own base, and gives the JSON object that came back.
PostForm = Callable[[str, Mapping[str, str]], Awaitable[dict[str, Any]]]

EXPIRY_MARGIN_S = 30.0


class Authentication(Protocol):
    async def headers(self, post_form: PostForm) -> Mapping[str, str]:
        """Headers for one request. Raises SourceFault."""

    def renew(self, headers: Mapping[str, str]) -> bool:
        """Forget what these refused headers were made of. False: there is nothing newer to be had."""


@dataclass(frozen=True, slots=True)
class FixedHeader:
    """A key that is always the same."""

    name: str
    value: str = field(repr=False)

    async def headers(self, post_form: PostForm) -> Mapping[str, str]:
        del post_form
        if not self.value.isprintable() or not self.value.isascii():
            raise SourceFault(Fault.CONFIG)
        return {self.name: self.value}

    def renew(self, headers: Mapping[str, str]) -> bool:
        del headers
        return False


def bearer(token: str) -> FixedHeader:
    return FixedHeader("Authorization", f"Bearer {token}")


class ClientCredentials:
    """An OAuth 2 access token (RFC 6749 §4.4), kept until just before it expires, fetched once at a time."""

    def __init__(self, token_url: str, client_id: str, client_secret: str, scope: str = "") -> None:
        self._token_url = token_url
        self._form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            **({"scope": scope} if scope else {}),
        }
        self._token = ""
        self._good_until = 0.0
        self._lock = asyncio.Lock()

    async def headers(self, post_form: PostForm) -> Mapping[str, str]:
        async with self._lock:
            if asyncio.get_running_loop().time() >= self._good_until:
                await self._fetch(post_form)
            return {"Authorization": f"Bearer {self._token}"}

    async def _fetch(self, post_form: PostForm) -> None:
        if not self._token_url:
            raise SourceFault(Fault.CONFIG)
        try:
            reply = await post_form(self._token_url, self._form)
        except SourceFault as fault:
            # RFC 6749 §5.2: wrong credentials are a 400.
            if fault.fault is Fault.CONFIG:
                raise SourceFault(Fault.AUTH) from None
            raise
        token, kind, lifetime_s = (reply.get(name) for name in ("access_token", "token_type", "expires_in"))
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise SourceFault(Fault.AUTH)
        if not isinstance(kind, str) or kind.lower() != "bearer":
            raise SourceFault(Fault.AUTH)
        if isinstance(lifetime_s, bool) or not isinstance(lifetime_s, int | float):
            lifetime_s = 0.0
        self._token = token
        self._good_until = asyncio.get_running_loop().time() + max(lifetime_s - EXPIRY_MARGIN_S, 0.0)

    def renew(self, headers: Mapping[str, str]) -> bool:
        # Several requests may be refused at once; only the first of them throws the token away.
        if headers.get("Authorization") == f"Bearer {self._token}":
            self._good_until = 0.0
        return True
