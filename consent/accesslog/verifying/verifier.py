"""Rows against checkpoints, checkpoints against each other and against the second place's copy."""

import hashlib
import heapq
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from .archived import Archived, runs_of, said_in
from .rows import Rows, in_first_format, number_of
from .sealed import CLOCK, NO_HASH, Checkpoint, key_id, root_of

LISTED = 20
INTACT, TAMPERED, INCOMPLETE = 0, 1, 2
FRESH = timedelta(minutes=1)  # what is older should be sealed, and in the second place too
Lines = Callable[[], Iterable[str]]


@dataclass(slots=True)
class Verifier:
    """``keys``: trusted public keys, by id. ``now``: when rows and checkpoints were read, UTC. ``accepted``:
    losses that were looked into. ``is_part``: what came before or after is not there. ``archived``: what
    checkpoints say that has been taken out; those are of the log that is verified, so their seals are too.
    ``findings``: (code, batch, words). ``code`` is the exit code."""

    keys: dict[str, bytes]
    now: datetime
    accepted: Collection[tuple[int, ...]] = ()
    is_part: bool = False
    archived: Archived = field(default_factory=Archived)
    rows: int = 0
    batches: int = 0
    away: set[str] = field(default_factory=set)
    findings: list[tuple[int, int, str]] = field(default_factory=list)
    lost: list[tuple[int, int]] = field(default_factory=list)

    @property
    def code(self) -> int:
        return min((code for code, _, _ in self.findings), default=INTACT)

    def __str__(self) -> str:
        bad = min((batch for code, batch, _ in self.findings if code == TAMPERED), default=0)
        word = ("INTACT", f"TAMPERED: the first bad batch is {bad}", "INCOMPLETE")[self.code]
        listed = [f"- batch {batch}: {words}" for _, batch, words in sorted(self.findings)]
        counted = f"{self.rows} rows in {self.batches} batches"
        away = f"; archived and not looked into: {', '.join(sorted(self.away))}" if self.away else ""
        return "\n".join([word, *listed, counted + away])

    def verify(
        self,
        rows: Iterable[bytes],
        checkpoints: Lines,
        after: Checkpoint | None = None,
        goes_on: bool = False,
    ) -> None:
        """Every row against its batch, every batch against the one before.

        A stretch of the log by itself: ``after`` is the checkpoint before it, and ``goes_on`` says that it is
        not the last. Then it is whole only where its batches hold every row of it.
        """
        reader, last = Rows(rows), after
        for this in map(Checkpoint.read, checkpoints()):
            if this is None or not this.is_signed(self.keys):
                number = last.said["number"] + 1 if last else 1
                said = said_in(this) if this else None
                number = (
                    min([number, *(first for first, _ in runs_of(said)), *said["parts"]]) if said else number
                )
                self._found(TAMPERED, number, "its checkpoint is not signed with a trusted key")
                continue
            self._check_link(last, this)
            self._check_rows(this, reader)
            last = this
        if not goes_on:
            self._check_rest(reader, last, checkpoints)
        elif next(reader.rest(), None):
            self._found(INCOMPLETE, last.said["number"] if last else 0, "a row that it does not hold")

    def compare(self, checkpoints: Lines, copies: Lines) -> None:
        """With the second place's copy: a tail cut off, a chain rebuilt, an old backup. After ``verify``."""
        both = heapq.merge(_numbered(0, checkpoints), _numbered(1, copies), key=itemgetter(0))
        for number, group in groupby(both, key=itemgetter(0)):
            found = {side: checkpoint for _, side, checkpoint in group}
            ours, theirs = found.get(0), found.get(1)
            is_lost = any(first <= number <= last for first, last in self.lost)
            if ours and not theirs and not is_lost and self._is_old(str(ours.said.get("at"))):
                self._found(INCOMPLETE, number, "the second place does not have it")
            is_later = theirs is not None and str(theirs.said.get("at")) > f"{self.now:{CLOCK}}"
            if theirs and (ours.body != theirs.body if ours else not self.is_part | is_later) and not is_lost:
                words = "the second place has another one" if ours else "only the second place has it"
                self._found(TAMPERED, number, words)

    def _found(self, code: int, batch: int, words: str) -> None:
        if sum(other[0] == code for other in self.findings) < LISTED:
            self.findings.append((code, batch, words))

    def _is_old(self, at: str) -> bool:
        return at < f"{self.now - FRESH:{CLOCK}}"

    def _check_link(self, last: Checkpoint | None, this: Checkpoint) -> None:
        said, before = this.said, last.said if last else {"number": 0, "total": 0, "epoch": 0}
        if said["heir"]:
            self.keys = {**self.keys, key_id(bytes.fromhex(said["heir"])): bytes.fromhex(said["heir"])}
        if said["lost"] and said["epoch"] > before["epoch"]:
            first, end, _ = said["lost"]
            self.lost.append((first, end))
            before = {**before, "number": max(before["number"], end)}
            if (first, end) not in self.accepted:
                self._found(INCOMPLETE, first, f"lost, up to {end}, before epoch {said['epoch']} began")
        if last is None and self.is_part:
            return
        if said["number"] != before["number"] + 1:
            self._found(TAMPERED, before["number"] + 1, "its checkpoint is not there")
        previous = hashlib.sha256(last.body.encode()).hexdigest() if last else NO_HASH
        if said["previous"] != previous or said["total"] != before["total"] + said["rows"]:
            self._found(TAMPERED, said["number"], "it does not follow from the one before")

    def _check_rows(self, this: Checkpoint, reader: Rows) -> None:
        found, numbers, gone = list[bytes](), list[int](), self.archived.of(this)
        for run in this.ranges:
            for lines in reader.between(*run):
                found += this.leaves_of(lines)
                numbers += map(number_of, lines) if gone else ()
        self.rows, self.batches = self.rows + len(found), self.batches + 1
        if gone and len(found) != this.said["rows"]:
            self.away |= gone.months
            if gone.leaves is None and not found:
                return
            found = gone.with_leaves(numbers, found)
        if len(found) != this.said["rows"]:
            words = f"{len(found)} rows; {this.said['rows']} were sealed"
            self._found(TAMPERED, this.said["number"], words)
        elif root_of(found) != this.said["root"]:
            self._found(TAMPERED, this.said["number"], "its rows are not those that were sealed")
        if this.said["odd"]:
            self._found(
                TAMPERED, this.said["number"], f"{this.said['odd']} rows were put in with a false time"
            )

    def _check_rest(self, reader: Rows, last: Checkpoint | None, again: Lines) -> None:
        """Rows of no batch: not sealed yet, or put in afterwards, where a batch has passed them already."""
        said = last.said if last else {"number": 0, "floor": 0, "horizon": 0}
        strays, oldest = list[int](), ""
        for number, line in reader.rest():
            _, xact, at = json.loads(in_first_format(line))[:3]
            if number <= said["floor"] or int(xact) < said["horizon"]:
                strays = heapq.nsmallest(LISTED, [*strays, number])
            else:
                oldest = min(oldest or at, at)
        if oldest and self._is_old(oldest):
            self._found(INCOMPLETE, said["number"] + 1, f"rows from {oldest} on are in no batch")
        for stray in strays:
            passed = (c.said["number"] for c in map(Checkpoint.read, again()) if c and c.said["top"] >= stray)
            self._found(TAMPERED, next(passed, said["number"]), f"row {stray} was put in after it was sealed")


def _numbered(side: int, lines: Lines) -> Iterator[tuple[int, int, Checkpoint]]:
    return ((found.said["number"], side, found) for found in map(Checkpoint.read, lines()) if found)
