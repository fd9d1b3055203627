"""Taking in what a source delivers, one delivery at a time: the same for a push, a file, and an answer that a
notice led to."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from connectors.base.contract import SourceProfile
from connectors.models import Source
from connectors.openfeed.checking import Judged, judge
from connectors.openfeed.entries import Entry
from connectors.openfeed.models import HeldRecord, Notice, Reception, RefusedRecord
from connectors.openfeed.planning import Outcome, Plan, Result, key_of
from connectors.openfeed.refusing import Code, RefusedWhole
from connectors.openfeed.terms import UnsoundTerms, terms_of

AT_ONCE = 500

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became, or would become, of everything. ``removed``: what was held and is not in the snapshot."""

    results: tuple[Result, ...]
    removed: int
    is_complete: bool
    is_dry_run: bool

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(result.outcome for result in self.results)
        return {outcome.value: found[outcome] for outcome in Outcome}


def receive(
    source: Source,
    entries: Sequence[Entry],
    *,
    is_complete: bool = False,
    is_snapshot: bool = False,
    is_dry_run: bool = False,
    of_patient: bytes | None = None,
) -> Delivery:
    """Take in a delivery in one transaction; a dry run judges the same and writes nothing.

    is_snapshot: what is held and not delivered is removed; of one patient alone, where ``of_patient`` (her
    digest) is given. is_complete: the source says that it has now delivered everything. Raises
    RefusedWhole(NOT_RECEIVING) for a source without sound terms, NOTHING_USABLE for a snapshot without one
    sound record.
    """
    profile = source.as_profile({})
    try:
        terms_of(profile.settings)
    except UnsoundTerms:
        raise RefusedWhole(Code.NOT_RECEIVING) from None
    with transaction.atomic():
        reception = _take_turn(source)
        judged = [(entry, _judge(entry, profile)) for entry in entries]
        plan = Plan(
            source,
            timezone.now(),
            _held_before(source, [one for _entry, one in judged], of_patient, is_snapshot),
        )
        for entry, one in judged:
            plan.place(entry, one)
        if is_snapshot and of_patient is None and not _has_sound(plan):
            raise RefusedWhole(Code.NOTHING_USABLE)
        left_out = plan.left_out(of_patient) if is_snapshot else []
        delivery = Delivery(
            results=tuple(plan.results),
            removed=sum(row.state == HeldRecord.HELD for row in left_out),
            is_complete=(is_complete or is_snapshot) and of_patient is None,
            is_dry_run=is_dry_run,
        )
        if not is_dry_run:
            _carry_out(plan, left_out)
            _fill_holes(plan, is_snapshot=is_snapshot, of_patient=of_patient)
            _note(reception, delivery, plan)
    if not is_dry_run:
        _log.info("delivery", source=source.slug, removed=delivery.removed, **delivery.counts)
    return delivery


def _take_turn(source: Source) -> Reception:
    """Deliveries of one source come one after the other, so that order is what ``updated`` says."""
    Reception.objects.get_or_create(source=source)
    return Reception.objects.select_for_update().get(source=source)


def _judge(entry: Entry, profile: SourceProfile) -> Judged:
    one = judge(entry.record, profile)
    if not entry.problems or one.is_outside:
        return one
    return Judged(one.record, entry.problems, one.id, one.type, one.patient, one.updated)


def _has_sound(plan: Plan) -> bool:
    return any(result.outcome is not Outcome.REFUSED for result in plan.results)


def _held_before(
    source: Source, judged: Iterable[Judged], of_patient: bytes | None, is_snapshot: bool
) -> dict[bytes, HeldRecord]:
    rows = HeldRecord.objects.filter(source=source)
    if is_snapshot and of_patient is None:
        return {bytes(row.key): row for row in rows}
    keys = list({key_of(one.type, one.id) for one in judged if one.type and one.id})
    found: dict[bytes, HeldRecord] = {}
    for part in _parts(keys):
        found |= {bytes(row.key): row for row in rows.filter(key__in=part)}
    if is_snapshot:
        found |= {bytes(row.key): row for row in rows.filter(patient=of_patient)}
    return found


def _carry_out(plan: Plan, left_out: Sequence[HeldRecord]) -> None:
    rows = HeldRecord.objects.filter(source=plan.source)
    replaced = [plan.held[key].pk for key in {*plan.fresh, *plan.gone} if key in plan.held]
    for part in _parts([*replaced, *(row.pk for row in left_out)]):
        rows.filter(pk__in=part).delete()
    HeldRecord.objects.bulk_create(plan.fresh.values(), batch_size=AT_ONCE)
    for part in _parts(list(plan.confirmed)):
        rows.filter(pk__in=part).update(confirmed_at=plan.now)


def _fill_holes(plan: Plan, *, is_snapshot: bool, of_patient: bytes | None) -> None:
    """Close those that a newer record came for, all of them where everything came anew; add the new ones."""
    holes = RefusedRecord.objects.filter(source=plan.source)
    if is_snapshot:
        (holes if of_patient is None else holes.filter(patient=of_patient)).delete()
    for part in _parts([*plan.mended, *plan.holes, *plan.gone]):
        closed = [
            hole.pk
            for hole in holes.filter(key__in=part)
            if bytes(hole.key) not in plan.mended
            or hole.updated is None
            or hole.updated <= plan.mended[bytes(hole.key)]
        ]
        holes.filter(pk__in=closed).delete()
    RefusedRecord.objects.bulk_create(plan.holes.values(), batch_size=AT_ONCE)


def _parts(ids: list[Any]) -> list[list[Any]]:
    return [ids[begin : begin + AT_ONCE] for begin in range(0, len(ids), AT_ONCE)]


def _note(reception: Reception, delivery: Delivery, plan: Plan) -> None:
    for name, count in delivery.counts.items():
        setattr(reception, name, getattr(reception, name) + count)
    reception.outside += plan.outside
    reception.received_at = plan.now
    if delivery.is_complete:
        reception.complete_at = plan.now
        # What they spoke of has now been delivered.
        waiting = Notice.objects.filter(source=plan.source, received_at__lt=plan.now).exclude(
            state=Notice.DONE
        )
        waiting.update(state=Notice.DONE, patient=None, person=None)
    reception.save()
