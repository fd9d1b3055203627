"""Identity providers that staff sign in through (OpenID Connect), from the file that SIGN_IN_FILE names.

TOML, one ``[[idp]]`` table for each; docs/sign-in.md has it for Inera's, Keycloak and Entra ID. What is not
understood stops start-up: a misspelt key must not leave a check undone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from consent.vocabulary import Purpose, Right
from portal.settings.environment import read_text
from portal.settings.signing_key import algorithm_of

LOA3 = ("http://id.sambi.se/loa/loa3", "http://id.sambi.se/loa/loa4")
PURPOSES = {
    "Vård och behandling": Purpose.CARE,
    "Intyg": Purpose.CERTIFICATE,
    "Kvalitetssäkring": Purpose.QUALITY,
    "Administration": Purpose.ADMINISTRATION,
    "Forskning": Purpose.RESEARCH,
}
BY_KEY = "private_key_jwt"
METHODS = ("client_secret_basic", "client_secret_post", BY_KEY)
_FILES = ("client_secret_file", "client_key_file")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """What an identity provider calls each thing we need (defaults: Inera's names). Nothing else is read."""

    employee: str = "employeeHsaId"
    given_name: str = "given_name"
    family_name: str = "family_name"
    title: str = "title"
    assignments: str = "allCommissions"
    assignment: str = "commissionHsaId"
    purpose: str = "commissionPurpose"
    rights: str = "commissionRight"
    unit: str = "healthCareUnitHsaId"
    provider: str = "healthCareProviderHsaId"
    acr: str = "acr"


class Voucher(Protocol):
    """Whoever vouches for staff, however it speaks: what is read of what it says."""

    @property
    def id(self) -> str: ...
    @property
    def claims(self) -> ClaimNames: ...
    @property
    def purposes(self) -> Mapping[str, Purpose]: ...
    @property
    def rights(self) -> Mapping[str, Right]: ...
    @property
    def reading(self) -> tuple[str, ...]: ...
    @property
    def demands_rights(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """One way in. ``acr``: the levels that are asked for and enough; every other is refused.
    ``fetch_userinfo``: claims about the employee come from there.

    ``client_key``: a private key (PEM), with ``client_key_id`` as the provider knows its public half; in the
    secret's place where ``token_method`` is private_key_jwt. ``reading``: what a commissionRight begins with,
    up to its first semicolon, that lets its assignment read; ``demands_rights``: one without any claim about
    rights may not either.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    client_key: str = field(default="", repr=False)
    client_key_id: str = ""
    token_method: str = METHODS[0]
    acr: tuple[str, ...] = LOA3
    scopes: tuple[str, ...] = ("openid",)
    fetch_userinfo: bool = False
    claims: ClaimNames = ClaimNames()
    purposes: Mapping[str, Purpose] = field(default_factory=lambda: dict(PURPOSES))
    rights: Mapping[str, Right] = field(default_factory=dict)
    reading: tuple[str, ...] = ("Läsa",)
    demands_rights: bool = False


def read_sign_in() -> tuple[IdentityProvider, ...]:
    """None where SIGN_IN_FILE is unset. Raises ImproperlyConfigured."""
    name = read_text("SIGN_IN_FILE", "")
    if not name:
        return ()
    path = Path(name)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImproperlyConfigured(f"SIGN_IN_FILE {path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise ImproperlyConfigured(f"SIGN_IN_FILE {path} is no TOML.") from None
    is_whole = bool(tables) and set(tables) <= {"idp", "saml"}
    if not is_whole or not all(isinstance(rows, list) for rows in tables.values()):
        raise ImproperlyConfigured(
            f"SIGN_IN_FILE {path} must hold [[idp]] tables, [[saml]] tables and nothing else."
        )
    found = tuple(read_idp(table, path.parent) for table in tables.get("idp", []))
    if len({idp.id for idp in found}) != len(found):
        raise ImproperlyConfigured(f"SIGN_IN_FILE {path} names two with one id.")
    return found


def read_idp(table: Mapping[str, Any], folder: Path) -> IdentityProvider:
    """One ``[[idp]]`` table; the secret's file is relative to ``folder``. Raises ImproperlyConfigured."""
    who = f"Identity provider {table.get('id', '?')}"
    known = {*IdentityProvider.__slots__} - {"client_secret", "client_key"} | {*_FILES}
    if unknown := sorted(set(table) - known):
        raise ImproperlyConfigured(f"{who} has unknown keys: {', '.join(unknown)}.")
    proof = _FILES[1 if table.get("token_method") == BY_KEY else 0]
    texts = ("id", "name", "issuer", "client_id", proof)
    if missing := [name for name in texts if not isinstance(table.get(name), str) or not table[name]]:
        raise ImproperlyConfigured(f"{who} lacks: {', '.join(missing)}.")
    given = dict(table)
    if unused := [name for name in _FILES if name != proof and name in given]:
        raise ImproperlyConfigured(f"{who}: {unused[0]} has no use with this token_method.")
    given[proof.removesuffix("_file")] = _read_secret(who, folder / given.pop(proof))
    try:
        given["claims"] = ClaimNames(**given.get("claims", {}))
        given["purposes"] = {k: Purpose(v) for k, v in given.get("purposes", PURPOSES).items()}
        given["rights"] = {k: Right(v) for k, v in given.get("rights", {}).items()}
    except (TypeError, ValueError, AttributeError) as error:
        raise ImproperlyConfigured(f"{who}: {error}.") from None
    for name in ("acr", "scopes", "reading"):
        if name in given:
            given[name] = read_words(who, name, given[name])
    return _sound(who, IdentityProvider(**given))


def _sound(who: str, idp: IdentityProvider) -> IdentityProvider:
    address = urlsplit(idp.issuer)
    if address.scheme not in ("https", "http") or not address.hostname or address.query or address.fragment:
        raise ImproperlyConfigured(f"{who}: issuer is no address.")
    if not set(idp.id) <= _LETTERS:
        raise ImproperlyConfigured(f"{who}: id may hold a-z, 0-9 and hyphens.")
    if idp.token_method not in METHODS:
        raise ImproperlyConfigured(f"{who}: token_method must be one of {', '.join(METHODS)}.")
    for name in ("fetch_userinfo", "demands_rights"):
        if not isinstance(getattr(idp, name), bool):
            raise ImproperlyConfigured(f"{who}: {name} must be true or false.")
    if not isinstance(idp.client_key_id, str):
        raise ImproperlyConfigured(f"{who}: client_key_id must be a word.")
    if idp.client_key:
        _refuse_unusable_key(who, idp.client_key)
    if "openid" not in idp.scopes:
        raise ImproperlyConfigured(f"{who}: scopes must hold openid.")
    return idp


def _refuse_unusable_key(who: str, pem: str) -> None:
    """Now and not at the first sign-in."""
    try:
        algorithm_of(pem)
    except ValueError as error:
        raise ImproperlyConfigured(f"{who}: client_key_file holds no key that can sign: {error}.") from None


def read_words(who: str, name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
        raise ImproperlyConfigured(f"{who}: {name} must be a list of words.")
    return tuple(value)


def _read_secret(who: str, path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ImproperlyConfigured(f"{who}: the file {path} cannot be read.") from None
    if len(secret) < 16:
        raise ImproperlyConfigured(f"{who}: the client secret is shorter than 16 characters.")
    return secret


def as_allauth(idps: tuple[IdentityProvider, ...]) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS: allauth carries the flow (state, PKCE, redirects), through a class of ours."""
    return {
        "openid_connect": {
            "provider_class": "portal.accounts.oidc.provider.StaffProvider",
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": idp.id,
                    "name": idp.name,
                    "client_id": idp.client_id,
                    "secret": idp.client_secret,
                    "settings": {"server_url": idp.issuer, "scope": list(idp.scopes)},
                }
                for idp in idps
            ],
        }
    }
