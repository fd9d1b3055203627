"""Databases of a test's own, whose transactions really end: a log is sealed when they have, not before."""

import shutil
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection, connections

from consent.accesslog import keys
from consent.accesslog.protection import log_tables


@contextmanager
def using(name: str, **server: str) -> Iterator[None]:
    """Let this process, threads to come among it, work on another database, of another server where its HOST
    and USER are given."""
    keys._opened.clear()
    settings = connections["default"].settings_dict
    connection.close()
    kept = dict(settings)
    settings.update({"NAME": name, **server})
    try:
        yield
    finally:
        connection.close()
        settings.update(kept)
        keys._opened.clear()


def administrator(database: str = "postgres") -> "psycopg.Connection[Any]":
    """A superuser's own connection to the test server, past Django and outside its transactions."""
    return psycopg.connect(url_of(database), autocommit=True)


def url_of(database: str, user: str = "") -> str:
    settings = connections["default"].settings_dict
    return psycopg.conninfo.make_conninfo(
        dbname=database, user=user or settings["USER"], host=settings["HOST"], port=settings["PORT"] or None
    )


def make(folder: Path, template: str = "") -> str:
    """A new database, empty or like the template; returns its name (on SQLite, its file)."""
    name = f"test_log_{uuid.uuid4().hex[:12]}"
    if connection.vendor == "sqlite":
        file = folder / f"{name}.sqlite3"
        if template:
            copy_sqlite(template, str(file))
        return str(file)
    with closing(administrator()) as admin:
        admin.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    return name


def remove(name: str) -> None:
    if connection.vendor == "sqlite":
        for file in Path(name).parent.glob(f"{Path(name).name}*"):
            file.unlink()
        return
    with closing(administrator()) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def migrate(name: str, **server: str) -> None:
    with using(name, **server):
        call_command("migrate", verbosity=0, interactive=False)
    drop_later_months(name, **server)


def drop_later_months(name: str, **server: str) -> None:
    """Two years of partitions would make every copy slow."""
    with using(name, **server), connection.cursor() as cursor:
        for part in log_tables()[3:-1] if connection.vendor == "postgresql" else ():
            cursor.execute(f"DROP TABLE {part}")


@dataclass(frozen=True)
class Snapshot:
    """What a PostgreSQL database holds, to put back later: much faster than another database."""

    tables: Mapping[str, bytes]
    sequences: Mapping[str, int]


def snapshot(name: str) -> Snapshot:
    with closing(administrator(name)) as admin:
        admin.autocommit = False
        held = {}
        for table in filled_tables(admin):
            with admin.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                held[table] = b"".join(map(bytes, copy))
        found = admin.execute("SELECT quote_ident(sequencename), last_value FROM pg_sequences").fetchall()
        return Snapshot(held, {sequence: value or 0 for sequence, value in found})


def put_back(name: str, kept: Snapshot) -> None:
    """As a restore does: rows with all their columns, sequences where they were, nothing refused."""
    with closing(psycopg.connect(url_of(name))) as admin:
        admin.execute("SET session_replication_role = replica")
        filled = filled_tables(admin)
        refusing = [table for table in filled if "accessevent" in table or "checkpoint" in table]
        for table in refusing:
            admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for table in filled:
            admin.execute(f"DELETE FROM {table}")
        for table in refusing:
            admin.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER refuse_change")
            admin.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER refuse_truncate")
        for table, rows in kept.tables.items():
            with admin.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)
        for sequence, value in kept.sequences.items():
            admin.execute(f"SELECT setval('{sequence}', {max(value, 1)}, {value > 0})")
        admin.commit()


def filled_tables(admin: "psycopg.Connection[Any]") -> list[str]:
    ours = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200"  # public
    found = admin.execute(ours).fetchall()
    return [t for (t,) in found if admin.execute(f"SELECT EXISTS (TABLE {t})").fetchone() == (True,)]


def copy_sqlite(source: str, target: str) -> None:
    """With what its write-ahead log still holds."""
    with closing(sqlite3.connect(source)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(source, target)
