"""Epochs: after a restore nothing recorded before counts, until what was taken back since is replayed.

A restore shows by the second place knowing checkpoints that the database does not. That is looked at when a
connection to the database is made, and by the sealer every second: a restored database is met through new
connections, so no page is shown in between. It looks the same where somebody cut the log's tail off.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Max

from consent.accesslog import sealing
from consent.accesslog.events import Event
from consent.accesslog.model import LogCheckpoint
from consent.accesslog.sinks import FolderSink, SinkUnavailable, folder_sink
from consent.accesslog.verifying import Checkpoint
from consent.accesslog.write import Entry, Trace, write
from consent.models import Dossier, LogEpoch
from consent.terms import Actor, Provider, Unit
from consent.vocabulary import CareKind, Purpose

AUTOMATIC = "auto"
BEYOND_ANY_BACKUP = 1_000_000
# Swedish, as everything that is recorded.
FOUND_BEHIND = "Loggens andra plats har kontrollpunkter som databasen saknar"

log = structlog.get_logger(__name__)
_looking = threading.local()


def current_epoch() -> int:
    return LogEpoch.objects.aggregate(last=Max("number"))["last"] or 1


def start_epoch(reason: str, by: str) -> int:
    """Begin a new epoch, in one transaction with its row in the log. Returns its number."""
    with transaction.atomic():
        sealing.take_turn(wait=True)
        return _start(reason, by)


def notice_restore() -> int | None:
    """Begin a new epoch where the second place is ahead of the database; None where it is not.

    Raises SinkUnavailable: then nobody can tell, and the sealer asks again in a second.
    """
    sink = folder_sink()
    # The second place first: what is sealed meanwhile reaches the database before it.
    last = sink.last() if sink else None
    if last is None or _is_known(last):
        return None
    with transaction.atomic():
        sealing.take_turn(wait=True)
        if _is_known(last) or _is_noticed():
            return None
        log.error("log_behind_second_place", second_place=last.said["number"])
        return _start(FOUND_BEHIND, AUTOMATIC)


def find_loss(epoch: int) -> tuple[int, int, str] | None:
    """For a new epoch's first checkpoint: what the second place has and the database has not: first and last
    number, hash of the last. None where it has nothing more, is not there, or the epoch is not new."""
    sink = folder_sink()
    newest = LogCheckpoint.objects.order_by("-number").first()
    if sink is None or not _is_noticed():
        return None
    try:
        last = sink.last()
        if last is None or _is_known(last):
            return None
        shared = _last_shared(sink, newest.number if newest else 0)
    except SinkUnavailable:
        log.warning("log_loss_unknown", epoch=epoch)
        return None
    return shared + 1, last.said["number"], sealing.hash_of(last)


def look_at_new_connection(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Receiver of ``connection_created``."""
    is_ours = connection.alias == DEFAULT_DB_ALIAS and bool(settings.LOG_SINK_DIR)
    if not is_ours or getattr(_looking, "is_on", False):
        return
    with _looking_only_once():
        try:
            if _is_there(connection):
                notice_restore()
        except SinkUnavailable as failure:
            log.warning("log_second_place_unavailable", fault=str(failure))
        except Error:
            # Whoever comes next must look again, so this connection is not kept.
            connection.close()
            raise


def operator(name: str) -> Actor:
    """Whoever works at the machine itself, as the log's user."""
    unit = Unit("", "", Provider("", "", CareKind.HEALTH_CARE))
    return Actor(0, name[:32], "", "", "", unit, Purpose.ADMINISTRATION)


def invalidate_views() -> None:
    """No view that is open shows anything more, one from before a restore either: there versions went back,
    so they are raised by more than any patient's acts since a backup."""
    Dossier.objects.update(version=F("version") + BEYOND_ANY_BACKUP)


def _start(reason: str, by: str) -> int:
    number = current_epoch() + 1
    LogEpoch.objects.create(number=number, reason=reason[:300], started_by=by[:32])
    invalidate_views()
    write(Entry(Event.EPOCH_STARTED, operator(by), Trace(), detail={"epoch": number}, reason=reason))
    return number


def _is_there(connection: BaseDatabaseWrapper) -> bool:
    """Before the migrations there is no log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('consent_logdelivery')"
            if connection.vendor == "postgresql"
            else "SELECT max(name) FROM sqlite_master WHERE name = 'consent_logdelivery'"
        )
        return bool(cursor.fetchone() != (None,))


def _is_known(theirs: Checkpoint) -> bool:
    """Whether the database has it, or a later checkpoint of ours says that it was lost."""
    number = theirs.said["number"]
    ours = LogCheckpoint.objects.filter(number=number).first()
    if ours is not None and ours.body == theirs.body:
        return True
    # The hash stands in the text of the first checkpoint of an epoch, and nowhere else.
    lost = f'"{sealing.hash_of(theirs)}"]'
    return LogCheckpoint.objects.filter(number__gt=number, body__contains=lost).exists()


def _is_noticed() -> bool:
    """Whether an epoch has begun that no checkpoint is of yet."""
    newest = LogCheckpoint.objects.order_by("-number").first()
    sealed = sealing.as_checkpoint(newest) if newest else None
    return (sealed.said["epoch"] if sealed else 1) < current_epoch()


def _last_shared(sink: FolderSink, newest: int) -> int:
    """The number of the last checkpoint that both have; 0 where there is none."""
    for theirs in sink.backwards():
        number = theirs.said["number"]
        ours = LogCheckpoint.objects.filter(number=number).first() if number <= newest else None
        if ours is not None and ours.body == theirs.body:
            return int(number)
    return 0


@contextmanager
def _looking_only_once() -> Iterator[None]:
    _looking.is_on = True
    try:
        yield
    finally:
        _looking.is_on = False
