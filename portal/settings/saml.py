"""Identity providers that speak SAML 2.0, from the ``[[saml]]`` tables of the file that SIGN_IN_FILE names.

Read as strictly as the others (``sign_in``). What judges their answers is installed by the extra ``saml``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.x509 import load_pem_x509_certificate
from django.core.exceptions import ImproperlyConfigured

from consent.vocabulary import Purpose, Right
from portal.settings.environment import read_text
from portal.settings.sign_in import LOA3, PURPOSES, ClaimNames, read_words

PREFIX = "http://sambi.se/attributes/1/"
SAML_NAMES = ClaimNames(
    employee=PREFIX + "employeeHsaId",
    given_name=PREFIX + "givenName",
    family_name=PREFIX + "surname",
    title=PREFIX + "title",
    assignments=PREFIX + "allCommissions",
    assignment=PREFIX + "commissionHsaId",
    purpose=PREFIX + "commissionPurpose",
    rights=PREFIX + "commissionRight",
    unit=PREFIX + "healthCareUnitHsaId",
    provider=PREFIX + "healthCareProviderHsaId",
)
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_TEXTS = ("id", "name", "entity_id", "sso_url", "sp_entity_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlProvider:
    """One way in. ``entity_id``: the provider's; ``sp_entity_id``: ours, the audience. ``certificates``:
    those that sign its assertions, PEM. ``acr``: AuthnContextClassRefs that are asked for and enough.
    ``reading`` and ``demands_rights``: as for an IdentityProvider."""

    id: str
    name: str
    entity_id: str
    sso_url: str
    sp_entity_id: str
    certificates: tuple[str, ...]
    acr: tuple[str, ...] = LOA3
    claims: ClaimNames = SAML_NAMES
    purposes: Mapping[str, Purpose] = field(default_factory=lambda: dict(PURPOSES))
    rights: Mapping[str, Right] = field(default_factory=dict)
    reading: tuple[str, ...] = ("Läsa",)
    demands_rights: bool = False


def read_saml_providers(taken: frozenset[str] = frozenset()) -> tuple[SamlProvider, ...]:
    """``taken``: ids of the other identity providers. Raises ImproperlyConfigured."""
    name = read_text("SIGN_IN_FILE", "")
    if not name:
        return ()
    path = Path(name)
    tables = tomllib.loads(path.read_text(encoding="utf-8")).get("saml", [])
    found = tuple(read_saml_provider(table, path.parent) for table in tables)
    if len({one.id for one in found} | taken) != len(found) + len(taken):
        raise ImproperlyConfigured(f"SIGN_IN_FILE {path} names two with one id.")
    if found and find_spec("onelogin") is None:
        raise ImproperlyConfigured("[[saml]] needs the extra saml: install requirements/saml.lock.")
    return found


def read_saml_provider(table: Mapping[str, Any], folder: Path) -> SamlProvider:
    """One ``[[saml]]`` table; files are relative to ``folder``. Raises ImproperlyConfigured."""
    who = f"Identity provider {table.get('id', '?')}"
    if unknown := sorted(set(table) - {one.name for one in fields(SamlProvider)}):
        raise ImproperlyConfigured(f"{who} has unknown keys: {', '.join(unknown)}.")
    if missing := [name for name in _TEXTS if not isinstance(table.get(name), str) or not table[name]]:
        raise ImproperlyConfigured(f"{who} lacks: {', '.join(missing)}.")
    files = read_words(who, "certificates", table.get("certificates"))
    given = {**table, "certificates": tuple(_read_certificate(who, folder / name) for name in files)}
    try:
        named = table.get("claims", {})
        given["claims"] = ClaimNames(**{**_as_mapping(SAML_NAMES), **named})
        given["purposes"] = {k: Purpose(v) for k, v in table.get("purposes", PURPOSES).items()}
        given["rights"] = {k: Right(v) for k, v in table.get("rights", {}).items()}
    except (TypeError, ValueError, AttributeError) as error:
        raise ImproperlyConfigured(f"{who}: {error}.") from None
    for word in {"acr", "reading"} & set(table):
        given[word] = read_words(who, word, table[word])
    if not isinstance(given.get("demands_rights", False), bool):
        raise ImproperlyConfigured(f"{who}: demands_rights must be true or false.")
    address = urlsplit(given["sso_url"])
    if address.scheme not in ("https", "http") or not address.hostname:
        raise ImproperlyConfigured(f"{who}: sso_url is no address.")
    if not set(given["id"]) <= _LETTERS:
        raise ImproperlyConfigured(f"{who}: id may hold a-z, 0-9 and hyphens.")
    return SamlProvider(**given)


def _as_mapping(names: ClaimNames) -> dict[str, str]:
    return {one.name: getattr(names, one.name) for one in fields(names)}


def _read_certificate(who: str, path: Path) -> str:
    try:
        text = path.read_text(encoding="ascii")
        load_pem_x509_certificate(text.encode())
    except (OSError, ValueError):
        raise ImproperlyConfigured(f"{who}: {path} is no certificate in PEM.") from None
    return text
