"""Recording that blocks are lifted, by those who may; and asking another provider to lift its own.

As in ``consent.recording``: one transaction each, for a database thread, raising NotAllowed, LogUnavailable.
Nobody lifts a block for themselves without the right to (PDL 4:5), and nobody another provider's (SVOD 3:5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, transaction
from django.db.models.functions import Now

from consent import blocking
from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, LogUnavailable, Trace, write
from consent.acts import Act, NotAllowed
from consent.models import BlockLift, CareProvider, CareUnit, LiftRequest
from consent.recording import OPENING_LASTS, Opened, Recorder, plain, recorded
from consent.terms import Actor, Block, PersonId
from consent.vocabulary import CareKind, LiftAnswer, LiftGround, Purpose, Right

LONGEST_LIFT = timedelta(days=30)


def lift_blocks(
    by: Recorder,
    block_ids: Sequence[str],
    ground: LiftGround,
    reason: str,
    ends_at: datetime | None = None,
    *,
    unit_id: str = "",
    employee_id: str = "",
) -> None:
    """An authorised officer sets blocks of the own provider aside (row 4), for a unit (the officer's own
    where none is named) or one person there. A reason is required.

    ``ends_at``: at most 30 days ahead; 24 hours where it is not said.
    """
    with recorded(by, Act.LIFT_BLOCK, Event.BLOCK_LIFTED, reason) as (opened, detail):
        chosen = [b for b in blocking.of_own_provider(by.actor, opened.facts) if b.id in set(block_ids)]
        unit = unit_id or by.actor.unit.hsa_id
        is_for_own = CareUnit.objects.filter(pk=unit, provider_id=by.actor.provider.hsa_id).exists()
        until = ends_at or opened.now + OPENING_LASTS
        if not chosen or not plain(reason) or not is_for_own or not _is_short(opened, until):
            raise NotAllowed(Act.LIFT_BLOCK)
        rows = _make_lifts(by, opened, chosen, ground, reason, until, unit, employee_id)
        detail.update(acts=[str(row.pk) for row in rows], blocks=[b.id for b in chosen], ground=ground.value)
        detail.update(unit=unit, until=until.isoformat())


def end_lift(by: Recorder, lift_id: str, reason: str) -> None:
    """The block is in force again from now on. A reason is required."""
    with recorded(by, Act.END_LIFT, Event.LIFT_ENDED, reason) as (opened, detail):
        own = {lift.id for lift in blocking.own_lifts(by.actor, opened.facts)}
        if lift_id not in own or not plain(reason):
            raise NotAllowed(Act.END_LIFT)
        BlockLift.objects.filter(pk=lift_id).update(
            ended_at=opened.now, ended_by=by.actor.hsa_id, end_reason=plain(reason)
        )
        detail.update(act=lift_id)


def ask_to_lift(by: Recorder, provider_id: str) -> None:
    """In an emergency, with a patient who cannot ask for it herself: another vårdgivare is asked (row 13).

    A provider without a block against the reader, or an omsorgsgivare, is not asked, and it looks the same.
    """
    with recorded(by, Act.ASK_TO_LIFT, Event.LIFT_ASKED) as (opened, detail):
        blocks = blocking.to_ask_about(by.actor, opened.facts, opened.now, provider_id)
        asked = CareProvider.objects.filter(pk=provider_id, kind=CareKind.HEALTH_CARE.value).exists()
        if not blocks or not asked:
            raise NotAllowed(Act.ASK_TO_LIFT)
        row = LiftRequest.objects.create(
            **opened.shared,
            employee_id=by.actor.hsa_id,
            asked_provider_id=provider_id,
            block_refs=[b.id for b in blocks],
            ends_at=opened.now + OPENING_LASTS,
        )
        detail.update(act=str(row.pk), asked=provider_id, blocks=row.block_refs)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that nobody has answered: from whom, where, about whom."""

    id: str
    patient: PersonId
    unit_id: str
    employee_id: str
    asked_at: datetime
    block_count: int


def waiting_requests(actor: Actor, trace: Trace) -> tuple[Waiting, ...]:
    """What the officer's provider has been asked, oldest first; for each patient a row in the log.

    For a database thread. Raises NotAllowed to whom may not lift blocks, LogUnavailable.
    """
    if Right.LIFT_BLOCKS not in actor.rights or actor.purpose is not Purpose.CARE:
        raise NotAllowed(Act.ANSWER_LIFT_REQUEST)
    try:
        with transaction.atomic():
            rows = LiftRequest.objects.filter(
                asked_provider_id=actor.provider.hsa_id, answer="", ended_at=None, annulled_at=None
            ).filter(starts_at__lte=Now(), ends_at__gt=Now())
            found = tuple(map(_waiting, rows.select_related("dossier__main").order_by("recorded_at")))
            for patient in dict.fromkeys(waiting.patient for waiting in found):
                write(
                    Entry(
                        Event.SEARCH,
                        actor,
                        trace,
                        patient,
                        action=Action.SEARCH,
                        detail={"list": "lift_requests"},
                    )
                )
    except Error as error:
        raise LogUnavailable from error
    return found


def _waiting(row: LiftRequest) -> Waiting:
    patient = (row.dossier.main or row.dossier).as_person()
    count = len(row.block_refs)
    return Waiting(str(row.pk), patient, row.unit_id, row.employee_id, row.recorded_at, count)


def answer_request(by: Recorder, request_id: str, answer: LiftAnswer, reason: str) -> None:
    """The blocking provider's officer lifts what was asked about, for the one who asked and for 24 hours, or
    declines. Both need a reason. Blocks that could not be read cannot be lifted."""
    with recorded(by, Act.ANSWER_LIFT_REQUEST, Event.LIFT_ANSWERED, reason) as (opened, detail):
        waiting = {r.id for r in blocking.requests_to(by.actor, opened.facts)}
        is_unreadable = answer is LiftAnswer.LIFTED and opened.facts.blocks is None
        if request_id not in waiting or not plain(reason) or is_unreadable:
            raise NotAllowed(Act.ANSWER_LIFT_REQUEST)
        row = LiftRequest.objects.get(pk=request_id)
        row.answer, row.answered_at, row.answered_by = answer.value, opened.now, by.actor.hsa_id
        row.save(update_fields=["answer", "answered_at", "answered_by"])
        detail.update(act=str(row.pk), answer=answer.value)
        if answer is LiftAnswer.LIFTED:
            asked = set(row.block_refs)
            blocks = [b for b in blocking.of_own_provider(by.actor, opened.facts) if b.id in asked]
            ends_at = opened.now + OPENING_LASTS
            lifts = _make_lifts(
                by, opened, blocks, LiftGround.NEED, reason, ends_at, row.unit_id, row.employee_id
            )
            detail.update(acts=[str(lift.pk) for lift in lifts])


def _make_lifts(
    by: Recorder,
    opened: Opened,
    blocks: Sequence[Block],
    ground: LiftGround,
    reason: str,
    ends_at: datetime,
    unit_id: str,
    employee_id: str,
) -> list[BlockLift]:
    shared = {**opened.shared, "provider_id": by.actor.provider.hsa_id, "unit_id": unit_id}
    return [
        BlockLift.objects.create(
            **shared,
            employee_id=employee_id,
            block_ref=block.id,
            ground=ground.value,
            reason=plain(reason),
            ends_at=ends_at,
        )
        for block in blocks
    ]


def _is_short(opened: Opened, ends_at: datetime) -> bool:
    return opened.now < ends_at <= opened.now + LONGEST_LIFT
