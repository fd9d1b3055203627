"""A plugin of pytest: each file of tests meets the database as the migrations left it.

Tests that commit leave the log's rows behind (flushing does not reach the log, and must not), and take away
what the migrations put in. Shared out among processes, which file comes after which differs
from run to run: what one leaves would reach another's counts. PostgreSQL alone: on SQLite there is one
process, in which pytest-django lets those that commit come last.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

TABLES = """SELECT format('%I', c.relname) FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1"""
SEQUENCES = """SELECT format('%I', sequencename), coalesce(last_value, start_value), last_value IS NOT NULL
    FROM pg_sequences WHERE schemaname = 'public'"""

GUARDS = "SELECT format('%%I', tgname) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'A'"


class Pristine:
    """What stood in every table after the migrations, and the way back to it."""

    def __init__(self, blocker: Any) -> None:
        self.blocker = blocker
        with self.cursor() as cursor:
            self.rows = self.filled(cursor)
            cursor.execute(SEQUENCES)
            self.sequences = cursor.fetchall()

    def cursor(self) -> Any:
        """On a connection of its own, past the log's triggers and the references between tables."""
        return own_cursor(self.blocker)

    def filled(self, cursor: Any) -> dict[str, bytes]:
        """The rows of each table that has any."""
        cursor.execute(TABLES)
        tables = [table for (table,) in cursor.fetchall()]
        if not tables:  # no test of this run asks for the database
            return {}
        cursor.execute(" UNION ALL ".join(f"(SELECT '{t}' FROM {t} LIMIT 1)" for t in tables))
        return {table: rows_of(cursor, table) for (table,) in cursor.fetchall()}

    def restore(self) -> None:
        from django.contrib.contenttypes.models import ContentType
        from django.core.cache import cache

        from consent.accesslog.keys import _opened

        with self.cursor() as cursor:
            found = self.filled(cursor)
            changed = [t for t in {**found, **self.rows} if found.get(t) != self.rows.get(t)]
            for table in changed:
                with unguarded(cursor, table):
                    cursor.execute(f"DELETE FROM {table}")
                    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        copy.write(self.rows.get(table, b""))
            for name, last, is_called in self.sequences:
                cursor.execute("SELECT setval(%s::regclass, %s, %s)", [name, last, is_called])
        ContentType.objects.clear_cache()
        _opened.clear()  # the log's keys of each month, whose rows are gone
        cache.clear()


@contextmanager
def unguarded(cursor: Any, table: str) -> Iterator[None]:
    """Without the triggers that refuse always, even him who restores: the log's."""
    cursor.execute(GUARDS, [table])
    guards = [name for (name,) in cursor.fetchall()]
    for name in guards:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    yield
    for name in guards:
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def rows_of(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(bytes(piece) for piece in copy)


class own_cursor:  # noqa: N801 (used as a function is)
    def __init__(self, blocker: Any) -> None:
        self.blocker = blocker

    def __enter__(self) -> Any:
        from django.db import connection

        self.unblocked = self.blocker.unblock()
        self.unblocked.__enter__()
        self.connection = connection.copy()
        cursor = self.connection.cursor().__enter__()
        cursor.execute("SET session_replication_role = replica; SET lock_timeout = '20s'")
        return cursor

    def __exit__(self, *raised: object) -> None:
        self.connection.close()
        self.unblocked.__exit__(*raised)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_blocker: Any,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Beside the tests' own database, a copy of it as the migrations left it (the fixture ``migrated``).
    Where no test of this run asks Django for one, there is neither."""
    from django.db import connection

    from tests.accesslog import databases

    made = ""
    with django_db_blocker.unblock():
        has_tables = "django_migrations" in connection.introspection.table_names()
        connection.close()  # nobody may be in what is copied
        if has_tables:
            made = databases.make(tmp_path_factory.mktemp("migrated"), str(connection.settings_dict["NAME"]))
            databases.drop_later_months(made)
    stash = request.config.stash
    stash[MIGRATED] = made
    if connection.vendor == "postgresql":
        stash[PRISTINE] = Pristine(django_db_blocker)
    yield
    if made:
        with django_db_blocker.unblock():
            databases.remove(made)


PRISTINE = pytest.StashKey[Pristine]()
MIGRATED = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def migrated(
    django_db_setup: None,
    django_db_blocker: Any,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """A database that has all tables and nothing else, to copy. Migrating takes longer than a copy by far."""
    from tests.accesslog import databases

    if copied := request.config.stash[MIGRATED]:
        yield copied
        return
    with django_db_blocker.unblock():
        name = databases.make(tmp_path_factory.mktemp("migrated"))
        databases.migrate(name)
    yield name
    with django_db_blocker.unblock():
        databases.remove(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    pristine = item.config.stash.get(PRISTINE, None)
    if pristine and nextitem is not None and nextitem.path != item.path:
        pristine.restore()
