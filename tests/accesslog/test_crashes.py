"""kill -9 of the database, and of processes of the portal, in the middle of work: what was acknowledged is
there afterwards, and what was shown has its row. PostgreSQL with fsync, in a server of the test's own."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings

from consent import recording
from consent.accesslog.model import AccessEvent
from consent.accesslog.verifying import INTACT
from consent.epochs import current_epoch
from tests.accesslog import databases
from tests.accesslog.clusters import ROOT, Cluster
from tests.accesslog.conftest import SOAK, Log
from tests.consent.doings import by, make_organisations

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a server to kill")
ROUNDS, PROCESS_ROUNDS = (50, 20) if SOAK else (3, 0)
LOAD_S = 8.0 if SOAK else 1.2
LOADERS = 4 if SOAK else 2


@pytest.fixture(scope="module")
def at_work(cluster: Cluster, django_db_blocker) -> Cluster:
    """The server with a portal's database in it, and a patient whose relation is recorded."""
    with django_db_blocker.unblock():
        databases.migrate("postgres", **cluster.server)
        with databases.using("postgres", **cluster.server):
            make_organisations()
            recording.confirm_relation(by())
    return cluster


@pytest.fixture
def second_place(tmp_path: Path) -> Path:
    (tmp_path / "second-place").mkdir()
    return tmp_path / "second-place"


class Loader:
    """One process at work; what it said, line by line, until it ended."""

    def __init__(self, cluster: Cluster, second_place: Path, *words: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.accesslog.loading", *words],
            cwd=ROOT,
            env={
                **kept,
                "DJANGO_SETTINGS_MODULE": "portal.settings.test",
                "DATABASE_URL": cluster.url(),
                "DATA_DIR": str(second_place.parent),
                "LOG_SINK_DIR": str(second_place),
                "LOG_LEVEL": "CRITICAL",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.said: list[str] = []
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                # A line that was cut off in the middle is nothing that anybody was told.
                if line.endswith("\n"):
                    self.said.append(line.rstrip("\n"))

    def end(self) -> list[str]:
        """kill -9."""
        self.process.kill()
        self.process.wait(60)
        self.thread.join(60)
        return self.said


@contextmanager
def loaded(cluster: Cluster, second_place: Path, name: str) -> Iterator[list[Loader]]:
    """Readers and a sealer at work, from the moment all have begun."""
    loaders = [Loader(cluster, second_place, "show", f"{name}.{n}") for n in range(LOADERS)]
    loaders.append(Loader(cluster, second_place, "seal"))
    try:
        wait_until(loaders, 20)
        yield loaders
    finally:
        for loader in loaders:
            loader.end()


def wait_until(loaders: list[Loader], more: int) -> None:
    """Every process has been told so many things more than it had when this was called."""
    wanted = [(loader, len(loader.said) + more) for loader in loaders]
    deadline = time.monotonic() + 90
    while not all(len(loader.said) >= count for loader, count in wanted):
        assert time.monotonic() < deadline, "the load does not go on"
        time.sleep(0.02)


def told_of(loaders: list[Loader]) -> set[str]:
    """Every display that anybody was told of, until the processes were killed."""
    lines = [line for loader in loaders for line in loader.end()]
    return {line.split()[1] for line in lines if line.startswith("shown ")}


def lost(told: set[str], cluster: Cluster) -> set[str]:
    with databases.using("postgres", **cluster.server):
        return told - set(AccessEvent.objects.exclude(request_id="").values_list("request_id", flat=True))


def test_kill_loses_nothing_acknowledged_and_nothing_shown(at_work, second_place, django_db_blocker):
    """First the database, again and again under load; then the processes that work with it."""
    told: set[str] = set()
    with django_db_blocker.unblock(), override_settings(LOG_SINK_DIR=str(second_place)):
        with loaded(at_work, second_place, "d") as loaders:
            for number in range(ROUNDS):
                time.sleep(random.Random(number).uniform(0.3, 1) * LOAD_S)
                at_work.kill()
                at_work.start()
                wait_until(loaders, 10)
            told |= told_of(loaders)
        for number in range(PROCESS_ROUNDS):
            with loaded(at_work, second_place, f"p{number}") as loaders:
                time.sleep(random.Random(number).uniform(0.1, 0.5) * LOAD_S)
                told |= told_of(loaders)
        assert lost(told, at_work) == set()
        assert len(told) > 100 * ROUNDS
        with databases.using("postgres", **at_work.server):
            log = Log("postgres", second_place)
            log.seal()
            found = log.verify()
            assert (found.code, current_epoch()) == (INTACT, 1), str(found)
    print(f"{len(told)} acknowledged rows, {ROUNDS} kills of the database, {1 + PROCESS_ROUNDS} of processes")


def test_database_that_does_not_wait_for_the_disk_is_seen_to_lose(at_work, second_place, django_db_blocker):
    """The control, and what start-up refuses: with synchronous_commit off acknowledged rows are gone."""
    at_work.stop()
    at_work.start(synchronous_commit="off", wal_writer_delay="10s")
    with django_db_blocker.unblock():
        with loaded(at_work, second_place, "c") as loaders:
            time.sleep(LOAD_S)
            at_work.kill()
            told = told_of(loaders)
        at_work.start()
        assert len(lost(told, at_work)) > 0
