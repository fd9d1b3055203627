"""Person numbers as coded identifiers: which name of a system stands for which sort of number.

Sources: Inera's OIDs, the Swedish URIs of electronichealth.se and HL7 Sweden.
"""

import re

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
_TYPES = {system.lower(): type_ for type_, systems in PERSON_SYSTEMS.items() for system in systems}
_SEPARATORS = re.compile(r"[\s+-]")


def read_identifier(system: str, value: str) -> PersonId | None:
    """The number, or None for an identifier of another sort (foreign, local) or length."""
    id_type = _TYPES.get(system.strip().lower())
    number = _SEPARATORS.sub("", value).upper()
    if id_type is None or len(number) != 12:
        return None
    if id_type is not IdType.RESERVNUMMER and number.isdigit():
        # Some systems send a samordningsnummer under the system of personnummer; the day tells.
        id_type = IdType.SAMORDNINGSNUMMER if int(number[6:8]) > 60 else IdType.PERSONNUMMER
    return PersonId(number, id_type)
