"""Who we are, to an identity provider, by a key of our own instead of a shared secret: private_key_jwt
(OpenID Connect Core 9, RFC 7523). allauth does not do it."""

import secrets
import time
from typing import Any

import jwt

from portal.settings.signing_key import algorithm_of

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# Made for one call: long enough for clocks that differ, too short to be of use to anybody else.
LIVES_S = 60


def assertion_for(client_id: str, pem: str, key_id: str, token_endpoint: str) -> dict[str, str]:
    """What goes into the form of one call to the token endpoint: signed, timed, and never the same twice."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": client_id,
        "sub": client_id,
        "aud": token_endpoint,
        "jti": secrets.token_urlsafe(24),
        "iat": now,
        "exp": now + LIVES_S,
    }
    headers = {"kid": key_id} if key_id else None
    signed = jwt.encode(claims, pem, algorithm=algorithm_of(pem), headers=headers)
    return {"client_id": client_id, "client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
