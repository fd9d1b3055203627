"""Rows of the access log as AuditEvent, by IHE BALP: PatientRead, and PatientQuery for a search.

What a patient's extract tells and no more: staff by unit and provider, never by name (PDL 8:5).
"""

import hashlib
from collections.abc import Mapping

from connectors.fhir.elements import Resource
from consent.accesslog.events import Event
from consent.accesslog.extract import ExtractRow
from consent.accesslog.viewing import Result
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTON_OF
from portal.fhir import names
from portal.fhir.elements import coding, filled, organisation, term
from portal.fhir.mapping import checked
from portal.fhir.provenance import PORTAL

_BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit"
READ_PROFILE, QUERY_PROFILE = f"{_BALP}.PatientRead", f"{_BALP}.PatientQuery"
TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
INTERACTION = "http://hl7.org/fhir/restful-interaction"
ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
GRANTED, DENIED = "0", "4"
_ACTIONS = {Event.SEARCH.value: "E", Event.INTENT.value: "R", Event.REFUSED.value: "R"}


def tell_row(row: ExtractRow, providers: Mapping[str, str], patient_id: str) -> Resource:
    """``providers``: their names by HSA-id."""
    is_query = row.event == Event.SEARCH.value
    subtype = "search" if is_query else "read"
    reason = "ETREAT" if row.is_emergency else "TREAT"
    unit = organisation("", row.unit_name) or {"display": row.provider_id}
    provider = organisation(row.provider_id, providers.get(row.provider_id, ""))
    details = [*(_detail("ground", ground) for ground in row.grounds), _detail("event", row.event)]
    named = f"{row.at.isoformat()}|{row.event}|{row.provider_id}|{row.unit_name}|{row.action}"
    return checked(
        {
            "resourceType": "AuditEvent",
            "id": hashlib.blake2b(named.encode(), key=patient_id.encode()[:64], digest_size=16).hexdigest(),
            "meta": {"profile": [QUERY_PROFILE if is_query else READ_PROFILE]},
            "type": coding(TYPE, "rest"),
            "subtype": [coding(INTERACTION, subtype)],
            "action": _ACTIONS.get(row.event, "E"),
            "recorded": row.at.isoformat(),
            "outcome": DENIED if row.result in (Result.DENIED, Result.STOPPED) else GRANTED,
            "purposeOfEvent": [term(names.ACT_REASON, reason)],
            "agent": [
                {"type": term(names.PARTICIPATION, "IRCP"), "who": unit, "requestor": True},
                {"type": term(names.PARTICIPATION, "CST"), "who": provider, "requestor": False},
            ],
            "source": {"observer": {"display": PORTAL}, "type": [coding(f"{TYPE}-source", "4")]},
            "entity": [
                {
                    "what": {"reference": f"Patient/{patient_id}"},
                    "type": coding(ENTITY_TYPE, "1"),
                    "role": coding(OBJECT_ROLE, "1"),
                    **filled(detail=details),
                },
                *(_kind(kind) for kind in row.kinds),
            ],
        }
    )


def _kind(kind: str) -> Resource:
    label = str(BUTTON_OF[Kind(kind)].label)
    return {"type": coding(ENTITY_TYPE, "2"), "role": coding(OBJECT_ROLE, "4"), "name": label}


def _detail(name: str, value: str) -> Resource:
    return {"type": name, "valueString": value}
