"""Questions leave as they are asked, and end with whoever asked them."""

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial

import pytest

from connectors.base.breaker import Breaker
from connectors.base.contract import Answer, SourceProfile
from consent.terms import Permit
from consent.vocabulary import Kind
from portal.aggregation.bulkhead import Bulkhead
from portal.aggregation.fanout import Asked, Exchange, fan_out
from portal.aggregation.flights import Flights
from tests.aggregation.examples import NOON, Scripted, source
from tests.factories.permits import permit_for


class Asking:
    """Two sources: one answers, one never does. Who was asked, and which calls were cut."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.cut: list[str] = []
        self.exchange = Exchange(self.connect, Breaker(), Bulkhead(), Flights())

    async def connect(self, profile: SourceProfile) -> Scripted:
        return Scripted(profile, partial(self.answer, profile.slug))

    async def answer(self, slug: str, _permit: Permit, _kinds: frozenset[Kind]) -> Answer:
        self.begun.append(slug)
        try:
            await asyncio.sleep(0 if slug == "quick" else 60)
        except asyncio.CancelledError:
            self.cut.append(slug)
            raise
        return Answer((), NOON)

    def ask(self) -> Asked:
        profiles = [source("quick", deadline_s=5.0), source("slow", deadline_s=5.0)]
        return fan_out(permit_for(), profiles, exchange=self.exchange)


async def let_the_loop_turn() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def the_page_breaks(_asked: Asked) -> None:
    raise ValueError("cannot be drawn")


async def nobody_ever_reads_it(_asked: Asked) -> None:
    return


async def its_reader_leaves_while_it_is_drawn(_asked: Asked) -> None:
    await asyncio.sleep(60)


async def it_is_closed_unread(asked: Asked) -> None:
    await asked.aclose()


async def it_is_closed_half_read(asked: Asked) -> None:
    async with aclosing(asked):
        async for _batch in asked:
            break


async def its_reader_leaves_half_way(asked: Asked) -> None:
    async for _batch in asked:
        pass


WAYS = (
    the_page_breaks,
    nobody_ever_reads_it,
    its_reader_leaves_while_it_is_drawn,
    it_is_closed_unread,
    it_is_closed_half_read,
    its_reader_leaves_half_way,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_whatever_becomes_of_a_page_no_question_outlives_it(way: Callable[[Asked], Awaitable[None]]) -> None:
    asking, has_left = Asking(), asyncio.Event()

    async def page() -> None:
        asked = asking.ask()
        await let_the_loop_turn()
        has_left.set()
        await way(asked)

    async def run() -> None:
        request = asyncio.create_task(page())
        await has_left.wait()
        await let_the_loop_turn()
        request.cancel()
        await asyncio.wait([request])
        await let_the_loop_turn()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())
    assert (asking.begun, asking.cut) == (["quick", "slow"], ["slow"])


def test_questions_taken_back_before_they_left_are_never_put() -> None:
    asking = Asking()

    async def run() -> None:
        await asking.ask().aclose()
        await let_the_loop_turn()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())
    assert asking.begun == []


def test_what_was_closed_is_held_by_nobody_though_the_asker_goes_on() -> None:
    """What sources said lives no longer than who shows it."""
    asking = Asking()

    async def run() -> None:
        asked = asking.ask()
        await it_is_closed_half_read(asked)
        held = weakref.ref(asked)
        del asked
        gc.collect()
        assert held() is None

    asyncio.run(run())


def test_who_reads_on_when_the_asker_has_gone_hears_that_and_not_that_every_source_failed() -> None:
    asking = Asking()

    async def ask() -> Asked:
        asked = asking.ask()
        await let_the_loop_turn()
        return asked

    async def run() -> list[object]:
        asked = await asyncio.create_task(ask())
        return [batch async for batch in asked]

    with pytest.raises(RuntimeError, match="gone"):
        asyncio.run(run())
