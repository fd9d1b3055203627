"""Writing the access log: plain inserts, one row per event, and the one guarded insert before bytes leave.

The database sets the time. Nothing is ever updated.
"""

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import Error, connection

from consent.accesslog.events import Action, Event, activity_of
from consent.accesslog.keys import period_of, seal_patient
from consent.database import kept_cursor
from consent.encryption import Undecipherable
from consent.terms import Actor, PersonId
from consent.vocabulary import Kind

COLUMNS = [
    "event_id",
    "view_id",
    "event",
    "action",
    "activity",
    "user_hsa_id",
    "assignment_id",
    "unit_id",
    "unit_name",
    "provider_id",
    "actor_kind",
    "purpose",
    "patient_sealed",
    "patient_key",
    "key_period",
    "kinds",
    "origins",
    "outcomes",
    "bases",
    "detail",
    "reason",
    "session_id",
    "request_id",
    "ip",
]
_JSON = frozenset({"kinds", "origins", "outcomes", "bases", "detail"})


class LogUnavailable(Exception):
    """The log could not be written. Then nothing may be shown."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a request came from: its id, a digest of its session, its address; ``client``: the system that
    asked on the user's behalf, where it was not herself."""

    request_id: str = ""
    session_id: str = ""
    ip: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """What must still be true, by the database's clock, in the moment the row is inserted."""

    dossier_id: UUID
    version: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One row to be. origins: (provider, unit, kind, count). outcomes: source slug → what came.

    ``aliases``: the patient's other numbers in this view, each logged as the patient is: sealed and hashed.
    """

    event: Event
    actor: Actor
    trace: Trace
    patient: PersonId | None = None
    view_id: UUID | None = None
    action: Action | None = None
    kinds: frozenset[Kind] = frozenset()
    origins: Sequence[tuple[str, str, str, int]] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)
    bases: Sequence[tuple[str, str, str]] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    is_emergency: bool = False
    aliases: Sequence[PersonId] = ()


def write(entry: Entry) -> None:
    """Insert one row. Raises LogUnavailable."""
    try:
        values = _values_of(entry)
        with kept_cursor() as cursor:
            cursor.execute(_plain(connection.vendor), values)
    except (Error, Undecipherable) as error:
        raise LogUnavailable from error


def write_if(entry: Entry, guard: Guard) -> bool:
    """One statement: lock the dossier row for sharing, compare version and expiry, insert.

    False: nothing inserted. The clock is read after the lock is had, however long that took. On SQLite the
    single writer takes the lock's place. Raises LogUnavailable.
    """
    try:
        values = _values_of(entry)
        with kept_cursor() as cursor:
            cursor.execute(_guarded(connection.vendor), _standing(values, guard))
            return bool(cursor.rowcount == 1)
    except (Error, Undecipherable) as error:
        raise LogUnavailable from error


def _standing(values: list[Any], guard: Guard) -> list[Any]:
    """What goes into the guarded insert, in its order."""
    if connection.vendor == "postgresql":
        return [guard.dossier_id, guard.version, *values, guard.expires_at]
    expiry = guard.expires_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return [*values, guard.dossier_id.hex, guard.version, expiry]


def _cast(column: str) -> str:
    if column in _JSON:
        # Its text as jsonb has it: one spelling of it, and nothing that could not be read again.
        return "jsonb::json"
    if column in ("event_id", "view_id"):
        return "uuid"
    return "bytea" if column in ("patient_sealed", "patient_key") else "text"


@cache
def _plain(vendor: str) -> str:
    return _insert(f"VALUES ({_places(vendor)})")


@cache
def _guarded(vendor: str) -> str:
    if vendor == "postgresql":
        standing = (
            "WITH standing AS (SELECT 1 FROM consent_dossier WHERE id = %s AND version = %s FOR SHARE) "
        )
        source = f"SELECT {_places(vendor)} FROM standing WHERE clock_timestamp() < %s"  # noqa: S608 (our columns)
        return standing + _insert(source)
    where = (
        "WHERE EXISTS (SELECT 1 FROM consent_dossier WHERE id = %s AND version = %s)"
        " AND strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now') < %s"
    )
    return _insert(f"SELECT {_places(vendor)} {where}")


def _insert(source: str) -> str:
    return f"INSERT INTO consent_accessevent ({', '.join(COLUMNS)}) {source}"


def _places(vendor: str) -> str:
    if vendor == "postgresql":
        return ", ".join(f"%s::{_cast(column)}" for column in COLUMNS)
    return ", ".join(["%s"] * len(COLUMNS))


def _values_of(entry: Entry) -> list[Any]:
    event_id = uuid.uuid4()
    sealed: bytes | None = None
    patient_key: bytes | None = None
    period = ""
    if entry.patient is not None:
        # The key's month is ours to choose; the row's own time is the database's.
        period = period_of(datetime.now(UTC))
        sealed, patient_key = seal_patient(entry.patient, period, str(event_id))
    detail = dict(entry.detail)
    if entry.aliases and period:
        others = [seal_patient(alias, period, str(event_id)) for alias in entry.aliases]
        detail["other_ids"] = [[key.hex(), base64.b64encode(body).decode()] for body, key in others]
    actor, trace = entry.actor, entry.trace
    if trace.client:
        detail["client"] = trace.client
    return [
        _uuid(event_id),
        _uuid(entry.view_id),
        entry.event.value,
        entry.action.value if entry.action else "",
        activity_of(entry.event, entry.action, entry.is_emergency).value,
        actor.hsa_id,
        actor.assignment_id,
        actor.unit.hsa_id,
        actor.unit.name,
        actor.provider.hsa_id,
        actor.kind.value,
        actor.purpose.value,
        sealed,
        patient_key,
        period,
        json.dumps(sorted(k.value for k in entry.kinds)),
        json.dumps([list(o) for o in entry.origins]),
        json.dumps(dict(entry.outcomes)),
        json.dumps([list(b) for b in entry.bases]),
        json.dumps(detail),
        entry.reason[:300],
        trace.session_id,
        trace.request_id,
        trace.ip,
    ]


def _uuid(value: UUID | None) -> UUID | str | None:
    if value is None:
        return None
    return value if connection.vendor == "postgresql" else value.hex
