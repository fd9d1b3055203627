"""Insats under SoL or LSS to ServiceRequest (the decision); home care to EpisodeOfCare and what goes with it.

No Swedish profile exists for either. The law stands as a code, never merged with HSL.
"""

from connectors.base.kinds import HomeCare, HomeCareAspect, SocialService
from connectors.base.records import Law, Record, Status
from connectors.fhir.elements import Resource
from portal.fhir import names
from portal.fhir.elements import (
    Telling,
    author_of,
    begin,
    coding,
    concept,
    date_time,
    filled,
    notes,
    organisation,
    period,
    required,
    telecom,
    term,
)

_REQUEST = {
    Status.ACTIVE: "active",
    Status.PLANNED: "draft",
    Status.ENDED: "completed",
    Status.CANCELLED: "revoked",
    Status.IN_ERROR: "entered-in-error",
}
_EPISODE = {
    Status.ACTIVE: "active",
    Status.PLANNED: "planned",
    Status.ENDED: "finished",
    Status.CANCELLED: "cancelled",
    Status.IN_ERROR: "entered-in-error",
}
_PERFORMER = "performer"


def map_service(record: SocialService, telling: Telling) -> Resource:
    request = _request(record, telling, record.law, record.service or record.title, record.performer)
    contained = [*request.get("contained", [])]
    if record.phones and record.performer:
        performer = {"resourceType": "Organization", "id": _PERFORMER, "name": record.performer}
        contained.append({**performer, **filled(telecom=telecom(record.phones))})
        request["performer"] = [{"reference": f"#{_PERFORMER}", "display": record.performer}]
    return {
        **request,
        **filled(contained=contained, orderDetail=[{"text": record.extent}] if record.extent.strip() else []),
    }


def map_home_care(record: HomeCare, telling: Telling) -> Resource:
    if record.aspect is HomeCareAspect.ENROLMENT:
        return map_enrolment(record, telling)
    request = _request(record, telling, Law.HSL, record.title, record.performer)
    request["category"].append(term(names.ASPECT, record.aspect.value))
    return {**request, **filled(orderDetail=[{"text": record.detail}] if record.detail.strip() else [])}


def map_enrolment(record: HomeCare, telling: Telling) -> Resource:
    origin = record.origin
    return {
        **begin(record, telling, "EpisodeOfCare", "patient"),
        "status": _EPISODE.get(record.status, "active"),
        "type": [concept(record.title, record.codes)] if record.title or record.codes else [],
        "managingOrganization": organisation(
            origin.unit_id if origin.names_unit else origin.provider.hsa_id,
            origin.unit_name if origin.names_unit else origin.provider.name,
        ),
        **filled(period=period(record.start, record.end)),
    }


def _request(record: Record, telling: Telling, law: Law, service: str, performer: str) -> Resource:
    return {
        **begin(record, telling, "ServiceRequest"),
        "status": _REQUEST.get(record.status, "unknown"),
        "intent": "order",
        "category": [{"coding": [coding(names.LAW, law.value)]}],
        "code": required(service or record.title, record.codes),
        **filled(
            occurrencePeriod=period(record.start, record.end),
            authoredOn=date_time(record.recorded),
            requester=author_of(record),
            performer=[{"display": performer}] if performer.strip() else [],
            note=notes(record.text),
        ),
    }
