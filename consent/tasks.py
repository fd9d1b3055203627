"""Work of this floor that must outlive a request. Tasks carry nothing; what they need is in the log."""

import threading
from collections import defaultdict

import structlog
from celery import shared_task
from django.db import connection, transaction

from consent import epochs
from consent import reviewing as _reviewing  # noqa: F401 (the worker finds its task through this module)
from consent.accesslog import sealing
from consent.accesslog.delivering import deliver
from consent.accesslog.events import Action, Event
from consent.accesslog.model import AccessEvent, LogKey
from consent.accesslog.sinks import SinkUnavailable, configured_sinks
from consent.accesslog.table import ensure_partitions
from consent.accesslog.write import Entry, Trace, write
from consent.encryption import Undecipherable
from consent.schedule import QUIET_S
from consent.schedule import SCHEDULE as SCHEDULE
from consent.terms import Actor, PersonId, Provider, Unit
from consent.vocabulary import CareKind, Purpose

# Views of more than a day were looked at before.
LOOK_BACK_S = 24 * 3600
AT_ONCE = 500
LOCKS = {"partitions": 5_310_001, "interrupted": 5_310_002}

log = structlog.get_logger(__name__)
_sealer = threading.Lock()

# Each source that a view asked and no later row of the view speaks of. A view that was refused has ended.
_UNANSWERED = """
SELECT opened.seq, asked.key FROM consent_accessevent opened, {each}(opened.outcomes) asked
WHERE opened.event = 'intent' AND opened.at <= {before} AND opened.at > {after}
AND NOT EXISTS (
    SELECT 1 FROM consent_accessevent later
    WHERE later.view_id = opened.view_id AND later.event IN ('refused', 'interrupted'))
AND NOT EXISTS (
    SELECT 1 FROM consent_accessevent later
    WHERE later.view_id = opened.view_id AND later.event IN ('shown', 'left') AND {says})
ORDER BY opened.seq LIMIT %s
"""
_DIALECTS = {
    "postgresql": {
        "each": "json_each",
        "before": "clock_timestamp() - make_interval(secs => %s)",
        "after": "clock_timestamp() - make_interval(secs => %s)",
        "says": "jsonb_exists(later.outcomes::jsonb, asked.key)",
    },
    "sqlite": {
        "each": "json_each",
        "before": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '-' || %s || ' seconds')",
        "after": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '-' || %s || ' seconds')",
        "says": "EXISTS (SELECT 1 FROM json_each(later.outcomes) said WHERE said.key = asked.key)",
    },
}


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def ensure_log_partitions() -> int:
    """Make the log's missing partitions, two years ahead. Returns how many. Without one an insert fails, and
    nothing is shown: it is run long before that."""
    with transaction.atomic():
        _take_turns("partitions")
        return len(ensure_partitions(connection))


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def mark_interrupted() -> int:
    """One ``interrupted`` row for each view that never came to its end, naming the sources it had asked.

    Found in one query; returns how many were marked. A second run marks none of them again.
    """
    with transaction.atomic():
        _take_turns("interrupted")
        unanswered = _find_unanswered()
        for opened in AccessEvent.objects.filter(pk__in=unanswered).order_by("seq"):
            write(_interrupted(opened, unanswered[opened.seq]))
    return len(unanswered)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def seal_access_log() -> int:
    """Notice a restored database, seal what can no longer change, carry it to the second places. Returns how
    many rows were sealed. Where another sealer is at it there is nothing to do."""
    if not _sealer.acquire(blocking=False):
        return 0
    try:
        _notice_restore()
        sealed = _seal()
        deliver(configured_sinks())
        return sealed
    except sealing.SealBroken as failure:
        log.error("log_not_sealed", fault=str(failure))  # noqa: TRY400 (its words are all there is to say)
        return 0
    finally:
        _sealer.release()


def _notice_restore() -> None:
    try:
        epochs.notice_restore()
    except SinkUnavailable as failure:
        log.warning("log_second_place_unavailable", fault=str(failure))


def _seal() -> int:
    """Batch after batch, each in a transaction of its own, until a batch is not full."""
    rows = 0
    while _has_unsealed():
        with transaction.atomic():
            if not sealing.take_turn():
                break
            epoch = epochs.current_epoch()
            batch = sealing.seal(epoch, epochs.find_loss(epoch))
        rows += batch.said["rows"] if batch else 0
        if batch is None or batch.said["rows"] < sealing.MOST:
            break
    return rows


def _has_unsealed() -> bool:
    """Looked at first: on SQLite a transaction takes the only writer's place."""
    where, values = sealing.next_unsealed(sealing.last_checkpoint())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM consent_accessevent WHERE {where})", values)  # noqa: S608
        return bool(cursor.fetchone()[0])


def _take_turns(name: str) -> None:
    """Where two workers run the same task, one waits. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCKS[name]])


def _find_unanswered() -> dict[int, list[str]]:
    """By the number of the row that opened the view: the sources nobody has told about."""
    found: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_UNANSWERED.format(**_DIALECTS[connection.vendor]), [QUIET_S, LOOK_BACK_S, AT_ONCE])
        for seq, slug in cursor.fetchall():
            found[seq].append(slug)
    return dict(found)


def _interrupted(opened: AccessEvent, sources: list[str]) -> Entry:
    provider = Provider(opened.provider_id, "", CareKind(opened.actor_kind))
    unit = Unit(opened.unit_id, opened.unit_name, provider)
    purpose = Purpose(opened.purpose)
    return Entry(
        event=Event.INTERRUPTED,
        actor=Actor(0, opened.user_hsa_id, "", "", opened.assignment_id, unit, purpose),
        trace=Trace(opened.request_id, opened.session_id, opened.ip, str(opened.detail.get("client", ""))),
        patient=_patient(opened),
        view_id=opened.view_id,
        action=Action(opened.action) if opened.action else None,
        outcomes=dict.fromkeys(sorted(sources), "unknown"),
    )


def _patient(opened: AccessEvent) -> PersonId | None:
    """Whom the view was about; a key that is lost must not keep the rest from being marked."""
    try:
        return opened.patient()
    except (Undecipherable, LogKey.DoesNotExist):
        return None
