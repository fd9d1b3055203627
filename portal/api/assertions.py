"""The signed word of a client system for one of its users: who, at which unit, for what purpose, how strongly
signed in and when. One call, one assertion, sixty seconds at most.

A JWT in the header ``Acting-User``, signed with a key that is registered for the client (RFC 7519, 7523).
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.conf import settings

from consent.vocabulary import Purpose
from portal.accounts.actors import that_hold
from portal.accounts.models import Assignment
from portal.api.models import Client, SpentAssertion
from portal.api.refusing import Code, Refused
from portal.api.registering import ALGORITHMS, public_keys
from portal.dates import today

HEADER = "Acting-User"
LONGEST_S = 60
LEEWAY_S = 5
LONGEST_TEXT = 4096
_REQUIRED = ("iss", "sub", "aud", "iat", "exp", "jti", "unit", "acr", "auth_time")


@dataclass(frozen=True, slots=True)
class Vouched:
    """``hsa_id`` of the employee, ``unit`` of the assignment. ``proved_at``: when she signed in there."""

    hsa_id: str
    unit: str
    purpose: Purpose
    proved_at: datetime


def read_assertion(client: Client, text: str, audience: str) -> Vouched:
    """Judge, and spend. Blocking. Raises Refused."""
    if not text:
        raise Refused(Code.NO_ACTING_USER)
    claims = _verified(client, text, audience)
    now = time.time()
    _check_times(claims, now)
    if claims["acr"] not in settings.API_ASSURANCE:
        raise Refused(Code.LOW_ASSURANCE)
    words = [claims[name] for name in ("sub", "unit", "jti")]
    purpose = claims.get("purpose", Purpose.CARE.value)
    if not all(isinstance(word, str) and 0 < len(word) <= 64 for word in words) or purpose not in set(
        Purpose
    ):
        raise Refused(Code.WRONG_ASSERTION)
    spend(client.pk, words[2], claims["exp"])
    proved_at = datetime.fromtimestamp(claims["auth_time"], UTC)
    return Vouched(words[0], words[1], Purpose(purpose), proved_at)


def assignment_of(client: Client, vouched: Vouched) -> Assignment:
    """The assignment the client vouches for, if the account is open, holds it, and is the owner's staff.

    Unknown, closed and without the assignment are one answer. Blocking: one query. Raises Refused.
    """
    found = Assignment.objects.filter(
        user__hsa_id=vouched.hsa_id,
        user__is_active=True,
        unit_id=vouched.unit,
        unit__provider=client.owner_id,
        purpose=vouched.purpose.value,
        from_idp__in={"", client.idp},
    )
    assignment = that_hold(found, today()).first()
    if assignment is None:
        raise Refused(Code.NO_ASSIGNMENT)
    return assignment


def spend(client_id: str, jti: str, expires: float) -> None:
    """Raises Refused where it has been used before."""
    digest = hashlib.sha256(f"{client_id}\0{jti}".encode()).digest()
    ends = datetime.fromtimestamp(expires, UTC) + timedelta(seconds=2 * LEEWAY_S + LONGEST_S)
    _row, is_new = SpentAssertion.objects.get_or_create(digest=digest, defaults={"expires_at": ends})
    if not is_new:
        raise Refused(Code.ASSERTION_SPENT)


def _verified(client: Client, text: str, audience: str) -> Mapping[str, Any]:
    try:
        if len(text) > LONGEST_TEXT:
            raise Refused(Code.WRONG_ASSERTION)
        header = jwt.get_unverified_header(text)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS:
            raise Refused(Code.WRONG_ASSERTION)
        for jwk in public_keys(client):
            if jwk["kid"] == kid and jwk.get("alg", algorithm) == algorithm:
                claims: dict[str, Any] = jwt.decode(
                    text,
                    jwt.PyJWK(jwk, algorithm).key,
                    algorithms=[algorithm],
                    audience=audience,
                    issuer=client.pk,
                    leeway=LEEWAY_S,
                    options={"require": list(_REQUIRED)},
                )
                return claims
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError):
        pass
    raise Refused(Code.WRONG_ASSERTION)


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    """Written now, for a minute; and the user signed in neither in the future nor longer ago than a session
    of ours lasts."""
    times = [claims[name] for name in ("iat", "exp", "auth_time")]
    if not all(isinstance(t, int | float) and not isinstance(t, bool) and 0 <= t < 1e11 for t in times):
        raise Refused(Code.WRONG_ASSERTION)
    issued, expires, signed_in = times
    is_short = 0 < expires - issued <= LONGEST_S and issued <= now + LEEWAY_S
    is_recent = -LEEWAY_S <= now - signed_in <= settings.SESSION_LONGEST_S
    if not (is_short and is_recent):
        raise Refused(Code.WRONG_ASSERTION)
