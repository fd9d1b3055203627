"""The log and its checkpoints read out as lines: into files that stand alone, and into the verifier."""

import base64
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from consent.accesslog import lines
from consent.accesslog.model import LogCheckpoint
from consent.accesslog.sealing import database_time, line_of
from consent.accesslog.sinks import FolderSink, SinkUnavailable
from consent.accesslog.verifying import FORMAT, INCOMPLETE, Checkpoint, Verifier

AT_ONCE = 2000


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
        yield datetime.fromisoformat(database_time())


def checkpoint_lines(since: datetime | None = None, until: datetime | None = None) -> Iterator[str]:
    """Those sealed within, in order. Needs ``one_moment``."""
    rows = LogCheckpoint.objects.order_by("number")
    rows = rows.filter(at__gte=since) if since else rows
    rows = rows.filter(at__lt=until) if until else rows
    yield from map(line_of, rows.iterator(AT_ONCE))


def verify_database(
    keys: dict[str, bytes], sink: FolderSink | None, accepted: Collection[tuple[int, ...]] = ()
) -> Verifier:
    """Rows against checkpoints, and those against the second place's copy, which is looked at first: whatever
    it has by then is in the database."""
    last, fault = None, "" if sink else "no second place is configured"
    try:
        last = sink.last() if sink else None
    except SinkUnavailable as failure:
        fault = f"the second place cannot be read: {failure}"
    with one_moment() as now:
        verifier = Verifier(dict(keys), now, accepted)
        look_through(verifier, sink if last else None, last)
    if last is None and not fault and verifier.batches:
        fault = "the second place has no checkpoint"
    if fault:
        verifier.findings.append((INCOMPLETE, 0, fault))
    return verifier


def look_through(verifier: Verifier, sink: FolderSink | None, last: Checkpoint | None) -> None:
    """All rows and checkpoints of the database, and the second place's up to its ``last``."""
    verifier.verify(lines.read_lines("true"), checkpoint_lines)
    if sink and last:
        verifier.compare(checkpoint_lines, lambda: _up_to(last.said["number"], sink))


def export(folder: Path, since: datetime | None = None, until: datetime | None = None) -> dict[str, object]:
    """Write rows, checkpoints, public keys and what they are into a new folder; whole batches. Returns the
    manifest. Raises FileExistsError."""
    folder.mkdir(parents=True)
    is_part = since is not None or until is not None
    with one_moment() as now:
        runs = Runs()
        with (folder / "checkpoints.ndjson").open("w", encoding="utf-8") as file:
            for line in checkpoint_lines(since, until):
                file.write(f"{line}\n")
                runs.add(Checkpoint.read(line))
        rows = 0
        with (folder / "rows.ndjson").open("wb") as file_of_rows:
            for row in lines.read_lines(*(runs.span() if is_part else ("true", ()))):
                if not is_part or runs.hold(lines.number_of(row)):
                    file_of_rows.write(row + b"\n")
                    rows += 1
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
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


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
