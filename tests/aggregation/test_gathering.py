"""Which answers leave together: those of a moment, and of a longer one where the process is busy (ADR 69).

The loop's time is the test's own: it leaps to what comes next, and goes by while something is worked on.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from portal.aggregation.fanout import GATHERING_S, LONGEST_GATHERING_S, fan_out
from tests.aggregation.examples import answering, exchange_of, source
from tests.factories.permits import permit_for

TURN_S = 0.007


class Leaping(asyncio.SelectorEventLoop):
    """``works``: whether somebody else's work fills every turn, at this time."""

    works: Callable[[float], bool]

    def __init__(self) -> None:
        super().__init__()
        self.at = 0.0
        self.works = lambda _at: False
        select = self._selector.select  # type: ignore[attr-defined]

        def leap(timeout: float | None) -> Any:
            self.at += TURN_S if self.works(self.at) else max(timeout or 0.0, 0.0)
            return select(0)

        self._selector.select = leap  # type: ignore[attr-defined]

    def time(self) -> float:
        return self.at


def released(answers_at: dict[str, float], works: Callable[[float], bool]) -> list[tuple[str, float]]:
    """The sources of each release, and when it left."""

    async def run() -> list[tuple[str, float]]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Leaping)
        loop.works = works
        exchange, _ = exchange_of({slug: answering(after_s=at) for slug, at in answers_at.items()})
        profiles = [source(slug, deadline_s=4.0) for slug in answers_at]
        return [
            (" ".join(outcome.source.slug for outcome in batch), loop.at)
            async for batch in fan_out(permit_for(), profiles, exchange=exchange)
        ]

    with asyncio.Runner(loop_factory=Leaping) as runner:
        return runner.run(run())


def never(_at: float) -> bool:
    return False


def after_a_moment(at: float) -> bool:
    return at >= 0.3


def test_where_nothing_else_is_to_be_done_an_answer_waits_for_others_a_moment_and_no_longer() -> None:
    releases = released({"a": 0.3, "b": 0.31, "c": 0.33}, never)
    assert [who for who, _ in releases] == ["a b", "c"]
    assert releases[0][1] <= 0.3 + GATHERING_S + 0.001


def test_where_the_process_is_behind_more_leaves_together() -> None:
    releases = released({"a": 0.3, "b": 0.31, "c": 0.345}, after_a_moment)
    assert [who for who, _ in releases] == ["a b c"]


def test_however_busy_the_process_is_what_came_leaves() -> None:
    releases = released({"a": 0.3, "b": 0.31, "c": 0.9}, after_a_moment)
    assert [who for who, _ in releases] == ["a b", "c"]
    # An answer needs some turns to be one, and the clock is noticed a turn late.
    assert releases[0][1] <= 0.3 + LONGEST_GATHERING_S + 10 * TURN_S


def test_the_last_to_come_are_waited_for_by_nobody() -> None:
    for works in (never, after_a_moment):
        ((who, at),) = released({"a": 0.3, "b": 0.301}, works)
        assert who == "a b"
        assert at <= 0.301 + 10 * TURN_S
