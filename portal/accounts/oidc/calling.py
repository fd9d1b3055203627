"""Calls to an identity provider: the house's own bounded way out, never allauth's ``requests``.

One clock, a cap on what is read, listed places only, no redirects. What an identity provider publishes about
itself is kept for an hour, and for half a day where it cannot be had anew.
"""

import base64
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote_plus, urlsplit

import structlog
from asgiref.sync import async_to_sync

from connectors.base.authentication import FixedHeader, bearer
from connectors.base.contract import SourceFault
from connectors.base.transport import Transport
from portal.accounts.oidc.assertion import assertion_for
from portal.accounts.oidc.refusals import SignInRefused, Why
from portal.settings.sign_in import BY_KEY, IdentityProvider

Document = dict[str, Any]
DISCOVERY = "/.well-known/openid-configuration"
FRESH_S = 3600.0
KEPT_S = 12 * 3600.0
ASKED_AGAIN_AFTER_S = 30.0
LONGEST_S = 5.0

_log = structlog.get_logger(__name__)
_kept: dict[str, tuple[float, Document]] = {}


def configuration_of(idp: IdentityProvider) -> Document:
    """Its discovery document, whose issuer is the one configured. Raises SignInRefused."""
    found = _keep(idp.issuer.rstrip("/") + DISCOVERY, FRESH_S)
    if found.get("issuer") != idp.issuer:
        raise SignInRefused(Why.UNTRUSTED, "discovery_issuer")
    return found


def endpoint_of(idp: IdentityProvider, name: str) -> str:
    """An address out of the discovery document. Raises SignInRefused."""
    address = configuration_of(idp).get(name)
    if not isinstance(address, str) or urlsplit(address).scheme != urlsplit(idp.issuer).scheme:
        raise SignInRefused(Why.UNTRUSTED, f"no {name}")
    return address


def keys_of(idp: IdentityProvider, *, anew: bool = False) -> list[Document]:
    """Its public keys (JWKS). ``anew``: a key was asked for that is not among those kept; asked for again at
    most twice a minute. Raises SignInRefused."""
    found = _keep(endpoint_of(idp, "jwks_uri"), ASKED_AGAIN_AFTER_S if anew else FRESH_S)
    keys = found.get("keys")
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []


def published_at(address: str) -> Document:
    """Another document that a provider publishes, kept as its others are. Raises SignInRefused."""
    return _keep(address, FRESH_S)


def exchange_code(
    idp: IdentityProvider, code: str, verifier: str, redirect_uri: str, endpoint: str = ""
) -> Document:
    """The token endpoint's answer to a code. ``endpoint``: where it is not the one of the discovery document.
    Raises SignInRefused."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    pair = (idp.client_id, idp.client_secret)
    proof = None
    endpoint = endpoint or endpoint_of(idp, "token_endpoint")
    if idp.token_method == BY_KEY:
        form |= assertion_for(idp.client_id, idp.client_key, idp.client_key_id, endpoint)
    elif idp.token_method == "client_secret_basic":  # noqa: S105 (the method's name)
        # Both are form-encoded first (RFC 6749 §2.3.1).
        joined = ":".join(quote_plus(one) for one in pair).encode()
        proof = FixedHeader("Authorization", f"Basic {base64.b64encode(joined).decode()}")
    else:
        form |= dict(zip(("client_id", "client_secret"), pair, strict=True))
    base, path = _split(endpoint)
    transport = Transport(base, deadline_s=LONGEST_S, authentication=proof, slug="identity provider")
    return _wait_for(lambda: transport.post_form(path, form))


def userinfo_of(idp: IdentityProvider, access_token: str) -> Document:
    """Raises SignInRefused."""
    base, path = _split(endpoint_of(idp, "userinfo_endpoint"))
    proof = bearer(access_token)
    transport = Transport(base, deadline_s=LONGEST_S, authentication=proof, slug="identity provider")
    return _wait_for(lambda: transport.get_json(path))


def forget() -> None:
    """For tests: as a process that has just started."""
    _kept.clear()


def _keep(address: str, fresh_s: float) -> Document:
    now = time.monotonic()
    fetched_at, document = _kept.get(address, (float("-inf"), {}))
    if now - fetched_at < fresh_s:
        return document
    base, path = _split(address)
    transport = Transport(base, deadline_s=LONGEST_S, slug="identity provider")
    try:
        document = _wait_for(lambda: transport.get_json(path))
    except SignInRefused:
        if now - fetched_at > KEPT_S:
            raise
        _log.warning("identity_provider_kept", age_s=round(now - fetched_at))
        return document
    _kept[address] = (now, document)
    return document


def _split(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}", parts.path + (f"?{parts.query}" if parts.query else "")


def _wait_for(ask: Callable[[], Awaitable[Document]]) -> Document:
    async def asked() -> Document:
        return await ask()

    try:
        return async_to_sync(asked)()
    except SourceFault as fault:
        raise SignInRefused(Why.UNREACHABLE, fault.fault.value) from None
