"""What the workers say of the schedule's jobs, written down seldom enough to cost nothing.

A job that runs every second is noted once in ``NOTED_EVERY_S``. Nothing here may fail the job itself.
"""

import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery.schedules import crontab
from django.db import Error
from django.utils import timezone

NOTED_EVERY_S = 20.0
# How late a job may be before it is told as late, beside its own rhythm.
PATIENCE = timedelta(minutes=2)

_log = structlog.get_logger(__name__)
_noted: dict[tuple[str, str], float] = {}


def schedule() -> dict[str, Any]:
    """The clock's schedule, by task: how often it is run."""
    from portal.celery import app

    app.finalize()
    entries = app.conf.beat_schedule.values()
    return {entry["task"]: entry["schedule"] for entry in entries}


def queue_of(task: str) -> str:
    from portal.settings.queues import QUEUE_OF, UNSORTED

    return QUEUE_OF.get(task, UNSORTED)


def rhythm_of(task: str) -> timedelta | None:
    """The longest time between two runs; None for a job that the schedule does not hold any more."""
    when = schedule().get(task)
    if when is None:
        return None
    if isinstance(when, crontab):
        is_monthly = len(when.day_of_month) < 28
        return timedelta(days=31) if is_monthly else timedelta(days=1)
    return timedelta(seconds=float(when))


def is_late(task: str, ended_at: datetime | None, now: datetime) -> bool:
    """Whether it should have ended again since. What never ran is late only where it runs often."""
    rhythm = rhythm_of(task)
    if rhythm is None:
        return False
    if ended_at is None:
        return rhythm < timedelta(hours=2)
    return now - ended_at > 2 * rhythm + PATIENCE


def name_jobs(**_more: Any) -> None:
    """After each migration: a row for each job, none for those that are gone."""
    from portal.operations.models import JobRun

    tasks = set(schedule())
    JobRun.objects.bulk_create([JobRun(task=task) for task in tasks], ignore_conflicts=True)
    JobRun.objects.exclude(task__in=tasks).delete()


def note_begun(task: Any = None, **_more: Any) -> None:
    _note(task, "begun", begun_at=timezone.now())


def note_ended(sender: Any = None, **_more: Any) -> None:
    _note(sender, "ended", ended_at=timezone.now(), fault="")


def note_failed(sender: Any = None, exception: BaseException | None = None, **_more: Any) -> None:
    """Always written: failures are few, or somebody should know."""
    _noted.pop((_name(sender), "ended"), None)
    _note(sender, "", failed_at=timezone.now(), fault=type(exception).__name__)


def _note(task: Any, what: str, **fields: Any) -> None:
    from portal.operations.models import JobRun

    name, now = _name(task), time.monotonic()
    if what and now - _noted.get((name, what), -NOTED_EVERY_S) < NOTED_EVERY_S:
        return
    try:
        JobRun.objects.filter(task=name).update(**fields)
    except Error as failure:
        _log.warning("job_not_noted", job=name, error=type(failure).__name__)
        return
    if what:
        _noted[name, what] = now


def _name(task: Any) -> str:
    return str(getattr(task, "name", ""))
