"""A source that says "wait" is asked nothing more until then, by the fetch that heard it or by any other."""

import asyncio
from contextlib import suppress

import aiohttp

from connectors.base.breaker import REST_S, clamp_rest
from connectors.base.clock import running_clock
from connectors.base.contract import Fault, SourceFault
from connectors.base.failures import read_wait_in_words
from connectors.base.reading import read_decoded

# Of a refusal only so much is looked at, and only so long, for how long to wait.
REFUSAL_BYTES = 4 * 1024
REFUSAL_S = 0.3


class Wait:
    """Until when one source wants to be left alone, for one event loop and in its time."""

    def __init__(self) -> None:
        self._ends_at = 0.0

    def check(self) -> None:
        """Before anything is sent. Raises SourceFault(THROTTLED), with what is left of the wait."""
        left_s = self._ends_at - asyncio.get_running_loop().time()
        if left_s > 0:
            raise SourceFault(Fault.THROTTLED, left_s)

    def note(self, fault: SourceFault) -> None:
        """What a refusal said, if it was to wait. Whoever counts how the source does is told at once: the
        fetch may well end in an answer."""
        if fault.fault is not Fault.THROTTLED:
            return
        ends_at = asyncio.get_running_loop().time() + clamp_rest(fault.retry_after_s, REST_S)
        self._ends_at = max(self._ends_at, ends_at)
        if clock := running_clock():
            clock.told_to_wait(fault.retry_after_s)


async def complete_wait(fault: SourceFault, response: aiohttp.ClientResponse) -> None:
    """How long a source that is asked too often wants to be left alone, where only its words say so."""
    if fault.fault is not Fault.THROTTLED or fault.retry_after_s is not None:
        return
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    with suppress(TimeoutError, SourceFault, aiohttp.ClientError, OSError):
        async with asyncio.timeout(REFUSAL_S):
            said = await read_decoded(response.content.iter_any(), encoding, REFUSAL_BYTES)
            fault.retry_after_s = read_wait_in_words(said)
