"""The wall clock of one fetch: all its requests, in turn or at once, end by the same moment."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from connectors.base.contract import Fault, SourceFault

CONCURRENT_REQUESTS = 16
# Many pages, each below its own cap, must not add up to more than this in one fetch.
MAX_FETCHED_BYTES = 48 * 1024 * 1024


@dataclass(slots=True)
class Volume:
    """What one fetch may still read, decoded."""

    bytes_left: int = MAX_FETCHED_BYTES


@dataclass(frozen=True, slots=True)
class Clock:
    """``ends_at`` is in the event loop's own time, in seconds. ``slots`` bounds requests in flight."""

    ends_at: float
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENT_REQUESTS))
    volume: Volume = field(default_factory=Volume)

    def left_s(self) -> float:
        return self.ends_at - asyncio.get_running_loop().time()


_running: ContextVar[Clock | None] = ContextVar("running_clock", default=None)


@contextmanager
def start_clock(deadline_s: float) -> Iterator[Clock]:
    """Put what is inside, tasks included, under one deadline. Within another clock the earlier end holds."""
    ends_at = asyncio.get_running_loop().time() + deadline_s
    outer = _running.get()
    clock = Clock(ends_at) if outer is None else Clock(min(ends_at, outer.ends_at), outer.slots, outer.volume)
    token = _running.set(clock)
    try:
        yield clock
    finally:
        _running.reset(token)


def running_clock() -> Clock | None:
    return _running.get()


@asynccontextmanager
async def cut_at_end(clock: Clock) -> AsyncIterator[None]:
    """Cancel what is inside when the clock ends. Raises SourceFault(TIMED_OUT)."""
    try:
        async with asyncio.timeout_at(clock.ends_at):
            yield
    except TimeoutError:
        raise SourceFault(Fault.TIMED_OUT) from None
