"""A database with an empty log, a second place beside it, and short ways to fill and seal."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from consent import tasks
from consent.accesslog import lines
from consent.accesslog.exporting import archived_lines, checkpoint_lines, compare, verify_database
from consent.accesslog.sealed_table import database_time
from consent.accesslog.sinks import FolderSink
from consent.accesslog.verifying import TAMPERED, Archived, Verifier
from tests.accesslog import databases
from tests.accesslog.clusters import Cluster, new_cluster

# Rows of another server's transactions have ended long ago, whatever their numbers.
ALL_ENDED = """SELECT coalesce(max(xact), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    FROM consent_accessevent WHERE xact < pg_snapshot_xmax(pg_current_snapshot())::text::bigint"""
SOAK = bool(os.environ.get("SOAK"))


@dataclass(frozen=True)
class Log:
    """One installation's log: the database it is in, and the second place's folder."""

    database: str
    folder: Path
    moment: str = ""

    @property
    def sink(self) -> FolderSink:
        return FolderSink(self.folder)

    def seal(self) -> int:
        """As the worker does each second; how many rows were sealed. What the server does for itself, such as
        looking through its tables, can keep rows open for a moment: it is waited for."""
        deadline = time.monotonic() + 20
        while connection.vendor == "postgresql" and not ask_one(ALL_ENDED) and time.monotonic() < deadline:
            time.sleep(0.01)
        return int(tasks.seal_access_log())

    def verify(self, **more: object) -> Verifier:
        return verify_database(dict(settings.KEYS.seal_public), self.sink, **more)  # type: ignore[arg-type]


def ask_one(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def first_bad(found: Verifier) -> int | None:
    """The batch that the verifier names first; None where nothing was tampered with."""
    return min((batch for code, batch, _ in found.findings if code == TAMPERED), default=None)


def look(log: Log, later_s: float = 0, now: str = "") -> Verifier:
    """As the command does, inside a transaction that is to be taken back; or as it will some time later, or
    as it would have at another time: what is not sealed is not to grow old while tests run."""
    moment = datetime.fromisoformat(now or database_time()) + timedelta(seconds=later_s)
    with transaction.atomic():
        archived = Archived.read(archived_lines())
        verifier = Verifier(dict(settings.KEYS.seal_public), moment, archived=archived)
        verifier.verify(lines.read_all(), checkpoint_lines)
        if last := log.sink.last():
            compare(verifier, log.sink, last)
    return verifier


@contextmanager
def new_log(migrated: str, blocker: Any, place: Path) -> Iterator[Log]:
    """An empty log in a database of its own, where what is committed stays until the block ends."""
    folder = place / "second-place"
    folder.mkdir()
    with blocker.unblock():
        name = databases.make(place, template=migrated)
        with databases.using(name), override_settings(LOG_SINK_DIR=str(folder)):
            yield Log(name, folder)
        databases.remove(name)


@pytest.fixture(scope="session")
def lasting(migrated: str, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    """On PostgreSQL, the database that tests use in turn; each begins with what it held at first."""
    if connection.vendor == "sqlite":
        yield ""
        return
    with django_db_blocker.unblock():
        name = databases.make(tmp_path_factory.mktemp("lasting"), template=migrated)
    yield name
    with django_db_blocker.unblock():
        databases.remove(name)


@pytest.fixture(scope="session")
def pristine(lasting: str, django_db_blocker) -> databases.Snapshot | None:
    with django_db_blocker.unblock():
        return databases.snapshot(lasting) if lasting else None


@pytest.fixture
def access_log(migrated: str, lasting, pristine, django_db_blocker, tmp_path: Path) -> Iterator[Log]:
    """An empty log, where what is committed stays until the test ends."""
    if pristine is None:
        with new_log(migrated, django_db_blocker, tmp_path) as log:
            yield log
        return
    folder = tmp_path / "second-place"
    folder.mkdir()
    with django_db_blocker.unblock():
        databases.put_back(lasting, pristine)
        with databases.using(lasting), override_settings(LOG_SINK_DIR=str(folder)):
            yield Log(lasting, folder)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Another PostgreSQL server, empty at first: to be killed, or to be restored to."""
    with new_cluster() as made:
        yield made
