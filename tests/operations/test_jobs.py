"""The work in the background: sorted by kind, ids alone, done at least once whoever is killed, and seen."""

import inspect
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from celery.schedules import crontab
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone, translation
from kombu.exceptions import ContentDisallowed, EncodeError

from portal.celery import app
from portal.operations import runs
from portal.operations.admin import told_rhythm
from portal.operations.models import JobRun
from portal.settings.queues import QUEUE_OF, QUEUES, UNSORTED
from tests.operations.servers import RedisServer, new_redis
from tests.servers import ROOT

OURS = ("consent.", "connectors.", "portal.", "demo.")
CELERYS_OWN = "celery."
IDS = {"notice_id", "export_id", "number"}


@pytest.fixture(autouse=True)
def loaded():
    app.finalize()
    app.loader.import_default_modules()
    runs._noted.clear()


def our_tasks():
    return {name: task for name, task in app.tasks.items() if name.startswith(OURS)}


def test_every_job_has_a_queue_of_its_kind():
    assert set(our_tasks()) == set(QUEUE_OF)
    assert set(QUEUE_OF.values()) <= set(QUEUES)
    assert {queue.name for queue in app.conf.task_queues} == set(QUEUES)
    assert UNSORTED in QUEUES
    router = app.amqp.Router()
    for name, queue in QUEUE_OF.items():
        assert router.route({}, name)["queue"].name == queue


def test_jobs_carry_ids_and_nothing_else():
    for name, task in our_tasks().items():
        assert set(inspect.signature(task.run).parameters) <= IDS, name
        assert task.serializer == "json"
        assert task.acks_late is True
        assert task.reject_on_worker_lost is True
        assert task.ignore_result is True, name


def test_what_is_no_json_neither_leaves_nor_comes_in():
    assert app.conf.accept_content == ["json"]
    from kombu.serialization import dumps, loads

    with pytest.raises(EncodeError):
        dumps({"x": object()}, serializer="json")
    with pytest.raises(ContentDisallowed):
        loads(b"", "application/x-python-serialize", "binary", accept=app.conf.accept_content)


# Killed. -------------------------------------------------------------------------------------------


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with new_redis() as server:
        yield server


class Worker:
    """A worker of ours on a Redis of the test's own, given the test's job beside."""

    def __init__(self, redis: RedisServer, folder: Path, takes_s: float) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "--app", "portal", "worker", "--include"),
                *("tests.operations.jobs", "--concurrency", "2", "--loglevel", "WARNING"),
                *("--without-gossip", "--without-mingle", "--queues", "notify"),
            ],
            cwd=ROOT,
            env={
                **kept,
                "DJANGO_SETTINGS_MODULE": "portal.settings.test",
                "DATABASE_URL": f"sqlite://{folder}/unused.sqlite3",
                "DATA_DIR": str(folder),
                "REDIS_URL": redis.url,
                "JOB_TAKEN_OVER_S": "2",
                "JOBS_FOLDER": str(folder),
                "JOBS_TAKE_S": str(takes_s),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        """kill -9 of the worker and of what it started, at once."""
        os.killpg(self.process.pid, 9)
        self.process.wait()


def send(redis: RedisServer, count: int) -> None:
    with app.connection_for_write(redis.url.replace("unix://", "redis+socket://", 1)) as connection:
        for number in range(count):
            app.send_task("tests.operations.jobs.work", [str(number)], queue="notify", connection=connection)


def seen(folder: Path, what: str) -> set[int]:
    return {int(path.name.partition("-")[2]) for path in folder.glob(f"{what}-*")}


def wait_until(question, *workers: Worker) -> None:
    deadline = time.monotonic() + 120
    while not question():
        assert time.monotonic() < deadline
        for worker in workers:
            assert worker.process.poll() is None
        time.sleep(0.1)


def test_job_of_a_killed_worker_is_taken_over_and_none_is_lost(redis, tmp_path):
    """Two jobs are under way and four wait when worker and Redis are killed. Redis has a disk."""
    send(redis, 6)
    first = Worker(redis, tmp_path, takes_s=600)
    wait_until(lambda: len(seen(tmp_path, "begun")) == 2, first)
    first.kill()
    assert redis.process is not None
    time.sleep(1.1)  # appendfsync everysec: what a power cut may take is the last second
    redis.process.kill()
    redis.process.wait()
    redis.start()
    begun = seen(tmp_path, "begun")
    second = Worker(redis, tmp_path, takes_s=0)
    try:
        wait_until(lambda: seen(tmp_path, "ended") == set(range(6)), second)
    finally:
        second.kill()
    twice = {n for n in range(6) if len((tmp_path / f"begun-{n}").read_text().splitlines()) > 1}
    assert twice >= begun


# Seen. ---------------------------------------------------------------------------------------------


@pytest.fixture
def jobs(db):
    runs.name_jobs()


def test_administration_shows_every_job_of_the_schedule(jobs, admin_client):
    page = admin_client.get(reverse("admin:operations_jobrun_changelist")).content.decode()
    for task in runs.schedule():
        assert task in page
    for told in ("Varje sekund", "Var 5:e minut", "Varje timme", "Varje dag kl. 02.23 (UTC)", "Försenat"):
        assert told in page, told
    assert "Den 1 varje månad kl. 03.17 (UTC)" in page


def test_rhythm_in_english():
    with translation.override("en"):
        assert told_rhythm(60.0) == "Every minute"
        assert told_rhythm(crontab(hour="2", minute="23")) == "Every day at 02.23 (UTC)"


def test_what_a_job_did_is_written_down_and_seldom(jobs, django_assert_num_queries):
    task = app.tasks["consent.tasks.seal_access_log"]
    runs.note_begun(task=task)
    runs.note_ended(sender=task)
    with django_assert_num_queries(0):
        for _ in range(50):
            runs.note_begun(task=task)
            runs.note_ended(sender=task)
    row = JobRun.objects.get(task=task.name)
    assert row.begun_at is not None
    assert row.ended_at is not None
    assert row.ended_at >= row.begun_at
    runs.note_failed(sender=task, exception=OperationalError("10.0.0.1"))
    row.refresh_from_db()
    assert row.fault == "OperationalError"
    runs.note_ended(sender=task)
    row.refresh_from_db()
    assert row.fault == ""


def test_job_that_does_not_come_is_late(jobs):
    now = timezone.now()
    often, monthly = "consent.tasks.seal_access_log", "consent.tasks.ensure_log_partitions"
    assert runs.is_late(often, None, now)
    assert not runs.is_late(often, now - timedelta(seconds=60), now)
    assert runs.is_late(often, now - timedelta(seconds=130), now)
    assert not runs.is_late(monthly, None, now)
    assert not runs.is_late(monthly, now - timedelta(days=40), now)
    assert not runs.is_late("of.another.release", None, now)


def test_job_goes_on_where_nothing_can_be_noted(jobs, monkeypatch):
    def refuse(*_a, **_k):
        raise OperationalError

    monkeypatch.setattr(JobRun.objects, "filter", refuse)
    runs.note_begun(task=app.tasks["consent.tasks.seal_access_log"])


def test_jobs_of_another_release_are_forgotten(jobs):
    JobRun.objects.create(task="of.another.release")
    runs.name_jobs()
    assert not JobRun.objects.filter(task="of.another.release").exists()
