"""Client systems and their keys: made, approved by another, revoked. What a client proves itself with is a
public key of its own, or a secret of which only a hash is ever stored."""

import hashlib
import json
import secrets
from typing import Any

import jwt
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.api.models import AccessToken, Approved, Client, ClientKey

SECRET_BYTES = 32
# Public-key signatures alone: with a shared secret we could sign for a client's users ourselves.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEAST_RSA_BITS = 2048
_PUBLIC = frozenset({"kty", "kid", "use", "alg", "n", "e", "crv", "x", "y", "key_ops"})
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "k", "oth"})


class BadKey(ValueError):
    """The text is no public key that we take. Carries words for the administrator."""


def new_client_id() -> str:
    return f"klient-{secrets.token_hex(8)}"


def read_public_key(text: str) -> dict[str, Any]:
    """A JSON Web Key, public, that can sign. Raises BadKey."""
    try:
        jwk = json.loads(text)
    except ValueError:
        raise BadKey(_("Klistra in nyckeln som en JWK, i JSON.")) from None
    if not isinstance(jwk, dict) or jwk.get("kty") not in ("RSA", "EC", "OKP"):
        raise BadKey(_("Nyckeln ska vara en publik RSA-, EC- eller Ed25519-nyckel som JWK."))
    if _PRIVATE & jwk.keys():
        raise BadKey(
            _("Det är en privat nyckel. Den ska bara klientsystemet ha: gör en ny, och ge oss den publika.")
        )
    if not isinstance(jwk.get("kid"), str) or not jwk["kid"] or len(jwk["kid"]) > 120:
        raise BadKey(_("Nyckeln behöver en kid."))
    try:
        key = jwt.PyJWK({**jwk, "use": jwk.get("use", "sig")}).key
    except (jwt.PyJWTError, ValueError, TypeError):
        raise BadKey(_("Nyckeln går inte att läsa.")) from None
    if getattr(key, "key_size", LEAST_RSA_BITS) < LEAST_RSA_BITS and jwk["kty"] == "RSA":
        raise BadKey(_("En RSA-nyckel ska ha minst 2048 bitar."))
    return {name: value for name, value in jwk.items() if name in _PUBLIC}


def make_secret() -> tuple[str, bytes]:
    """A secret, and the digest that is kept of it."""
    text = secrets.token_urlsafe(SECRET_BYTES)
    return text, hash_of(text)


def hash_of(text: str) -> bytes:
    """Of 32 random bytes a plain hash cannot be guessed back."""
    return hashlib.sha256(text.encode()).digest()


def approve(row: Approved, by: Any) -> None:
    """Raises ValueError where it is not this person's to approve."""
    if not row.may_be_approved_by(by):
        raise ValueError("not to be approved by this person")
    row.approved_at, row.approved_by = timezone.now(), by
    row.save(update_fields=["approved_at", "approved_by"])


def revoke(row: Approved) -> None:
    """At once: the tokens that the client holds end with it, or with any of its keys."""
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
    client = row if isinstance(row, Client) else row.client if isinstance(row, ClientKey) else None
    AccessToken.objects.filter(client=client).delete()


def find_client(client_id: str) -> Client | None:
    """One in force. Blocking."""
    if not 0 < len(client_id) <= 40 or "\0" in client_id:
        return None
    found = Client.objects.select_related("owner").filter(pk=client_id).first()
    return found if found is not None and found.is_in_force else None


def keys_in_force(client: Client) -> list[ClientKey]:
    return [key for key in client.keys.all() if key.is_in_force]


def public_keys(client: Client) -> list[dict[str, Any]]:
    return [key.jwk for key in keys_in_force(client) if key.jwk]


def knows_secret(client: Client, text: str) -> bool:
    """Compared in constant time with every secret in force."""
    given = hash_of(text)
    secret = [bytes(key.digest) for key in keys_in_force(client) if key.digest]
    return sum(secrets.compare_digest(kept, given) for kept in secret) > 0
