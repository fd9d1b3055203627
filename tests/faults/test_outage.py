"""An outage: a source that is down is asked at most a tenth more than readers ask, and soon not at all."""

import asyncio

import pytest

from connectors.base.breaker import FAULTS_BEFORE_REST, Breaker
from connectors.base.contract import Answer, Connector, Manifest, SourceFault, SourceProfile
from connectors.base.faultserver import FaultServer, json_reply, run_fault_server
from connectors.base.session import close_session
from connectors.base.transport import Transport
from consent.terms import Permit
from consent.vocabulary import EVERY_KIND, Kind
from portal.aggregation.bulkhead import Bulkhead
from portal.aggregation.fanout import Exchange, fan_out
from portal.aggregation.flights import Flights
from tests.aggregation.examples import source
from tests.factories.permits import permit_for

pytestmark = pytest.mark.network
VIEWS = 400
# A transport begins with one retry in hand.
IN_HAND = 1


class Asking(Connector):
    """One question, over the real transport."""

    manifest = Manifest(slug="asking", label="Asking", kinds=EVERY_KIND)

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        del permit, kinds
        await self.transport.post_json("find", {})
        raise AssertionError("it is down")

    async def probe(self) -> None:
        return None


def look_often(breaker: Breaker) -> int:
    """So many views, one after another, of a source that answers 503; how often it was asked."""

    async def run() -> int:
        async with run_fault_server(lambda _: json_reply({}, 503)) as server:
            exchange = Exchange(connect_to(server), breaker, Bulkhead(), Flights())
            for _ in range(VIEWS):
                async for _batch in fan_out(permit_for(), [source()], exchange=exchange):
                    pass
            await close_session()
            return len(server.asked)

    return asyncio.run(run())


def connect_to(server: FaultServer):
    transport = Transport(server.base_url)

    async def connect(profile: SourceProfile) -> Connector:
        return Asking(profile, transport)

    return connect


def test_without_rest_a_source_that_is_down_gets_a_tenth_more_and_no_more(monkeypatch) -> None:
    monkeypatch.setattr("connectors.base.transport.random.uniform", lambda *_: 0.0)
    never_rests = Breaker(faults_before_rest=10**9)
    assert VIEWS < look_often(never_rests) <= VIEWS * 1.1 + IN_HAND


def test_with_rest_it_is_left_alone() -> None:
    asked = look_often(Breaker(rest_s=60.0))
    assert asked <= FAULTS_BEFORE_REST * 1.1 + IN_HAND


def test_a_fault_is_told_each_time_and_never_nothing() -> None:
    async def run() -> None:
        async with run_fault_server(lambda _: json_reply({}, 503)) as server:
            for _ in range(20):
                with pytest.raises(SourceFault):
                    await Transport(server.base_url).post_json("find", {})
            await close_session()

    asyncio.run(run())
