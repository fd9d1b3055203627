"""Every permitted source asked at once, each under its own clock. One source's trouble is its own."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import structlog

from connectors.base.breaker import BREAKER, Breaker
from connectors.base.clock import start_clock
from connectors.base.contract import Answer, Connector, Fault, SourceFault, SourceProfile
from connectors.base.registry import without_handover
from connectors.sources import connector_for
from consent.terms import Permit
from consent.vocabulary import EVERY_KIND, Kind
from portal import measuring
from portal.aggregation.asking import Question, divide
from portal.aggregation.bulkhead import BULKHEAD, Bulkhead
from portal.aggregation.checking import check
from portal.aggregation.flights import FLIGHTS, Flight, Flights, Key, key_of, view_key
from portal.aggregation.outcomes import Failed, Outcome, Refused

log = structlog.get_logger(__name__)

Connect = Callable[[SourceProfile], Awaitable[Connector]]

# The page promises to be final after five seconds, whatever a source was configured with.
LONGEST_WAIT_S = 5.0
# Each release costs a row in the log and a drawing: answers close in time leave together.
GATHERING_S = 0.015
# A clock that rings this late tells that the process is behind with its work, so that nothing would reach the
# reader sooner by leaving now. Then more is gathered, but no longer than this.
LATE_S = 0.002
LONGEST_GATHERING_S = 0.060


class SpecimenInView(Exception):
    """A permit to try connectors with has come where a person would be shown. It opens nothing here."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where calls go out: how a connector is found, who is left alone, who waits, and which are shared."""

    connect: Connect = connector_for
    breaker: Breaker = BREAKER
    bulkhead: Bulkhead = BULKHEAD
    flights: Flights = FLIGHTS


def fan_out(
    permit: Permit,
    profiles: Iterable[SourceProfile],
    kinds: frozenset[Kind] = EVERY_KIND,
    exchange: Exchange | None = None,
) -> "Asked":
    """Ask every source the permit opens, now. Iterated it gives outcomes as they come, those close in time
    together; sources the permit does not open come first, refused, and are never called."""
    if permit.is_specimen:
        raise SpecimenInView
    division = divide(permit.actor, permit.decisions, profiles, kinds & permit.kinds)
    through, view = exchange or Exchange(), view_key(permit)
    return Asked(
        division.refused,
        {
            asyncio.create_task(ask(permit, question, key_of(view, question), through)): question
            for question in division.asked
        },
    )


class Asked:
    """Questions that have left. ``aclose`` cancels every call still under way, iterated or not.

    Nor do they outlive the task that asked: whatever becomes of a page between its questions and its first
    byte (it breaks, its reader goes, nobody ever reads it), they end with its request.
    """

    def __init__(self, refused: tuple[Refused, ...], tasks: dict[asyncio.Task[Outcome], Question]) -> None:
        self._refused = refused
        self._tasks = tasks
        self._waiting = set(tasks)
        self._is_taken_back = False
        self._asker = asyncio.current_task()
        if self._asker is not None:
            self._asker.add_done_callback(self._take_back)

    def __aiter__(self) -> "Asked":
        return self

    async def __anext__(self) -> tuple[Outcome, ...]:
        if self._refused:
            refused, self._refused = self._refused, ()
            return refused
        if not self._waiting:
            raise StopAsyncIteration
        done = await gathered(self._waiting)
        if self._is_taken_back:
            # Else every source would seem to have failed by itself.
            raise RuntimeError("whoever asked has gone")
        self._waiting -= done
        return tuple(outcome_of(task, question) for task, question in self._tasks.items() if task in done)

    async def aclose(self) -> None:
        if self._asker is not None:
            self._asker.remove_done_callback(self._take_back)
        waiting, self._waiting = self._waiting, set()
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def _take_back(self, _asker: object) -> None:
        self._is_taken_back = bool(self._waiting)
        for task in self._waiting:
            task.cancel()


async def gathered(waiting: set[asyncio.Task[Outcome]]) -> set[asyncio.Task[Outcome]]:
    """The first that come, and those within 15 ms of them, or 60 where the process is busy (ADR 69)."""
    now = asyncio.get_running_loop().time
    done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    latest = now() + LONGEST_GATHERING_S
    while left:
        rings_at = min(now() + GATHERING_S, latest)
        also, left = await asyncio.wait(left, timeout=rings_at - now())
        done |= also
        if not rings_at + LATE_S < now() < latest:
            break
    return done


def outcome_of(task: asyncio.Task[Outcome], question: Question) -> Outcome:
    """A task that was cancelled from inside is a connector's mistake, not an order to us."""
    if task.cancelled():
        return Failed(question.source, question.kinds, Fault.OUR_BUG, datetime.now(UTC))
    return task.result()


async def ask(permit: Permit, question: Question, key: Key, exchange: Exchange) -> Outcome:
    """One source, start to end, measured. Raises nothing but its own cancellation."""
    slug, started = question.source.slug, time.monotonic()
    with measuring.source_span(slug) as tell:
        outcome = await ask_one(permit, question, key, exchange)
        word = outcome.fault.value if isinstance(outcome, Failed) else measuring.ANSWERED
        tell(word)
    # Who was left alone was not asked.
    if word != Fault.NOT_ASKED.value:
        measuring.note_source(slug, word, time.monotonic() - started)
    return outcome


async def ask_one(permit: Permit, question: Question, key: Key, exchange: Exchange) -> Outcome:
    source, started, error_id = question.source, time.monotonic(), ""
    flight = exchange.flights.find(key)
    try:
        if flight is None:
            if not exchange.breaker.may_ask(source.slug):
                raise SourceFault(Fault.NOT_ASKED)
            flight = exchange.flights.begin(key, partial(call, permit, question, exchange))
        outcome = await ask_in_time(permit, question, key, exchange, flight)
    except SourceFault as error:
        fault, retry_after_s = error.fault, error.retry_after_s
    except Exception:  # whatever a connector raises is that source's fault only
        fault, retry_after_s, error_id = Fault.OUR_BUG, None, uuid4().hex[:12]
        log.exception("source_bug", source=source.slug, error_id=error_id)
    else:
        exchange.breaker.note_answer(source.slug)
        return outcome
    # One call that several waited for has failed once.
    if flight is None or not flight.is_noted:
        exchange.breaker.note_fault(source.slug, fault, retry_after_s)
    if flight is not None:
        flight.is_noted = True
    if fault is Fault.FOREIGN_PATIENT:
        # Whether the connector saw it or we did: somebody must look at that system today.
        log.error("foreign_patient", alarm=True, source=source.slug, view=str(permit.view_id))
    took_ms = round((time.monotonic() - started) * 1000)
    log.warning("source_fault", source=source.slug, fault=fault.value, took_ms=took_ms)
    return Failed(source, question.kinds, fault, datetime.now(UTC), error_id)


async def call(permit: Permit, question: Question, exchange: Exchange, flight: Flight) -> Answer:
    """Wait for a free place, and ask. Raises SourceFault.

    The connector's clock runs from here, and ends before the reader's patience does, whatever the source was
    configured with and however long the queue was: a part that is slow must not cost what came in time.
    A source that tells any request to wait is left alone from that moment, though the others are answered.
    """
    slug = question.source.slug

    def note_wait(seconds: float | None) -> None:
        exchange.breaker.note_fault(slug, Fault.THROTTLED, seconds)
        flight.is_noted = True

    with start_clock(without_handover(longest_wait_s(question.source)), note_wait) as clock:
        connector = await exchange.connect(question.source)
        async with exchange.bulkhead.door(slug):
            if clock.left_s() <= 0:
                raise SourceFault(Fault.BUSY)
            flight.has_begun = True
            return await connector.fetch(permit, question.kinds)


def longest_wait_s(source: SourceProfile) -> float:
    """How long a view waits for a source, in seconds."""
    return min(source.deadline_s, LONGEST_WAIT_S)


async def ask_in_time(
    permit: Permit, question: Question, key: Key, exchange: Exchange, flight: Flight
) -> Outcome:
    """Wait for the call and check what came, all within this view's own deadline. Raises SourceFault."""
    source = question.source
    try:
        async with asyncio.timeout(longest_wait_s(source)) as limit:
            answer = await exchange.flights.ride(key, flight)
    except TimeoutError:
        if limit.expired():
            raise SourceFault(Fault.TIMED_OUT if flight.has_begun else Fault.BUSY) from None
        raise
    return check(permit, source, question.kinds, answer)
