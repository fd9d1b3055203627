"""Rows of the log at other times than now: nobody moves a row, but a test may insert one anywhere."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from consent.accesslog import write
from consent.accesslog.events import Action, Event
from consent.accesslog.keys import period_of, seal_patient
from consent.accesslog.model import AccessEvent
from consent.accesslog.table import ensure_partitions
from consent.accesslog.write import COLUMNS, Entry
from consent.terms import Actor, PersonId
from tests.consent.doings import TRACE
from tests.consent.examples import GUNHILD, NURSE

RELATED: dict[str, Any] = {"refusals": [], "relation": ["journal"]}
UNRELATED: dict[str, Any] = {"refusals": ["no_relation"], "relation": []}


def have_month(at: datetime) -> None:
    """Partitions for rows of that time and the two years after; SQLite needs none."""
    ensure_partitions(connection, at.astimezone(UTC).date())


def put(at: datetime, entry: Entry, period: str = "") -> AccessEvent:
    """One row as the log writes it, but at a time of our choosing, under that month's keys or another's."""
    values = dict(zip(COLUMNS, write._values_of(entry), strict=True))
    if entry.patient is not None:
        period = period or period_of(at.astimezone(UTC))
        event_id = str(uuid.UUID(str(values["event_id"])))
        sealed, key = seal_patient(entry.patient, period, event_id)
        values |= {"patient_sealed": sealed, "patient_key": key, "key_period": period}
    if connection.vendor == "sqlite":
        moment: Any = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    else:
        moment = at
    names = ", ".join(["at", *values])
    places = ", ".join(["%s"] * (len(values) + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO consent_accessevent ({names}) VALUES ({places})", [moment, *values.values()]
        )
    row = AccessEvent.objects.order_by("seq").last()
    assert row is not None
    return row


def put_view(
    at: datetime,
    actor: Actor = NURSE,
    patient: PersonId = GUNHILD,
    *,
    event: Event = Event.INTENT,
    detail: dict[str, Any] | None = None,
    action: Action = Action.OVERVIEW,
    **shown: Any,
) -> uuid.UUID:
    """A view as the gate opens it; with ``origins`` (and ``bases``, ``is_emergency``) also what was shown."""
    view_id = uuid.uuid4()
    about: dict[str, Any] = {
        "actor": actor,
        "trace": TRACE,
        "patient": patient,
        "view_id": view_id,
        "action": action,
    }
    put(at, Entry(event, detail=RELATED if detail is None else detail, **about))
    if shown:
        put(at, Entry(Event.SHOWN, detail={"version": 1}, **about, **shown))
    return view_id


def put_act(at: datetime, event: Event, actor: Actor = NURSE, patient: PersonId = GUNHILD) -> None:
    put(at, Entry(event, actor, TRACE, patient=patient))
