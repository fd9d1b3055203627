"""Sealing: every second, what can no longer change becomes one signed checkpoint that holds the one before.

What can no longer change: rows of transactions older than every transaction still open (snapshot horizon).
Never "numbers above the last": a transaction that took its number early and ends late would be passed over.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection

from consent.accesslog import lines
from consent.accesslog.model import LogCheckpoint
from consent.accesslog.revocations import is_revocation, revocation_line
from consent.accesslog.sealed_table import CHECKPOINTS, database_time
from consent.accesslog.table import TABLE
from consent.accesslog.verifying import (
    CLOCK,
    FORMAT,
    MARK,
    NO_HASH,
    Checkpoint,
    key_id,
    leaf_of,
    number_of,
    root_of,
)

LOCK = 5_310_003
# Rows in a batch, unless one transaction wrote more: a batch is what is in memory at a time.
MOST = 100_000
# How far a row's own time may lie from the second it is sealed in: a long transaction, a clock put right.
BACKDATED, AHEAD = timedelta(hours=1), timedelta(minutes=1)


class SealBroken(Exception):
    """The last checkpoint is not one of ours: nothing may be built on it."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which rows come next, and what the checkpoint says of that.

    ``floor``: rows up to this number were written on another database server, which counted transactions
    otherwise; all of them are sealed. Above it, rows of transactions below ``horizon`` are sealed.
    """

    where: str
    values: Sequence[int]
    horizon: int
    floor: int


def take_turn(*, wait: bool = False) -> bool:
    """One sealer at a time, until the caller's transaction ends. SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def last_checkpoint() -> Checkpoint | None:
    """The database's last. Raises SealBroken where it is not signed with a key of ours."""
    row = LogCheckpoint.objects.order_by("-number").first()
    if row is None:
        return None
    found = as_checkpoint(row)
    if found is None or not found.is_signed(dict(settings.KEYS.seal_public)):
        raise SealBroken(f"checkpoint {row.number} is not signed with a trusted key")
    return found


def as_checkpoint(row: LogCheckpoint) -> Checkpoint | None:
    return Checkpoint.read(line_of(row))


def line_of(row: LogCheckpoint) -> str:
    """The checkpoint's line, as it stands in an export and in the second place."""
    return json.dumps({"body": row.body, "signature": bytes(row.signature).hex()}, ensure_ascii=False)


def seal(
    epoch: int,
    lost: tuple[int, int, str] | None = None,
    heir: bytes = b"",
    archived: dict[str, Any] | None = None,
) -> Checkpoint | None:
    """Seal the next batch; None where there is nothing. In the caller's transaction, with the turn taken.

    ``lost``: what the second place knows and the database does not, as a new epoch begins: first and last
    number, hash of the last. ``heir``: the public key that will seal next. ``archived``: a month that may be
    taken out, as ``verifying.archived`` says it. Raises SealBroken.
    """
    key = settings.KEYS.seal
    if key is None:
        raise SealBroken("there is no key to seal with")
    last = last_checkpoint()
    span, now = next_span(last), database_time()
    before: dict[str, Any] = last.said if last else {"number": 0, "total": 0, "top": 0}
    number = max(before["number"], lost[1] if lost else 0) + 1
    is_same_epoch = last is not None and last.said["epoch"] == epoch
    batch = _Batch(number, before["at"] if is_same_epoch else "", now)
    batch.add_all(lines.read_lines(span.where, span.values))
    if not batch.leaves and lost is None and not heir and archived is None:
        return None
    found = batch.as_said()
    said = {
        **found,
        "format": FORMAT,
        "number": number,
        "epoch": epoch,
        "at": now,
        "total": before["total"] + found["rows"],
        "top": max(found["top"], before["top"]),
        "horizon": span.horizon,
        "floor": span.floor,
        "previous": hash_of(last) if last else NO_HASH,
        "key": key_id(_public(key)),
        "heir": heir.hex(),
        "lost": lost,
        **({MARK: archived} if archived else {}),
    }
    return _insert(said, key)


def next_span(last: Checkpoint | None) -> Span:
    """Rows that no checkpoint holds and that can no longer change."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Before any row is read: what has ended by now, every later statement sees.
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        else:
            cursor.execute(f"SELECT coalesce(max(seq), 0) + 1 FROM {TABLE}")  # noqa: S608 (our own name)
        horizon = int(cursor.fetchone()[0])
        if last is None:
            return _within_limit(cursor, Span("xact < %s", [horizon], horizon, 0), 0)
        sealed, floor, top = (last.said[name] for name in ("horizon", "floor", "top"))
        if horizon >= sealed:
            where = "xact < %s AND seq > %s AND (xact >= %s OR seq > %s)"
            span = Span(where, [horizon, floor, sealed, top], horizon, floor)
            return _within_limit(cursor, span, sealed)
        # Another database server, whose transactions count from the beginning. What came with the backup has
        # numbers up to the highest there was; what is written here has higher ones.
        cursor.execute(f"SELECT max(seq) FROM {TABLE} WHERE xact >= %s", [sealed])  # noqa: S608
        top = max(top, cursor.fetchone()[0] or 0)
        return Span("xact >= %s OR (xact < %s AND seq > %s)", [sealed, horizon, top], horizon, top)


def next_unsealed(last: Checkpoint | None) -> tuple[str, Sequence[int]]:
    """The condition for rows that no checkpoint holds, those of open transactions' time among them."""
    if last is None:
        return "seq > %s", [0]
    said = last.said
    return "xact >= %s OR seq > %s", [said["horizon"], max(said["top"], said["floor"])]


def hash_of(checkpoint: Checkpoint) -> str:
    return hashlib.sha256(checkpoint.body.encode()).hexdigest()


def _within_limit(cursor: Any, span: Span, sealed: int) -> Span:
    """The same, with a lower horizon where it holds more rows than a batch should."""
    found = []
    for place in (MOST, 0):
        cursor.execute(
            f"SELECT xact FROM {TABLE} WHERE {span.where} ORDER BY xact LIMIT 1 OFFSET %s",  # noqa: S608
            [*span.values, place],
        )
        row = cursor.fetchone()
        if row is None:
            return span
        found.append(int(row[0]))
    # At least one transaction, whole.
    horizon = max(found[0], found[1] + 1, sealed)
    return replace(span, horizon=horizon, values=[horizon, *span.values[1:]])


class _Batch:
    """Leaves, numbers and revocations of the rows of one checkpoint, gathered in one pass."""

    def __init__(self, number: int, last_at: str, now: str) -> None:
        self.leaves: list[bytes] = []
        self._number, self._ranges, self._revocations = number, list[list[int]](), list[str]()
        self._earliest = _moved(last_at, -BACKDATED) if last_at else ""
        self._latest, self._odd = _moved(now, AHEAD), 0

    def add_all(self, rows: Iterable[bytes]) -> None:
        for line in rows:
            seq, at = number_of(line), line.split(b"\t", 3)[2].decode().removesuffix("+00")
            self.leaves.append(leaf_of(line))
            if self._ranges and self._ranges[-1][1] == seq - 1:
                self._ranges[-1][1] = seq
            else:
                self._ranges.append([seq, seq])
            self._odd += not self._earliest <= at <= self._latest
            if is_revocation(line):
                self._revocations.append(revocation_line(self._number, line))

    def as_said(self) -> dict[str, Any]:
        runs = [f"{first}-{last}" if last > first else str(first) for first, last in self._ranges]
        return {
            "rows": len(self.leaves),
            "ranges": " ".join(runs),
            "root": root_of(self.leaves),
            "top": self._ranges[-1][1] if self._ranges else 0,
            "odd": self._odd,
            "revocations": len(self._revocations),
            "journal": hash_of_lines(self._revocations),
        }


def hash_of_lines(journal: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(journal).encode()).hexdigest()


def _insert(said: dict[str, Any], key: bytes) -> Checkpoint:
    body = json.dumps(said, sort_keys=True, separators=(",", ":"))
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(body.encode())
    # SQLite's clock has thousandths; Django compares with millionths, as text.
    at = said["at"] + ("+00" if connection.vendor == "postgresql" else "000")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {CHECKPOINTS} (number, at, body, signature) VALUES (%s, %s, %s, %s)",  # noqa: S608
            [said["number"], at, body, signature],
        )
    made = Checkpoint.read(json.dumps({"body": body, "signature": signature.hex()}))
    if made is None:
        raise SealBroken("a checkpoint came out wrong")
    return made


def _public(key: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def _moved(at: str, by: timedelta) -> str:
    return f"{datetime.fromisoformat(at) + by:{CLOCK}}"
