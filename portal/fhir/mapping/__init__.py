"""From the twelve canonical kinds to FHIR R4. Every record becomes one resource; none is left out."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.base.records import Record
from connectors.fhir.elements import Resource
from connectors.fhir.emit import as_json, validate
from consent.vocabulary import Kind
from portal.fhir.elements import Telling
from portal.fhir.mapping.conditions import map_diagnosis
from portal.fhir.mapping.contacts import map_contact
from portal.fhir.mapping.doses import map_vaccination
from portal.fhir.mapping.limitations import map_limitation
from portal.fhir.mapping.medicines import map_medication
from portal.fhir.mapping.plans import map_care_plan, map_coordination
from portal.fhir.mapping.services import map_home_care, map_service
from portal.fhir.mapping.values import map_prehospital
from portal.fhir.mapping.visits import map_care_contact
from portal.fhir.mapping.warnings import map_warning

MapRecord = Callable[[Any, Telling], Resource]

MAPPINGS: Mapping[Kind, MapRecord] = {
    Kind.CARE_LIMITATION: map_limitation,
    Kind.WARNING: map_warning,
    Kind.CONTACT: map_contact,
    Kind.VACCINATION: map_vaccination,
    Kind.SOCIAL_SERVICE: map_service,
    Kind.HOME_CARE: map_home_care,
    Kind.COORDINATION: map_coordination,
    Kind.CARE_PLAN: map_care_plan,
    Kind.CARE_CONTACT: map_care_contact,
    Kind.PREHOSPITAL: map_prehospital,
    Kind.DIAGNOSIS: map_diagnosis,
    Kind.MEDICATION: map_medication,
}
# The kinds that may become a resource type, for whoever asks by type.
KINDS_OF_TYPE: Mapping[str, frozenset[Kind]] = {
    "AllergyIntolerance": frozenset({Kind.WARNING}),
    "CarePlan": frozenset({Kind.CARE_PLAN, Kind.COORDINATION}),
    "CareTeam": frozenset({Kind.CONTACT}),
    "Condition": frozenset({Kind.DIAGNOSIS, Kind.VACCINATION}),
    "DocumentReference": frozenset({Kind.CARE_CONTACT}),
    "Encounter": frozenset({Kind.CARE_CONTACT, Kind.PREHOSPITAL}),
    "EpisodeOfCare": frozenset({Kind.HOME_CARE}),
    "Flag": frozenset({Kind.CARE_LIMITATION, Kind.WARNING}),
    "Immunization": frozenset({Kind.VACCINATION}),
    "MedicationStatement": frozenset({Kind.MEDICATION}),
    "Observation": frozenset({Kind.PREHOSPITAL}),
    "RelatedPerson": frozenset({Kind.CONTACT}),
    "ServiceRequest": frozenset({Kind.SOCIAL_SERVICE, Kind.HOME_CARE}),
}


def tell(record: Record, telling: Telling) -> Resource:
    """The record as a resource that fhirclient's models accept. Raises ValueError, without content."""
    return checked(MAPPINGS[record.kind](record, telling))


def type_of(record: Record) -> str:
    """The resource type it becomes, without the cost of making it: of thousands only a page is told."""
    return str(MAPPINGS[record.kind](record, Telling("", ""))["resourceType"])


def checked(resource: Resource) -> Resource:
    """Through fhirclient's model: valid R4, or ValueError without content."""
    return as_json(validate(resource))
