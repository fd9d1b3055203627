"""All answers at once, for pages that are not streamed: asked, checked, released, then shown."""

from contextlib import aclosing
from dataclasses import dataclass, field

from consent.release import NotReleased, release
from consent.vocabulary import Kind
from portal.aggregation.fanout import Exchange, fan_out
from portal.aggregation.outcomes import Outcome
from portal.overview.visit import Visit, as_seen, shown_by


@dataclass(frozen=True, slots=True)
class Gathered:
    """By source. ``is_released`` false: access changed meanwhile, and nothing of it may be shown."""

    is_released: bool
    outcomes: dict[str, Outcome] = field(default_factory=dict)


async def gather(visit: Visit, kinds: frozenset[Kind], exchange: Exchange | None = None) -> Gathered:
    """Wait for every source; ``kinds`` are those whose records will be shown. Raises LogUnavailable."""
    outcomes = await collect(visit, exchange)
    if not await let_out(visit, outcomes, kinds):
        return Gathered(is_released=False)
    return Gathered(is_released=True, outcomes=seen(visit, outcomes))


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


async def let_out(visit: Visit, outcomes: tuple[Outcome, ...], kinds: frozenset[Kind]) -> bool:
    """The one statement before bytes leave. False: access has changed. Raises LogUnavailable."""
    permit = visit.ruling.permit
    if permit is None:
        return True
    try:
        await release(permit, shown_by(outcomes, kinds), visit.action, visit.opened.trace)
    except NotReleased:
        return False
    return True


def seen(visit: Visit, outcomes: tuple[Outcome, ...]) -> dict[str, Outcome]:
    """By source, as the reader may know of them."""
    return {outcome.source.slug: as_seen(outcome, visit.ruling.at) for outcome in outcomes}
