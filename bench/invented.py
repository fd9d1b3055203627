"""Whom and what the bench invents: owners, a ward, readers, patients. Patients have reserve numbers of a form
that nobody issues, so that there can be thousands of them and none is anybody's."""

import uuid

from consent.accesslog.write import Trace
from consent.terms import Actor, PersonId, Provider, Unit
from consent.vocabulary import CareKind, IdType

REGION = Provider("SE2321000016-B001", "Region Fjäll", CareKind.HEALTH_CARE)
WARD = Unit("SE2321000016-B0AK", "Akuten", REGION)
PASSWORD = "bänkens eget lösenord"
NURSE = Actor(1, "SE2321000016-B00P", "Bo Bänk", "Sjuksköterska", "1", WARD)


def owner(number: int) -> Provider:
    """The region first, then other owners of health care."""
    if number == 0:
        return REGION
    return Provider(f"SE2120000019-B{number:03d}", f"Vårdgivare {number}", CareKind.HEALTH_CARE)


def unit_of(number: int) -> Unit:
    """Where an owner's records come from: the region's from the reader's own ward."""
    return WARD if number == 0 else Unit(f"{owner(number).hsa_id}U", f"Mottagning {number}", owner(number))


def patient(number: int) -> PersonId:
    return PersonId(f"BENCH{number:07d}", IdType.RESERVNUMMER)


def trace() -> Trace:
    return Trace(uuid.uuid4().hex, uuid.uuid4().hex, "192.0.2.7")
