"""Several questions at once, or one alone: what comes of them is the same."""

import asyncio

import pytest

from connectors.base.contract import Fault, SourceFault
from connectors.base.together import ask_together

GENEROUS_S = 10.0


async def answer(said: str, order: list[str]) -> str:
    order.append(f"{said} asked")
    await asyncio.sleep(0)
    order.append(f"{said} answered")
    return said


async def wait(number: int, left: list[int]) -> str:
    try:
        await asyncio.Event().wait()
    finally:
        left.append(number)
    return "never"


async def refuse() -> str:
    raise SourceFault(Fault.TIMED_OUT)


def test_all_are_asked_before_any_has_answered_and_stand_in_their_order() -> None:
    order: list[str] = []
    assert asyncio.run(ask_together([answer(said, order) for said in "abc"])) == ["a", "b", "c"]
    assert order[:3] == ["a asked", "b asked", "c asked"]
    assert asyncio.run(ask_together([answer("a", order)])) == ["a"]


def test_none_gives_nothing() -> None:
    assert asyncio.run(ask_together([])) == []


def test_one_that_raises_cancels_the_others() -> None:
    left: list[int] = []
    with pytest.raises(ExceptionGroup):
        asyncio.run(asyncio.wait_for(ask_together([wait(1, left), refuse()]), GENEROUS_S))
    assert left == [1]
    with pytest.raises(SourceFault):
        asyncio.run(ask_together([refuse()]))


@pytest.mark.parametrize("questions", [1, 2])
def test_who_leaves_takes_the_questions_back(questions: int) -> None:
    left: list[int] = []

    async def leave() -> None:
        task = asyncio.create_task(ask_together([wait(number, left) for number in range(questions)]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(leave())
    assert sorted(left) == list(range(questions))
