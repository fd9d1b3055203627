"""Judging an ID token: signature, issuer, audience, time, nonce and level of assurance (OIDC Core 3.1.3.7).

The specification lets a client skip the signature of a token that came straight over TLS. We do not: the
identity provider's TLS may end in a proxy that others run. Level of assurance is read from the token alone,
so what an address of ours or the browser asked for changes nothing.
"""

import hmac
import json
from collections.abc import Sequence
from typing import Any

import jwt

from portal.accounts.oidc.calling import keys_of
from portal.accounts.oidc.refusals import SignInRefused, Why
from portal.settings.sign_in import IdentityProvider

Claims = dict[str, Any]
# Public-key signatures alone: a shared secret or none at all would let whoever holds the client's secret, or
# anybody, make tokens.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_S = 30
_OF_AN_ID_TOKEN = ("iss", "sub", "aud", "exp", "iat")


def judge_id_token(idp: IdentityProvider, token: object, nonce: str) -> Claims:
    """The token's claims. Raises SignInRefused."""
    claims = verify(idp, token)
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") is None:
        raise SignInRefused(Why.UNTRUSTED, "azp")
    if claims.get("azp", idp.client_id) != idp.client_id:
        raise SignInRefused(Why.UNTRUSTED, "azp")
    given = claims.get("nonce")
    if not nonce or not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise SignInRefused(Why.UNTRUSTED, "nonce")
    if not level_of(idp, claims):
        raise SignInRefused(Why.WEAK)
    return claims


def level_of(idp: IdentityProvider, claims: Claims) -> str:
    """The level of assurance that is enough, or none: ""."""
    said = claims.get(idp.claims.acr)
    levels = said if isinstance(said, list) else [said]
    return next((level for level in levels if isinstance(level, str) and level in idp.acr), "")


def verify(idp: IdentityProvider, token: object, required: Sequence[str] = _OF_AN_ID_TOKEN) -> Claims:
    """Signature, issuer, audience and time of any token of this provider's. Raises SignInRefused.

    ``required``: claims it must hold. PyJWT checks every one of these that is there.
    """
    if not isinstance(token, str):
        raise SignInRefused(Why.UNTRUSTED, "no_id_token")
    try:
        header = jwt.get_unverified_header(token)
        key = _key_for(idp, header)
        return jwt.decode(
            token,
            key,
            algorithms=[header["alg"]],
            audience=idp.client_id,
            issuer=idp.issuer,
            leeway=LEEWAY_S,
            options={"require": list(required)},
        )
    except jwt.PyJWTError as error:
        raise SignInRefused(Why.UNTRUSTED, type(error).__name__) from None


def _key_for(idp: IdentityProvider, header: Claims) -> Any:
    """The public key that a token names; the keys are fetched anew where it is not among those kept."""
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise SignInRefused(Why.UNTRUSTED, "algorithm")
    for anew in (False, True):
        for key in keys_of(idp, anew=anew):
            fits = key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
            if fits and key.get("kid") == kid:
                return jwt.get_algorithm_by_name(algorithm).from_jwk(json.dumps(key))
    raise SignInRefused(Why.UNTRUSTED, "unknown_key")
