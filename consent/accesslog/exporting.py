"""The log and its checkpoints read out as lines: into files that stand alone, and into the verifier."""

import base64
import heapq
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from consent.accesslog import lines
from consent.accesslog.model import LogCheckpoint
from consent.accesslog.sealed_table import database_time
from consent.accesslog.sealing import line_of
from consent.accesslog.sinks import FolderSink, SinkUnavailable
from consent.accesslog.stretches import verify_in_stretches
from consent.accesslog.verifying import FORMAT, INCOMPLETE, MARK, Archived, Checkpoint, Verifier, number_of

AT_ONCE = 2000
ROWS, CHECKPOINTS, ARCHIVED, MANIFEST = "rows.tsv", "checkpoints.ndjson", "archived.ndjson", "manifest.json"


@contextmanager
def one_moment() -> Iterator[datetime]:
    """All that is read within is of one moment, the one that is handed over: UTC, by the database's clock.

    SQLite keeps one view for as long as something is being read; a transaction would keep writers out.
    """
    if connection.vendor != "postgresql":
        yield datetime.fromisoformat(database_time())
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # It may wait for what others are reading of the same moment.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield datetime.fromisoformat(database_time())


def checkpoint_lines(
    since: datetime | None = None, until: datetime | None = None, numbers: tuple[int, int] | None = None
) -> Iterator[str]:
    """Those sealed within, or of these numbers, in order. Needs ``one_moment``."""
    rows = LogCheckpoint.objects.order_by("number")
    rows = rows.filter(at__gte=since) if since else rows
    rows = rows.filter(at__lt=until) if until else rows
    rows = rows.filter(number__range=numbers) if numbers else rows
    yield from map(line_of, rows.iterator(AT_ONCE))


def archived_lines() -> list[str]:
    """The checkpoints that say of a month that it was archived."""
    said = LogCheckpoint.objects.filter(body__contains=f'"{MARK}":').order_by("number")
    return [line_of(row) for row in said]


def verify_database(
    keys: dict[str, bytes],
    sink: FolderSink | None,
    accepted: Collection[tuple[int, ...]] = (),
    archives: Sequence[Path] = (),
) -> Verifier:
    """Rows against checkpoints, and those against the second place's copy, which is looked at first: whatever
    it has by then is in the database. ``archives``: folders of months that were taken out, to be verified
    with what is left. Raises OSError where one cannot be read."""
    last, fault = None, "" if sink else "no second place is configured"
    try:
        last = sink.last() if sink else None
    except SinkUnavailable as failure:
        fault = f"the second place cannot be read: {failure}"
    with one_moment() as now:
        said = archived_lines()
        verifier = None if archives else verify_in_stretches(keys, now, accepted, said)
        if verifier is None:
            verifier = Verifier(dict(keys), now, accepted, archived=Archived.read(said))
            verifier.verify(_rows_with(archives), checkpoint_lines)
        if sink and last:
            compare(verifier, sink, last)
    if last is None and not fault and verifier.batches:
        fault = "the second place has no checkpoint"
    if fault:
        verifier.findings.append((INCOMPLETE, 0, fault))
    return verifier


def compare(verifier: Verifier, sink: FolderSink, last: Checkpoint) -> None:
    """The database's checkpoints with the second place's up to its ``last``."""
    verifier.compare(checkpoint_lines, lambda: _up_to(last.said["number"], sink))


def export(
    folder: Path,
    since: datetime | None = None,
    until: datetime | None = None,
    numbers: tuple[int, int] | None = None,
) -> dict[str, object]:
    """Write rows, checkpoints, public keys and what they are into a new folder; whole batches: all, those
    sealed within, or those of these numbers. Returns the manifest, which is written last. Raises
    FileExistsError."""
    folder.mkdir(parents=True)
    is_part = since is not None or until is not None or numbers is not None
    with one_moment() as now:
        runs = Runs()
        with (folder / CHECKPOINTS).open("w", encoding="utf-8") as file:
            for line in checkpoint_lines(since, until, numbers):
                file.write(f"{line}\n")
                runs.add(Checkpoint.read(line))
        rows = 0
        with (folder / ROWS).open("wb") as file_of_rows:
            for row in lines.read_lines(*(runs.span() if is_part else ("true", ()))):
                if not is_part or runs.hold(number_of(row)):
                    file_of_rows.write(row)
                    rows += 1
        if said := archived_lines():
            (folder / ARCHIVED).write_text("".join(f"{line}\n" for line in said), encoding="utf-8")
    for key_id, key in settings.KEYS.seal_public.items():
        (folder / f"seal-{key_id}.pub").write_text(base64.b64encode(key).decode() + "\n", encoding="ascii")
    manifest = {
        "format": FORMAT,
        "columns": lines.COLUMNS,
        "exported_at": f"{now:%Y-%m-%d %H:%M:%S.%f}",
        "is_part": is_part,
        "checkpoints": runs.checkpoints,
        "rows": rows,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def _rows_with(archives: Sequence[Path]) -> Iterator[bytes]:
    """The database's rows, and those of archives among them. Batches at the turn of a month are in both."""
    if not archives:
        yield from lines.read_all()
        return
    with ExitStack() as stack:
        files = [stack.enter_context((folder / ROWS).open("rb")) for folder in archives]
        before = b""
        for line in heapq.merge(lines.read_all(), *files, key=number_of):
            if line != before:
                yield line
            before = line


class Runs:
    """Which row numbers some checkpoints hold, as few runs: batches mostly follow each other."""

    def __init__(self) -> None:
        self.checkpoints = 0
        self._runs: list[tuple[int, int]] = []
        self._place = 0

    def add(self, checkpoint: Checkpoint | None) -> None:
        self.checkpoints += 1
        for first, last in checkpoint.ranges if checkpoint else ():
            if self._runs and self._runs[-1][1] + 1 == first:
                first = self._runs.pop()[0]  # noqa: PLW2901
            self._runs.append((first, last))

    def span(self) -> tuple[str, list[int]]:
        """The condition for all rows from the first to the last."""
        self._runs.sort()
        if not self._runs:
            return "seq < %s", [0]
        return "seq BETWEEN %s AND %s", [self._runs[0][0], self._runs[-1][1]]

    def hold(self, number: int) -> bool:
        """Asked in the order of numbers, after ``span``."""
        while self._place < len(self._runs) and self._runs[self._place][1] < number:
            self._place += 1
        return self._place < len(self._runs) and self._runs[self._place][0] <= number


def _up_to(number: int, sink: FolderSink) -> Iterator[str]:
    for line in sink.checkpoints():
        yield line
        found = Checkpoint.read(line)
        if found and found.said["number"] >= number:
            return
