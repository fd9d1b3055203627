"""What somebody who owns the database can do to a sealed log, each at a random place, as plain SQL.

Every attack returns the number of the first batch that is no longer what was sealed.
"""

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection

from consent.accesslog import lines, sealing
from consent.accesslog.model import LogCheckpoint
from consent.accesslog.sealing import as_checkpoint
from consent.accesslog.verifying import (
    FIRST,
    Checkpoint,
    in_first_format,
    key_id,
    leaf_of,
    number_of,
    root_of,
)

LOG, SEALED = "consent_accessevent", "consent_logcheckpoint"
TEXTS = ("event", "action", "activity", "user_hsa_id", "assignment_id", "unit_id", "unit_name", "provider_id")
MORE = ("actor_kind", "purpose", "key_period", "reason", "session_id", "request_id", "ip")
JSON = {"kinds", "origins", "outcomes", "bases", "detail"}
CONTENT = ("at", *lines.COLUMNS[3:])


@dataclass
class Attacker:
    """A superuser with a random mind, on a log whose triggers are off."""

    chance: random.Random
    checkpoints: list[Checkpoint]

    def batch_of(self, seq: int) -> int:
        for checkpoint in self.checkpoints:
            if any(first <= seq <= last for first, last in checkpoint.ranges):
                return int(checkpoint.said["number"])
        raise LookupError(seq)

    def sealed(self) -> list[int]:
        return [seq for c in self.checkpoints for first, last in c.ranges for seq in range(first, last + 1)]

    # Attacks. ------------------------------------------------------------------------------------

    def edit(self) -> int:
        seq = self.chance.choice(self.sealed())
        column, value = self.chance.choice(
            [
                *((name, "annat") for name in TEXTS + MORE),
                ("at", f"{datetime.now(UTC):%Y-%m}-01 00:00:00"),
                ("event_id", "0" * 32),
                ("view_id", "1" * 32),
                ("patient_sealed", b"x"),
                ("patient_key", b"y"),
                *((name, '["z"]') for name in ("kinds", "origins", "bases")),
                *((name, '{"z": 1}') for name in ("outcomes", "detail")),
            ]
        )
        run(f"UPDATE {LOG} SET {column} = %s WHERE seq = %s", value, seq)
        return self.batch_of(seq)

    def edit_hidden_columns(self) -> int:
        """The transaction's number, by which rows are chosen for sealing; SQLite has none of its own."""
        if connection.vendor == "sqlite":
            return self.edit()
        seq = self.chance.choice(self.sealed())
        run(f"UPDATE {LOG} SET xact = xact + 1 WHERE seq = %s", seq)
        return self.batch_of(seq)

    def delete(self) -> int:
        gone = self.chance.sample(self.sealed(), self.chance.randint(1, 4))
        run_many(f"DELETE FROM {LOG} WHERE seq = %s", gone)
        return min(map(self.batch_of, gone))

    def insert(self) -> int:
        """A row where a number was never used, or, where the database allows it, used already."""
        used = self.sealed()
        gaps = sorted(set(range(1, max(used))) - set(used))
        is_twice = connection.vendor == "postgresql" and self.chance.randrange(2)
        like = self.chance.choice(used)
        seq = like if is_twice else self.chance.choice(gaps)
        columns = ", ".join(lines.COLUMNS[3:])
        given = "xact" if connection.vendor == "postgresql" else ""
        moment = "at + interval '1 microsecond'" if given else "at"
        run(
            f"INSERT INTO {LOG} (seq, at, {given + ',' if given else ''} {columns})"
            f" SELECT %s, {moment}, {given + ',' if given else ''} {columns} FROM {LOG} WHERE seq = %s",
            seq,
            like,
        )
        if is_twice:
            return self.batch_of(seq)
        return next(int(c.said["number"]) for c in self.checkpoints if c.said["top"] >= seq)

    def reorder(self) -> int:
        """Two rows change places: everything but their numbers."""
        # As text: what a driver makes of JSON it does not take back.
        names = ", ".join(f"CAST({name} AS text)" if name in JSON else name for name in CONTENT)
        while True:
            one, other = self.chance.sample(self.sealed(), 2)
            rows = {seq: ask(f"SELECT {names} FROM {LOG} WHERE seq = %s", seq)[0] for seq in (one, other)}
            if rows[one] != rows[other]:
                break
        places = ", ".join(f"{name} = %s" for name in CONTENT)
        for seq, values in ((one, rows[other]), (other, rows[one])):
            run(f"UPDATE {LOG} SET {places} WHERE seq = %s", *map(as_parameter, values), seq)
        return min(self.batch_of(one), self.batch_of(other))

    def truncate_tail(self) -> int:
        """The last batches, rows and checkpoints, gone without a seam."""
        first = self.chance.choice(self.checkpoints[1:]).said["number"]
        self._forget_from(first)
        return int(first)

    def old_backup(self) -> int:
        """As the log was a while ago: later checkpoints are gone, and rows but for some not sealed then."""
        place = self.chance.randrange(1, len(self.checkpoints) - 1)
        pending = self.checkpoints[place].ranges[0]
        self._forget_from(self.checkpoints[place].said["number"], keep=range(pending[0], pending[1] + 1))
        return int(self.checkpoints[place].said["number"])

    def drop_checkpoint(self) -> int:
        gone = self.chance.choice(self.checkpoints[:-1]).said["number"]
        run(f"DELETE FROM {SEALED} WHERE number = %s", gone)
        return int(gone)

    def rebuild_without_key(self) -> int:
        return self._rebuild(lambda said, old: (said, old.signature))

    def rebuild_with_wrong_key(self) -> int:
        """Signed, in the name of the right key."""
        return self._rebuild(lambda said, _: (said, WRONG))

    def rebuild_with_own_key(self) -> int:
        """Signed, and honest about whose key it is."""
        own = key_id(WRONG.public_key().public_bytes_raw())
        return self._rebuild(lambda said, _: ({**said, "key": own}, WRONG))

    def rebuild_with_stolen_key(self) -> int:
        """Nothing in the database shows it. The second place does."""
        right = Ed25519PrivateKey.from_private_bytes(settings.KEYS.seal or b"")
        return self._rebuild(lambda said, _: (said, right))

    # ------------------------------------------------------------------------------------------------

    def _forget_from(self, number: int, keep: range = range(0)) -> None:
        gone = [c for c in self.checkpoints if c.said["number"] >= number]
        rows = [seq for c in gone for first, last in c.ranges for seq in range(first, last + 1)]
        run_many(f"DELETE FROM {LOG} WHERE seq = %s", [seq for seq in rows if seq not in keep])
        run(f"DELETE FROM {SEALED} WHERE number >= %s", number)

    def _rebuild(self, sign: Callable[[dict[str, Any], Checkpoint], tuple[dict[str, Any], Any]]) -> int:
        """Change a row, then make every checkpoint from its batch on fit again."""
        seq = self.chance.choice(self.sealed())
        run(f"UPDATE {LOG} SET user_hsa_id = 'SE-ANNAN' WHERE seq = %s", seq)
        first = self.batch_of(seq)
        previous: str | None = None
        for checkpoint in self.checkpoints:
            if checkpoint.said["number"] < first:
                continue
            said = {**checkpoint.said, "root": root_of(leaves(checkpoint))}
            said["previous"] = previous or said["previous"]
            said, signer = sign(said, checkpoint)
            body = json.dumps(said, sort_keys=True, separators=(",", ":"))
            signature = signer if isinstance(signer, bytes) else signer.sign(body.encode())
            run(
                f"UPDATE {SEALED} SET body = %s, signature = %s WHERE number = %s",
                *(body, signature, said["number"]),
            )
            previous = hashlib.sha256(body.encode()).hexdigest()
        return first


WRONG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ATTACKS = (
    Attacker.edit,
    Attacker.edit_hidden_columns,
    Attacker.delete,
    Attacker.insert,
    Attacker.reorder,
    Attacker.truncate_tail,
    Attacker.old_backup,
    Attacker.drop_checkpoint,
    Attacker.rebuild_without_key,
    Attacker.rebuild_with_wrong_key,
    Attacker.rebuild_with_own_key,
    Attacker.rebuild_with_stolen_key,
)


def leaves(checkpoint: Checkpoint) -> list[bytes]:
    first, last = checkpoint.ranges[0][0], checkpoint.ranges[-1][1]
    found = [(number_of(x), x) for x in lines.read_lines("seq BETWEEN %s AND %s", [first, last])]
    return checkpoint.leaves_of(x for seq, x in found if any(a <= seq <= b for a, b in checkpoint.ranges))


@contextmanager
def first_format() -> Iterator[None]:
    """Batches are sealed as they were before there was a second format."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "FORMAT", FIRST)
        patch.setattr(sealing, "leaf_of", lambda line: leaf_of(in_first_format(line)))
        yield


def all_checkpoints() -> list[Checkpoint]:
    return [c for c in map(as_checkpoint, LogCheckpoint.objects.order_by("number")) if c]


def disarm() -> None:
    """Take the refusals off, as whoever owns the tables can."""
    if connection.vendor == "postgresql":
        for table in (f"{LOG}_{datetime.now(UTC):%Y_%m}", SEALED):
            run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        return
    for (name,) in ask("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'consent_%%'"):
        run(f"DROP TRIGGER {name}")


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def run_many(statement: str, values: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[value] for value in values])


def ask(question: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()


def as_parameter(value: Any) -> Any:
    """Values as Django's raw cursors hand them out, in a form that they take back."""
    with suppress(AttributeError):
        return value.isoformat(sep=" ") if connection.vendor == "sqlite" else value
    return value
