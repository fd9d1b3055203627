"""The one way from async code to the database."""

import asyncio
import select
import threading
from collections.abc import Iterator

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.utils import translation

from consent import database
from consent.database import on_database_thread
from consent.models import CareProvider


class Broken(Exception):
    pass


def fail() -> None:
    raise Broken


def test_exceptions_come_through(db):
    with pytest.raises(Broken):
        async_to_sync(on_database_thread)(fail)


def test_in_tests_the_hop_sees_the_tests_own_transaction(db):
    CareProvider.objects.create(hsa_id="SE2321000016-R001", name="Region Fjäll", kind="health_care")
    assert async_to_sync(on_database_thread)(CareProvider.objects.count) == 1


@pytest.fixture
def pool(transactional_db: None, settings, monkeypatch) -> Iterator[None]:
    """A pool of its own for the test, whose threads close what they opened."""
    settings.DATABASE_HOP, settings.DATABASE_THREADS = "pool", 2
    monkeypatch.setattr(database, "_pool", None)
    yield
    threads = settings.DATABASE_THREADS
    meet = threading.Barrier(threads)

    def close() -> None:
        meet.wait(10)
        connection.close()

    for done in [database._threads().submit(close) for _ in range(threads)]:
        done.result()
    database._threads().shutdown()


def look() -> tuple[str, int]:
    CareProvider.objects.count()
    return threading.current_thread().name, id(connection.connection)


def test_in_life_a_small_pool_of_threads_keeps_its_connections(pool):
    async def many() -> set[tuple[str, int]]:
        return set(await asyncio.gather(*(on_database_thread(look) for _ in range(40))))

    seen = asyncio.run(many())
    assert 1 <= len(seen) <= 2
    assert len({name for name, _ in seen}) == len(seen)
    assert all(name.startswith("database") for name, _ in seen)


def test_words_are_chosen_in_the_language_of_the_one_who_asks(pool):
    async def languages() -> list[str | None]:
        found: list[str | None] = []
        for language in ("en", "sv"):
            with translation.override(language):
                found.append(await on_database_thread(translation.get_language))
        return found

    assert asyncio.run(languages()) == ["en", "sv"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no server to lose")
def test_connection_that_died_is_replaced_at_the_next_hop(pool):
    def die() -> None:
        CareProvider.objects.count()
        connection.connection.close()

    async def often() -> list[int]:
        for _ in range(4):
            await on_database_thread(die)
        return [await on_database_thread(CareProvider.objects.count) for _ in range(4)]

    assert asyncio.run(often()) == [0, 0, 0, 0]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no server to hang up")
def test_connection_that_the_server_hung_up_is_replaced_at_the_next_hop(pool, settings, monkeypatch):
    """Also where it said a moment ago that it was there."""
    settings.DATABASE_THREADS = 1
    monkeypatch.setattr(database, "ASKED_EVERY_S", 3600.0)

    def where() -> tuple[int, int]:
        CareProvider.objects.count()
        return connection.connection.info.backend_pid, connection.connection.fileno()

    pid, socket = asyncio.run(on_database_thread(where))
    assert asyncio.run(on_database_thread(where))[0] == pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert select.select([socket], [], [], 20)[0]
    assert asyncio.run(on_database_thread(where))[0] != pid


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no server to ask")
def test_server_is_asked_once_in_a_while_whether_it_is_there(pool, settings, monkeypatch):
    settings.DATABASE_THREADS = 1
    asked: list[bool] = []
    usable = DatabaseWrapper.is_usable

    def note(self: DatabaseWrapper) -> bool:
        asked.append(True)
        return usable(self)

    monkeypatch.setattr(DatabaseWrapper, "is_usable", note)

    async def often() -> None:
        for _ in range(5):
            await on_database_thread(CareProvider.objects.count)

    monkeypatch.setattr(database, "ASKED_EVERY_S", 3600.0)
    asyncio.run(often())
    seldom = len(asked)
    monkeypatch.setattr(database, "ASKED_EVERY_S", 0.0)
    asyncio.run(often())
    assert (seldom <= 1, len(asked) - seldom) == (True, 5)
