"""Is the access log what was sealed? Needs rows, checkpoints and public keys: no database, no Django.

A copy of this one file checks what ``manage.py export_access_log`` wrote (formats: docs/access-log.md):

    python verifying.py EXPORT --public-key seal.pub [--sink FOLDER] [--accept-lost 120-131]

Exit code 0: intact. 1: tampered with; the first bad batch is named. 2: incomplete, so nobody can tell.
"""

import argparse
import hashlib
import heapq
import json
import sys
from base64 import b64decode
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT, NO_HASH, LISTED = 1, "0" * 64, 20
INTACT, TAMPERED, INCOMPLETE = 0, 1, 2
CLOCK = "%Y-%m-%d %H:%M:%S.%f"
FRESH = timedelta(minutes=1)  # what is older should be sealed, and in the second place too
Lines = Callable[[], Iterable[str]]
Row = tuple[int, bytes]  # its number, its line


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One sealed batch: its signed text, the signature, what the text says, and its runs of row numbers."""

    body: str
    signature: bytes
    said: dict[str, Any]
    ranges: list[tuple[int, int]]

    @classmethod
    def read(cls, line: str) -> "Checkpoint | None":
        """From its line; None where that is none. What it says is believed only where it is signed."""
        try:
            sealed = json.loads(line)
            said = json.loads(sealed["body"])
            pairs = [part.partition("-") for part in said["ranges"].split()]
            ranges = [(int(first), int(last or first)) for first, _, last in pairs]
            is_one = said["format"] == FORMAT and type(said["number"]) is type(said["top"]) is int
            return cls(sealed["body"], bytes.fromhex(sealed["signature"]), said, ranges) if is_one else None
        except (AttributeError, KeyError, TypeError, ValueError):
            return None

    def is_signed(self, keys: dict[str, bytes]) -> bool:
        try:
            key = Ed25519PublicKey.from_public_bytes(keys[self.said["key"]])
            key.verify(self.signature, self.body.encode())
        except (InvalidSignature, KeyError, TypeError, ValueError):
            return False
        return True


def root_of(leaves: list[bytes]) -> str:
    """The root of a Merkle tree (RFC 6962)."""
    nodes = leaves or [hashlib.sha256(b"").digest()]
    while len(nodes) > 1:
        odd = nodes[-1:] if len(nodes) % 2 else []
        pairs = zip(nodes[::2], nodes[1::2], strict=False)
        nodes = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs] + odd
    return nodes[0].hex()


def numbered(line: bytes) -> Row:
    return int(line[2 : line.index(b'"', 2)]), line


def leaf_of(line: bytes) -> bytes:
    return hashlib.sha256(b"\0" + line).digest()


def key_id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


class Rows:
    """Rows in the order of their numbers, batch by batch. What a batch passes over waits for a later one."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._rows = map(numbered, lines)
        self._next, self._waiting = next(self._rows, None), list[Row]()

    def between(self, first: int, last: int) -> Iterator[Row]:
        start, stop = (bisect_left(self._waiting, (number,)) for number in (first, last + 1))
        yield from self._waiting[start:stop]
        del self._waiting[start:stop]
        while self._next is not None and self._next[0] <= last:
            if self._next[0] >= first:
                yield self._next
            else:
                self._waiting.append(self._next)
            self._next = next(self._rows, None)


@dataclass(slots=True)
class Verifier:
    """``keys``: trusted public keys, by id. ``now``: when rows and checkpoints were read, UTC. ``accepted``:
    losses that were looked into. ``is_part``: what came before or after is not there.
    ``findings``: (code, batch, words). ``code`` is the exit code."""

    keys: dict[str, bytes]
    now: datetime
    accepted: Collection[tuple[int, ...]] = ()
    is_part: bool = False
    rows: int = 0
    batches: int = 0
    findings: list[tuple[int, int, str]] = field(default_factory=list)
    _lost: list[tuple[int, int]] = field(default_factory=list)

    @property
    def code(self) -> int:
        return min((code for code, _, _ in self.findings), default=INTACT)

    def __str__(self) -> str:
        bad = min((batch for code, batch, _ in self.findings if code == TAMPERED), default=0)
        word = ("INTACT", f"TAMPERED: the first bad batch is {bad}", "INCOMPLETE")[self.code]
        listed = [f"- batch {batch}: {words}" for _, batch, words in sorted(self.findings)]
        return "\n".join([word, *listed, f"{self.rows} rows in {self.batches} batches"])

    def verify(self, rows: Iterable[bytes], checkpoints: Lines) -> None:
        """Every row against its batch, every batch against the one before."""
        reader, last = Rows(rows), None
        for this in map(Checkpoint.read, checkpoints()):
            if this is None or not this.is_signed(self.keys):
                number = last.said["number"] + 1 if last else 1
                self._found(TAMPERED, number, "its checkpoint is not signed with a trusted key")
                continue
            self._check_link(last, this)
            self._check_rows(this, reader)
            last = this
        self._check_rest(reader, last, checkpoints)

    def compare(self, checkpoints: Lines, copies: Lines) -> None:
        """With the second place's copy: a tail cut off, a chain rebuilt, an old backup. After ``verify``."""
        both = heapq.merge(_numbered(0, checkpoints), _numbered(1, copies), key=itemgetter(0))
        for number, group in groupby(both, key=itemgetter(0)):
            found = {side: checkpoint for _, side, checkpoint in group}
            ours, theirs = found.get(0), found.get(1)
            is_lost = any(first <= number <= last for first, last in self._lost)
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
            self._lost.append((first, end))
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
        found = [leaf_of(line) for run in this.ranges for _, line in reader.between(*run)]
        self.rows, self.batches = self.rows + len(found), self.batches + 1
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
        for number, line in reader.between(0, sys.maxsize):
            _, xact, at, _ = line.decode().split('","', 3)
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


def read_lines(files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        with path.open(encoding="utf-8") as file:
            yield from file


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("export", type=Path)
    parser.add_argument("--public-key", type=Path, action="append", required=True)
    parser.add_argument("--sink", type=Path)
    parser.add_argument("--accept-lost", action="append", default=[], metavar="FIRST-LAST")
    asked = parser.parse_args()
    keys = {key_id(key): key for key in (b64decode(path.read_text()) for path in asked.public_key)}
    told = json.loads((asked.export / "manifest.json").read_text())
    accepted = [tuple(map(int, lost.split("-"))) for lost in asked.accept_lost]
    verifier = Verifier(keys, datetime.fromisoformat(told["exported_at"]), accepted, told["is_part"])
    sealed, copies = [asked.export / "checkpoints.ndjson"], asked.sink and asked.sink.glob("checkpoints-*")
    with (asked.export / "rows.ndjson").open("rb") as rows:
        verifier.verify(map(bytes.rstrip, rows), lambda: read_lines(sealed))
    if asked.sink:
        verifier.compare(lambda: read_lines(sealed), lambda: read_lines(sorted(copies)))
    print(f"As of {told['exported_at']}: {verifier}")  # noqa: T201
    return verifier.code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, KeyError) as error:
        print(f"INCOMPLETE\n- {error}")  # noqa: T201
        sys.exit(INCOMPLETE)
