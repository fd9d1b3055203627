"""Who took part in a reading or a search and what it was about, as IHE BALP has it for R4.

Its profiles are of what succeeded and concerns a patient: nothing else claims to be of one. What is not
told to the reader of an audit event is said to be masked, what the log does not know to be unknown.
"""

from collections.abc import Iterable
from enum import StrEnum

from connectors.fhir.elements import Resource
from portal.fhir import names
from portal.fhir.elements import UNKNOWN, coding, filled, term
from portal.fhir.provenance import PORTAL

_BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit"
READ_PROFILE, QUERY_PROFILE = f"{_BALP}.PatientRead", f"{_BALP}.PatientQuery"
TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
INTERACTION = "http://hl7.org/fhir/restful-interaction"
ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
LOG_EVENT = "urn:patientoversikt:log-event"
GRANTED, DENIED = "0", "4"
# DICOM's words for where data come from and where they go.
_SOURCE, _DESTINATION = "110153", "110152"
_ADDRESS, _URI = "2", "5"
MASKED: Resource = {"extension": [{"url": names.DATA_ABSENT, "valueCode": "masked"}]}


class Sort(StrEnum):
    """READ, QUERY: what was let through. OTHER: denied, or something else than looking."""

    READ = "read"
    QUERY = "search"
    OTHER = ""


def profile_of(sort: Sort) -> list[str]:
    return {Sort.READ: [READ_PROFILE], Sort.QUERY: [QUERY_PROFILE], Sort.OTHER: []}[sort]


def agents(sort: Sort, user: Resource, client: Resource, at: Resource, server: Resource) -> list[Resource]:
    """``user``, ``client``: references. ``at``, ``server``: where client and portal are in the network."""
    takes, gives = (_DESTINATION, _SOURCE) if sort is Sort.READ else (_SOURCE, _DESTINATION)
    return [
        {"type": term(names.PARTICIPATION, "IRCP"), "who": user, "requestor": True},
        {"type": term(DICOM, takes), "who": client, "requestor": False, "network": at},
        {"type": term(DICOM, gives), "who": {"display": PORTAL}, "requestor": False, "network": server},
    ]


def holder(who: Resource) -> Resource:
    """The unit or provider that the reader acted for."""
    return {"type": term(names.PARTICIPATION, "CST"), "who": who, "requestor": False}


def at_uri(uri: str) -> Resource:
    return {"address": uri, "type": _URI} if uri else UNKNOWN


def at_address(ip: str) -> Resource:
    return {"address": ip, "type": _ADDRESS} if ip else UNKNOWN


def observer() -> Resource:
    return {"observer": {"display": PORTAL}, "type": [coding(f"{TYPE}-source", "4")]}


def patient(what: Resource, **more: str) -> Resource:
    return {**filled(what=what), "type": coding(ENTITY_TYPE, "1"), "role": coding(OBJECT_ROLE, "1"), **more}


def about(sort: Sort, words: str) -> list[Resource]:
    """What was read, in words; of a search that there was one: the number stood in its body, and is not kept.

    fhirclient's models have no place for what is said beside a primitive: see ``with_masked_query``.
    """
    kind = coding(ENTITY_TYPE, "2")
    if sort is Sort.QUERY:
        return [{"type": kind, "role": coding(OBJECT_ROLE, "24")}]
    if sort is Sort.READ:
        return [{"what": {"display": words}, "type": kind, "role": coding(OBJECT_ROLE, "4")}]
    return []


def owner(what: Resource, name: str = "", details: Iterable[tuple[str, str]] = ()) -> Resource:
    """Whose information it was."""
    said = [detail(key, value) for key, value in details]
    return {"what": what, "type": coding(ENTITY_TYPE, "3"), **filled(name=name, detail=said)}


def detail(name: str, value: str) -> Resource:
    return {"type": name, "valueString": value}


def with_masked_query(event: Resource) -> Resource:
    for entity in event.get("entity", ()):
        if entity.get("role", {}).get("code") == "24":
            entity["_query"] = MASKED
    return event
