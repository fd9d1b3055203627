"""A month of the log taken out of the database, into a folder that can be judged by itself.

Four steps, in this order, each of which may be the last for now: the folder is written whole and looked
through; a checkpoint of the log says what may be gone from now on, and of which folder; the second place has
it; the month's partition is dropped. Done again, it goes on from where it was.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from consent import epochs
from consent.accesslog import lines, sealing
from consent.accesslog.copying import copy_between
from consent.accesslog.delivering import deliver, delivered_to
from consent.accesslog.events import Event
from consent.accesslog.exporting import (
    ARCHIVED,
    CHECKPOINTS,
    MANIFEST,
    ROWS,
    archived_lines,
    export,
    one_moment,
)
from consent.accesslog.model import LogCheckpoint
from consent.accesslog.sealing import as_checkpoint
from consent.accesslog.sinks import configured_sinks
from consent.accesslog.table import extent_of, partition_of, partitions, take_out
from consent.accesslog.verifying import INTACT, Checkpoint, Verifier, as_json, number_of, read_lines, said_in
from consent.accesslog.verifying.rows import Rows
from consent.accesslog.write import Entry, Trace, write

# Whoever reads the whole log holds its table; whoever waits to change that holds up every view.
PATIENCE = "2s"


class CannotArchive(Exception):
    """Why not, in a sentence for whoever ran the command. What was done before stays done."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which batches hold the month's rows: ``whole`` hold no others, ``parts`` do, with the leaves of
    those of the month by their numbers."""

    rows: int
    whole: list[int]
    parts: dict[int, dict[int, bytes]]

    @property
    def numbers(self) -> tuple[int, int]:
        touched = [*self.whole, *self.parts]
        return min(touched), max(touched)


def archive(month: str, place: Path, by: str, say: Callable[[str], object] = print) -> None:
    """``month``: YYYY-MM. ``place``: the folder of archives; the month gets one in it. ``by``: HSA-id.
    Raises CannotArchive."""
    _refuse_too_young(month)
    folder, partition = place / month, partition_of(_first_day(month))
    said = _said_of(month)
    if partition not in partitions(connection):
        if said is None:
            raise CannotArchive(f"There is no {month} in the log, and nothing says that it was archived.")
        say(f"{month} was archived already: {said['rows']} rows, checkpoint {said['number']}.")
        return
    plan = _plan(month, partition)
    if said is None:
        if not folder.exists():
            _write_whole(folder, plan)
        said = _seal(month, by, plan, _look_through(folder, plan))
    elif said["manifest"] != _look_through(folder, plan):
        raise CannotArchive(f"{folder} is not the folder that checkpoint {said['number']} tells of.")
    say(f"{folder}: {plan.rows} rows, as checkpoint {said['number']} says.")
    _carry(said["number"])
    _drop(month, partition, plan.rows, by)
    say(f"{month} is out of the database. Keep {folder} as long as the log, and a copy elsewhere.")


def _refuse_too_young(month: str) -> None:
    if connection.vendor != "postgresql":
        raise CannotArchive("Only PostgreSQL keeps the log month by month.")
    now, first = datetime.now(UTC).date(), _first_day(month)
    age = (now.year - first.year) * 12 + now.month - first.month
    if age <= settings.LOG_KEPT_MONTHS:
        raise CannotArchive(
            f"{month} is to be kept in the database: LOG_KEPT_MONTHS is {settings.LOG_KEPT_MONTHS}."
        )


def _first_day(month: str) -> date:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise CannotArchive(f"{month} is no month. Write YYYY-MM.") from None


def _said_of(month: str) -> dict[str, Any] | None:
    """What the last checkpoint of the log says that tells of the month; None where none does."""
    found = None
    for line in archived_lines():
        checkpoint = Checkpoint.read(line)
        said = said_in(checkpoint) if checkpoint else None
        if checkpoint and said and said["month"] == month:
            if not checkpoint.is_signed(dict(settings.KEYS.seal_public)):
                raise CannotArchive(
                    f"Checkpoint {checkpoint.said['number']} is not signed with a trusted key."
                )
            found = {**said, "number": checkpoint.said["number"]}
    return found


def _plan(month: str, partition: str) -> Plan:
    """By going through all its rows, and through the checkpoints from the first that can hold any."""
    plan = Plan(0, [], {})
    rows = 0
    with one_moment(), connection.cursor() as cursor:
        there, lowest = extent_of(connection, partition)
        if not there:
            raise CannotArchive(f"There is no row of {month}.")
        reader = Rows(copy_between(cursor.cursor, partition, lines.SELECTED, None, None))
        for checkpoint in _checkpoints_from(_first_day(month), lowest):
            numbers, leaves = list[int](), list[bytes]()
            for run in checkpoint.ranges:
                for some in reader.between(*run):
                    numbers += map(number_of, some)
                    leaves += checkpoint.leaves_of(some)
            rows += len(numbers)
            if numbers and len(numbers) == checkpoint.said["rows"]:
                plan.whole.append(checkpoint.said["number"])
            elif numbers:
                plan.parts[checkpoint.said["number"]] = dict(zip(numbers, leaves, strict=True))
            if rows == there:
                return Plan(there, plan.whole, plan.parts)
    raise CannotArchive(f"{there - rows} rows of {month} are in no batch. Run verify_access_log.")


def _checkpoints_from(first_day: date, lowest: int) -> Iterator[Checkpoint]:
    """A row is sealed after it was written, by whatever clock; a day is room for clocks that differ."""
    since = datetime.combine(first_day - timedelta(days=1), time.min, UTC)
    for row in LogCheckpoint.objects.filter(at__gte=since).order_by("number").iterator():
        checkpoint = as_checkpoint(row)
        if checkpoint is None:
            raise CannotArchive(f"Checkpoint {row.number} cannot be read. Run verify_access_log.")
        if checkpoint.said["top"] >= lowest:
            yield checkpoint


def _write_whole(folder: Path, plan: Plan) -> None:
    """Under another name until all of it is on the disk."""
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        told = export(unfinished, numbers=plan.numbers)
        told["files"] = {name: _hash(unfinished / name) for name in (ROWS, CHECKPOINTS)}
        (unfinished / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        for path in (*unfinished.iterdir(), unfinished):
            _write_through(path)
        unfinished.rename(folder)
        _write_through(folder.parent)
    except OSError as failure:
        raise CannotArchive(f"{folder} cannot be written: {failure.strerror}.") from failure


def _look_through(folder: Path, plan: Plan) -> str:
    """Read it back as somebody else would, and compare with what is to go. Returns its manifest's hash."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if any(_hash(folder / name) != told["files"][name] for name in (ROWS, CHECKPOINTS)):
            raise CannotArchive(f"{folder} is not what was written: a hash differs.")
        keys = dict(settings.KEYS.seal_public)
        verifier = Verifier(keys, datetime.fromisoformat(told["exported_at"]), is_part=True)
        # Of a batch at the turn of a month, the rows of the month beside it may be gone already.
        others = folder / ARCHIVED
        verifier.archived.add(read_lines([others] if others.exists() else []), keys)
        with (folder / ROWS).open("rb") as rows:
            verifier.verify(rows, lambda: read_lines([folder / CHECKPOINTS]))
        if verifier.code != INTACT:
            raise CannotArchive(f"{folder} would prove nothing. {verifier}")
        numbers = [c.said["number"] for c in map(Checkpoint.read, read_lines([folder / CHECKPOINTS])) if c]
    except (OSError, ValueError, KeyError) as failure:
        raise CannotArchive(f"{folder} cannot be read back ({type(failure).__name__}).") from failure
    first, last = plan.numbers
    if (numbers[0], numbers[-1], len(numbers)) != (first, last, last - first + 1):
        raise CannotArchive(f"{folder} holds other batches than {first} to {last}. Move it away.")
    return _hash(folder / MANIFEST)


def _seal(month: str, by: str, plan: Plan, manifest: str) -> dict[str, Any]:
    """The checkpoint that says it, and the row of the log about it, in one transaction."""
    said = as_json(month, manifest, plan.rows, plan.whole, plan.parts)
    with transaction.atomic():
        sealing.take_turn(wait=True)
        made = sealing.seal(epochs.current_epoch(), archived=said)
        if made is None:
            raise CannotArchive("Nothing was sealed, and nothing taken out. Run this again.")
        number = made.said["number"]
        detail = {"month": month, "rows": plan.rows, "checkpoint": number, "step": "sealed"}
        write(Entry(Event.LOG_ARCHIVED, epochs.operator(by), Trace(), detail=detail))
    return {**said, "number": number}


def _carry(number: int) -> None:
    """To every second place: without it nobody could tell there that the month is gone rightly."""
    sinks = configured_sinks()
    deliver(sinks)
    for sink in sinks:
        if delivered_to(sink) < number:
            raise CannotArchive(
                f"The second place ({sink.name}) does not have checkpoint {number}. Run this again."
            )


def _drop(month: str, partition: str, rows: int, by: str) -> None:
    with transaction.atomic():
        if extent_of(connection, partition)[0] != rows:
            raise CannotArchive(f"{month} has other rows now. Run verify_access_log.")
        detail = {"month": month, "rows": rows, "step": "taken out"}
        write(Entry(Event.LOG_ARCHIVED, epochs.operator(by), Trace(), detail=detail))
        take_out(connection, partition, PATIENCE)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_through(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
