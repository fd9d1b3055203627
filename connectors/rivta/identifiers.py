"""Kinds of number by OID, and a number as it is compared."""

from collections.abc import Mapping

from consent.terms import PersonId
from consent.vocabulary import IdType

HSA = "1.2.752.129.2.1.4.1"
SNOMED = "1.2.752.116.2.1.1"
ATC = "1.2.752.129.2.2.3.1.1"
ICD10_SE = "1.2.752.116.1.1.1.1.3"
# Regional reserve numbers have OIDs of their own, and the national aggregation cannot be asked for them.
OID_OF_NUMBER: Mapping[IdType, str] = {
    IdType.PERSONNUMMER: "1.2.752.129.2.1.3.1",
    IdType.SAMORDNINGSNUMMER: "1.2.752.129.2.1.3.3",
    IdType.RESERVNUMMER: "1.2.752.74.9.1",
}


def plain_number(written: str) -> str:
    """Twelve characters without separator; reserve numbers keep their letters, in upper case."""
    return "".join(character for character in written if character not in "-+ ").upper()


def type_and_number(person: PersonId) -> tuple[str, str]:
    return OID_OF_NUMBER[person.type], person.number
