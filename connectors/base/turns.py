"""Large answers that have come at once are read one after another, and after each the process sees to what
waits: what was read first is on the page before all is read.
"""

import asyncio
from weakref import WeakKeyDictionary

# Some two hundred records. Below that an answer is read in less time than a turn would cost.
LARGE_BYTES = 128 * 1024
# As long as answers are gathered for one release (portal.aggregation.fanout), and a little for the log's row.
PAUSE_S = 0.025
# With so many in the queue there is no first page to hurry with, and pauses would only make it longer.
MANY = 16


class Turns:
    """Who reads now, for one event loop: first come, first served."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._waiting = 0

    async def wait(self) -> None:
        """Come back when it is one's turn: it lasts until the caller next waits for anything, and a pause."""
        self._waiting += 1
        try:
            await self._lock.acquire()
        finally:
            self._waiting -= 1
        asyncio.get_running_loop().call_soon(self._rest)

    def _rest(self) -> None:
        """Runs when the caller has read: not before it waits does the loop come to this."""
        pause_s = PAUSE_S if 0 < self._waiting < MANY else 0.0
        asyncio.get_running_loop().call_later(pause_s, self._lock.release)


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()


async def wait_for_turn(size: int) -> None:
    """Before an answer of ``size`` bytes is read, on the running loop. Small ones need not wait."""
    if size >= LARGE_BYTES:
        await _turns.setdefault(asyncio.get_running_loop(), Turns()).wait()
