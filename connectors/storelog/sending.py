"""Sending what waits, one call after another, until all is sent or the service does not answer.

A call is noted before it leaves: if this process dies, or the answer does, its rows go together once
more. They were kept whole or not at all. So one of them that is accepted shows that none had been, and
where each is refused by itself they were kept the first time (ADR 55).
"""

import asyncio
import random
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db.models import F
from django.utils import timezone

from connectors.base.contract import Fault, SourceFault
from connectors.base.session import close_session
from connectors.storelog.models import Outgoing, Receiver
from connectors.storelog.shaping import Post, Unsendable, shape
from connectors.storelog.speaking import Outcome, store, transport_to
from connectors.storelog.terms import AT_ONCE, DEADLINE_S, NationalLog
from consent.accesslog.model import AccessEvent

LEASE_S = 2 * DEADLINE_S
# After so long the next run goes on: other work of the queue is let in between.
RUN_S = 45.0
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 900.0
# Of these one knows that nothing was kept: the call was not let out, or not let in.
NEVER_KEPT = frozenset(
    {Fault.DNS, Fault.TLS, Fault.CERTIFICATE, Fault.FORBIDDEN, Fault.AUTH, Fault.THROTTLED, Fault.CONFIG}
)

log = structlog.get_logger(__name__)


def send_waiting(place: NationalLog) -> int:
    """How many were acknowledged. 0 at once where somebody else sends, or it is not time to try again."""
    if not _take_turn():
        return 0
    try:
        with asyncio.Runner() as runner:
            try:
                return _Sender(place, runner).send_all()
            finally:
                runner.run(close_session())
    except SourceFault as fault:
        _note_failure(fault.fault, fault.retry_after_s)
        return 0
    finally:
        Receiver.objects.filter(pk=1).update(leased_until=None)


def _take_turn() -> bool:
    """Until the lease ends: a sender that was killed holds nobody up for longer."""
    now = timezone.now()
    free = Receiver.objects.filter(pk=1).exclude(leased_until__gt=now).exclude(next_at__gt=now)
    return bool(free.update(leased_until=now + timedelta(seconds=LEASE_S)))


class _Sender:
    def __init__(self, place: NationalLog, runner: asyncio.Runner) -> None:
        self._place, self._runner = place, runner
        self._transport = transport_to(place)
        self._disproved = set[uuid.UUID]()
        self._refused = list[tuple[Outgoing, uuid.UUID | None]]()
        self._acknowledged = 0

    def send_all(self) -> int:
        ends = time.monotonic() + RUN_S
        while time.monotonic() < ends and (rows := next_call()):
            self._refused.clear()
            posts = self._shaped(rows)
            if posts and not self._send(posts):
                break
            self._judge_refused()
        return self._acknowledged

    def _shaped(self, rows: Sequence[Outgoing]) -> list[tuple[Outgoing, Post]]:
        events = {row.event_id: row for row in AccessEvent.objects.filter(seq__in=[r.seq for r in rows])}
        found = []
        for row in rows:
            event = events.get(row.event_id)
            try:
                if event is None:
                    raise Unsendable(Outgoing.INCOMPLETE)
                found.append((row, shape(event)))
            except Unsendable as flaw:
                _set_aside(row, flaw.reason)
        return found

    def _send(self, posts: list[tuple[Outgoing, Post]]) -> bool:
        """Send, and where something in it is refused find out what, in halves. False: it is not to go on."""
        before = {row.pk: row.doubt for row, _post in posts}
        outcome = self._call(posts)
        if outcome is Outcome.STORED:
            self._acknowledge(posts, before)
        elif outcome in (Outcome.FAILED, Outcome.REPORTED):
            if outcome is Outcome.FAILED:
                self._give_back(posts, before)
            _lessen([row for row, _post in posts], may_set_aside=True)
            _note_failure(Fault.REPORTED, None)
            return False
        elif len(posts) == 1:
            self._give_back(posts, before)
            row = posts[0][0]
            self._refused.append((row, before[row.pk]))
        else:
            self._give_back(posts, before)
            half = len(posts) // 2
            return self._send(posts[:half]) and self._send(posts[half:])
        return True

    def _call(self, posts: list[tuple[Outgoing, Post]]) -> Outcome:
        call = uuid.uuid4()
        before = {row.pk: row.doubt for row, _post in posts}
        Outgoing.objects.filter(pk__in=list(before)).update(doubt=call, attempts=F("attempts") + 1)
        Receiver.objects.filter(pk=1).update(leased_until=timezone.now() + timedelta(seconds=LEASE_S))
        try:
            sent = [post for _row, post in posts]
            return self._runner.run(store(self._transport, self._place, sent))
        except SourceFault as fault:
            if fault.fault in NEVER_KEPT:
                self._give_back(posts, before)
            elif fault.fault is not Fault.CONNECT:
                _lessen([row for row, _post in posts], may_set_aside=False)
            raise

    def _give_back(
        self, posts: list[tuple[Outgoing, Post]], before: dict[uuid.UUID, uuid.UUID | None]
    ) -> None:
        """The call is known to have kept nothing: what was in doubt before is so again, and nothing else."""
        for doubt in set(before.values()):
            of_it = [row.pk for row, _post in posts if before[row.pk] == doubt]
            still = None if doubt in self._disproved else doubt
            Outgoing.objects.filter(pk__in=of_it).update(doubt=still)

    def _acknowledge(
        self, posts: list[tuple[Outgoing, Post]], before: dict[uuid.UUID, uuid.UUID | None]
    ) -> None:
        now = timezone.now()
        doubts = {doubt for doubt in before.values() if doubt is not None}
        Outgoing.objects.filter(pk__in=list(before)).update(
            state=Outgoing.ACKNOWLEDGED, settled_at=now, doubt=None, reason=""
        )
        Outgoing.objects.filter(state=Outgoing.WAITING, doubt__in=doubts).update(doubt=None)
        self._disproved |= doubts
        self._acknowledged += len(posts)
        size = min(AT_ONCE, 2 * Receiver.objects.get(pk=1).at_once)
        Receiver.objects.filter(pk=1).update(
            failures=0, fault="", next_at=None, accepted_at=now, at_once=size
        )

    def _judge_refused(self) -> None:
        """At the end of a call with all its halves, when what was in doubt is known."""
        for row, doubt in self._refused:
            if doubt is not None and doubt not in self._disproved:
                log.info("national_log_known", row=str(row.pk))
                _settle(row, Outgoing.KNOWN, "")
            else:
                _set_aside(row, Outgoing.INVALID)


def next_call() -> list[Outgoing]:
    """What goes next, oldest first: a call in doubt again as it was; one refused before, by itself."""
    now = timezone.now()
    waiting = Outgoing.objects.filter(state=Outgoing.WAITING).exclude(next_at__gt=now).order_by("seq")
    first = waiting.first()
    if first is None:
        return []
    if first.doubt is not None:
        return list(waiting.filter(doubt=first.doubt))
    if first.refused_at is not None:
        return [first]
    receiver = Receiver.objects.get(pk=1)
    return list(waiting.filter(doubt=None, refused_at=None)[: max(1, receiver.at_once)])


def _lessen(rows: Sequence[Outgoing], *, may_set_aside: bool) -> None:
    """The service could not. If it is because of one row, smaller calls find it: it lets others pass, and is
    put aside once they have been kept and it alone has not."""
    if len(rows) > 1:
        half = len(rows) // 2
        Receiver.objects.filter(pk=1).update(at_once=half)
        for part in (rows[:half], rows[half:]):
            doubted = Outgoing.objects.filter(pk__in=[row.pk for row in part], doubt__isnull=False)
            doubted.update(doubt=uuid.uuid4())
        return
    (row,) = rows
    receiver, now = Receiver.objects.get(pk=1), timezone.now()
    was_passed = row.refused_at is not None and bool(
        receiver.accepted_at and receiver.accepted_at > row.refused_at
    )
    if was_passed and may_set_aside:
        _set_aside(row, Outgoing.REPORTED)
        return
    later = now + timedelta(seconds=2 * _wait_s(receiver.failures))
    Outgoing.objects.filter(pk=row.pk).update(refused_at=row.refused_at or now, next_at=later)


def _set_aside(row: Outgoing, reason: str) -> None:
    log.error("national_log_set_aside", row=str(row.pk), reason=reason)
    _settle(row, Outgoing.ASIDE, reason)


def _settle(row: Outgoing, state: str, reason: str) -> None:
    Outgoing.objects.filter(pk=row.pk).update(
        state=state, reason=reason, settled_at=timezone.now(), doubt=None
    )


def _note_failure(fault: Fault, retry_after_s: float | None) -> None:
    """The next attempt waits, longer each time; as long as the service asks for where it does."""
    receiver = Receiver.objects.get(pk=1)
    wait_s = max(_wait_s(receiver.failures), retry_after_s or 0.0)
    log.warning(
        "national_log_failed", fault=fault.value, failures=receiver.failures + 1, wait_s=round(wait_s)
    )
    Receiver.objects.filter(pk=1).update(
        failures=receiver.failures + 1,
        fault=fault.value,
        failed_at=timezone.now(),
        next_at=timezone.now() + timedelta(seconds=wait_s),
    )


def _wait_s(failures: int) -> float:
    longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(failures, 10))
    return longest * random.uniform(0.8, 1.0)  # noqa: S311 (spreads load, guards nothing)
