"""A long log is verified in stretches, by several processes: as quick as may be, and never kinder."""

import os
import random

import pytest
from django.conf import settings
from django.db import connection
from structlog.testing import capture_logs

from consent.accesslog import lines, stretches
from consent.accesslog.exporting import one_moment
from consent.accesslog.verifying import INCOMPLETE, INTACT, TAMPERED, Verifier
from tests.accesslog.conftest import Log, first_bad
from tests.accesslog.tampering import ATTACKS, Attacker, all_checkpoints, disarm, run
from tests.accesslog.writing import write_rows

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL shares a moment")


@pytest.fixture
def long_log(access_log: Log, monkeypatch) -> Log:
    """Six batches with numbers between them that were never used, in two stretches."""
    monkeypatch.setattr(stretches, "WORTH", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    for _ in range(6):
        write_rows(5)
        run("SELECT nextval('consent_accessevent_seq')")
        access_log.seal()
    return access_log


def in_stretches(log: Log) -> Verifier | None:
    with one_moment() as now:
        return stretches.verify_in_stretches(dict(settings.KEYS.seal_public), now, (), ())


def cut() -> int:
    (found,) = stretches.find_cuts(2)
    return int(found.said["number"])


def test_all_of_a_log_that_is_whole_is_verified(long_log):
    assert cut() == 3
    found = in_stretches(long_log)
    assert found is not None
    assert (found.rows, found.batches, found.code) == (30, 6, INTACT)
    assert str(long_log.verify()) == "INTACT\n30 rows in 6 batches"


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_nothing_is_passed_over_by_them(long_log, attack):
    disarm()
    hit = attack(Attacker(random.Random(3), all_checkpoints()))
    found = long_log.verify()
    assert (found.code, first_bad(found)) == (TAMPERED, hit), str(found)


def test_a_row_put_in_late_under_a_number_of_an_earlier_stretch_is_found(long_log):
    """For the earlier stretch it is one that a later batch may hold; for the later it is not there."""
    disarm()
    sealed = all_checkpoints()
    before, horizon = sealed[1].said["top"] + 1, sealed[4].said["horizon"]
    columns = ", ".join(lines.COLUMNS[3:])
    run(
        f"INSERT INTO consent_accessevent (seq, at, xact, {columns})"
        f" SELECT %s, clock_timestamp(), %s, {columns} FROM consent_accessevent WHERE seq = 1",
        before,
        horizon,
    )
    assert in_stretches(long_log) is None
    assert long_log.verify().code == TAMPERED


def test_a_batch_over_the_cut_is_verified_in_one_go(long_log, monkeypatch):
    monkeypatch.setattr(stretches, "_clean_cut", lambda number: all_checkpoints()[number - 1])
    whole = all_checkpoints()
    moved = whole[3].ranges[0][0]
    monkeypatch.setattr(stretches, "find_cuts", lambda _: [whole[2]])
    whole[2].said["top"] = moved  # a row of the batch after it comes to lie in the first stretch
    assert in_stretches(long_log) is None
    assert long_log.verify().code == INTACT


def test_a_process_that_fails_leaves_it_to_one_that_looks_through_all(long_log, monkeypatch):
    monkeypatch.setattr(stretches, "_way", lambda: "host=/nowhere")
    with capture_logs() as logs:
        assert str(long_log.verify()) == "INTACT\n30 rows in 6 batches"
    assert [entry["event"] for entry in logs] == ["log_stretch_failed"]


def test_losses_that_nobody_looked_into_are_told_as_in_one_go(long_log):
    disarm()
    run("DELETE FROM consent_logcheckpoint WHERE number > 4")
    run("DELETE FROM consent_accessevent WHERE seq > %s", all_checkpoints()[3].said["top"])
    long_log.seal()
    write_rows(2)
    long_log.seal()
    assert long_log.verify().code == INCOMPLETE
    assert long_log.verify(accepted=[(5, 6)]).code == INTACT
