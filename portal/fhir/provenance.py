"""Where it comes from: whose it is, which source told of it, when that was asked.

Records that share all of it share one Provenance. Roles as in Sweden: the care unit is the author, the care
provider the custodian; the portal has put it together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b

from connectors.base.records import Record
from connectors.fhir.elements import Resource
from portal.aggregation.lamps import Judged
from portal.aggregation.outcomes import Answered, Outcome
from portal.fhir import names
from portal.fhir.elements import organisation, term
from portal.fhir.mapping import checked

PORTAL = "Patientöversikt"
_Key = tuple[str, str, str, tuple[str, ...]]


def tell_origins(
    told: Iterable[tuple[str, Judged]], outcomes: Mapping[str, Outcome], at: datetime, patient_id: str
) -> list[Resource]:
    """``told``: the reference of each resource and the record it was made of. ``at``: when the view began."""
    groups: dict[_Key, list[tuple[str, Record]]] = defaultdict(list)
    for reference, one in told:
        record, origin = one.record, one.record.origin
        unit = origin.unit_id if origin.names_unit else ""
        others = tuple(dict.fromkeys(other.source for other in one.also))
        groups[origin.provider.hsa_id, unit, record.source, others].append((reference, record))
    return [_tell(key, members, outcomes, at, patient_id) for key, members in groups.items()]


def _tell(
    key: _Key,
    members: list[tuple[str, Record]],
    outcomes: Mapping[str, Outcome],
    at: datetime,
    patient_id: str,
) -> Resource:
    _, unit, source, others = key
    origin = members[0][1].origin
    provider = organisation(origin.provider.hsa_id, origin.provider.name)
    agents = [_agent("custodian", provider), _agent("assembler", {"display": PORTAL})]
    if unit:
        agents.insert(0, {**_agent("author", organisation(unit, origin.unit_name)), "onBehalfOf": provider})
    outcome = outcomes.get(source)
    fetched = outcome.as_of if isinstance(outcome, Answered) else at
    labels = [label_of(slug, outcomes) for slug in (source, *others)]
    named = blake2b("\0".join((*key[:3], *others)).encode(), key=patient_id.encode(), digest_size=12)
    return checked(
        {
            "resourceType": "Provenance",
            "id": named.hexdigest(),
            "target": [{"reference": reference} for reference, _ in members],
            "recorded": fetched.isoformat(),
            "agent": agents,
            "entity": [{"role": "source", "what": {"display": each}} for each in labels],
        }
    )


def label_of(slug: str, outcomes: Mapping[str, Outcome]) -> str:
    outcome = outcomes.get(slug)
    return outcome.source.label if outcome is not None else slug


def _agent(role: str, who: Resource) -> Resource:
    return {"type": term(names.PROVENANCE_AGENT, role), "who": who}
