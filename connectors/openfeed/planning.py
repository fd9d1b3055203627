"""What a delivery does to what is held, decided before anything is written. Pure: rows in, rows out.

Ordered by ``updated``: sending the same again changes nothing, and an older record never overwrites a newer.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings

from connectors.models import Source
from connectors.openfeed.checking import Judged
from connectors.openfeed.entries import Entry
from connectors.openfeed.models import HeldRecord, RefusedRecord
from connectors.openfeed.refusing import Code, Problem
from consent.encryption import Undecipherable, lookup_key

LONGEST_ECHO = 200
PAST = ("ended", "cancelled")


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one record. ``id`` is the sender's own, told to the sender alone."""

    place: int
    outcome: Outcome
    id: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Plan:
    """By key: what is held, what takes its place, what goes, what was named; and the holes that are left.

    mended: keys that a sound record came for, and how new it is.
    """

    source: Source
    now: datetime
    held: dict[bytes, HeldRecord]
    fresh: dict[bytes, HeldRecord] = field(default_factory=dict)
    confirmed: set[Any] = field(default_factory=set)
    gone: set[bytes] = field(default_factory=set)
    seen: set[bytes] = field(default_factory=set)
    holes: dict[bytes, RefusedRecord] = field(default_factory=dict)
    mended: dict[bytes, datetime] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    outside: int = 0

    def place(self, entry: Entry, one: Judged) -> None:
        """Decide about one record, given what was held and what came before it in the same delivery."""
        key = key_of(one.type, one.id) if one.type and one.id else b""
        if key:
            self.seen.add(key)
        if one.problems or one.patient is None or one.updated is None:
            self._refuse(entry, one, key)
            return
        before = self.fresh.get(key) or (None if key in self.gone else self.held.get(key))
        if before is not None and _is_outdone(one, one.updated, before):
            self._tell(entry, one, Outcome.UNCHANGED, (Problem(Code.OLDER, "updated"),))
            return
        row = self._row_of(key, one)
        self._mend(key, row.updated)
        if before is not None and _says_the_same(before, row):
            self.confirmed.add(before.pk)
            self._tell(entry, one, Outcome.UNCHANGED)
            return
        self.gone.discard(key)
        self.fresh[key] = row
        self._tell(entry, one, _outcome_of(before, row))

    def _refuse(self, entry: Entry, one: Judged, key: bytes) -> None:
        """A hole, unless it is what may never be kept: that leaves nothing, and takes away what it was."""
        if one.is_outside:
            self.outside += 1
            if key:
                self.gone.add(key)
                self.fresh.pop(key, None)
                self.holes.pop(key, None)
        else:
            place = key or _digest(f"unknown:{json.dumps(entry.record, sort_keys=True, default=str)}")
            self.mended.pop(place, None)
            self.holes[place] = RefusedRecord(
                source=self.source,
                key=place,
                patient=lookup_key(one.patient) if one.patient else None,
                type=one.type,
                updated=one.updated,
                refused_at=self.now,
            )
        self._tell(entry, one, Outcome.REFUSED, one.problems or (Problem(Code.UNREADABLE),))

    def _mend(self, key: bytes, updated: datetime) -> None:
        """A hole closes when something at least as new has come; an older version does not close it."""
        hole = self.holes.get(key)
        if hole is not None and hole.updated is not None and hole.updated > updated:
            return
        self.holes.pop(key, None)
        self.mended[key] = max(updated, self.mended.get(key, updated))

    def _row_of(self, key: bytes, one: Judged) -> HeldRecord:
        if one.patient is None or one.record is None or one.updated is None:
            raise ValueError("not judged sound")
        record = {**one.record, "patient": one.patient.number}
        return HeldRecord(
            source=self.source,
            key=key,
            patient=lookup_key(one.patient),
            type=one.type,
            state=HeldRecord.WITHDRAWN if one.is_withdrawal else HeldRecord.HELD,
            is_past=one.record.get("status") in PAST,
            updated=one.updated,
            confirmed_at=self.now,
            content=None if one.is_withdrawal else json.dumps(record, ensure_ascii=False, sort_keys=True),
        )

    def _tell(self, entry: Entry, one: Judged, outcome: Outcome, problems: tuple[Problem, ...] = ()) -> None:
        self.results.append(Result(entry.place, outcome, one.id[:LONGEST_ECHO], problems))

    def left_out(self, of_patient: bytes | None) -> list[HeldRecord]:
        """What a snapshot takes away. A record whose new version was refused stays as it was."""
        rows = [row for key, row in self.held.items() if key not in self.seen]
        return [row for row in rows if of_patient is None or bytes(row.patient) == of_patient]


def key_of(type_name: str, id_: str) -> bytes:
    """32 bytes that stand for a record's type and id: the id is the sender's, and may hold anything."""
    return _digest(f"record:{type_name}\0{id_}")


def _digest(text: str) -> bytes:
    return hmac.new(settings.KEYS.lookup, text.encode("utf-8", "replace"), hashlib.sha256).digest()


def _is_outdone(one: Judged, updated: datetime, before: HeldRecord) -> bool:
    """Whether what is known is newer. What was withdrawn comes back by a newer record alone."""
    if before.state == HeldRecord.WITHDRAWN and not one.is_withdrawal:
        return updated <= before.updated
    return updated < before.updated


def _says_the_same(before: HeldRecord, row: HeldRecord) -> bool:
    if before.state != row.state or before.updated != row.updated:
        return False
    try:
        return bool(bytes(before.patient) == bytes(row.patient) and before.content == row.content)
    except Undecipherable:
        return False


def _outcome_of(before: HeldRecord | None, row: HeldRecord) -> Outcome:
    if row.state == HeldRecord.WITHDRAWN:
        return Outcome.WITHDRAWN
    is_there = before is not None and before.state == HeldRecord.HELD
    return Outcome.REPLACED if is_there else Outcome.ACCEPTED
