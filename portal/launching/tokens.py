"""Judging a token that a record system has signed: by whom, for us, when, and for the first time.

A token is no sign-in. It says about whom its reader is to read here; who she is she has to show by herself.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jwt
from django.conf import settings

from portal.accounts.oidc.claims import LONGEST_HSA_ID, read_word
from portal.accounts.once import spend
from portal.launching.launch import Launch, read_patient, read_purpose
from portal.launching.refusals import LaunchRefused, Why
from portal.settings.launching import JwtSystem

Claims = Mapping[str, Any]
ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})
LONGEST_TOKEN = 8192
LONGEST_LIFE_S = 60
# How far apart the two machines' clocks may be.
LEEWAY_S = 10
LONGEST_WORD = 200
REQUIRED = ("iss", "aud", "iat", "exp", "jti")


def judge_token(text: object) -> Launch:
    """What a token says, spent with this. Raises LaunchRefused."""
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TOKEN:
        raise LaunchRefused(Why.UNTRUSTED, "no_token")
    system = _system_of(text)
    claims = _verify(system, text)
    try:
        launch = _read(system, claims)
        _spend(system, claims)
    except LaunchRefused as refused:
        raise LaunchRefused(refused.why, refused.detail, system.id) from None
    return launch


def _system_of(text: str) -> JwtSystem:
    """Whose token it says that it is; nothing else of it is read before the signature."""
    try:
        issuer = jwt.decode(text, options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError as error:
        raise LaunchRefused(Why.UNTRUSTED, type(error).__name__) from None
    found = next((one for one in settings.LAUNCHERS.jwt if one.issuer == issuer), None)
    if found is None:
        raise LaunchRefused(Why.UNKNOWN_SYSTEM, "issuer")
    return found


def _verify(system: JwtSystem, text: str) -> Claims:
    """By a key of this system, with the algorithm that the key is for: what the token says of its own
    algorithm only chooses among those. Raises LaunchRefused."""
    said = jwt.get_unverified_header(text).get("alg")
    keys = [one for one in system.keys if one.algorithm == said and said in ALGORITHMS]
    if not keys:
        raise LaunchRefused(Why.UNTRUSTED, "algorithm", system.id)
    error: Exception | None = None
    for one in keys:
        try:
            claims: Claims = jwt.decode(
                text,
                one.key,
                algorithms=[one.algorithm],
                audience=system.audience,
                issuer=system.issuer,
                leeway=LEEWAY_S,
                options={"require": list(REQUIRED), "strict_aud": True},
            )
        except jwt.InvalidSignatureError as wrong:
            error = wrong
        except jwt.ExpiredSignatureError:
            raise LaunchRefused(Why.STALE, "expired", system.id) from None
        except (jwt.PyJWTError, OverflowError) as wrong:
            raise LaunchRefused(Why.UNTRUSTED, type(wrong).__name__, system.id) from None
        else:
            return claims
    raise LaunchRefused(Why.UNTRUSTED, type(error).__name__, system.id)


def _read(system: JwtSystem, claims: Claims) -> Launch:
    """Raises LaunchRefused."""
    began, ends = (claims[name] for name in ("iat", "exp"))
    if type(began) is not int or type(ends) is not int or not 0 < ends - began <= LONGEST_LIFE_S:
        raise LaunchRefused(Why.UNTRUSTED, "life")
    names = system.claims
    hsa_id = read_word(claims.get(names.employee), LONGEST_HSA_ID)
    if not hsa_id:
        raise LaunchRefused(Why.NO_HSA_ID)
    return Launch(
        system=system.id,
        way="jwt",
        hsa_id=hsa_id,
        patient=read_patient(claims.get(names.patient)),
        unit_id=read_word(claims.get(names.unit), LONGEST_HSA_ID),
        purpose=read_purpose(system.purposes, claims.get(names.purpose)),
    )


def _spend(system: JwtSystem, claims: Claims) -> None:
    """Last of all: what is refused for another reason has not been used. Raises LaunchRefused."""
    jti = read_word(claims["jti"], LONGEST_WORD)
    if not jti:
        raise LaunchRefused(Why.UNTRUSTED, "jti")
    # A moment longer than a token is accepted: there is no instant when it is neither too old nor used.
    ends_at = datetime.fromtimestamp(claims["exp"] + 2 * LEEWAY_S, UTC)
    if not spend("launch-token", system.id, jti, ends_at):
        raise LaunchRefused(Why.USED, "jti")
