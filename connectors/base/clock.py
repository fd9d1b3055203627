"""The wall clock of one fetch: all its requests, in turn or at once, end by the same moment."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

CONCURRENT_REQUESTS = 16
# Many pages, each below its own cap, must not add up to more than this in one fetch.
MAX_FETCHED_BYTES = 48 * 1024 * 1024


# Seconds that a source has asked to be left alone; None where it did not say how many.
ToldToWait = Callable[[float | None], None]


def _tell_nobody(_seconds: float | None) -> None:
    """For fetches nobody keeps count of."""


@dataclass(slots=True)
class Volume:
    """What one fetch may still read, decoded."""

    bytes_left: int = MAX_FETCHED_BYTES


@dataclass(frozen=True, slots=True)
class Clock:
    """``ends_at`` is in the event loop's own time, in seconds. ``slots`` bounds requests in flight.

    told_to_wait: called at once when any request is told to wait, whatever becomes of the fetch.
    """

    ends_at: float
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENT_REQUESTS))
    volume: Volume = field(default_factory=Volume)
    told_to_wait: ToldToWait = _tell_nobody

    def left_s(self) -> float:
        return self.ends_at - asyncio.get_running_loop().time()


_running: ContextVar[Clock | None] = ContextVar("running_clock", default=None)


@contextmanager
def start_clock(deadline_s: float, told_to_wait: ToldToWait = _tell_nobody) -> Iterator[Clock]:
    """Put what is inside, tasks included, under one deadline. Within another clock the earlier end holds, and
    all else is the outer one's."""
    ends_at = asyncio.get_running_loop().time() + deadline_s
    outer = _running.get()
    if outer is None:
        clock = Clock(ends_at, told_to_wait=told_to_wait)
    else:
        clock = outer if outer.ends_at <= ends_at else replace(outer, ends_at=ends_at)
    token = _running.set(clock)
    try:
        yield clock
    finally:
        _running.reset(token)


def running_clock() -> Clock | None:
    return _running.get()
