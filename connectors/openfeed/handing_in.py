"""A file handed in: read and judged first, carried out when somebody has seen what it would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from connectors.models import Source
from connectors.openfeed.entries import Entry
from connectors.openfeed.files import from_json, read_file, to_json
from connectors.openfeed.models import DeliveredFile
from connectors.openfeed.receiving import Delivery, receive
from connectors.openfeed.refusing import Code, Problem

WAITS_S = 24 * 3600


class NothingWaits(LookupError):
    """The file is read in already, or waited too long and is forgotten."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the file is meant."""

    is_snapshot: bool = False
    is_complete: bool = False


def look(source: Source, name: str, data: bytes, wishes: Wishes, by: str) -> tuple[DeliveredFile, Delivery]:
    """What the file would do; it waits, encrypted. Raises RefusedWhole."""
    entries = read_file(name, data)
    file = DeliveredFile(
        source=source,
        name=name[:120],
        mode=DeliveredFile.SNAPSHOT if wishes.is_snapshot else DeliveredFile.UPSERT,
        is_complete=wishes.is_complete,
        uploaded_by=by[:120],
    )
    delivery = receive(
        source, entries, is_snapshot=_is_snapshot(file), is_complete=file.is_complete, is_dry_run=True
    )
    file.content = to_json(_without_what_may_not_be_kept(entries, delivery))
    file.save(force_insert=True)
    return file, delivery


def _without_what_may_not_be_kept(entries: Sequence[Entry], delivery: Delivery) -> list[Entry]:
    """Of what lies outside the law not even a waiting file holds more than which record it was."""
    kept = []
    for entry, result in zip(entries, delivery.results, strict=True):
        if not any(problem.code is Code.OUTSIDE_LAW for problem in result.problems):
            kept.append(entry)
            continue
        record = entry.record if isinstance(entry.record, dict) else {}
        named = {name: record.get(name) for name in ("id", "type")}
        kept.append(Entry(entry.place, named, (Problem(Code.OUTSIDE_LAW),)))
    return kept


def judge_again(file: DeliveredFile) -> Delivery:
    """What the waiting file would do now. Raises NothingWaits, RefusedWhole."""
    if file.content is None or file.applied_at is not None:
        raise NothingWaits
    return receive(
        file.source,
        from_json(file.content),
        is_snapshot=_is_snapshot(file),
        is_complete=file.is_complete,
        is_dry_run=True,
    )


def carry_out(file_id: Any) -> tuple[DeliveredFile, Delivery]:
    """Take in the waiting file; its content is not kept. Raises NothingWaits, RefusedWhole."""
    with transaction.atomic():
        young = Now() - timedelta(seconds=WAITS_S)
        file = (
            DeliveredFile.objects.select_for_update()
            .filter(pk=file_id, applied_at=None, content__isnull=False, uploaded_at__gt=young)
            .first()
        )
        if file is None or file.content is None:
            raise NothingWaits
        source = Source.objects.select_related("owner").get(pk=file.source_id)
        delivery = receive(
            source,
            from_json(file.content),
            is_snapshot=_is_snapshot(file),
            is_complete=file.is_complete,
        )
        file.content, file.applied_at = None, timezone.now()
        file.counts = {**delivery.counts, "removed": delivery.removed}
        file.save()
    return file, delivery


def _is_snapshot(file: DeliveredFile) -> bool:
    return file.mode == DeliveredFile.SNAPSHOT
