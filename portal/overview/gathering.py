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
    outcomes: list[Outcome] = list(visit.division.refused)
    permit = visit.ruling.permit
    if permit is not None:
        async with aclosing(fan_out(permit, visit.asked, permit.kinds, exchange)) as batches:
            async for batch in batches:
                outcomes += batch
        try:
            shown = shown_by(tuple(outcomes), kinds)
            await release(permit, shown, visit.action, visit.opened.trace)
        except NotReleased:
            return Gathered(is_released=False)
    # In the order they are configured: who answered first depends on what was found.
    places = {profile.slug: place for place, profile in enumerate(visit.opened.sources)}
    outcomes.sort(key=lambda outcome: places.get(outcome.source.slug, len(places)))
    return Gathered(is_released=True, outcomes={o.source.slug: as_seen(o, visit.ruling.at) for o in outcomes})
