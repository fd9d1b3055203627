"""Partitions made ahead, and views that never came to their end."""

from datetime import UTC, date, datetime

import pytest
from celery import current_app
from django.db import connection

from consent import consenting, recording, reviewing, tasks
from consent.accesslog.events import Action
from consent.accesslog.model import AccessEvent
from consent.accesslog.table import MONTHS_AHEAD, ensure_partitions
from consent.gate import Ruling
from consent.release import NotReleased, Shown, leave, release_now
from consent.vocabulary import Kind
from tests.consent.doings import TRACE, ask, by, rows, statements
from tests.consent.examples import AKUTEN, GUNHILD, NURSE, origin

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
OWN = [(origin(AKUTEN), Kind.CARE_CONTACT)]
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one table")


@pytest.fixture
def related(organisations: None) -> None:
    recording.confirm_relation(by())


@pytest.fixture(autouse=True)
def at_once(monkeypatch, db) -> None:
    """A view of this moment counts as old: rows of the log cannot be made older. What tests before this one
    left there is marked already."""
    monkeypatch.setattr(tasks, "QUIET_S", 0)
    tasks.mark_interrupted()


def tell(ruling: Ruling, **outcomes: str) -> None:
    assert ruling.permit is not None
    release_now(ruling.permit, Shown(OWN, outcomes), Action.OVERVIEW, TRACE)


def events(ruling: Ruling) -> list[str]:
    return [row.event for row in rows(ruling)]


def test_view_without_answers_is_marked_once(related):
    ruling = ask()
    assert tasks.mark_interrupted() == 1
    assert tasks.mark_interrupted() == 0
    opened, marked = rows(ruling)
    assert marked.event == "interrupted"
    assert marked.outcomes == {"cosmic": "unknown", "viva-hsl": "unknown"}
    assert marked.patient() == GUNHILD
    kept = (
        "user_hsa_id",
        "assignment_id",
        "unit_id",
        "unit_name",
        "provider_id",
        "actor_kind",
        "purpose",
        "action",
    )
    for name in (*kept, "session_id", "request_id", "ip", "view_id"):
        assert getattr(marked, name) == getattr(opened, name)
    assert marked.user_hsa_id == NURSE.hsa_id


def test_only_what_nobody_told_of_is_named(related):
    ruling = ask()
    tell(ruling, cosmic="answered")
    assert tasks.mark_interrupted() == 1
    assert rows(ruling)[-1].outcomes == {"viva-hsl": "unknown"}


def test_view_that_came_to_its_end_is_left_alone(related):
    whole, left, refused, nothing_asked = ask(), ask(), ask(), ask(sources=())
    tell(whole, cosmic="answered")
    tell(whole, **{"viva-hsl": "timeout"})
    tell(left, cosmic="answered")
    assert left.permit is not None
    from asgiref.sync import async_to_sync

    async_to_sync(leave)(left.permit, {"viva-hsl": "left"}, Action.OVERVIEW, TRACE)
    consenting.give_consent(by())
    with pytest.raises(NotReleased):
        tell(refused, cosmic="answered")
    assert tasks.mark_interrupted() == 0
    assert [events(r)[-1] for r in (whole, left, refused, nothing_asked)] == [
        "shown",
        "left",
        "refused",
        "intent",
    ]


def test_fresh_view_may_still_be_answered(related, monkeypatch):
    monkeypatch.setattr(tasks, "QUIET_S", 10)
    ask()
    assert tasks.mark_interrupted() == 0


def test_long_ago_is_not_looked_at_again(related, monkeypatch):
    monkeypatch.setattr(tasks, "LOOK_BACK_S", 0)
    ask()
    assert tasks.mark_interrupted() == 0


def test_refused_view_asked_nobody(organisations):
    ask()
    assert tasks.mark_interrupted() == 0


def test_views_are_found_in_one_query(related):
    for _ in range(5):
        ask()
    tasks.mark_interrupted()
    finding = [sql for sql in statements(tasks.mark_interrupted) if "advisory" not in sql]
    assert len([sql for sql in finding if "consent_accessevent" in sql]) <= 2
    assert AccessEvent.objects.filter(event="interrupted").count() == 5


def test_every_scheduled_task_exists():
    current_app.loader.import_default_modules()
    names = {entry["task"] for entry in tasks.SCHEDULE.values()}
    own = (tasks.ensure_log_partitions, tasks.mark_interrupted, tasks.seal_access_log)
    expected = (*own, reviewing.draw_reviews)
    assert names == {task.name for task in expected}


@on_postgresql
def test_partitions_reach_two_years_ahead_and_are_made_once(db):
    now = datetime.now(UTC)
    last = (now.year * 12 + now.month - 1) + MONTHS_AHEAD
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"consent_accessevent_{last // 12}_{last % 12 + 1:02}"])
        assert cursor.fetchone() != (None,)
    assert tasks.ensure_log_partitions() == 0


@on_postgresql
def test_missing_partitions_are_made_with_their_refusals(db):
    made = ensure_partitions(connection, date(2050, 12, 31))
    assert len(made) == MONTHS_AHEAD + 1
    assert made[:2] == ["consent_accessevent_2050_12", "consent_accessevent_2051_01"]
    assert ensure_partitions(connection, date(2050, 12, 1)) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass ORDER BY 1", [made[0]]
        )
        assert cursor.fetchall() == [("refuse_change", "A"), ("refuse_truncate", "A")]


def test_on_sqlite_there_are_no_partitions_to_make(db):
    if connection.vendor == "sqlite":
        assert tasks.ensure_log_partitions() == 0
