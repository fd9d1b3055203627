"""Which rows of the log are to be sent: those of each new checkpoint, once.

A row that no checkpoint holds may still be taken back by its transaction; one that is sealed is final. So the
checkpoints are the queue's edge: nothing is passed over, and nothing is taken twice.
"""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q

from connectors.storelog.models import Outgoing, Receiver
from connectors.storelog.shaping import is_sent
from consent.accesslog.model import AccessEvent, LogCheckpoint
from consent.accesslog.sealing import as_checkpoint

CHECKPOINTS_AT_ONCE = 50
ROWS_AT_ONCE = 2000
NEEDED = ("seq", "event_id", "at", "event", "activity")


def take_sealed() -> int:
    """Take what has been sealed since. Returns how many rows were put in the queue."""
    taken = 0
    while found := _take_some():
        taken += found[1]
        if found[0] < CHECKPOINTS_AT_ONCE:
            break
    return taken


def _take_some() -> tuple[int, int] | None:
    """Some checkpoints, whole, in one transaction: how many of them, and of rows to be sent."""
    with transaction.atomic():
        Receiver.objects.get_or_create(pk=1)
        receiver = Receiver.objects.select_for_update().get(pk=1)
        rows = list(
            LogCheckpoint.objects.filter(number__gt=receiver.taken).order_by("number")[:CHECKPOINTS_AT_ONCE]
        )
        if not rows:
            return None
        read = made = 0
        for row in rows:
            checkpoint = as_checkpoint(row)
            if checkpoint is None:
                break  # Unreadable: nothing after it is taken before somebody has seen to it. The lag tells.
            read += 1
            made += sum(_put(where) for where in _spans(checkpoint.said["ranges"]))
            receiver.taken = row.number
        receiver.save(update_fields=["taken"])
        return read, made


def _spans(ranges: str) -> Iterator[Q]:
    """The numbers of a checkpoint's rows, so many runs at a time that a question stays of a size."""
    runs = [tuple(map(int, (run.split("-") * 2)[:2])) for run in ranges.split()]
    for place in range(0, len(runs), 200):
        where = Q(pk__in=[])
        for first, last in runs[place : place + 200]:
            where |= Q(seq__gte=first, seq__lte=last)
        yield where


def _put(where: Q) -> int:
    rows = AccessEvent.objects.filter(where).order_by("seq").only(*NEEDED)
    made, batch = 0, list[Outgoing]()
    for row in rows.iterator(ROWS_AT_ONCE):
        if is_sent(row):
            batch.append(Outgoing(event_id=row.event_id, seq=row.seq, at=row.at))
        if len(batch) == ROWS_AT_ONCE:
            made += len(Outgoing.objects.bulk_create(batch, ignore_conflicts=True))
            batch = []
    return made + len(Outgoing.objects.bulk_create(batch, ignore_conflicts=True))
