"""What is held about one patient, and how far it can be believed: the side that the connector reads.

Nothing that is missing may look like nothing. Only a source that delivered everything within its own
freshness can be empty; what was refused, ran out of time or is being fetched anew is told of.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Now

from connectors.base.contract import Answer, Fault, Freshness, SourceFault, SourceProfile
from connectors.openfeed.models import HeldRecord, Notice, Reception, RefusedRecord
from connectors.openfeed.reading import Reading, kinds_of_type
from connectors.openfeed.terms import Terms
from consent.encryption import Undecipherable, lookup_key
from consent.terms import PersonId
from consent.vocabulary import EVERY_KIND, Kind


@dataclass(frozen=True, slots=True)
class Held:
    """What the store says of some numbers of one patient.

    received_at, complete_at: the source's last delivery, and the last after which it had delivered
    everything; None: never. is_current: the latter lies within the source's freshness. is_awaited: a notice
    says that something changed, and it has not been fetched yet. refused, run_out: types of records that are
    missing; an empty type: nobody knows.
    """

    received_at: datetime | None
    complete_at: datetime | None
    is_current: bool
    is_awaited: bool
    records: tuple[dict[str, Any], ...]
    closed: tuple[str, ...]
    refused: tuple[str, ...]
    run_out: tuple[str, ...]


def read_held(slug: str, terms: Terms, people: Iterable[PersonId]) -> Held:
    """Blocking: four queries, whatever is held. Ages are judged by the database's clock."""
    digests = [lookup_key(person) for person in people]
    oldest = Now() - timedelta(days=terms.retention_days)
    rows = list(
        HeldRecord.objects.filter(source_id=slug, patient__in=digests)
        .exclude(state=HeldRecord.WITHDRAWN)
        .alias(oldest=oldest)
        .annotate(is_kept=Q(confirmed_at__gt=oldest))
        .order_by("updated", "pk")
    )
    reception = (
        Reception.objects.filter(source_id=slug)
        .annotate(is_current=Q(complete_at__gt=Now() - timedelta(hours=terms.fresh_hours)))
        .first()
    )
    holes = RefusedRecord.objects.filter(source_id=slug).filter(Q(patient__in=digests) | Q(patient=None))
    awaited = Notice.objects.filter(source_id=slug, patient__in=digests).exclude(state=Notice.DONE)
    kept = [row for row in rows if row.state == HeldRecord.HELD and row.is_kept]
    opened = [(row.type, _open(row)) for row in kept]
    return Held(
        received_at=reception.received_at if reception else None,
        complete_at=reception.complete_at if reception else None,
        is_current=bool(reception and reception.is_current),
        is_awaited=awaited.exists(),
        records=tuple(record for _type, record in opened if record is not None),
        closed=tuple(type_ for type_, record in opened if record is None),
        refused=tuple(holes.values_list("type", flat=True)),
        run_out=tuple(row.type for row in rows if row not in kept and not row.is_past),
    )


def is_anything_held(slugs: Iterable[str], people: Iterable[PersonId]) -> bool:
    """Whether one of these sources has delivered anything about the person that is kept. Blocking: one query,
    which opens nothing."""
    digests = [lookup_key(person) for person in people]
    held = HeldRecord.objects.filter(source_id__in=sorted(slugs), patient__in=digests)
    return held.filter(state=HeldRecord.HELD).exists()


def _open(row: HeldRecord) -> dict[str, Any] | None:
    """None where neither key nor form fits: then somebody must be told that something is missing."""
    try:
        record = json.loads(row.content or "")
    except (Undecipherable, ValueError):
        return None
    return record if isinstance(record, dict) else None


def answer_from(
    held: Held, profile: SourceProfile, people: Mapping[str, PersonId], kinds: frozenset[Kind]
) -> Answer:
    """Through the same mapping as what is fetched. Raises SourceFault.

    A source that never delivered has not answered. What is held of one that is not current is shown, and
    everything it might have besides is absent.
    """
    if held.received_at is None:
        raise SourceFault(Fault.UNAVAILABLE)
    reading = Reading(profile, people, kinds)
    as_of = held.complete_at or held.received_at
    reading.read({"records": list(held.records), "as_of": as_of.isoformat()})
    for type_name in (*held.closed, *held.refused):
        reading.note_unparsed(kinds_of_type(type_name))
    if not held.is_current or held.is_awaited:
        return reading.answer(freshness=Freshness.OVERDUE, absent=kinds)
    absent: set[Kind] = set()
    for type_name in held.run_out:
        absent |= (kinds_of_type(type_name) or EVERY_KIND) & kinds
    return reading.answer(freshness=Freshness.DELIVERED, absent=frozenset(absent))


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one source, whoever they are about."""

    held: int
    missing: int


def waiting_counts(slug: str) -> Counts:
    """How many records are held, and how many are known to be missing. Blocking: two queries."""
    rows = dict(
        HeldRecord.objects.filter(source_id=slug).values_list("state").annotate(n=Count("pk")).order_by()
    )
    holes = RefusedRecord.objects.filter(source_id=slug).count()
    return Counts(rows.get(HeldRecord.HELD, 0), holes + rows.get(HeldRecord.RUN_OUT, 0))
