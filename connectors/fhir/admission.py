"""What may become a record: of the right patient, not nullified, without modifiers nobody here knows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from connectors.base.contract import Fault, SourceFault
from connectors.fhir.elements import Resource, Unreadable, codes, first_code, item, items, text
from connectors.fhir.identifiers import person_ids
from connectors.fhir.references import local_name
from consent.terms import PersonId

_IN_ERROR = "entered-in-error"
_PROTECTED = frozenset({"sekretessmarkering", "skyddadFolkbokforing"})


def admit(resource: Resource, patients: Mapping[str, PersonId]) -> PersonId | None:
    """Whose the resource is, or None where the source has nullified it.

    ``patients``: those asked about, by ``Patient/<id>``. Raises SourceFault(FOREIGN_PATIENT) where it is
    somebody else's, Unreadable where it names nobody or carries a modifier extension: its sense is unknown.
    """
    person = _whose(resource, patients)
    if _is_nullified(resource):
        return None
    if has_modifier(resource):
        raise Unreadable("modifier extension")
    return person


def is_protected(patients: Iterable[Resource]) -> bool:
    """Whether the source marks the identity of any of them. Raises SourceFault(FORMAT) where that cannot be
    read: nobody may take her for one who need not be hidden."""
    try:
        labels = [{"coding": item(patient.get("meta")).get("security")} for patient in patients]
        return any(code.code in _PROTECTED for code in codes(labels))
    except Unreadable:
        raise SourceFault(Fault.FORMAT) from None


def names_patient(resource: Resource) -> bool:
    """Whether the resource is about somebody at all: places, staff and medicines are not."""
    return next(_subjects(resource), None) is not None


def _whose(resource: Resource, patients: Mapping[str, PersonId]) -> PersonId:
    """The first that is named; each must be of somebody asked about."""
    named: list[PersonId] = []
    for reference in _subjects(resource):
        named += _resolve(reference, patients)
    if not named:
        raise Unreadable("names no patient")
    return named[0]


def _subjects(resource: Resource) -> Iterator[Resource]:
    for name in ("subject", "patient"):
        if isinstance(resource.get(name), dict):
            yield item(resource[name])
    if resource.get("resourceType") == "Appointment":
        for participant in items(resource.get("participant")):
            actor = item(participant.get("actor"))
            if "Patient/" in text(actor.get("reference")) or actor.get("type") == "Patient":
                yield actor


def _resolve(reference: Resource, patients: Mapping[str, PersonId]) -> list[PersonId]:
    """The patient a reference means; both a reference and a number in it must be of somebody asked about."""
    named = []
    if target := text(reference.get("reference")):
        person = patients.get(target) or patients.get(local_name(target))
        if person is None:
            raise SourceFault(Fault.FOREIGN_PATIENT)
        named.append(person)
    if (identifiers := reference.get("identifier")) is not None:
        for person in person_ids(identifiers):
            if person not in patients.values():
                raise SourceFault(Fault.FOREIGN_PATIENT)
            named.append(person)
    return named


def _is_nullified(resource: Resource) -> bool:
    return _IN_ERROR in (resource.get("status"), first_code(resource.get("verificationStatus")))


def has_modifier(value: Any) -> bool:
    """Whether anything in the resource carries a modifierExtension. None is known here."""
    pending = [value]
    for current in pending:
        if type(current) is dict:
            if current.get("modifierExtension"):
                return True
            children = current.values()
        else:
            children = current
        for child in children:
            if type(child) is dict or type(child) is list:
                pending.append(child)  # noqa: PERF401 (grown while it is walked, for each of thousands)
    return False
