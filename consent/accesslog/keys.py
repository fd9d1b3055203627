"""The access log's own keys: one data key and one hash key a month, wrapped by the master key.

Rotating the master rewraps these few rows and touches no row of the log.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from consent.encryption import lookup_key, seal, unseal
from consent.terms import PersonId
from consent.vocabulary import IdType

_opened: dict[tuple[bytes, str], "PeriodKeys"] = {}


@dataclass(frozen=True, slots=True, repr=False)
class PeriodKeys:
    data: bytes
    hash: bytes


def period_of(at: datetime) -> str:
    return f"{at:%Y-%m}"


def keys_of(period: str, create: bool = False) -> PeriodKeys:
    """The month's keys; made on first use. Kept in memory, never written unwrapped."""
    from consent.accesslog.model import LogKey

    master = settings.KEYS.log_master
    cached = _opened.get((master, period))
    if cached is not None:
        return cached
    if create:
        fresh = LogKey(
            period=period,
            data_key=seal(os.urandom(32), _bound(period, "data"), master),
            hash_key=seal(os.urandom(32), _bound(period, "hash"), master),
        )
        # Two processes may meet here at the turn of a month; whoever came first decides.
        LogKey.objects.bulk_create([fresh], ignore_conflicts=True)
    row = LogKey.objects.get(period=period)
    opened = PeriodKeys(
        unseal(bytes(row.data_key), _bound(period, "data"), master),
        unseal(bytes(row.hash_key), _bound(period, "hash"), master),
    )
    # Only what is committed is remembered: keys of a rolled-back row would seal what nobody can open.
    transaction.on_commit(lambda: _opened.__setitem__((master, period), opened))
    return opened


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
