"""Person numbers and HSA-ids in every spelling that is in use, towards one form."""

import re

from connectors.fhir.elements import Resource, items, text
from consent.terms import PersonId
from consent.vocabulary import IdType

# The canonical spelling first; it is the one asked with first.
PERSON_SYSTEMS: dict[IdType, tuple[str, ...]] = {
    IdType.PERSONNUMMER: (
        "http://electronichealth.se/identifier/personnummer",
        "urn:oid:1.2.752.129.2.1.3.1",
        "https://terminology.hl7.se/sid/se-personnummer",
    ),
    IdType.SAMORDNINGSNUMMER: (
        "http://electronichealth.se/identifier/samordningsnummer",
        "urn:oid:1.2.752.129.2.1.3.3",
        "https://terminology.hl7.se/sid/se-samordningsnummer",
    ),
    IdType.RESERVNUMMER: (
        "http://electronichealth.se/identifier/nationelltReservnummer",
        # As one published example spells it.
        "http://electronichealth.se/identifier/nationelltReservnumer",
        "urn:oid:1.2.752.74.9.1",
    ),
}
HSA_SYSTEMS = frozenset({"urn:oid:1.2.752.29.4.19", "urn:oid:1.2.752.129.2.1.4.1"})
_TYPES = {system.lower(): type_ for type_, systems in PERSON_SYSTEMS.items() for system in systems}
_HSA_ID = re.compile(r"SE[A-Z0-9]{10}-[A-Z0-9]{1,19}")
_SEPARATORS = re.compile(r"[\s+-]")


def person_ids(identifiers: object) -> tuple[PersonId, ...]:
    """The Swedish numbers among FHIR identifiers. Others (foreign, local) are passed over."""
    found = (_person_id(identifier) for identifier in items(identifiers))
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _person_id(identifier: Resource) -> PersonId | None:
    id_type = _TYPES.get(text(identifier.get("system")).strip().lower())
    number = _SEPARATORS.sub("", text(identifier.get("value"))).upper()
    if id_type is None or len(number) != 12:
        return None
    if id_type is not IdType.RESERVNUMMER and number.isdigit():
        # Some systems send a samordningsnummer under the system of personnummer; the day tells.
        id_type = IdType.SAMORDNINGSNUMMER if int(number[6:8]) > 60 else IdType.PERSONNUMMER
    return PersonId(number, id_type)


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
