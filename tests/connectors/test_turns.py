"""Large answers one after another, with room between them for what waits."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps

import pytest

from connectors.base.turns import LARGE_BYTES, MANY, PAUSE_S, Turns, wait_for_turn


def on_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        asyncio.run(test(*args, **kwargs))  # type: ignore[arg-type]

    return run


async def read(name: str, order: list[str], size: int = LARGE_BYTES) -> None:
    await wait_for_turn(size)
    order.append(name)


@on_a_loop
async def test_first_is_on_its_way_before_the_second_is_read() -> None:
    order: list[str] = []

    async def read_and_send() -> None:
        await read("first", order)
        await asyncio.sleep(PAUSE_S / 2)
        order.append("sent")

    await asyncio.gather(read_and_send(), read("second", order), read("third", order))
    assert order == ["first", "sent", "second", "third"]


@on_a_loop
async def test_small_answer_passes_large_ones() -> None:
    order: list[str] = []
    await asyncio.gather(read("large", order), read("next", order), read("small", order, LARGE_BYTES - 1))
    assert order == ["large", "small", "next"]


@on_a_loop
async def test_one_that_is_cut_off_leaves_its_place() -> None:
    turns, order = Turns(), []

    async def turn(name: str) -> None:
        await turns.wait()
        order.append(name)

    tasks = [asyncio.create_task(turn(name)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.wait(tasks)
    assert order == ["a", "c"]


@on_a_loop
async def test_long_queue_goes_without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    loop = asyncio.get_running_loop()
    later = loop.call_later

    def note(delay: float, *rest: object) -> object:
        pauses.append(delay)
        return later(0, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "call_later", note)
    turns = Turns()
    await asyncio.gather(*(turns.wait() for _ in range(MANY + 3)))
    assert pauses == [0.0, 0.0, 0.0, *[PAUSE_S] * (MANY - 1), 0.0]
