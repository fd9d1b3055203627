"""A record system that launches: signs tokens with keys of its own, rightly or wrong in one way."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from portal.settings.launching import JwtSystem, PublicKey

ISSUER = "https://journal.example"
AUDIENCE = "https://portal.example/launch/jwt"
ALVA = "SE2321000016-A002"
# Tolvan: the one number that is everybody's to print.
TOLVAN = "191212121212"


def make_keys() -> dict[str, Any]:
    return {
        "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "ES256": ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    }


@dataclass
class Journal:
    private: Mapping[str, Any] = field(default_factory=make_keys)

    def as_configured(self, **more: Any) -> JwtSystem:
        keys = tuple(PublicKey(name, key.public_key()) for name, key in self.private.items())
        return JwtSystem(
            **{
                "id": "journal",
                "name": "Journalen",
                "issuer": ISSUER,
                "audience": AUDIENCE,
                "keys": keys,
                **more,
            }
        )

    def claims(self, **changed: Any) -> dict[str, Any]:
        """What it says of Alva at Akuten about Tolvan; a claim that is changed to None is left out."""
        now = int(time.time())
        said = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
            "employeeHsaId": ALVA,
            "healthCareUnitHsaId": "SE2321000016-R0AK",
            "commissionPurpose": "Vård och behandling",
            "patient": TOLVAN,
            **changed,
        }
        return {name: value for name, value in said.items() if value is not None}

    def token(self, algorithm: str = "ES256", **changed: Any) -> str:
        return jwt.encode(self.claims(**changed), self.private[algorithm], algorithm=algorithm)
