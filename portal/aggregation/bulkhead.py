"""How many calls one source installation gets from this process at once."""

import asyncio
from weakref import WeakKeyDictionary

from django.conf import settings

DEFAULT_CALLS_PER_SOURCE = 32


def calls_at_once() -> int:
    """The cap of one source divided by the number of processes, and at least one."""
    total: int = getattr(settings, "SOURCE_CONCURRENCY", DEFAULT_CALLS_PER_SOURCE)
    processes: int = getattr(settings, "PROCESSES", 1)
    return max(1, total // max(1, processes))


class Bulkhead:
    """One semaphore per source and event loop: a semaphore belongs to the loop that first waited on it."""

    def __init__(self) -> None:
        self.doors: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Semaphore]] = (
            WeakKeyDictionary()
        )

    def door(self, slug: str) -> asyncio.Semaphore:
        doors = self.doors.setdefault(asyncio.get_running_loop(), {})
        if slug not in doors:
            doors[slug] = asyncio.Semaphore(calls_at_once())
        return doors[slug]


BULKHEAD = Bulkhead()
