"""A long log verified in several stretches at once, each by a process with a connection of its own.

It is quick where all is well, and says so only then: where any stretch finds anything at all, nothing is
said, and the caller looks through the whole log in one go. So findings come from one place.
"""

import json
import os
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.db import connection
from psycopg.conninfo import make_conninfo

import consent
from consent.accesslog import lines
from consent.accesslog.copying import copy_between
from consent.accesslog.model import LogCheckpoint
from consent.accesslog.sealed_table import CHECKPOINTS
from consent.accesslog.sealing import as_checkpoint, line_of
from consent.accesslog.table import TABLE
from consent.accesslog.verifying import INCOMPLETE, INTACT, Archived, Checkpoint, Verifier

# Fewer rows than this are through before another process has started.
WORTH = 100_000
MOST = 8
# Among so many checkpoints a place is looked for where no later batch holds a row from before.
LOOKED_AT = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one checkpoint to another; None: from the beginning, to the end."""

    after: Checkpoint | None
    until: Checkpoint | None


def verify_in_stretches(
    keys: dict[str, bytes], now: datetime, accepted: Collection[tuple[int, ...]], archived: Sequence[str]
) -> Verifier | None:
    """The whole log, found intact; None where it is not, or where that is better looked at in one go.
    ``archived``: lines of the checkpoints that say what was taken out. Needs ``exporting.one_moment``."""
    cuts = find_cuts(len(os.sched_getaffinity(0))) if connection.vendor == "postgresql" else []
    if not cuts:
        return None
    first, *others = (Stretch(*ends) for ends in zip([None, *cuts], [*cuts, None], strict=True))
    verifier = Verifier(dict(keys), now, accepted, archived=Archived.read(archived))
    elsewhere = [_start(each, verifier, archived) for each in others]
    try:
        _verify_here(verifier, first)
        for process in elsewhere:
            if verifier.code == INTACT:
                _add(verifier, process)
    finally:
        for process in elsewhere:
            process.kill()
            process.communicate()
    return verifier if verifier.code == INTACT and not verifier.findings else None


def find_cuts(count: int) -> list[Checkpoint]:
    """Checkpoints between which there are about equally many rows, for so many stretches. What they say is
    not checked here: a false one makes a stretch find something."""
    oldest, newest = (
        as_checkpoint(row) if (row := LogCheckpoint.objects.order_by(by).first()) else None
        for by in ("number", "-number")
    )
    if oldest is None or newest is None:
        return []
    before = oldest.said["total"] - oldest.said["rows"]
    rows = newest.said["total"] - before
    if rows < WORTH:
        return []
    count = min(count, MOST)
    numbers = range(oldest.said["number"], newest.said["number"])
    found = dict[int, Checkpoint]()
    for place in range(1, count):
        wanted = before + rows * place // count
        cut = _clean_cut(numbers[0] + bisect_left(numbers, wanted, key=_total_at)) if numbers else None
        if cut and cut.said["number"] < newest.said["number"]:
            found[cut.said["number"]] = cut
    return [found[number] for number in sorted(found)]


def _total_at(number: int) -> int:
    row = LogCheckpoint.objects.filter(number__gte=number).order_by("number").first()
    said = as_checkpoint(row) if row else None
    return int(said.said["total"]) if said else 0


def _clean_cut(number: int) -> Checkpoint | None:
    """The first from this one on after which no batch, as far as is looked, holds a row from before."""
    rows = LogCheckpoint.objects.filter(number__gte=number).order_by("number")[:LOOKED_AT]
    cut, lowest = None, 0
    for this in reversed([as_checkpoint(row) for row in rows]):
        if this is None:
            return None
        if lowest > this.said["top"]:
            cut = this
        lowest = min([lowest or sys.maxsize, *(first for first, _ in this.ranges[:1])])
    return cut


def _verify_here(verifier: Verifier, stretch: Stretch) -> None:
    until = stretch.until
    sealed = LogCheckpoint.objects.order_by("number")
    sealed = sealed.filter(number__lte=until.said["number"]) if until else sealed
    with connection.cursor() as cursor:
        rows = copy_between(cursor.cursor, TABLE, lines.SELECTED, None, until.said["top"] if until else None)
        verifier.verify(rows, lambda: map(line_of, sealed.iterator(lines.AT_ONCE)), goes_on=until is not None)


def _start(stretch: Stretch, like: Verifier, archived: Sequence[str]) -> "subprocess.Popen[str]":
    after, until = stretch.after, stretch.until
    asked = {
        "database": _way(),
        "moment": _exported_moment(),
        "table": TABLE,
        "columns": lines.SELECTED,
        "checkpoints": CHECKPOINTS,
        "keys": {name: key.hex() for name, key in like.keys.items()},
        "now": like.now.isoformat(),
        "accepted": [list(each) for each in like.accepted],
        "archived": list(archived),
        "after": json.dumps({"body": after.body, "signature": after.signature.hex()}) if after else "",
        "after_number": after.said["number"] if after else 0,
        "until": {name: until.said[name] if until else None for name in ("number", "top")},
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "consent.accesslog.one_stretch"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=Path(consent.__file__).parents[1],
    )  # fmt: skip
    # One that ended already is found out when it has nothing to tell.
    if process.stdin:
        with suppress(BrokenPipeError), process.stdin as told:
            told.write(json.dumps(asked))
    process.stdin = None
    return process


def _add(verifier: Verifier, process: "subprocess.Popen[str]") -> None:
    """What another process found. One that failed has found nothing, and leaves nothing to believe."""
    said, complaint = process.communicate()
    try:
        told: dict[str, Any] = json.loads(said)
    except ValueError:
        log.warning("log_stretch_failed", error=complaint.strip().rpartition("\n")[2][:200])
        told = {"rows": 0, "batches": 0, "lost": [], "away": []}
        told["findings"] = [[INCOMPLETE, 0, "a stretch was not verified"]]
    verifier.rows += told["rows"]
    verifier.batches += told["batches"]
    verifier.findings += [(code, batch, words) for code, batch, words in told["findings"]]
    verifier.lost += [(first, last) for first, last in told["lost"]]
    verifier.away |= set(told["away"])


def _exported_moment() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


def _way() -> str:
    info = connection.connection.info
    return make_conninfo(**info.get_parameters(), password=info.password or None)
