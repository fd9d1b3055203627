"""What is looked up when metrics are fetched: the log's lag, sources at rest, jobs that are late.

A number that cannot be had is left out, and an alert says that it is missing: it is never 0.
"""

from collections.abc import Callable, Iterator
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import Error
from django.utils import timezone
from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation

from connectors.base.breaker import BREAKER
from connectors.models import Source
from connectors.standing import standings
from connectors.storelog.lag import measure as measure_national_log
from consent.accesslog.delivering import measure_lag
from consent.accesslog.sealing import SealBroken
from consent.accesslog.sinks import configured_sinks
from portal.measuring import NAME
from portal.operations.models import JobRun
from portal.operations.runs import is_late
from portal.overview.shedding import ROOM

Values = Iterator[tuple[float, dict[str, str]]]

_log = structlog.get_logger(__name__)


def open_overviews() -> Values:
    yield ROOM.taken, {}


def most_overviews() -> Values:
    yield settings.OVERVIEWS_AT_ONCE, {}


def resting() -> Values:
    now = BREAKER.clock()
    for slug in _sources():
        condition = BREAKER.conditions.get(slug)
        yield float(condition is not None and now < condition.rests_until), {"source": slug}


def answer_ages() -> Values:
    now = timezone.now()
    for slug, standing in standings(now, _sources()).items():
        if standing.answered_at is not None:
            yield (now - standing.answered_at).total_seconds(), {"source": slug}


def seal_lag() -> Values:
    yield measure_lag(()).oldest_s, {}


def unsealed_rows() -> Values:
    yield measure_lag(()).rows, {}


def undelivered() -> Values:
    for delay in measure_lag(configured_sinks()).delays:
        yield delay.missing, {"sink": delay.sink}


def national_log_lag() -> Values:
    if lag := measure_national_log():
        yield lag.oldest_s, {}


def national_log_waiting() -> Values:
    if lag := measure_national_log():
        yield lag.waiting, {}


def national_log_aside() -> Values:
    if lag := measure_national_log():
        yield lag.aside, {}


def late_jobs() -> Values:
    now = timezone.now()
    for run in JobRun.objects.all():
        yield float(is_late(run.task, run.ended_at, now)), {"job": run.task}


def redis_up() -> Values:
    ask = getattr(cache, "is_redis_there", None)
    if ask is not None:
        yield float(ask()), {}


GAUGES: dict[str, tuple[Callable[[], Values], str, str]] = {
    "portal.overviews.open": (open_overviews, "", "Pages about patients that are open in this process"),
    "portal.overviews.most": (most_overviews, "", "How many it takes at a time"),
    "portal.source.resting": (resting, "", "1 where a source is left alone for a while"),
    "portal.source.answer.age": (answer_ages, "s", "Since a source last answered a view or a probe"),
    "portal.log.seal.lag": (seal_lag, "s", "Age of the oldest row of the access log that is not sealed"),
    "portal.log.unsealed.rows": (unsealed_rows, "", "Rows of the access log that are not sealed"),
    "portal.log.undelivered": (undelivered, "", "Checkpoints that a second place lacks"),
    "portal.national.log.lag": (national_log_lag, "s", "Age of the oldest row the national log has not had"),
    "portal.national.log.waiting": (national_log_waiting, "", "Rows on their way to the national log"),
    "portal.national.log.aside": (national_log_aside, "", "Rows that the national log does not take"),
    "portal.job.late": (late_jobs, "", "1 where a recurring job has not come when it should"),
    "portal.redis.up": (redis_up, "", "1 where Redis answers"),
}


def register_gauges() -> None:
    meter = metrics.get_meter(NAME)
    for name, (values, unit, description) in GAUGES.items():
        meter.create_observable_gauge(
            name, callbacks=[_observe(name, values)], unit=unit, description=description
        )


def _observe(name: str, values: Callable[[], Values]) -> Any:
    def observe(_options: CallbackOptions) -> list[Observation]:
        try:
            return [Observation(value, attributes) for value, attributes in values()]
        except (Error, OSError, SealBroken) as failure:
            _log.warning("gauge_unknown", gauge=name, error=type(failure).__name__)
            return []

    return observe


def _sources() -> list[str]:
    return list(Source.objects.filter(enabled=True).values_list("slug", flat=True))
