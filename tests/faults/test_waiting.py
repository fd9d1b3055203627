"""A source that says "wait" to one of many requests, or is slow with one of them: what came is shown, what is
missing is told of, and nobody goes on asking."""

import asyncio
from dataclasses import replace

import pytest

from connectors.base.breaker import Breaker
from connectors.base.clock import running_clock
from connectors.base.contract import Answer, Fault, SourceFault
from connectors.base.faultserver import Reply, json_reply, run_fault_server
from connectors.base.registry import build_connector
from connectors.base.scenarios import run
from connectors.base.transport import Transport
from connectors.base.waiting import Wait
from consent.vocabulary import Kind
from portal.aggregation import fanout
from portal.aggregation.bulkhead import Bulkhead
from portal.aggregation.buttons import BUTTONS
from portal.aggregation.fanout import Exchange, fan_out
from portal.aggregation.flights import Flights
from portal.aggregation.judging import Scene, read_button
from portal.aggregation.outcomes import Answered, Failed
from portal.aggregation.states import Flag, State
from tests.aggregation.examples import MOMENT, NOON, exchange_of, source
from tests.factories.permits import permit_for
from tests.faults.systems import SYSTEMS

pytestmark = pytest.mark.network

TOLD_TO_WAIT = json_reply({}, 429, headers={"Retry-After": "60"})
HANGING = Reply(hang_before_headers=True)
BY_NAME = {system.speaks: system for system in SYSTEMS}
# Which one of all the requests goes wrong, and what only it would have told of.
ONE_OF_MANY = {
    "FHIR": (lambda asked: "/Condition/" in asked.path, Kind.DIAGNOSIS),
    "SOAP": (lambda asked: "GetMedicationHistory" in asked.headers["soapaction"], Kind.MEDICATION),
}


class Looking:
    """Views of one system, one of whose operations answers with something else than it should."""

    def __init__(self, speaks, reply, deadline_s=30.0):
        self.system, self.reply, self.deadline_s = BY_NAME[speaks], reply, deadline_s
        self.is_the_one, self.kind = ONE_OF_MANY[speaks]
        self.breaker = Breaker()

    def answer(self, asked):
        return self.reply if self.is_the_one(asked) else self.system.scenarios.found(asked)

    def look(self, times=1):
        """The outcome of each view, and how many requests had arrived after it."""

        async def looking():
            async with run_fault_server(self.answer) as server:
                profile = self.system.profile(server.base_url, self.deadline_s)
                connector = build_connector(profile)

                async def connect(_profile):
                    return connector

                exchange = Exchange(connect, self.breaker, Bulkhead(), Flights())
                permit = permit_for(self.system.scenarios.patient)
                seen = []
                for _ in range(times):
                    async for (outcome,) in fan_out(permit, [profile], exchange=exchange):
                        seen.append((outcome, len(server.asked)))
                return profile, permit, seen

        self.profile, self.permit, seen = run(looking())
        return seen

    def button(self, kind, outcome):
        (button,) = [each for each in BUTTONS if each.kind is kind]
        scene = Scene(self.permit.actor, self.permit.decisions, (self.profile,), MOMENT)
        return read_button(scene, button, {self.profile.slug: outcome})


def check_partial(looking, outcome):
    """What was answered is shown; the button that got nothing says so, and never that there is nothing."""
    assert isinstance(outcome, Answered)
    assert outcome.absent >= {looking.kind}
    told = {record.kind for record in outcome.records}
    assert told >= {Kind.CARE_LIMITATION, Kind.CARE_CONTACT}
    assert looking.kind not in told
    assert looking.button(looking.kind, outcome).state is State.UNKNOWN
    for kind in told & outcome.absent:
        assert Flag.PARTIAL in looking.button(kind, outcome).flags


@pytest.mark.parametrize("speaks", sorted(ONE_OF_MANY))
def test_who_tells_one_request_to_wait_is_left_alone_and_the_rest_is_shown(speaks):
    looking = Looking(speaks, TOLD_TO_WAIT)
    (first, asked), (second, asked_then) = looking.look(2)
    check_partial(looking, first)
    assert isinstance(second, Failed)
    assert (second.fault, asked_then) == (Fault.NOT_ASKED, asked)


@pytest.mark.parametrize("speaks", sorted(ONE_OF_MANY))
def test_one_slow_part_costs_itself_alone_whatever_the_source_may_take(speaks, monkeypatch):
    """The page is final after its own time, though the source has been given longer."""
    monkeypatch.setattr(fanout, "LONGEST_WAIT_S", 1.5)
    looking = Looking(speaks, HANGING)
    ((outcome, _asked),) = looking.look()
    check_partial(looking, outcome)


def test_waiting_in_our_own_queue_does_not_move_the_end(settings):
    """Else a part would still be asked for when the reader has stopped waiting for all of it."""
    settings.SOURCE_CONCURRENCY = 1
    ends = []

    async def watched(_permit, _kinds):
        clock = running_clock()
        assert clock is not None
        ends.append(clock.ends_at)
        await asyncio.sleep(0.6)
        return Answer((), NOON)

    async def looking():
        exchange, _ = exchange_of({"cosmic": watched})

        async def one():
            return [o async for batch in fan_out(permit_for(), [source()], exchange=exchange) for o in batch]

        await asyncio.gather(one(), one())

    run(looking())
    assert len(ends) == 2
    assert abs(ends[0] - ends[1]) < 0.5


# The transport itself.


async def attempt(transport):
    try:
        return await transport.post_form("x", {})
    except SourceFault as fault:
        return fault


def test_nothing_more_is_sent_to_a_source_that_said_wait():
    """Neither by the fetch that heard it nor by another."""

    async def asking():
        async with run_fault_server(lambda _: TOLD_TO_WAIT) as server:
            transport = Transport(server.base_url)
            with transport.deadline():
                outcomes = [await attempt(transport) for _ in range(3)]
            outcomes.append(await attempt(transport))
            return outcomes, len(server.asked)

    outcomes, asked = run(asking())
    assert [outcome.fault for outcome in outcomes] == [Fault.THROTTLED] * 4
    assert asked == 1
    assert all(0 < outcome.retry_after_s <= 60 for outcome in outcomes)


def test_who_waits_for_a_slot_is_not_sent_after_the_word_has_come():
    """Forty at once, sixteen on the way: the others never leave."""

    async def asking():
        async with run_fault_server(lambda _: replace(TOLD_TO_WAIT, delay_s=0.2)) as server:
            transport = Transport(server.base_url)
            with transport.deadline():
                await asyncio.gather(*(attempt(transport) for _ in range(40)))
            return len(server.asked)

    assert run(asking()) <= 16


def test_a_wait_ends_and_of_two_the_longer_holds():
    async def waiting():
        wait = Wait()
        wait.note(SourceFault(Fault.UNAVAILABLE, 60))
        wait.check()
        wait.note(SourceFault(Fault.THROTTLED, 0.05))
        with pytest.raises(SourceFault):
            wait.check()
        await asyncio.sleep(0.06)
        wait.check()
        wait.note(SourceFault(Fault.THROTTLED, 60))
        wait.note(SourceFault(Fault.THROTTLED, 0.0))
        with pytest.raises(SourceFault) as told:
            wait.check()
        return told.value

    fault = run(waiting())
    assert (fault.fault, fault.retry_after_s > 30) == (Fault.THROTTLED, True)
