"""Checkpoints carried to the second places, and how far behind sealing and delivery are.

A place that does not answer holds up nothing: what it lacks is carried when it answers again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection
from django.db.models.functions import Now

from consent.accesslog.model import LogCheckpoint, LogDelivery
from consent.accesslog.revocations import revocations_of
from consent.accesslog.sealing import as_checkpoint, hash_of_lines, last_checkpoint, next_unsealed
from consent.accesslog.sinks import Parcel, Sink, SinkUnavailable
from consent.accesslog.table import TABLE

AT_ONCE = 200
# In one go to one place; the rest follows a second later.
MOST = 2000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Delay:
    """How far behind one place is. ``oldest_s``: age of the oldest checkpoint it lacks; ``fault``: what is
    wrong with it, empty where nothing is."""

    sink: str
    missing: int
    oldest_s: float
    fault: str


@dataclass(frozen=True, slots=True)
class Lag:
    """``oldest_s``: age of the oldest row that no checkpoint holds; 0 where every row is sealed."""

    rows: int
    oldest_s: float
    delays: tuple[Delay, ...]


def deliver(sinks: Sequence[Sink]) -> int:
    """Carry to each place what it lacks. Returns how many checkpoints were carried."""
    return sum(_deliver_to(sink) for sink in sinks)


def measure_lag(sinks: Sequence[Sink]) -> Lag:
    """For alarms: rows not sealed, checkpoints not delivered. By the database's clock."""
    where, values = next_unsealed(last_checkpoint())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), {_age('min(at)')} FROM {TABLE} WHERE {where}",  # noqa: S608 (our own)
            values,
        )
        rows, oldest_s = cursor.fetchone()
    return Lag(rows, max(0.0, float(oldest_s or 0)), tuple(map(_delay_of, sinks)))


def delivered_to(sink: Sink) -> int:
    """The number of the last checkpoint that one place has; 0 where it cannot be asked."""
    try:
        return _place_of(sink)
    except SinkUnavailable:
        return 0


def _deliver_to(sink: Sink) -> int:
    carried = 0
    try:
        place = _place_of(sink)
        while carried < MOST:
            rows = LogCheckpoint.objects.filter(number__gt=place).order_by("number")[:AT_ONCE]
            parcels = [_parcel(row) for row in rows]
            if not parcels:
                break
            sink.append(parcels)
            carried += len(parcels)
            place = parcels[-1].checkpoint.said["number"]
    except SinkUnavailable as failure:
        log.warning("log_delivery_failed", sink=sink.name, fault=str(failure))
        LogDelivery.objects.update_or_create(
            sink=sink.name, defaults={"fault": str(failure)[:120], "failed_at": Now()}
        )
        return carried
    if carried or LogDelivery.objects.filter(sink=sink.name).exclude(fault="").exists():
        LogDelivery.objects.update_or_create(
            sink=sink.name, defaults={"number": place, "delivered_at": Now(), "fault": "", "failed_at": None}
        )
    return carried


def _place_of(sink: Sink) -> int:
    """The number of the last checkpoint there: by the place itself, or else by our own note."""
    try:
        last = sink.last()
    except NotImplementedError:
        noted = LogDelivery.objects.filter(sink=sink.name).first()
        return noted.number if noted else 0
    return last.said["number"] if last else 0


def _parcel(row: LogCheckpoint) -> Parcel:
    checkpoint = as_checkpoint(row)
    if checkpoint is None:
        raise SinkUnavailable(f"checkpoint {row.number} cannot be read")
    revocations = list(revocations_of(checkpoint))
    if hash_of_lines(revocations) != checkpoint.said["journal"]:
        log.error("log_revocations_changed", checkpoint=row.number)
    return Parcel(checkpoint, revocations)


def _delay_of(sink: Sink) -> Delay:
    noted = LogDelivery.objects.filter(sink=sink.name).first() or LogDelivery(sink=sink.name)
    missing = LogCheckpoint.objects.filter(number__gt=noted.number)
    oldest = missing.order_by("number").annotate(now=Now()).values_list("at", "now").first()
    age_s = _seconds(*oldest) if oldest else 0.0
    return Delay(sink.name, missing.count(), age_s, noted.fault)


def _seconds(at: datetime, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds())


def _age(expression: str) -> str:
    if connection.vendor == "postgresql":
        return f"extract(epoch FROM clock_timestamp() - {expression})"
    return f"(julianday('now') - julianday({expression})) * 86400"
