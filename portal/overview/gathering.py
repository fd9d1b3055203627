"""All answers at once, for pages that are not streamed: asked, checked, released, then shown."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from connectors.base.records import Record
from consent.release import NotReleased, release
from consent.vocabulary import EVERY_KIND, Kind
from portal.aggregation.fanout import Exchange, fan_out
from portal.aggregation.outcomes import Answered, Outcome
from portal.overview.visit import Visit, as_seen, shown_by


class Look(Protocol):
    """What a page makes of the answers. ``records``: every record that stands on it, for the log."""

    def records(self) -> Iterable[Record]: ...


L = TypeVar("L", bound=Look)
Outcomes = Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Gathered:
    """By source. ``is_released`` false: access changed meanwhile, and nothing of it may be shown."""

    is_released: bool
    outcomes: dict[str, Outcome] = field(default_factory=dict)


async def gather(visit: Visit, kinds: frozenset[Kind], exchange: Exchange | None = None) -> Gathered:
    """Wait for every source; ``kinds`` are those whose records will be shown. Raises LogUnavailable."""
    found = await gather_for(visit, lambda outcomes: Whole(outcomes, kinds), exchange)
    return (
        Gathered(is_released=False)
        if found is None
        else Gathered(is_released=True, outcomes=dict(found.outcomes))
    )


@dataclass(frozen=True, slots=True)
class Whole:
    """Every record of some kinds."""

    outcomes: Outcomes
    kinds: frozenset[Kind]

    def records(self) -> Iterable[Record]:
        told = (r for o in self.outcomes.values() if isinstance(o, Answered) for r in o.records)
        return (record for record in told if record.kind in self.kinds)


async def gather_for(
    visit: Visit, look: Callable[[Outcomes], L], exchange: Exchange | None = None
) -> L | None:
    """As ``gather``, for pages that show a part: what ``look`` made of the answers comes back only once the
    log says what of it is shown. None: access changed meanwhile. Raises LogUnavailable."""
    outcomes = await collect(visit, exchange)
    found = look(seen(visit, outcomes))
    return found if await let_out(visit, outcomes, EVERY_KIND, found.records()) else None


async def collect(visit: Visit, exchange: Exchange | None = None) -> tuple[Outcome, ...]:
    """What every source came with, checked and not yet released: for what takes time to make before it can
    leave. In the order the sources are configured: who answered first depends on what was found."""
    outcomes: list[Outcome] = list(visit.division.refused)
    permit = visit.ruling.permit
    if permit is not None:
        async with aclosing(fan_out(permit, visit.asked, permit.kinds, exchange)) as batches:
            async for batch in batches:
                outcomes += batch
    places = {profile.slug: place for place, profile in enumerate(visit.opened.sources)}
    return tuple(sorted(outcomes, key=lambda outcome: places.get(outcome.source.slug, len(places))))


async def let_out(
    visit: Visit,
    outcomes: tuple[Outcome, ...],
    kinds: frozenset[Kind],
    records: Iterable[Record] | None = None,
) -> bool:
    """The one statement before bytes leave: every record of the kinds, or ``records`` where only they are
    shown. False: access has changed. Raises LogUnavailable."""
    permit = visit.ruling.permit
    if permit is None:
        return True
    try:
        await release(permit, shown_by(outcomes, kinds, records), visit.action, visit.opened.trace)
    except NotReleased:
        return False
    return True


def seen(visit: Visit, outcomes: tuple[Outcome, ...]) -> dict[str, Outcome]:
    """By source, as the reader may know of them."""
    return {outcome.source.slug: as_seen(outcome, visit.ruling.at) for outcome in outcomes}
