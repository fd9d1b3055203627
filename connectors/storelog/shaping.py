"""A row of the access log as the national log has it: StoreLog 2.0, domain informationsecurity:auditing:log.

The contract's own limits are held here, so that a row the service could not keep is found before it is sent.
Source: the contract's description 2.0.8, data types of version 2.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import override

from connectors.labels import KIND_LABELS
from connectors.rivta.identifiers import OID_OF_NUMBER
from connectors.storelog.models import Outgoing
from consent.accesslog.events import Activity, Event
from consent.accesslog.model import AccessEvent
from consent.accesslog.viewing import patient_of
from consent.terms import SWEDISH_TIME, PersonId
from consent.vocabulary import Kind, Purpose

MOST_ID, MOST_TEXT = 32, 256
# A question alone is no reading: what came of it is logged as shown.
NOT_SENT = frozenset({Event.INTENT})
PURPOSES: Mapping[str, str] = {
    Purpose.CARE.value: "Vård och behandling",
    Purpose.CERTIFICATE.value: "Annan dokumentation enligt lag",
    Purpose.QUALITY.value: "Kvalitetssäkring",
    Purpose.ADMINISTRATION.value: "Administration",
    Purpose.RESEARCH.value: "Statistik",
}
# What an act without kinds is about: the portal's own notes, kept by the reader's own provider.
ABOUT: Mapping[str, str] = {
    Event.SEARCH.value: "Personuppgift",
    Event.LAUNCHED.value: "Personuppgift",
    Event.RELATION_CONFIRMED.value: "Patientrelation",
    Event.RELATION_ENDED.value: "Patientrelation",
    Event.BLOCK_RECORDED.value: "Spärr",
    Event.BLOCK_ENDED.value: "Spärr",
    Event.BLOCK_LIFTED.value: "Spärr",
    Event.LIFT_ENDED.value: "Spärr",
    Event.LIFT_ASKED.value: "Spärr",
    Event.LIFT_ANSWERED.value: "Spärr",
    Event.LOG_EXTRACTED.value: "Åtkomstlogg",
    Event.LIST_ADDED.value: "Patientlista",
    Event.LIST_REMOVED.value: "Patientlista",
    Event.NUMBERS_LINKED.value: "Personuppgift",
}
OVERVIEW = "Patientöversikt"
CONSENT = "Samtycke"


class Unsendable(ValueError):
    """A row the contract has no room for. Carries a reason of ``Outgoing.REASONS``, nothing of the row."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Resource:
    """What was looked at or written, and whose it is. ``unit_id`` may be empty."""

    type: str
    provider_id: str
    unit_id: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One log post. ``log_id`` is the row's own id: however often it is sent, it is the same."""

    log_id: str
    activity: str
    args: str
    start: datetime
    purpose: str
    user_id: str
    provider_id: str
    unit_id: str
    unit_name: str
    patient: PersonId | None
    resources: tuple[Resource, ...]


def is_sent(row: AccessEvent) -> bool:
    """Whether the national log has a word for what was done: sign-ins and the like stay with us."""
    return row.activity != Activity.NONE.value and row.event not in {each.value for each in NOT_SENT}


def shape(row: AccessEvent) -> Post:
    """Raises Unsendable."""
    ids = (row.user_hsa_id, row.provider_id, row.unit_id)
    purpose = PURPOSES.get(row.purpose)
    if purpose is None or not all(one and len(one) <= MOST_ID for one in ids):
        raise Unsendable(Outgoing.INCOMPLETE)
    patient = patient_of(row)
    if row.patient_sealed is not None and patient is None:
        raise Unsendable(Outgoing.KEY_LOST)
    if patient is not None and patient.type not in OID_OF_NUMBER:
        raise Unsendable(Outgoing.INCOMPLETE)
    return Post(
        log_id=str(row.event_id),
        activity=row.activity,
        args=f"view={row.view_id}" if row.view_id else "",
        start=row.at.astimezone(SWEDISH_TIME),
        purpose=purpose,
        user_id=row.user_hsa_id,
        provider_id=row.provider_id,
        unit_id=row.unit_id,
        unit_name=row.unit_name[:MOST_TEXT],
        patient=patient,
        resources=tuple(dict.fromkeys(_resources(row))),
    )


def _resources(row: AccessEvent) -> list[Resource]:
    """Of what was shown: each kind by its owner. Where nothing was, the kinds that were asked for."""
    if row.origins:
        found = [Resource(_label(kind), provider, unit) for provider, unit, kind, _count in row.origins]
        if not all(one.provider_id and len(one.provider_id) <= MOST_ID for one in found):
            raise Unsendable(Outgoing.INCOMPLETE)
        return [one if len(one.unit_id) <= MOST_ID else Resource(one.type, one.provider_id) for one in found]
    if row.kinds:
        return [Resource(_label(kind), row.provider_id) for kind in row.kinds]
    own = CONSENT if row.event.startswith(("consent", "sip_consent", "refusal")) else OVERVIEW
    return [Resource(ABOUT.get(row.event, own), row.provider_id)]


def _label(kind: str) -> str:
    """In Swedish, whatever language the worker has been left with."""
    with override("sv"):
        return str(KIND_LABELS[Kind(kind)]) if kind in set(Kind) else OVERVIEW
