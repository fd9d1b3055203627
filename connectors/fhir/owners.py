"""Whose information a resource is: provider and unit by HSA-id, in the places Swedish FHIR puts them."""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.base.contract import SourceProfile
from connectors.base.dates import documented
from connectors.base.records import When
from connectors.fhir.elements import Resource, Unreadable, codes, extensions, item, items, text
from connectors.fhir.identifiers import hsa_id
from connectors.fhir.references import Directory
from consent.terms import Origin, Provider
from consent.vocabulary import CareKind, InformationType

HIERARCHY = "https://commonprofiles.care/fhir/StructureDefinition/common-hsaHierarchy"
PROVIDER_TYPE = "143591000052106"
# Where each resource type keeps a reference to the organisation that answers for it, the surest first.
_PLACES: dict[str, tuple[str, ...]] = {
    "Encounter": ("serviceProvider",),
    "CareTeam": ("managingOrganization", "participant.onBehalfOf"),
    "Patient": ("managingOrganization",),
    "DocumentReference": ("custodian", "author"),
    "Immunization": ("performer.actor",),
    "Observation": ("performer",),
    "CarePlan": ("author", "contributor"),
    "Flag": ("author",),
    "Consent": ("organization",),
    "MedicationRequest": ("requester", "performer"),
    "MedicationStatement": ("informationSource",),
    "ServiceRequest": ("performer", "requester"),
    "Appointment": ("participant.actor",),
}


@dataclass(slots=True)
class _Owner:
    provider_id: str = ""
    provider_name: str = ""
    unit_id: str = ""
    unit_name: str = ""
    phone: str = ""


def find_origin(
    resource: Resource,
    information_type: InformationType,
    profile: SourceProfile,
    directory: Directory,
    recorded: When | None = None,
    changed: When | None = None,
) -> tuple[Origin, str]:
    """The origin, and the unit's telephone where it came along.

    What names no owner gets the source's own, and its default unit as an assumed one. Raises Unreadable
    where neither says whose it is: such a record cannot be checked against blocks.
    """
    owner = _read(resource, directory, profile)
    provider = _provider_of(owner, profile)
    unit_id, unit_name, is_assumed = owner.unit_id, owner.unit_name, False
    if not unit_id:
        own = profile.owner is not None and provider.hsa_id == profile.owner.hsa_id
        unit_id, unit_name = (profile.default_unit_id, profile.default_unit_name) if own else ("", "")
        is_assumed = True
    origin = Origin(
        provider=provider,
        unit_id=unit_id,
        unit_name=unit_name,
        information_type=information_type,
        documented_at=documented(recorded),
        documented_until=documented(changed),
        unit_is_assumed=is_assumed,
    )
    return origin, owner.phone


def _provider_of(owner: _Owner, profile: SourceProfile) -> Provider:
    if not owner.provider_id:
        if profile.owner is None:
            raise Unreadable("no owner")
        return profile.owner
    if (known := profile.providers.get(owner.provider_id)) is not None:
        return known
    if profile.owner is not None and profile.owner.hsa_id == owner.provider_id:
        return profile.owner
    kind = profile.owner.kind if profile.owner else CareKind.HEALTH_CARE
    return Provider(owner.provider_id, owner.provider_name or owner.provider_id, kind)


def _read(resource: Resource, directory: Directory, profile: SourceProfile) -> _Owner:
    owner = _Owner()
    _read_hierarchy(resource, owner)
    for reference in _references(resource):
        if owner.provider_id and owner.unit_id and owner.phone:
            break
        _read_organization(reference, resource, directory, owner, profile)
    return owner


def _read_hierarchy(resource: Resource, owner: _Owner) -> None:
    for extension in extensions(resource, HIERARCHY):
        for level in items(extension.get("extension")):
            value, url = item(level.get("valueReference")), level.get("url")
            found = hsa_id(value.get("identifier")) or hsa_id(level.get("valueIdentifier"))
            said = text(value.get("display"))
            if url == "hsaCareProvider" and found and not owner.provider_id:
                owner.provider_id, owner.provider_name = found, said
            elif url == "hsaCareUnit" and found and not owner.unit_id:
                owner.unit_id, owner.unit_name = found, said


def _references(resource: Resource) -> Iterator[Resource]:
    for place in _PLACES.get(str(resource.get("resourceType")), ()):
        outer, _, inner = place.partition(".")
        for element in items(resource.get(outer)):
            yield item(element.get(inner)) if inner else element


def _read_organization(
    reference: Resource, resource: Resource, directory: Directory, owner: _Owner, profile: SourceProfile
) -> None:
    """Fill in what a reference to an Organization adds; references to people add nothing."""
    organization = directory.find(reference, resource)
    if organization.get("resourceType", _type_of(reference)) != "Organization":
        return
    found = hsa_id(reference.get("identifier")) or hsa_id(organization.get("identifier"))
    if not found:
        return
    said = text(organization.get("name")) or text(reference.get("display"))
    is_provider = any(code.code == PROVIDER_TYPE for code in codes(organization.get("type")))
    if is_provider or found == owner.provider_id or _is_known(found, profile):
        if not owner.provider_id:
            owner.provider_id, owner.provider_name = found, said
        return
    if not owner.unit_id:
        owner.unit_id, owner.unit_name = found, said
    if owner.unit_id == found:
        owner.phone = owner.phone or phone_of(organization)
        _read_hierarchy(organization, owner)
        above = item(organization.get("partOf"))
        if not owner.provider_id and (parent := hsa_id(above.get("identifier"))):
            owner.provider_id, owner.provider_name = parent, text(above.get("display"))


def _is_known(hsa_id: str, profile: SourceProfile) -> bool:
    return hsa_id in profile.providers or (profile.owner is not None and hsa_id == profile.owner.hsa_id)


def _type_of(reference: Resource) -> str:
    target = text(reference.get("reference"))
    return text(reference.get("type")) or target.rpartition("/")[0].rpartition("/")[2]


def phone_of(resource: Resource) -> str:
    """The first telephone number among its contact points."""
    for contact in items(resource.get("telecom")):
        if contact.get("system") == "phone" and (number := text(contact.get("value"))):
            return number
    return ""
