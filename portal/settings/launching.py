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

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.exceptions import ImproperlyConfigured

from consent.vocabulary import Purpose
from portal.settings.environment import read_text
from portal.settings.sign_in import PURPOSES

LEAST_RSA_BITS = 2048
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
class Launchers:
    jwt: tuple[JwtSystem, ...] = ()


def read_launchers() -> Launchers:
    """None where LAUNCH_FILE is unset. Raises ImproperlyConfigured."""
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
    if (
        not tables
        or not set(tables) <= {"jwt"}
        or not all(isinstance(rows, list) for rows in tables.values())
    ):
        raise ImproperlyConfigured(f"LAUNCH_FILE {path} must hold [[jwt]] tables and nothing else.")
    found = Launchers(jwt=tuple(read_jwt_system(row, path.parent) for row in tables.get("jwt", [])))
    for what in ("id", "issuer"):
        _refuse_twins(path, what, [getattr(system, what) for system in found.jwt])
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
