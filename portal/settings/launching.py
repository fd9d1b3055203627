"""Systems that may send a reader here with a patient chosen (uthopp), from the file that LAUNCH_FILE names.

TOML: a ``[[jwt]]`` table for each that posts a signed token, a ``[[smart]]`` table for each that launches by
SMART on FHIR; docs/launch.md. What is not understood stops start-up: a misspelt key must not leave a check
undone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.exceptions import ImproperlyConfigured

from consent.vocabulary import Purpose
from portal.settings.environment import read_text
from portal.settings.sign_in import PURPOSES, IdentityProvider, read_idp

LEAST_RSA_BITS = 2048
SMART_SCOPES = ("openid", "launch", "patient/Patient.rs")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True)
class LaunchClaims:
    """What a token calls each thing that is read of it."""

    employee: str = "employeeHsaId"
    unit: str = "healthCareUnitHsaId"
    purpose: str = "commissionPurpose"
    patient: str = "patient"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signs tokens. ``algorithm`` follows from what sort of key it is, never from a token."""

    algorithm: str
    key: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtSystem:
    """A record system that posts signed tokens. ``audience``: what it says that they are for."""

    id: str
    name: str
    issuer: str
    audience: str
    keys: tuple[PublicKey, ...]
    claims: LaunchClaims = LaunchClaims()
    purposes: Mapping[str, Purpose] = field(default_factory=lambda: dict(PURPOSES))


@dataclass(frozen=True, slots=True)
class SmartSystem:
    """A record system that launches by SMART on FHIR. ``fhir``: its base address, which a launch names as
    ``iss``. ``idp``: who signs its ID tokens, and what is asked of them; read as any identity provider."""

    fhir: str
    idp: IdentityProvider

    @property
    def id(self) -> str:
        return self.idp.id


@dataclass(frozen=True, slots=True)
class Launchers:
    jwt: tuple[JwtSystem, ...] = ()
    smart: tuple[SmartSystem, ...] = ()


def read_launchers(taken: frozenset[str] = frozenset()) -> Launchers:
    """None where LAUNCH_FILE is unset. ``taken``: ids of identity providers, which mark whose word a session
    rests on and so must be others'. Raises ImproperlyConfigured."""
    name = read_text("LAUNCH_FILE", "")
    if not name:
        return Launchers()
    path = Path(name)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImproperlyConfigured(f"LAUNCH_FILE {path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise ImproperlyConfigured(f"LAUNCH_FILE {path} is no TOML.") from None
    is_whole = bool(tables) and set(tables) <= {"jwt", "smart"}
    if not is_whole or not all(isinstance(rows, list) for rows in tables.values()):
        raise ImproperlyConfigured(
            f"LAUNCH_FILE {path} must hold [[jwt]] and [[smart]] tables and nothing else."
        )
    found = Launchers(
        jwt=tuple(read_jwt_system(row, path.parent) for row in tables.get("jwt", [])),
        smart=tuple(read_smart_system(row, path.parent) for row in tables.get("smart", [])),
    )
    ids = [*(one.id for one in found.jwt), *(one.id for one in found.smart)]
    _refuse_twins(path, "id", [*taken, *ids])
    _refuse_twins(path, "issuer", [one.issuer for one in found.jwt])
    _refuse_twins(path, "fhir", [one.fhir for one in found.smart])
    return found


def read_jwt_system(table: Mapping[str, Any], folder: Path) -> JwtSystem:
    """One ``[[jwt]]`` table; files of keys are relative to ``folder``. Raises ImproperlyConfigured."""
    who = f"Launching system {table.get('id', '?')}"
    known = {one.name for one in fields(JwtSystem)}
    if unknown := sorted(set(table) - known):
        raise ImproperlyConfigured(f"{who} has unknown keys: {', '.join(unknown)}.")
    texts = ("id", "name", "issuer", "audience")
    if missing := [name for name in texts if not isinstance(table.get(name), str) or not table[name]]:
        raise ImproperlyConfigured(f"{who} lacks: {', '.join(missing)}.")
    files = table.get("keys")
    if not isinstance(files, list) or not files or not all(isinstance(name, str) for name in files):
        raise ImproperlyConfigured(f"{who}: keys must be a list of files.")
    given = {**table, "keys": tuple(_read_key(who, folder / name) for name in files)}
    try:
        given["claims"] = LaunchClaims(**table.get("claims", {}))
        given["purposes"] = {k: Purpose(v) for k, v in table.get("purposes", PURPOSES).items()}
    except (TypeError, ValueError, AttributeError) as error:
        raise ImproperlyConfigured(f"{who}: {error}.") from None
    if not set(given["id"]) <= _LETTERS:
        raise ImproperlyConfigured(f"{who}: id may hold a-z, 0-9 and hyphens.")
    return JwtSystem(**given)


def read_smart_system(table: Mapping[str, Any], folder: Path) -> SmartSystem:
    """One ``[[smart]]`` table: ``fhir``, and what an ``[[idp]]`` table holds. Raises ImproperlyConfigured."""
    who = f"Launching system {table.get('id', '?')}"
    rest = {"scopes": list(SMART_SCOPES), **table}
    fhir = rest.pop("fhir", None)
    address = urlsplit(fhir) if isinstance(fhir, str) else None
    if address is None or address.scheme not in ("https", "http") or not address.hostname or address.query:
        raise ImproperlyConfigured(f"{who}: fhir is no address.")
    idp = read_idp(rest, folder)
    if "launch" not in idp.scopes:
        raise ImproperlyConfigured(f"{who}: scopes must hold launch.")
    return SmartSystem(str(fhir).rstrip("/"), idp)


def _read_key(who: str, path: Path) -> PublicKey:
    """PEM, the public half alone: RSA of 2048 bits or more, P-256 or Ed25519."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError:
        raise ImproperlyConfigured(f"{who}: the key {path} cannot be read.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ImproperlyConfigured(f"{who}: {path} is no public key in PEM.") from None
    if isinstance(key, RSAPublicKey) and key.key_size >= LEAST_RSA_BITS:
        return PublicKey("RS256", key)
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return PublicKey("ES256", key)
    if isinstance(key, Ed25519PublicKey):
        return PublicKey("EdDSA", key)
    raise ImproperlyConfigured(f"{who}: {path} must be RSA (2048 bits or more), P-256 or Ed25519.")


def _refuse_twins(path: Path, what: str, values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise ImproperlyConfigured(f"LAUNCH_FILE {path} names two with one {what}.")
