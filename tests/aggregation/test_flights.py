"""One reader, one patient, one moment, one dossier version: one call. Everything else: its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from connectors.base.breaker import Breaker
from connectors.base.contract import Answer, Fault, SourceFault, SourceProfile
from connectors.base.kinds import CareContact
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind
from portal.aggregation.bulkhead import Bulkhead
from portal.aggregation.fanout import Exchange, fan_out
from portal.aggregation.flights import Flights, view_key
from portal.aggregation.outcomes import Answered, Failed, Outcome
from tests.aggregation.examples import NOON, Scripted, record, source
from tests.factories.permits import AKUTEN, actor_at, altered, permit_for

STRANGER = PersonId("189002149806")
FIRST = permit_for()


class Counted:
    """An exchange over one source that answers after a while, and how often it was asked."""

    def __init__(self, after_s: float = 0.05, fault: Fault | None = None) -> None:
        self.calls = 0
        self.cancelled = 0
        self.after_s = after_s
        self.fault = fault
        self.flights = Flights()
        self.breaker = Breaker(faults_before_rest=3)
        self.exchange = Exchange(self.connect, self.breaker, Bulkhead(), self.flights)

    async def connect(self, profile: SourceProfile) -> Scripted:
        return Scripted(profile, self.answer)

    async def answer(self, permit: Permit, _kinds: frozenset[Kind]) -> Answer:
        self.calls += 1
        try:
            await asyncio.sleep(self.after_s)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.fault is not None:
            raise SourceFault(self.fault)
        return Answer((record(CareContact, patient=permit.patient),), NOON)

    @property
    def is_empty(self) -> bool:
        return not any(self.flights.under_way.values())


async def look(
    counted: Counted, permit: Permit, profile: SourceProfile | None = None, **more: Any
) -> list[Outcome]:
    profiles = [profile or source(deadline_s=1.0)]
    found: list[Outcome] = []
    async for batch in fan_out(permit, profiles, exchange=counted.exchange, **more):
        found += batch
    return found


def together(counted: Counted, permits: Sequence[Permit]) -> list[list[Outcome]]:
    async def run() -> list[list[Outcome]]:
        found = await asyncio.gather(*(look(counted, permit) for permit in permits))
        await asyncio.sleep(0)
        assert counted.is_empty
        return found

    return asyncio.run(run())


def same_again(**changes: Any) -> Permit:
    """Another view of the same reader, patient, decisions and dossier version."""
    return altered(FIRST, view_id=permit_for().view_id, **changes)


def test_identical_views_share_one_call_and_each_has_its_own_outcome() -> None:
    counted = Counted()
    found = together(counted, [FIRST, same_again(), same_again()])
    assert counted.calls == 1
    outcomes = [outcome for (outcome,) in found]
    assert all(isinstance(o, Answered) and len(o.records) == 1 for o in outcomes)
    assert len({id(o) for o in outcomes}) == 3


DIFFERENT: dict[str, dict[str, Any]] = {
    "another reader": {"actor": replace(actor_at(), user_id=2)},
    "another assignment": {"actor": replace(actor_at(), assignment_id="2")},
    "another right": {"actor": replace(actor_at(), title="Sjuksköterska")},
    "another patient": {"patient": STRANGER},
    "another linked number": {"aliases": (STRANGER,)},
    "another dossier version": {"dossier_version": 2},
    "another dossier": {"dossier_id": permit_for().dossier_id},
    "another decision": {"decisions": dict(list(FIRST.decisions.items())[1:])},
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_whatever_differs_is_a_call_of_its_own(what: str) -> None:
    counted = Counted()
    together(counted, [FIRST, same_again(**DIFFERENT[what])])
    assert counted.calls == 2


def test_other_kinds_or_settings_are_a_call_of_their_own() -> None:
    async def run() -> int:
        counted = Counted()
        elsewhere = source(deadline_s=1.0, settings={"token": "b"})
        await asyncio.gather(
            look(counted, FIRST),
            look(counted, same_again(), kinds=frozenset({Kind.CARE_CONTACT})),
            look(counted, same_again(), elsewhere),
        )
        return counted.calls

    assert asyncio.run(run()) == 3


def test_two_keys_of_one_hash_are_still_told_apart() -> None:
    """A hash may be shared by chance, an answer never."""
    one, other = view_key(FIRST), view_key(same_again(patient=STRANGER))
    other._hash = one._hash
    assert hash(one) == hash(other)
    assert one != other
    assert one == view_key(same_again())


def test_nothing_is_kept_after_the_flight() -> None:
    async def run() -> int:
        counted = Counted(after_s=0)
        await look(counted, FIRST)
        await look(counted, same_again())
        return counted.calls

    assert asyncio.run(run()) == 2


@pytest.mark.parametrize("leaver", [0, 1])
def test_who_leaves_leaves_alone(leaver: int) -> None:
    async def run() -> tuple[Counted, list[Outcome]]:
        counted = Counted()
        views = [asyncio.create_task(look(counted, p)) for p in (FIRST, same_again())]
        await asyncio.sleep(0.01)
        views[leaver].cancel()
        return counted, await views[1 - leaver]

    counted, (outcome,) = asyncio.run(run())
    assert isinstance(outcome, Answered)
    assert (counted.calls, counted.cancelled) == (1, 0)


def test_the_last_to_leave_ends_the_call() -> None:
    async def run() -> Counted:
        counted = Counted(after_s=5)
        views = [asyncio.create_task(look(counted, p)) for p in (FIRST, same_again())]
        await asyncio.sleep(0.01)
        for view in views:
            view.cancel()
        await asyncio.gather(*views, return_exceptions=True)
        await asyncio.sleep(0)
        assert counted.is_empty
        return counted

    assert asyncio.run(run()).cancelled == 1


def test_a_shared_failure_is_everybodys_and_counts_once() -> None:
    counted = Counted(fault=Fault.CONNECT)
    found = together(counted, [FIRST, *(same_again() for _ in range(5))])
    assert {o.fault for (o,) in found if isinstance(o, Failed)} == {Fault.CONNECT}
    assert counted.breaker.conditions["cosmic"].faults == 1


def test_each_view_has_its_own_deadline() -> None:
    """The key holds the deadline too: a view that waits less never cuts one that waits longer."""

    async def run() -> tuple[list[Outcome], list[Outcome]]:
        counted = Counted(after_s=0.15)
        return await asyncio.gather(
            look(counted, FIRST, source(deadline_s=0.05)),
            look(counted, same_again(), source(deadline_s=1.0)),
        )

    (short,), (long,) = asyncio.run(run())
    assert isinstance(short, Failed)
    assert short.fault is Fault.TIMED_OUT
    assert isinstance(long, Answered)


def test_fifty_readers_of_one_patient_make_fifty_calls() -> None:
    counted = Counted()
    permits = [altered(FIRST, actor=replace(actor_at(AKUTEN), user_id=n)) for n in range(50)]
    together(counted, permits)
    assert counted.calls == 50
