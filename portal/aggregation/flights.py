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


class Key:
    """Told apart by all its parts. Hashed once: they are deep, and each call is looked for several times."""

    __slots__ = ("_hash", "_parts")

    def __init__(self, *parts: Hashable) -> None:
        self._parts = parts
        self._hash = hash(parts)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self._parts == other._parts


def view_key(permit: Permit) -> Key:
    """Who asks about whom, under which decisions: the same for all questions of a view."""
    return Key(
        permit.actor,
        (permit.patient, permit.aliases, permit.dossier_id, permit.dossier_version),
        frozenset(permit.decisions.items()),
    )


def key_of(view: Key, question: Question) -> Key:
    """All that may make two answers differ. A permit of another decision is another key."""
    source = question.source
    settings = frozenset((*source.settings.items(), ("base_url", source.base_url)))
    return Key(
        view,
        (source.slug, source.connector, source.owner, source.deadline_s, settings),
        question.kinds,
    )


@dataclass(slots=True, eq=False)
class Flights:
    """Those of this process, by event loop: a task belongs to the loop that made it."""

    under_way: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Key, Flight]] = field(
        default_factory=WeakKeyDictionary
    )

    def find(self, key: Key) -> Flight | None:
        """The call that is under way for this key."""
        return self._of_loop().get(key)

    def begin(self, key: Key, fetch: Fetch) -> Flight:
        """Make the call. It ends by itself, or with the last who waits for it."""
        flight = Flight()
        flight.task = asyncio.get_running_loop().create_task(fetch(flight))
        self._of_loop()[key] = flight
        flight.task.add_done_callback(lambda _task: self._land(key, flight))
        return flight

    async def ride(self, key: Key, flight: Flight) -> Answer:
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

    def _land(self, key: Key, flight: Flight) -> None:
        """Whoever comes now begins anew."""
        flights = self._of_loop()
        if flights.get(key) is flight:
            del flights[key]

    def _of_loop(self) -> dict[Key, Flight]:
        return self.under_way.setdefault(asyncio.get_running_loop(), {})


FLIGHTS = Flights()
