"""Whom a launching system's patient is: her number, read from its FHIR server, and nothing else of her."""

from typing import Any

from asgiref.sync import async_to_sync

from connectors.base.authentication import bearer
from connectors.base.contract import SourceFault
from connectors.base.numbers import read_identifier
from connectors.base.transport import Transport
from consent.terms import PersonId
from consent.vocabulary import IdType
from portal.launching.launch import read_patient
from portal.launching.refusals import LaunchRefused, Why

LONGEST_S = 5.0
LONGEST_ID = 64
# A person who has several sorts of number is found by the first of these.
BEST = (IdType.PERSONNUMMER, IdType.SAMORDNINGSNUMMER, IdType.RESERVNUMMER)


def number_of(fhir: str, token: str, patient_id: object) -> PersonId:
    """As strict as a number that is typed. Raises LaunchRefused.

    By POST, as every question about a patient: her id there may be anything, and addresses end up in logs.
    """
    if not isinstance(patient_id, str) or not 0 < len(patient_id) <= LONGEST_ID:
        raise LaunchRefused(Why.NO_PATIENT, "context")
    transport = Transport(
        fhir,
        deadline_s=LONGEST_S,
        authentication=bearer(token),
        accept="application/fhir+json",
        slug="launching system",
    )
    form = {"_id": patient_id, "_elements": "identifier"}

    async def ask() -> dict[str, Any]:
        return await transport.post_form("Patient/_search", form)

    try:
        reply = async_to_sync(ask)()
    except SourceFault as fault:
        raise LaunchRefused(Why.UNREACHABLE, fault.fault.value) from None
    return read_patient(_number_in(_only_patient(reply, patient_id)).number)


def _only_patient(reply: dict[str, Any], patient_id: str) -> dict[str, Any]:
    """The one asked about. Another, more than one or none: no answer. Raises LaunchRefused."""
    entries = reply.get("entry", [])
    if reply.get("resourceType") != "Bundle" or not isinstance(entries, list):
        raise LaunchRefused(Why.UNREACHABLE, "no_bundle")
    found = [entry.get("resource") for entry in entries if isinstance(entry, dict)]
    patients = [one for one in found if isinstance(one, dict) and one.get("resourceType") == "Patient"]
    if len(patients) != 1 or patients[0].get("id") != patient_id or patients[0].get("modifierExtension"):
        raise LaunchRefused(Why.NO_PATIENT, "not_the_one")
    return dict(patients[0])


def _number_in(patient: dict[str, Any]) -> PersonId:
    """Two current numbers of one sort say that the record is of two people, or of nobody sure. Raises
    LaunchRefused."""
    said = patient.get("identifier")
    current = [one for one in (said if isinstance(said, list) else []) if _is_current(one)]
    numbers = {read_identifier(str(one.get("system", "")), str(one.get("value", ""))) for one in current}
    for sort in BEST:
        of_sort = [number for number in numbers if number is not None and number.type is sort]
        if len(of_sort) == 1:
            return of_sort[0]
        if of_sort:
            raise LaunchRefused(Why.NO_PATIENT, "two_numbers")
    raise LaunchRefused(Why.NO_PATIENT, "no_number")


def _is_current(identifier: object) -> bool:
    return isinstance(identifier, dict) and identifier.get("use") != "old"
