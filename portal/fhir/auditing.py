"""Rows of a patient's extract of the access log as AuditEvent.

What the extract tells and no more: staff by unit and provider, never by name (PDL 8:5), nor from where.
"""

import hashlib
from collections.abc import Iterable, Mapping

from connectors.fhir.elements import Resource
from consent.accesslog.events import Event
from consent.accesslog.extract import ExtractRow
from consent.accesslog.viewing import Result
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTON_OF
from portal.fhir import balp, names
from portal.fhir.balp import Sort
from portal.fhir.elements import coding, filled, organisation, term
from portal.fhir.mapping import checked

_ACTIONS = {Event.SEARCH.value: "E", Event.INTENT.value: "R", Event.REFUSED.value: "R"}


def tell_row(row: ExtractRow, providers: Mapping[str, str], patient_id: str, base_url: str) -> Resource:
    """``providers``: their names by HSA-id. ``base_url``: of this interface."""
    sort = sort_of(row)
    reason = "ETREAT" if row.is_emergency else "TREAT"
    unit = organisation("", row.unit_name) or {"display": row.provider_id}
    provider = organisation(row.provider_id, providers.get(row.provider_id, ""))
    told = labels(row.kinds or row.asked_kinds) or row.action or row.event
    named = f"{row.at.isoformat()}|{row.event}|{row.provider_id}|{row.unit_name}|{row.action}"
    event = checked(
        {
            "resourceType": "AuditEvent",
            "id": hashlib.blake2b(named.encode(), key=patient_id.encode()[:64], digest_size=16).hexdigest(),
            **filled(meta=filled(profile=balp.profile_of(sort))),
            "type": coding(balp.TYPE, "rest"),
            "subtype": [
                *([coding(balp.INTERACTION, sort.value)] if sort.value else []),
                coding(balp.LOG_EVENT, row.event),
            ],
            "action": _ACTIONS.get(row.event, "E"),
            "recorded": row.at.isoformat(),
            "outcome": balp.DENIED if row.result in (Result.DENIED, Result.STOPPED) else balp.GRANTED,
            "purposeOfEvent": [term(names.ACT_REASON, reason)],
            "agent": [
                *balp.agents(sort, unit, balp.MASKED, balp.MASKED, balp.at_uri(base_url)),
                balp.holder(provider),
            ],
            "source": balp.observer(),
            "entity": [
                balp.patient({"reference": f"Patient/{patient_id}"}),
                *balp.about(sort, told),
                *(balp.owner(organisation(each, providers.get(each, ""))) for each in row.owners),
                *_grounds(row.grounds),
            ],
        }
    )
    return balp.with_masked_query(event)


def sort_of(row: ExtractRow) -> Sort:
    if row.event == Event.SEARCH.value:
        return Sort.QUERY
    return Sort.READ if row.result in (Result.SHOWN, Result.NOTHING) else Sort.OTHER


def labels(kinds: Iterable[str]) -> str:
    return ", ".join(str(BUTTON_OF[Kind(kind)].label) for kind in kinds)


def _grounds(grounds: Iterable[str]) -> list[Resource]:
    """On which rows of the decision table it was let through."""
    said = [balp.detail("ground", ground) for ground in grounds]
    return [{"type": coding(balp.ENTITY_TYPE, "4"), "name": "grounds", "detail": said}] if said else []
