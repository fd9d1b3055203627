"""The product in a process of its own, doing what writes and reads the access log, as it does it in life.

Run by bench.log, never by hand.
"""

import asyncio
import base64
import json
import random
import sys
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from bench.invented import NURSE, REGION, WARD, owner, patient, trace, unit_of  # noqa: E402
from bench.people import make_organisations, make_patients  # noqa: E402
from consent import gate, tasks  # noqa: E402
from consent.accesslog import keys  # noqa: E402
from consent.accesslog.events import Action, Event  # noqa: E402
from consent.accesslog.exporting import export as write_export  # noqa: E402
from consent.accesslog.exporting import verify_database  # noqa: E402
from consent.accesslog.extract import extract as patients_extract  # noqa: E402
from consent.accesslog.model import AccessEvent  # noqa: E402
from consent.accesslog.sinks import folder_sink  # noqa: E402
from consent.accesslog.table import ensure_partitions  # noqa: E402
from consent.accesslog.viewing import month_keys  # noqa: E402
from consent.accesslog.write import Entry, Guard, write_if  # noqa: E402
from consent.database import on_database_thread  # noqa: E402
from consent.release import Shown, release_now  # noqa: E402
from consent.terms import Origin, Permit  # noqa: E402
from consent.vocabulary import InformationType, Kind  # noqa: E402

SOURCES = {"cosmic": 0, "viva-hsl": 1, "viva-sol": 2, "nordliden": 3}
OWNERS = tuple(owner(number) for number in SOURCES.values())
KINDS = ((Kind.DIAGNOSIS, Kind.MEDICATION, Kind.CARE_CONTACT), (Kind.HOME_CARE,), (Kind.CONTACT,))

DAY = timedelta(days=1)
PATIENCE_S = 120.0
LOOKED_AT = 50
opened: list[Permit] = []


def prepare(patients: int, consents: int) -> None:
    make_organisations(len(SOURCES))
    make_patients(patients, consents)


async def open_view(number: int) -> Permit:
    """Through the gate, intent row and all."""
    request = gate.Ask(NURSE, patient(number), Action.OVERVIEW, trace(), OWNERS, tuple(SOURCES))
    ruling = await gate.ask(request)
    assert ruling.permit is not None
    return ruling.permit


def shown_of(permit: Permit, slugs: list[str]) -> Shown:
    """One release: some sources' records, as far as the permit covers them."""
    pairs = []
    for slug in slugs:
        number = SOURCES[slug]
        for kind in KINDS[number % len(KINDS)]:
            unit_id = WARD.hsa_id if number == 0 else f"{unit_of(number).hsa_id}{random.randrange(10)}"
            origin = Origin(owner(number), unit_id, "Enheten", InformationType.DOCUMENTATION)
            pairs += [(origin, kind)] * random.randrange(1, 12)
    covered = [(origin, kind) for origin, kind in pairs if permit.covers(origin, kind)]
    counts = {kind.value: sum(k is kind for _, k in covered) for kind in {k for _, k in covered}}
    return Shown(covered, dict.fromkeys(slugs, "answered"), counts)


async def shape(views: int) -> None:
    """Rows as real views leave them: one intent, then one to three releases."""
    for number in range(views):
        permit = await open_view(number)
        slugs = random.sample(sorted(SOURCES), len(SOURCES))
        cut = sorted({0, *random.sample(range(1, len(slugs)), random.randrange(3)), len(slugs)})
        for begin, end in pairwise(cut):
            part = shown_of(permit, slugs[begin:end])
            await on_database_thread(release_now, permit, part, Action.OVERVIEW, trace())


def make_months(first: str) -> list[str]:
    """Partitions and keys from this month (YYYY-MM-01) to the present one; the names of the months."""
    day, today = date.fromisoformat(first), date.today()  # noqa: DTZ011 (only which month)
    ensure_partitions(connection, day)
    periods = []
    while (day.year, day.month) <= (today.year, today.month):
        periods.append(f"{day:%Y-%m}")
        keys.keys_of(periods[-1], create=True)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return periods


def sealed_rows(number: int, period: str, count: int) -> list[tuple[str, str, str]]:
    """What ties rows to a patient: event id, the number sealed for that row, and the month's hash of it."""
    rows = []
    for _ in range(count):
        event_id = str(uuid.uuid4())
        sealed, key = keys.seal_patient(patient(number), period, event_id)
        rows.append((event_id, base64.b64encode(sealed).decode(), base64.b64encode(key).decode()))
    return rows


def timed_insert(permit: Permit, shown: Shown) -> float:
    """Seconds that the one guarded statement takes, from call to commit."""
    entry = Entry(
        event=Event.SHOWN,
        actor=permit.actor,
        trace=trace(),
        patient=permit.patient,
        view_id=permit.view_id,
        action=Action.OVERVIEW,
        kinds=frozenset(kind for _, kind in shown.origins),
        origins=[(o.provider.hsa_id, o.unit_id, kind.value, 1) for o, kind in dict.fromkeys(shown.origins)],
        outcomes=shown.outcomes,
        bases=[(REGION.hsa_id, "1", "")],
        detail={"version": permit.dossier_version, "counts": dict(shown.counts)},
    )
    guard = Guard(permit.dossier_id, permit.dossier_version, permit.expires_at)
    begun = time.perf_counter()
    assert write_if(entry, guard)
    return time.perf_counter() - begun


async def open_views(first: int, count: int) -> None:
    """So many views of different patients, for the inserts that follow."""
    opened.extend([await open_view(number) for number in range(first, first + count)])


async def insert(count: int, at_once: int, pause_s: float) -> list[float]:
    """One timed insert for each of so many of the views. So many connections take turns at their own pace,
    as pages whose sources answer when they answer."""
    views = iter([opened.pop() for _ in range(count)])
    took: list[float] = []

    async def work() -> None:
        for permit in views:
            await asyncio.sleep(random.uniform(0, 2 * pause_s))
            took.append(await on_database_thread(timed_insert, permit, shown_of(permit, ["cosmic"])))

    await asyncio.gather(*(work() for _ in range(at_once)))
    return took


def extract(number: int, since: str) -> dict[str, float]:
    """All that the region owes one patient, from a day on (YYYY-MM-DD), as the page asks for it."""
    her, began, until = patient(number), datetime.fromisoformat(f"{since}T00:00Z"), datetime.now(UTC) + DAY
    begun = time.perf_counter()
    found = patients_extract([her], REGION.hsa_id, began, until)
    seconds = time.perf_counter() - begun
    assert not found.lost_months
    assert [row.at for row in found.rows] == sorted((row.at for row in found.rows), reverse=True)
    wanted = month_keys([her], began, until)
    rows = AccessEvent.objects.filter(patient_key__in=list(wanted.keys))
    assert all(row.patient() == her for row in rows[:LOOKED_AT])
    return {"seconds": seconds, "lines": len(found.rows), "rows": len(rows)}


def seal() -> dict[str, float]:
    """Everything that is not sealed yet, as the worker does it each second. What another transaction of the
    same server holds back is waited for, and the wait is not counted."""
    everything, sealed, seconds = AccessEvent.objects.count(), 0, 0.0
    deadline = time.monotonic() + PATIENCE_S
    while sealed < everything and time.monotonic() < deadline:
        begun = time.perf_counter()
        fresh = tasks.seal_access_log()
        seconds += (time.perf_counter() - begun) * bool(fresh)
        sealed += fresh
        time.sleep(0 if fresh else 0.1)
    assert sealed == everything
    return {"seconds": seconds, "rows": sealed}


def verify() -> dict[str, float]:
    """Every row against its checkpoint, every checkpoint against the one before and the second place's."""
    begun = time.perf_counter()
    found = verify_database(dict(settings.KEYS.seal_public), folder_sink())
    assert found.code == 0, str(found)
    return {"seconds": time.perf_counter() - begun, "rows": found.rows, "batches": found.batches}


def export(folder: str) -> None:
    """Rows, checkpoints and public keys, for whoever checks them without this product."""
    write_export(Path(folder))


ORDERS: dict[str, Any] = {
    "seal": seal,
    "verify": verify,
    "prepare": prepare,
    "shape": shape,
    "make_months": make_months,
    "sealed_rows": sealed_rows,
    "open_views": open_views,
    "insert": insert,
    "export": export,
    "extract": extract,
}


async def obey(order: str, **words: Any) -> Any:
    do = ORDERS[order]
    if asyncio.iscoroutinefunction(do):
        return await do(**words)
    return await on_database_thread(do, **words)


async def main() -> None:
    for line in sys.stdin:
        print(json.dumps(await obey(**json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
