"""What a patient and her records are called in FHIR: at most 64 letters, digits, dots and hyphens.

A patient's id is a handle in FHIR's spelling: her number, sealed with what belongs to the one who asks and to
no other (docs/decisions/0054). The same for the hour, so that a client may tell two answers apart. It begins
the id of each of her records, so that one address says whom and what is asked for.
"""

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from connectors.base.records import Record
from consent.terms import PersonId
from consent.vocabulary import IdType
from portal.patients.handles import HandleExpired

PATIENT_ID_LENGTH = 39
RECORD_BYTES = 18
_TYPES = {IdType.PERSONNUMMER: b"p", IdType.SAMORDNINGSNUMMER: b"s", IdType.RESERVNUMMER: b"r"}
_OF_LETTER = {letter: id_type for id_type, letter in _TYPES.items()}
_LABEL = b"fhir patient"


def seal_id(person: PersonId, secret: bytes) -> str:
    """``secret``: 32 bytes, as ``portal.api.acting.bound_secret`` makes them."""
    return _encode(AESSIV(secret).encrypt(_TYPES[person.type] + person.number.encode(), [_LABEL]))


def unseal_id(patient_id: str, secret: bytes) -> PersonId:
    """Raises HandleExpired."""
    try:
        raw = base64.b64decode(patient_id + "=" * (-len(patient_id) % 4), altchars=b"-.", validate=True)
        if _encode(raw) != patient_id:
            raise HandleExpired
        body = AESSIV(secret).decrypt(raw, [_LABEL])
        return PersonId(body[1:].decode(), _OF_LETTER[body[:1]])
    except (ValueError, KeyError, binascii.Error, InvalidTag):
        raise HandleExpired from None


def record_id(patient_id: str, record: Record) -> str:
    """The same as long as its patient's is; nobody can read the source's own id from it."""
    named = f"{record.kind.value}\0{record.source}\0{record.id}"
    digest = hashlib.blake2b(named.encode(), key=patient_id.encode(), digest_size=RECORD_BYTES)
    return f"{patient_id}.{_encode(digest.digest())}"


def patient_of(resource_id: str) -> str:
    """The patient's id that a record's id begins with; '' where it can be none."""
    is_record = resource_id[PATIENT_ID_LENGTH : PATIENT_ID_LENGTH + 1] == "."
    return resource_id[:PATIENT_ID_LENGTH] if is_record and len(resource_id) <= 64 else ""


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw, altchars=b"-.").decode().rstrip("=")
