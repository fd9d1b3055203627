"""The access log's own keys: one data key and one hash key a month, wrapped by the master key.

Rotating the master rewraps these few rows and touches no row of the log. Each says which master wrapped it.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from consent.encryption import Undecipherable, key_id_of, lookup_key, seal, unseal
from consent.terms import PersonId
from consent.vocabulary import IdType

if TYPE_CHECKING:
    from consent.accesslog.model import LogKey

_opened: dict[tuple[bytes, str], "PeriodKeys"] = {}


@dataclass(frozen=True, slots=True, repr=False)
class PeriodKeys:
    data: bytes
    hash: bytes


# How many months back a reader's own latest look is searched for.
MONTHS_KEPT_READY = 3


def period_of(at: datetime) -> str:
    return f"{at:%Y-%m}"


def periods_until(period: str) -> list[str]:
    """The month and those before it that are kept ready beside it."""
    year, month = (int(part) for part in period.split("-"))
    count = year * 12 + month - 1
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(count - MONTHS_KEPT_READY, count + 1)]


def keys_of(period: str, create: bool = False) -> PeriodKeys:
    """The month's keys; made on first use. Kept in memory, never written unwrapped.

    Those of the months just before come along in the same query, so that whoever needs them too asks nothing.
    """
    from consent.accesslog.model import LogKey

    master = settings.KEYS.log_master
    cached = _opened.get((master, period))
    if cached is not None:
        return cached
    if create:
        fresh = LogKey(
            period=period,
            data_key=_wrap(os.urandom(32), period, "data"),
            hash_key=_wrap(os.urandom(32), period, "hash"),
        )
        # Two processes may meet here at the turn of a month; whoever came first decides.
        LogKey.objects.bulk_create([fresh], ignore_conflicts=True)
    rows = {row.period: row for row in LogKey.objects.filter(period__in=periods_until(period))}
    if period not in rows:
        raise LogKey.DoesNotExist
    opened = _open(rows.pop(period))
    found = {(master, period): opened}
    for other in rows.values():
        # One that cannot be opened is the concern of whoever needs it.
        with suppress(Undecipherable):
            found[master, other.period] = _open(other)
    # Only what is committed is remembered: keys of a rolled-back row would seal what nobody can open.
    transaction.on_commit(lambda: _opened.update(found))
    return opened


def rewrap(period: str) -> bool:
    """Wrap one month's keys by the current master key. False: they are already. Raises Undecipherable where
    no master key at hand opens them. For the caller's transaction."""
    from consent.accesslog.model import LogKey

    row = LogKey.objects.select_for_update().get(pk=period)
    if not _is_older(row):
        return False
    opened = _open(row)
    LogKey.objects.filter(pk=period).update(
        data_key=_wrap(opened.data, period, "data"), hash_key=_wrap(opened.hash, period, "hash")
    )
    return True


def periods_on_older_keys() -> list[str]:
    """The months whose keys the current master key does not open."""
    from consent.accesslog.model import LogKey

    return [row.period for row in LogKey.objects.order_by("period") if _is_older(row)]


def _is_older(row: "LogKey") -> bool:
    used = settings.KEYS.log_master_id
    return any(key_id_of(bytes(wrapped)) != used for wrapped in (row.data_key, row.hash_key))


def _wrap(key: bytes, period: str, name: str) -> bytes:
    keys = settings.KEYS
    return seal(key, _bound(period, name), keys.log_master, keys.log_master_id)


def _open(row: "LogKey") -> PeriodKeys:
    return PeriodKeys(_unwrap(row.data_key, row.period, "data"), _unwrap(row.hash_key, row.period, "hash"))


def _unwrap(stored: bytes | memoryview, period: str, name: str) -> bytes:
    wrapped = bytes(stored)
    master = settings.KEYS.log_masters.get(key_id_of(wrapped))
    if master is None:
        raise Undecipherable("wrapped by a master key that is not here")
    return unseal(wrapped, _bound(period, name), master)


def recent_hash_keys(now: datetime) -> list[bytes]:
    """Of the months kept ready: from memory alone. Empty until this process has written its first row."""
    master = settings.KEYS.log_master
    opened = (_opened.get((master, period)) for period in periods_until(period_of(now)))
    return [keys.hash for keys in opened if keys is not None]


def seal_patient(person: PersonId, period: str, event_id: str) -> tuple[bytes, bytes]:
    """The number encrypted for this row, and its keyed hash for finding it within the month."""
    keys = keys_of(period, create=True)
    body = json.dumps([person.type.value, person.number]).encode()
    return seal(body, _bound(period, event_id), keys.data), lookup_key(person, keys.hash)


def open_patient(sealed: bytes, period: str, event_id: str) -> PersonId:
    kind, number = json.loads(unseal(sealed, _bound(period, event_id), keys_of(period).data))
    return PersonId(number, IdType(kind))


def patient_keys(person: PersonId) -> dict[str, bytes]:
    """For each month, the hash this person has in it."""
    from consent.accesslog.model import LogKey

    periods = LogKey.objects.values_list("period", flat=True)
    return {period: lookup_key(person, keys_of(period).hash) for period in periods}


def _bound(period: str, name: str) -> bytes:
    return f"accesslog\0{period}\0{name}".encode()
