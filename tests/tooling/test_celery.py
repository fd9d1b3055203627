"""Periodic work is scheduled, and the worker of `make run` knows every task the schedule names."""

import pytest

from portal.celery import app


def test_every_scheduled_task_is_one_the_worker_knows() -> None:
    app.finalize()
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert "consent.tasks.mark_interrupted" in scheduled
    assert "consent.tasks.ensure_log_partitions" in scheduled
    assert scheduled <= set(app.tasks)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_scheduled_tasks_run_without_arguments() -> None:
    app.loader.import_default_modules()  # as a worker does when it starts
    for entry in app.conf.beat_schedule.values():
        assert not entry.get("args")
        app.tasks[entry["task"]]()
