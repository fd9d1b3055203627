"""How each source has answered lately, out of hours counted by the worker. One truth: the access log.

The log's outcomes of real views decide how large a part was answered, here as on the administration's first
page. Probes only tell whether somebody answers when nobody asks.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from connectors.base.contract import Fault
from connectors.models import Source, SourceHour
from consent.accesslog import figures

HOUR = timedelta(hours=1)
DAY_H, WEEK_H = 24, 7 * 24
KEPT = timedelta(days=8)
ANSWERED = "answered"
# Our own queue and our own bugs are nothing the source can be blamed for.
OF_SOURCES = frozenset(fault.value for fault in Fault) - {Fault.BUSY.value, Fault.OUR_BUG.value}


@dataclass(frozen=True, slots=True)
class Share:
    answered: int = 0
    asked: int = 0

    @property
    def percent(self) -> int | None:
        """Rounded down: a hundred is everything and nothing less. None where nobody asked."""
        return self.answered * 100 // self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Standing:
    """``answered_at``: the last answer to a view or a probe. ``failing_since``: nothing but failures since.

    ``faults``: failures of the last seven days by kind, the most common first.
    """

    answered_at: datetime | None = None
    failing_since: datetime | None = None
    day: Share = Share()
    week: Share = Share()
    probes: Share = Share()
    faults: Mapping[Fault, int] = field(default_factory=dict)


def hour_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def standings(now: datetime, slugs: Collection[str] | None = None) -> dict[str, Standing]:
    """By source; one query. Sources that nobody has asked or probed are left out."""
    rows = recent_hours(now)
    found: dict[str, list[SourceHour]] = {}
    for row in rows if slugs is None else rows.filter(source_id__in=slugs):
        found.setdefault(row.source_id, []).append(row)
    return {slug: stand(hours, now) for slug, hours in found.items()}


def recent_hours(now: datetime) -> QuerySet[SourceHour]:
    """The last seven days', newest first."""
    first = hour_of(now) - (WEEK_H - 1) * HOUR
    return SourceHour.objects.filter(hour__gte=first).order_by("-hour")


def stand(hours: Sequence[SourceHour], now: datetime) -> Standing:
    """``hours``: one source's, newest first."""
    today = [row for row in hours if row.hour > hour_of(now) - DAY_H * HOUR]
    answers = [at for row in hours for at in (row.answered_at, row.probe_answered_at) if at]
    answered_at = max(answers, default=None)
    failing = [row.failing_since for row in hours if row.failing_since]
    failing = [at for at in failing if answered_at is None or at > answered_at]
    faults: Counter[str] = Counter()
    for row in hours:
        faults.update(row.view_faults)
        faults.update(row.probe_faults)
    known = {fault.value: fault for fault in Fault}
    return Standing(
        answered_at=answered_at,
        failing_since=min(failing, default=None),
        day=_share(today),
        week=_share(hours),
        probes=Share(
            sum(row.probes_answered for row in today),
            sum(row.probes_answered + row.probes_failed for row in today),
        ),
        faults={known[word]: count for word, count in faults.most_common() if word in known},
    )


def _share(hours: Sequence[SourceHour]) -> Share:
    answered = sum(row.answered for row in hours)
    return Share(answered, answered + sum(row.failed for row in hours))


def count_views(now: datetime) -> None:
    """Write down this hour and the one before, as the log has them; forget what is old. Safe to run again."""
    slugs = set(Source.objects.values_list("slug", flat=True))
    for start in (hour_of(now) - HOUR, hour_of(now)):
        tallies = figures.tally_sources(start, start + HOUR, ANSWERED, OF_SOURCES)
        words = figures.count_words(start, start + HOUR, OF_SOURCES)
        for slug, tally in tallies.items():
            if slug in slugs:
                SourceHour.objects.update_or_create(
                    source_id=slug,
                    hour=start,
                    defaults={
                        "answered": tally.answered,
                        "failed": tally.failed,
                        "answered_at": tally.answered_at,
                        "failing_since": tally.failing_since,
                        "view_faults": words.get(slug, {}),
                    },
                )
    SourceHour.objects.filter(hour__lt=hour_of(now) - KEPT).delete()


def note_probe(slug: str, fault: Fault | None, now: datetime) -> None:
    """One probe's end, on its own row's lock: a worker of another kind may write the same hour."""
    row, _is_new = SourceHour.objects.select_for_update().get_or_create(source_id=slug, hour=hour_of(now))
    if fault is None:
        row.probes_answered += 1
        row.probe_answered_at = now
    else:
        row.probes_failed += 1
        row.probe_faults = {**row.probe_faults, fault.value: row.probe_faults.get(fault.value, 0) + 1}
    row.save(update_fields=["probes_answered", "probes_failed", "probe_answered_at", "probe_faults"])
