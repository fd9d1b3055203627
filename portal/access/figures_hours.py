"""Hours of the log, counted once each and kept: what sources answered, where limitations were unknown.

The first look after a while counts many hours; it stops when its time is up, newest hours first, and says how
far it came. The next look goes on from there.
"""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base.contract import Fault
from connectors.models import Source
from connectors.standing import ANSWERED, DAY_H, HOUR, OF_SOURCES, WEEK_H
from consent.accesslog import figures
from consent.accesslog.figures import SourceTally
from consent.vocabulary import Kind
from portal.access.figures_kept import keep, recall

# After this long no row of an hour is still on its way.
SETTLED_AFTER = timedelta(minutes=2)
KEPT_S = 8 * 24 * 3600
COUNTED_AT_MOST_S = 2.0
# A view whose process died says "unknown" of what it still awaited.
LEFT_UNKNOWN = frozenset({*(fault.value for fault in Fault), "unknown"})


@dataclass(frozen=True, slots=True)
class Hour:
    """``unknown``: views in which a source of care limitations did not answer, by source; ``""``: all."""

    sources: dict[str, SourceTally]
    unknown: dict[str, int]

    def as_counts(self) -> dict[str, Any]:
        def plain(value: Any) -> Any:
            return value.isoformat() if isinstance(value, datetime) else value

        sources = {slug: [plain(v) for v in astuple(tally)] for slug, tally in self.sources.items()}
        return {"sources": sources, "unknown": self.unknown}

    @classmethod
    def from_counts(cls, counts: dict[str, Any]) -> "Hour":
        sources = {
            slug: SourceTally(good, bad, *(datetime.fromisoformat(t) if t else None for t in times))
            for slug, (good, bad, *times) in counts["sources"].items()
        }
        return cls(sources, counts["unknown"])


@dataclass(frozen=True, slots=True)
class Outage:
    slug: str
    since: datetime


def limitation_sources() -> frozenset[str]:
    """Slugs of the sources that are asked about care limitations."""
    sources = Source.objects.filter(enabled=True)
    return frozenset(s.slug for s in sources if Kind.CARE_LIMITATION.value in (s.kinds or s.offered_kinds))


def count_hours(now: datetime, time_s: float = COUNTED_AT_MOST_S) -> tuple[Hour, ...]:
    """The last week's hours without a gap, this one first, as far back as the time reaches."""
    slugs = limitation_sources()
    mark = hashlib.sha256("\0".join(sorted(slugs)).encode()).hexdigest()[:16]
    this = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    keys = {f"hour:{mark}:{this - n * HOUR:%Y%m%d%H}": this - n * HOUR for n in range(WEEK_H)}
    kept = recall(keys)
    counted: list[Hour] = []
    until = time.monotonic() + time_s
    for key, start in keys.items():
        if key in kept:
            counted.append(Hour.from_counts(kept[key]))
            continue
        if counted and time.monotonic() > until:
            break
        hour = _count(start, slugs)
        if start + HOUR + SETTLED_AFTER < now:
            keep(key, hour.as_counts(), KEPT_S)
        counted.append(hour)
    return tuple(counted)


def _count(start: datetime, slugs: frozenset[str]) -> Hour:
    sources = figures.tally_sources(start, start + HOUR, ANSWERED, OF_SOURCES)
    return Hour(sources, figures.count_unknown(start, start + HOUR, slugs, LEFT_UNKNOWN))


def unknown_limitations(hours: Iterable[Hour]) -> tuple[int, str, int]:
    """How many views, the source that was missing in most of them ("" where none), and in how many."""
    sums: dict[str, int] = {}
    for hour in hours:
        for slug, count in hour.unknown.items():
            sums[slug] = sums.get(slug, 0) + count
    total = sums.pop("", 0)
    worst = max(sums, key=lambda slug: (sums[slug], slug), default="")
    return total, worst, sums.get(worst, 0)


def in_time(hours: tuple[Hour, ...]) -> tuple[int, int]:
    """Of all that the sources were asked in the last day: answered, and asked."""
    tallies = [tally for hour in hours[:DAY_H] for tally in hour.sources.values()]
    answered = sum(tally.answered for tally in tallies)
    return answered, answered + sum(tally.failed for tally in tallies)


def longest_outage(hours: tuple[Hour, ...], slugs: Iterable[str]) -> Outage | None:
    """The source that has gone longest without an answer and is still failing, by what views have met."""
    found = [Outage(slug, since) for slug in slugs if (since := _failing_since(hours, slug))]
    return min(found, key=lambda outage: outage.since, default=None)


def _failing_since(hours: tuple[Hour, ...], slug: str) -> datetime | None:
    """Back from now to the last answer; what failed since then, at its earliest."""
    since = None
    for hour in hours:
        tally = hour.sources.get(slug)
        if tally is None:
            continue
        since = tally.failing_since or since
        if tally.answered_at is not None:
            break
    return since
