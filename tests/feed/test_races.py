"""Two deliveries at once: the newest wins, whoever came first, and nothing is kept twice."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from connectors.models import Source
from connectors.openfeed.entries import Entry
from connectors.openfeed.models import HeldRecord, Reception
from connectors.openfeed.receiving import receive
from tests.feed.vendor import Vendor, make_source, service

pytestmark = pytest.mark.django_db(transaction=True)

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def at_once(*acts: Callable[[], object]) -> None:
    """Each in a thread of its own, let go at the same moment."""
    gate = threading.Barrier(len(acts))
    failures: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            act()
        except BaseException as error:  # noqa: BLE001 (told in the test's own thread)
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []


def version(number: int) -> dict[str, Any]:
    moment = BEGIN + timedelta(hours=number)
    return service(title=f"Version {number}", updated=moment.isoformat())


def deliver(source: Source, *records: dict[str, Any], is_snapshot: bool = False) -> object:
    entries = [Entry(place, record) for place, record in enumerate(records, 1)]
    return receive(source, entries, is_snapshot=is_snapshot)


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer")
def test_of_pushes_of_one_record_at_once_the_newest_is_left() -> None:
    source = make_source()
    for round_ in range(5):
        numbers = [round_ * 10 + number for number in (3, 1, 4, 2)]
        at_once(*(lambda n=n: deliver(source, version(n)) for n in numbers))
        row = HeldRecord.objects.get()
        assert f'"Version {max(numbers)}"' in row.content
    said = Reception.objects.get()
    assert said.accepted == 1
    assert said.accepted + said.replaced + said.unchanged == 20


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer")
def test_same_delivery_twice_at_once_is_kept_once() -> None:
    source = make_source()
    records = [service(number) for number in range(50)]
    at_once(*(lambda: deliver(source, *records) for _twice in range(2)))
    assert HeldRecord.objects.count() == 50
    said = Reception.objects.get()
    assert (said.accepted, said.unchanged) == (50, 50)


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer")
def test_withdrawal_and_an_older_version_at_once_leave_it_withdrawn() -> None:
    source = make_source()
    gone = service(status="error", updated=(BEGIN + timedelta(hours=9)).isoformat())
    for _round in range(5):
        HeldRecord.objects.all().delete()
        at_once(lambda: deliver(source, gone), lambda: deliver(source, version(1)))
        assert HeldRecord.objects.get().state == HeldRecord.WITHDRAWN


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer")
def test_snapshot_and_a_push_at_once_lose_nothing_of_the_later() -> None:
    source = make_source()
    at_once(
        lambda: deliver(source, service(1), is_snapshot=True),
        lambda: deliver(source, service(2)),
    )
    titles = HeldRecord.objects.count()
    assert titles in (1, 2)
    assert Vendor(source).outcomes(service(2)) == (["unchanged"] if titles == 2 else ["accepted"])
