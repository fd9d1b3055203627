"""A source that keeps failing is left alone for a short while, and the page says "frågades inte"."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from connectors.base.contract import Fault

# What says something about the source's health. BUSY is our own queue, OUR_BUG our own fault.
COUNTED = frozenset(
    {
        Fault.CONNECT,
        Fault.DNS,
        Fault.TLS,
        Fault.TIMED_OUT,
        Fault.TRUNCATED,
        Fault.UNAVAILABLE,
        Fault.THROTTLED,
    }
)
LONGEST_REST_S = 300.0
FAULTS_BEFORE_REST = 5
REST_S = 10.0


@dataclass(slots=True)
class Condition:
    """``told_until``: the end of a rest that the source itself has asked for."""

    faults: int = 0
    rests_until: float = 0.0
    told_until: float = 0.0
    trial_since: float | None = None


class Breaker:
    """In memory, one per process: a process learns by itself within a few calls, and no network is needed.

    After the rest one call is let through as a trial; its result decides for the others. A trial whose
    result never comes (the reader left) stops holding the door after ``rest_s``.
    """

    def __init__(
        self,
        faults_before_rest: int = FAULTS_BEFORE_REST,
        rest_s: float = REST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.faults_before_rest = faults_before_rest
        self.rest_s = rest_s
        self.clock = clock
        self.conditions: dict[str, Condition] = {}

    def may_ask(self, slug: str) -> bool:
        """Whether a call may go out now; after a rest only the first asker hears yes."""
        condition = self.conditions.get(slug)
        if condition is None or not condition.rests_until:
            return True
        now = self.clock()
        if now < condition.rests_until:
            return False
        if condition.trial_since is not None and now - condition.trial_since < self.rest_s:
            return False
        condition.trial_since = now
        return True

    def note_answer(self, slug: str) -> None:
        """It is well. A rest it has asked for lasts all the same: the answer was under way before, or it is
        what came beside the part that asked."""
        condition = self.conditions.get(slug)
        if condition is None or self.clock() < condition.told_until:
            return
        del self.conditions[slug]

    def note_fault(self, slug: str, fault: Fault, retry_after_s: float | None = None) -> None:
        if fault not in COUNTED:
            return
        condition = self.conditions.setdefault(slug, Condition())
        condition.faults += 1
        if fault is Fault.THROTTLED:
            self.rest(condition, clamp_rest(retry_after_s, self.rest_s))
            condition.told_until = condition.rests_until
        elif condition.trial_since is not None or condition.faults >= self.faults_before_rest:
            self.rest(condition, self.rest_s)

    def rest(self, condition: Condition, seconds: float) -> None:
        """Of several waits the longest holds."""
        condition.rests_until = max(condition.rests_until, self.clock() + seconds)
        condition.trial_since = None


def clamp_rest(retry_after_s: float | None, default_s: float) -> float:
    """What the source asked for, within reason: never negative, never longer than five minutes."""
    if retry_after_s is None or not retry_after_s >= 0:
        return default_s
    return min(retry_after_s, LONGEST_REST_S)


BREAKER = Breaker()
