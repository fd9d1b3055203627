"""The access log itself as AuditEvent, row by row, for whoever keeps logs elsewhere: staff and patient named.

Source of the shape: IHE BALP PatientRead and PatientQuery. No clinical content: the log has none.
"""

from connectors.fhir.elements import Resource
from connectors.fhir.emit import as_json, emit_identifier
from consent.accesslog.events import Activity, Event
from consent.accesslog.model import AccessEvent
from consent.accesslog.viewing import patient_of
from consent.vocabulary import Purpose
from portal.fhir import names
from portal.fhir.auditing import (
    DENIED,
    ENTITY_TYPE,
    GRANTED,
    INTERACTION,
    OBJECT_ROLE,
    QUERY_PROFILE,
    READ_PROFILE,
    TYPE,
)
from portal.fhir.elements import coding, filled, organisation, term
from portal.fhir.mapping import checked
from portal.fhir.provenance import PORTAL

_READS = frozenset({Event.INTENT.value, Event.SHOWN.value, Event.REFUSED.value})
_ACTIONS = {Activity.WRITE.value: "U", Activity.READ.value: "R", Activity.PRINT.value: "R"}
_PURPOSES = {Purpose.CARE.value: "TREAT", Purpose.QUALITY.value: "HQUALIMP", Purpose.RESEARCH.value: "HRESCH"}


def tell_event(row: AccessEvent) -> Resource:
    """``recorded`` is the database's time, the id the row's own. A patient whose month's key is lost is left
    out, and said to be."""
    is_query = row.event == Event.SEARCH.value
    profile = [QUERY_PROFILE] if is_query else [READ_PROFILE] if row.event in _READS else []
    is_emergency = row.activity == Activity.EMERGENCY.value
    purpose = "ETREAT" if is_emergency else _PURPOSES.get(row.purpose, "HOPERAT")
    user = {"system": names.HSA_ID, "value": row.user_hsa_id}
    return checked(
        {
            "resourceType": "AuditEvent",
            "id": str(row.event_id),
            **filled(meta=filled(profile=profile)),
            "type": coding(TYPE, "rest"),
            "subtype": [
                *([coding(INTERACTION, "search" if is_query else "read")] if profile else []),
                coding("urn:patientoversikt:log-event", row.event),
            ],
            "action": "E" if is_query else _ACTIONS.get(row.activity, "E"),
            "recorded": row.at.isoformat(),
            "outcome": DENIED if row.event == Event.REFUSED.value else GRANTED,
            "purposeOfEvent": [term(names.ACT_REASON, purpose)],
            "agent": [
                {
                    "type": term(names.PARTICIPATION, "IRCP"),
                    "who": {"type": "Practitioner", "identifier": user},
                    "requestor": True,
                    **filled(location={"display": row.unit_name} if row.unit_name else {}),
                },
                *(
                    {
                        "type": term(names.PARTICIPATION, "CST"),
                        "who": organisation(hsa_id, ""),
                        "requestor": False,
                    }
                    for hsa_id in dict.fromkeys((row.unit_id, row.provider_id))
                    if hsa_id
                ),
            ],
            "source": {"observer": {"display": PORTAL}, "type": [coding(f"{TYPE}-source", "4")]},
            **filled(entity=[*_patient(row), *_origins(row)]),
        }
    )


def _patient(row: AccessEvent) -> list[Resource]:
    if row.patient_sealed is None:
        return []
    about = {"type": coding(ENTITY_TYPE, "1"), "role": coding(OBJECT_ROLE, "1")}
    person = patient_of(row)
    if person is None:
        return [{**about, "description": "key of the month lost"}]
    return [{**about, "what": {"type": "Patient", "identifier": as_json(emit_identifier(person))}}]


def _origins(row: AccessEvent) -> list[Resource]:
    """Whose information it was, of which kind, and on what ground: one entity for each owner and kind."""
    grounds = {owner.partition("/")[0]: ground for owner, ground, _ in row.bases}
    return [
        {
            "what": organisation(provider_id, ""),
            "type": coding(ENTITY_TYPE, "2"),
            "role": coding(OBJECT_ROLE, "4"),
            "name": kind,
            "detail": [_detail("count", str(count)), *_ground(grounds, provider_id)],
        }
        for provider_id, _unit, kind, count in row.origins
    ]


def _ground(grounds: dict[str, str], provider_id: str) -> list[Resource]:
    return [_detail("ground", grounds[provider_id])] if provider_id in grounds else []


def _detail(name: str, value: str) -> Resource:
    return {"type": name, "valueString": value}


def _holder(hsa_id: str) -> Resource:
    """The unit or provider that the reader acted for."""
    role = term(names.PARTICIPATION, "CST")
    return {"type": role, "who": organisation(hsa_id, ""), "requestor": False}
