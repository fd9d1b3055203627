"""What the FHIR server has, found by type, by id and by patient."""

from collections.abc import Iterable, Iterator
from typing import Any

Resource = dict[str, Any]

PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
SAMORDNINGSNUMMER = "http://electronichealth.se/identifier/samordningsnummer"
RESERVNUMMER = "http://electronichealth.se/identifier/nationelltReservnummer"
# The same three systems under every spelling that Swedish messages use.
_SPELLINGS = {
    "urn:oid:1.2.752.129.2.1.3.1": PERSONNUMMER,
    "https://terminology.hl7.se/sid/se-personnummer": PERSONNUMMER,
    "http://terminology.hl7.se/sid/se-personnummer": PERSONNUMMER,
    "urn:oid:1.2.752.129.2.1.3.3": SAMORDNINGSNUMMER,
    "https://terminology.hl7.se/sid/se-samordningsnummer": SAMORDNINGSNUMMER,
    "http://terminology.hl7.se/sid/se-samordningsnummer": SAMORDNINGSNUMMER,
    "urn:oid:1.2.752.74.9.1": RESERVNUMMER,
    "https://terminology.hl7.se/sid/se-nationellt-reservnummer": RESERVNUMMER,
    "http://electronichealth.se/identifier/nationelltReservnumer": RESERVNUMMER,
}
_PATIENT_FIELDS = ("subject", "patient", "beneficiary", "for")


def normalise_system(system: str) -> str:
    """The canonical spelling of an identifier system; others pass through."""
    return _SPELLINGS.get(system, system)


class Store:
    """Resources in the order they were added. A second of the same type and id is left out."""

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        self._by_key: dict[tuple[str, str], Resource] = {}
        self._by_type: dict[str, list[Resource]] = {}
        self._by_patient: dict[tuple[str, str], list[Resource]] = {}
        self.add(resources)

    def add(self, resources: Iterable[Resource]) -> None:
        for resource in resources:
            kind, key = resource["resourceType"], (resource["resourceType"], resource["id"])
            if key in self._by_key:
                continue
            self._by_key[key] = resource
            self._by_type.setdefault(kind, []).append(resource)
            for patient_id in patients_of(resource):
                self._by_patient.setdefault((kind, patient_id), []).append(resource)

    @property
    def types(self) -> list[str]:
        return sorted(self._by_type)

    def get(self, reference: str) -> Resource | None:
        """By ``Type/id``; None for anything else."""
        kind, _, resource_id = reference.partition("/")
        return self._by_key.get((kind, resource_id))

    def of_type(self, kind: str) -> list[Resource]:
        return self._by_type.get(kind, [])

    def of_patient(self, kind: str, patient_id: str) -> list[Resource]:
        return self._by_patient.get((kind, patient_id), [])

    def find_patients(self, token: str) -> Iterator[Resource]:
        """Patients with an identifier ``system|value`` or plain ``value``, whatever the spelling."""
        system, bar, value = token.rpartition("|")
        for patient in self.of_type("Patient"):
            for identifier in patient.get("identifier", ()):
                same_system = not bar or normalise_system(identifier.get("system", "")) == normalise_system(
                    system
                )
                if identifier.get("value") == value and same_system:
                    yield patient
                    break

    def number_of(self, patient_id: str) -> str:
        """The patient's Swedish number, or "" where there is none."""
        patient = self.get(f"Patient/{patient_id}") or {}
        for identifier in patient.get("identifier", ()):
            if normalise_system(identifier.get("system", "")) in (
                PERSONNUMMER,
                SAMORDNINGSNUMMER,
                RESERVNUMMER,
            ):
                return str(identifier["value"])
        return ""


def patients_of(resource: Resource) -> set[str]:
    """Ids of the patients a resource is about; a Patient is about itself."""
    if resource["resourceType"] == "Patient":
        return {resource["id"]}
    references = [resource.get(name) for name in _PATIENT_FIELDS]
    references += [participant.get("actor") for participant in resource.get("participant", ())]
    found = set()
    for reference in references:
        target = reference.get("reference", "") if isinstance(reference, dict) else ""
        head, _, patient_id = target.rpartition("Patient/")
        if patient_id and target and (not head or head.endswith("/")):
            found.add(patient_id)
    return found
