"""The access log itself as AuditEvent, row by row, for whoever keeps logs elsewhere: staff and patient named.

Source of the shape: IHE BALP PatientRead and PatientQuery. No clinical content: the log has none.
"""

from connectors.fhir.elements import Resource
from connectors.fhir.emit import as_json, emit_identifier
from consent.accesslog.events import Activity, Event
from consent.accesslog.model import AccessEvent
from consent.accesslog.viewing import patient_of
from consent.terms import PersonId
from consent.vocabulary import Purpose
from portal.fhir import balp, names
from portal.fhir.auditing import labels
from portal.fhir.balp import Sort
from portal.fhir.elements import UNKNOWN, coding, filled, organisation, term
from portal.fhir.mapping import checked

_READS = frozenset({Event.INTENT.value, Event.SHOWN.value, Event.REFUSED.value})
_ACTIONS = {Activity.WRITE.value: "U", Activity.READ.value: "R", Activity.PRINT.value: "R"}
_PURPOSES = {Purpose.CARE.value: "TREAT", Purpose.QUALITY.value: "HQUALIMP", Purpose.RESEARCH.value: "HRESCH"}


def tell_event(row: AccessEvent) -> Resource:
    """``recorded`` is the database's time, the id the row's own. A patient whose month's key is lost is left
    out, and said to be."""
    person = patient_of(row)
    sort = _sort_of(row, person)
    is_emergency = row.activity == Activity.EMERGENCY.value
    purpose = "ETREAT" if is_emergency else _PURPOSES.get(row.purpose, "HOPERAT")
    user = {"type": "Practitioner", "identifier": {"system": names.HSA_ID, "value": row.user_hsa_id}}
    read = coding(balp.INTERACTION, sort.value or Sort.READ.value)
    event = checked(
        {
            "resourceType": "AuditEvent",
            "id": str(row.event_id),
            **filled(meta=filled(profile=balp.profile_of(sort))),
            "type": coding(balp.TYPE, "rest"),
            "subtype": [
                *([read] if sort.value or row.event in _READS else []),
                coding(balp.LOG_EVENT, row.event),
            ],
            "action": _action_of(row),
            "recorded": row.at.isoformat(),
            "outcome": balp.DENIED if row.event == Event.REFUSED.value else balp.GRANTED,
            "purposeOfEvent": [term(names.ACT_REASON, purpose)],
            "agent": [
                *balp.agents(sort, user, _client(row), balp.at_address(row.ip), UNKNOWN),
                *_holders(row),
            ],
            "source": balp.observer(),
            **filled(entity=[*_patient(row, person), *balp.about(sort, _read_words(row)), *_origins(row)]),
        }
    )
    return balp.with_masked_query(event)


def _sort_of(row: AccessEvent, person: PersonId | None) -> Sort:
    """What BALP has a profile for: a search and a showing, of a patient that can be named."""
    if person is None:
        return Sort.OTHER
    return {Event.SEARCH.value: Sort.QUERY, Event.SHOWN.value: Sort.READ}.get(row.event, Sort.OTHER)


def _action_of(row: AccessEvent) -> str:
    """What was shown was read, also in an emergency and on paper."""
    if row.event == Event.SEARCH.value:
        return "E"
    return "R" if row.event in _READS else _ACTIONS.get(row.activity, "E")


def _client(row: AccessEvent) -> Resource:
    """The system that asked for its user; of a browser the log says nothing."""
    client = row.detail.get("client", "")
    return {"type": "Device", "identifier": {"value": client}} if client else UNKNOWN


def _holders(row: AccessEvent) -> list[Resource]:
    named = {row.unit_id: row.unit_name, row.provider_id: ""}
    return [balp.holder(organisation(hsa_id, name)) for hsa_id, name in named.items() if hsa_id]


def _read_words(row: AccessEvent) -> str:
    return labels(sorted({kind for _provider, _unit, kind, _count in row.origins})) or row.action or row.event


def _patient(row: AccessEvent, person: PersonId | None) -> list[Resource]:
    if person is not None:
        return [balp.patient({"type": "Patient", "identifier": as_json(emit_identifier(person))})]
    if row.patient_sealed is None:
        return []
    return [balp.patient({}, description="key of the month lost")]


def _origins(row: AccessEvent) -> list[Resource]:
    """Whose information it was, of which kind, and on what ground: one entity for each owner and kind."""
    grounds = {owner.partition("/")[0]: ground for owner, ground, _ in row.bases}
    return [
        balp.owner(
            organisation(provider_id, ""),
            kind,
            [("count", str(count)), *([("ground", grounds[provider_id])] if provider_id in grounds else [])],
        )
        for provider_id, _unit, kind, count in row.origins
    ]
