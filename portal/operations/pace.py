"""How quick each source is, hour by hour: counted in memory as answers come, written down now and then.

Durations and counts of sources; nothing of any question. A process that is killed loses what it counted since
it last wrote: half a minute, of something that tells a trend.
"""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Sum

from portal.measuring import ANSWERED, BOUNDS_S

KEPT = timedelta(days=8)
BOUNDS_MS = tuple(round(bound * 1000) for bound in BOUNDS_S)
ABOVE = 0
# Nothing is said of a source by so few answers.
ENOUGH = 20

Key = tuple[str, datetime, int, bool]

_log = structlog.get_logger(__name__)
_lock = threading.Lock()
_counted: Counter[Key] = Counter()
_ADD = """
INSERT INTO operations_sourcepace (source, hour, within_ms, failed, count) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (source, hour, within_ms, failed)
DO UPDATE SET count = operations_sourcepace.count + excluded.count
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """Of some hours. ``usual_ms``: within which half of the answers came; ``slow_ms``: all but one in twenty.
    None where they were too few, or took longer than is measured."""

    answers: int
    usual_ms: int | None
    slow_ms: int | None


def note(source: str, outcome: str, seconds: float) -> None:
    """Listener of ``portal.measuring``."""
    place = bisect_left(BOUNDS_MS, seconds * 1000)
    within_ms = BOUNDS_MS[place] if place < len(BOUNDS_MS) else ABOVE
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with _lock:
        _counted[source[:64], hour, within_ms, outcome != ANSWERED] += 1


def write_down() -> int:
    """What was counted since last time; how many rows. What cannot be written is counted on."""
    with _lock:
        found = Counter(_counted)
        _counted.clear()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for (source, hour, within_ms, failed), count in sorted(found.items()):
                cursor.execute(_ADD, [source, hour, within_ms, failed, count])
    except Error as failure:
        with _lock:
            _counted.update(found)
        _log.warning("pace_not_written", error=type(failure).__name__)
        return 0
    return len(found)


def begin_keeping() -> None:
    """In a web process: write down now and then, in a thread of its own with a connection of its own."""
    if settings.PACE_EVERY_S:
        threading.Thread(target=_keep, name="pace", daemon=True).start()


def _keep() -> None:
    pause = threading.Event()
    while not pause.wait(settings.PACE_EVERY_S):
        write_down()
        connection.close()


def forget_old(now: datetime) -> int:
    from portal.operations.models import SourcePace

    return SourcePace.objects.filter(hour__lt=now - KEPT).delete()[0]


def paces(since: datetime) -> dict[str, Pace]:
    """Of each source that answered since then; one query."""
    from portal.operations.models import SourcePace

    rows = (
        SourcePace.objects.filter(hour__gte=since, failed=False)
        .values_list("source", "within_ms")
        .annotate(total=Sum("count"))
    )
    found: dict[str, dict[int, int]] = {}
    for source, within_ms, total in rows:
        found.setdefault(source, {})[within_ms] = total
    return {source: pace_of(counts) for source, counts in found.items()}


def pace_of(counts: Mapping[int, int]) -> Pace:
    total = sum(counts.values())
    if total < ENOUGH:
        return Pace(total, None, None)
    return Pace(total, _within(counts, total, 0.5), _within(counts, total, 0.95))


def _within(counts: Mapping[int, int], total: int, part: float) -> int | None:
    """The smallest bound that at least this part came within."""
    so_far = 0
    for bound in BOUNDS_MS:
        so_far += counts.get(bound, 0)
        if so_far >= total * part:
            return bound
    return None
