"""Single flight: two identical questions of one reader at one moment are one call to the source.

Shared is only what the source answers, while it is under way. Who asks, about whom, under which decisions and
which version of the dossier are all in the key; what came is checked, released and logged by each view for
itself. When the call ends nothing of it is kept.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from connectors.base.contract import Answer
from consent.terms import Permit
from portal.aggregation.asking import Question

Fetch = Callable[["Flight"], Coroutine[None, None, Answer]]


@dataclass(slots=True, eq=False)
class Flight:
    """One call under way, and how many wait for it.

    ``has_begun``: past our own queue. ``is_noted``: how it went is already known to the breaker.
    """

    task: asyncio.Task[Answer] | None = None
    waiting: int = 0
    has_begun: bool = False
    is_noted: bool = False


def key_of(permit: Permit, question: Question) -> Hashable:
    """All that may make two answers differ. A permit of another decision is another key."""
    actor, source = permit.actor, question.source
    settings = frozenset((*source.settings.items(), ("base_url", source.base_url)))
    return (
        (actor.user_id, actor.assignment_id, actor),
        (permit.patient, permit.aliases, permit.dossier_id, permit.dossier_version),
        frozenset(permit.decisions.items()),
        (source.slug, source.connector, source.owner, source.deadline_s, settings),
        question.kinds,
    )


@dataclass(slots=True, eq=False)
class Flights:
    """Those of this process, by event loop: a task belongs to the loop that made it."""

    under_way: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Flight]] = field(
        default_factory=WeakKeyDictionary
    )

    def find(self, key: Hashable) -> Flight | None:
        """The call that is under way for this key."""
        return self._of_loop().get(key)

    def begin(self, key: Hashable, fetch: Fetch) -> Flight:
        """Make the call. It ends by itself, or with the last who waits for it."""
        flight = Flight()
        flight.task = asyncio.get_running_loop().create_task(fetch(flight))
        self._of_loop()[key] = flight
        flight.task.add_done_callback(lambda _task: self._land(key, flight))
        return flight

    async def ride(self, key: Hashable, flight: Flight) -> Answer:
        """What the call gives, or raises. Whoever leaves leaves alone: it goes on for the others."""
        task = flight.task
        if task is None:
            raise RuntimeError("a flight that was never begun")
        flight.waiting += 1
        try:
            return await asyncio.shield(task)
        finally:
            flight.waiting -= 1
            if not flight.waiting and not task.done():
                self._land(key, flight)
                task.cancel()

    def _land(self, key: Hashable, flight: Flight) -> None:
        """Whoever comes now begins anew."""
        flights = self._of_loop()
        if flights.get(key) is flight:
            del flights[key]

    def _of_loop(self) -> dict[Hashable, Flight]:
        return self.under_way.setdefault(asyncio.get_running_loop(), {})


FLIGHTS = Flights()
