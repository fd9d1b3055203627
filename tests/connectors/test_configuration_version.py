"""What a process keeps of the sources' configuration holds until anybody changes any of it, whatever way."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from connectors import sources
from connectors.models import ConfigurationVersion, ExpectedDelivery, Source
from connectors.sources import configuration, configured_sources, read_configuration
from connectors.watching import NAME, WATCHED
from consent.models import CareProvider, CareUnit

pytestmark = pytest.mark.sqlite
FJALL, UNIT = "SE2321000016-R001", "SE2321000016-R0HC"


def make() -> None:
    provider = CareProvider.objects.create(hsa_id=FJALL, name="Region Fjäll", kind="health_care")
    unit = CareUnit.objects.create(hsa_id=UNIT, name="Hälsocentralen", provider=provider)
    shared = {"connector": "cosmic", "base_url": "https://x.invalid", "owner": provider}
    Source.objects.create(slug="one", label="Ett", default_unit=unit, **shared)
    Source.objects.create(slug="two", label="Två", **shared)
    ExpectedDelivery.objects.create(provider=provider, kind="warning")


@pytest.fixture
def configured(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_kept", None)
    make()


def sealed_anew() -> None:
    source = Source.objects.get(pk="one")
    source.write_secrets({"token": "another"})
    source.save()


def in_bulk() -> None:
    Source.objects.bulk_update([Source(slug="one", label="Etta")], ["label"])


def at_a_prompt() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE connectors_source SET enabled = %s WHERE slug = 'one'", [False])


# Each changes what is configured, by a way that tells no signal, or by one that does.
CHANGES: dict[str, Callable[[], Any]] = {
    "switched off": lambda: Source.objects.filter(pk="one").update(enabled=False),
    "at a prompt": at_a_prompt,
    "in bulk": in_bulk,
    "another address": lambda: Source.objects.filter(pk="one").update(base_url="https://y.invalid"),
    "secrets": sealed_anew,
    "a setting": lambda: Source.objects.filter(pk="one").update(settings={"client_certificate": "x"}),
    "removed": lambda: Source.objects.filter(pk="one").delete(),
    "added": lambda: Source.objects.bulk_create([Source(slug="three", label="Tre", connector="viva")]),
    "its owner's telephone": lambda: CareProvider.objects.update(on_call_phone="070-174 06 05"),
    "its unit's name": lambda: CareUnit.objects.update(name="HC"),
    "no longer expected": lambda: ExpectedDelivery.objects.all().delete(),
    "expected": lambda: ExpectedDelivery.objects.create(provider_id=FJALL, kind="contact"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen_by_the_next_view(configured, change):
    before = configuration()
    assert configuration() is before
    CHANGES[change]()
    after = configuration()
    assert (after, phones(after)) != (before, phones(before))
    fresh = read_configuration()
    assert (after.sources, phones(after), after.expected) == (fresh.sources, phones(fresh), fresh.expected)
    assert configuration() is after


def phones(configured: sources.Configured) -> list[str]:
    return [provider.on_call_phone for provider in configured.providers.values()]


def test_what_has_not_changed_costs_one_query(configured, django_assert_num_queries):
    with django_assert_num_queries(3):
        configuration()
    with django_assert_num_queries(1):
        configuration()


def test_what_an_undone_transaction_said_is_kept_by_nobody(configured):
    before = configuration()
    for _ in range(2):
        with transaction.atomic():
            Source.objects.filter(pk="one").update(enabled=False)
            assert [p.slug for p in configured_sources()] == ["two"]
            transaction.set_rollback(True)
        assert configuration().sources == before.sources


def test_without_the_row_nothing_is_kept(configured, django_assert_num_queries):
    ConfigurationVersion.objects.all().delete()
    configuration()
    with django_assert_num_queries(3):
        configuration()
    Source.objects.filter(pk="one").update(enabled=False)
    assert [p.slug for p in configured_sources()] == ["two"]
    assert ConfigurationVersion.objects.count() == 1


def test_each_table_that_is_read_is_watched(configured):
    """Also after later migrations: on SQLite one that alters a table makes it anew, without triggers."""
    assert {m._meta.db_table for m in (Source, ExpectedDelivery, CareProvider, CareUnit)} == set(WATCHED)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgtype, tgenabled FROM pg_trigger WHERE tgname = %s", [NAME]
            )
            # Bits: insert 4, delete 8, update 16, truncate 32; not where rows are replicated or restored.
            assert sorted(cursor.fetchall()) == [(table, 4 + 8 + 16 + 32, "O") for table in sorted(WATCHED)]
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"%{NAME}%"]
            )
            changes = ("insert", "update", "delete")
            assert {name for (name,) in cursor} == {f"{t}_{NAME}_{c}" for t in WATCHED for c in changes}


@pytest.fixture
def elsewhere(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Another process, for all that this one can tell: a connection of its own, and nothing of Django."""
    monkeypatch.setattr(sources, "_kept", None)
    make()
    if connection.vendor == "postgresql":
        told = connection.get_connection_params()
        names = ("host", "port", "user", "password", "dbname")
        other: Any = psycopg.connect(**{name: told[name] for name in names if name in told})
    else:
        other = sqlite3.connect(connection.settings_dict["NAME"])
    yield other
    other.close()


@pytest.mark.django_db(transaction=True)
def test_source_that_another_process_switches_off_is_not_in_the_next_view(elsewhere):
    assert [p.slug for p in configured_sources()] == ["one", "two"]
    elsewhere.execute("UPDATE connectors_source SET enabled = false WHERE slug = 'one'")
    kept = configuration()
    assert [p.slug for p in kept.sources] == ["one", "two"]
    elsewhere.commit()
    assert [p.slug for p in configured_sources()] == ["two"]
    elsewhere.execute("UPDATE connectors_source SET enabled = true WHERE slug = 'one'")
    elsewhere.rollback()
    assert [p.slug for p in configured_sources()] == ["two"]


@pytest.mark.django_db(transaction=True)
def test_change_between_token_and_reading_is_not_lost(elsewhere, monkeypatch):
    """What is read after the token may be newer than it; the next view reads again, and rightly."""
    reading = sources.read_configuration

    def change_first() -> sources.Configured:
        elsewhere.execute("UPDATE connectors_source SET enabled = false WHERE slug = 'one'")
        elsewhere.commit()
        return reading()

    monkeypatch.setattr(sources, "read_configuration", change_first)
    assert [p.slug for p in configured_sources()] == ["two"]
    monkeypatch.setattr(sources, "read_configuration", reading)
    elsewhere.execute("UPDATE connectors_source SET enabled = true WHERE slug = 'one'")
    elsewhere.commit()
    assert [p.slug for p in configured_sources()] == ["one", "two"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no TRUNCATE")
@pytest.mark.django_db(transaction=True)
def test_emptied_tables_are_empty_in_the_next_view(elsewhere):
    assert configured_sources()
    elsewhere.execute("TRUNCATE connectors_source CASCADE")
    elsewhere.commit()
    assert configured_sources() == ()
