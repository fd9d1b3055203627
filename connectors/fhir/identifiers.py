"""Person numbers and HSA-ids in every spelling that is in use, towards one form."""

import re

from connectors.base.numbers import PERSON_SYSTEMS, read_identifier
from connectors.fhir.elements import Resource, items, text
from consent.terms import PersonId

HSA_SYSTEMS = frozenset({"urn:oid:1.2.752.29.4.19", "urn:oid:1.2.752.129.2.1.4.1"})
_HSA_ID = re.compile(r"SE[A-Z0-9]{10}-[A-Z0-9]{1,19}")


def person_ids(identifiers: object) -> tuple[PersonId, ...]:
    """The Swedish numbers among FHIR identifiers. Others (foreign, local) are passed over."""
    found = (_person_id(identifier) for identifier in items(identifiers))
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _person_id(identifier: Resource) -> PersonId | None:
    return read_identifier(text(identifier.get("system")), text(identifier.get("value")))


def search_tokens(person: PersonId) -> tuple[str, ...]:
    """``system|value`` in every spelling, the canonical one first."""
    return tuple(f"{system}|{person.number}" for system in PERSON_SYSTEMS[person.type])


def hsa_id(identifiers: object) -> str:
    """The first HSA-id, in capitals; '' where there is none."""
    for identifier in items(identifiers):
        if text(identifier.get("system")) in HSA_SYSTEMS:
            value = text(identifier.get("value")).strip().upper()
            if _HSA_ID.fullmatch(value):
                return value
    return ""
