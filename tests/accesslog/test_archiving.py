"""A month out of the database: whole in its folder, told by the log itself, and never just gone."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from consent import archiving
from consent.accesslog import sealing, viewing
from consent.accesslog.exporting import export, verify_database
from consent.accesslog.extract import extract
from consent.accesslog.model import AccessEvent
from consent.accesslog.table import partition_of, partitions
from consent.accesslog.verifying import INTACT, TAMPERED
from tests.access_review.rows import put_view
from tests.accesslog import databases
from tests.accesslog.conftest import Log, first_bad
from tests.accesslog.tampering import all_checkpoints, ask, disarm, run
from tests.accesslog.test_export import verify as verify_alone
from tests.accesslog.writing import write_rows
from tests.consent.examples import AKUTEN, FJALL, GUNHILD

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps the log in one table")
MONTH = "2021-03"
PART = "consent_accessevent_2021_03"
FIRST, WITHIN, LAST = (
    datetime(2021, 3, 1, tzinfo=UTC),
    datetime(2021, 3, 20, 12, tzinfo=UTC),
    datetime(2021, 4, 1, tzinfo=UTC),
)
SECOND = timedelta(seconds=1)
OWN: dict[str, Any] = {
    "origins": [(FJALL.hsa_id, AKUTEN.hsa_id, "warning", 2)],
    "bases": [(FJALL.hsa_id, "1", "")],
}
BY = "SE2321000016-GR01"


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Sealed then, by the database's clock: rows of five years ago are not put in today."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "database_time", lambda: f"{moment.replace(tzinfo=None):%Y-%m-%d %H:%M:%S.%f}")
        yield


@pytest.fixture
def old_log(access_log: Log, tmp_path: Path) -> Iterator[Log]:
    """March of 2021 in four batches, of which the first and the last hold rows of other months; and today."""
    run("SELECT consent_accessevent_extend('2021-02-01'), consent_accessevent_extend('2021-03-01'),"
        " consent_accessevent_extend('2021-04-01')")  # fmt: skip
    for batch in (
        [FIRST - SECOND, FIRST + SECOND],
        [FIRST + 5 * SECOND],
        [WITHIN, WITHIN + SECOND],
        [LAST - SECOND, LAST + SECOND],
        [LAST + 5 * SECOND],
    ):
        for moment in batch:
            put_view(moment, patient=GUNHILD, **OWN)
        with at(batch[-1]):
            access_log.seal()
    write_rows(2)
    access_log.seal()
    (tmp_path / "archives").mkdir()
    yield access_log
    for part in sorted(partitions(connection)):
        if part != partition_of(datetime.now(UTC).date()):
            run(f"DROP TABLE {part}")


def archive(log: Log, month: str = MONTH) -> str:
    out = StringIO()
    call_command("archive_access_log", month, place_of(log), by=BY, stdout=out)
    return out.getvalue()


def place_of(log: Log) -> Path:
    return log.folder.parent / "archives"


def test_a_month_goes_and_the_log_stays_whole(old_log):
    before = old_log.verify()
    assert (before.code, before.away) == (INTACT, set())
    rows = ask(f"SELECT count(*) FROM {PART}")[0][0]
    assert "is out of the database" in archive(old_log)
    assert PART not in partitions(connection)
    old_log.seal()
    found = old_log.verify()
    assert found.code == INTACT, str(found)
    assert (found.away, found.rows) == ({MONTH}, before.rows - rows + 2)
    assert "archived and not looked into: 2021-03" in str(found)
    # With the folder beside it, all is looked into again; and the folder stands alone.
    folder = place_of(old_log) / MONTH
    whole = verify_database(dict(settings.KEYS.seal_public), old_log.sink, archives=[folder])
    assert (whole.code, whole.away, whole.rows) == (INTACT, set(), before.rows + 2)
    assert verify_alone(folder)[0] == INTACT
    assert verify_alone(folder, "--sink", old_log.folder)[0] == INTACT


def test_it_is_logged_and_the_second_place_knows(old_log):
    archive(old_log)
    rows = AccessEvent.objects.filter(event="log_archived").order_by("seq")
    told = [(row.user_hsa_id, row.detail["month"], row.detail["step"]) for row in rows]
    assert told == [(BY, MONTH, "sealed"), (BY, MONTH, "taken out")]
    assert f'\\"month\\":\\"{MONTH}\\"' in "".join(old_log.sink.checkpoints())


def test_done_again_it_says_so_and_changes_nothing(old_log):
    archive(old_log)
    before = (AccessEvent.objects.count(), len(all_checkpoints()))
    assert "was archived already" in archive(old_log)
    assert (AccessEvent.objects.count(), len(all_checkpoints())) == before


def test_the_months_beside_it_can_go_too(old_log):
    """Batches at the turn of a month are then gone wholly, by three checkpoints' word."""
    for month in ("2021-02", "2021-03", "2021-04"):
        archive(old_log, month)
    old_log.seal()
    found = old_log.verify()
    assert (found.code, found.away) == (INTACT, {"2021-02", "2021-03", "2021-04"}), str(found)
    folders = sorted(place_of(old_log).iterdir())
    whole = verify_database(dict(settings.KEYS.seal_public), old_log.sink, archives=folders)
    assert (whole.code, whole.away) == (INTACT, set()), str(whole)


# Never without its word. ---------------------------------------------------------------------------


def test_a_month_that_is_gone_without_a_word_is_missed(old_log):
    run(f"DROP TABLE {PART}")
    found = old_log.verify()
    assert (found.code, first_bad(found)) == (TAMPERED, 1)


@pytest.mark.parametrize("change", ["unsigned", "gone"])
def test_a_word_that_nobody_signed_counts_for_nothing(old_log, change):
    archive(old_log)
    disarm()
    number = next(c.said["number"] for c in all_checkpoints() if "archived" in c.said)
    if change == "gone":
        run("DELETE FROM consent_logcheckpoint WHERE number = %s", number)
    else:
        run(
            "UPDATE consent_logcheckpoint SET body = replace(body, '\"month\":', '\"month\": ')"
            " WHERE number = %s",
            number,
        )
    found = old_log.verify()
    assert (found.code, first_bad(found)) == (TAMPERED, 1), str(found)


def test_the_word_covers_the_month_and_no_row_beside_it(old_log):
    archive(old_log)
    disarm()
    run("DROP TABLE consent_accessevent_2021_04")
    found = old_log.verify()
    assert (found.code, first_bad(found)) == (TAMPERED, 4), str(found)


def test_rows_that_are_still_there_are_looked_into(old_log, monkeypatch):
    """Between the checkpoint and the drop: all of a batch, right, or none of it."""
    monkeypatch.setattr(archiving, "_drop", lambda *_: None)
    archive(old_log)
    found = old_log.verify()
    assert (found.code, found.away) == (INTACT, set()), str(found)
    run(f"ALTER TABLE {PART} DISABLE TRIGGER ALL")
    run(f"DELETE FROM {PART} WHERE seq = (SELECT max(seq) - 4 FROM {PART})")
    assert old_log.verify().code == TAMPERED


# What it refuses. ----------------------------------------------------------------------------------


def test_a_month_that_is_to_be_kept_is_refused(old_log):
    with pytest.raises(CommandError, match="LOG_KEPT_MONTHS is 60"):
        archive(old_log, f"{datetime.now(UTC):%Y-%m}")
    with pytest.raises(CommandError, match="no month"):
        archive(old_log, "2021-3")
    with pytest.raises(CommandError, match="nothing says that it was archived"):
        archive(old_log, "2020-01")


def test_rows_that_are_not_sealed_are_not_taken_out(old_log):
    put_view(WITHIN, patient=GUNHILD, **OWN)
    with pytest.raises(CommandError, match="are in no batch"):
        archive(old_log)
    assert PART in partitions(connection)


def test_a_month_that_was_tampered_with_stays_where_it_is(old_log):
    run(f"ALTER TABLE {PART} DISABLE TRIGGER ALL")
    run(f"UPDATE {PART} SET ip = '192.0.2.9' WHERE seq = (SELECT min(seq) FROM {PART})")
    with pytest.raises(CommandError, match="would prove nothing"):
        archive(old_log)
    assert PART in partitions(connection)


@pytest.mark.parametrize("name", ["rows.tsv", "checkpoints.ndjson", "manifest.json"])
def test_a_folder_that_was_touched_is_not_trusted(old_log, monkeypatch, name):
    with monkeypatch.context() as patch:
        patch.setattr(archiving, "_drop", refuse)
        with pytest.raises(CommandError):
            archive(old_log)
    place = place_of(old_log) / MONTH / name
    place.write_bytes(place.read_bytes().replace(b'"rows"', b'"rowz"') + b"\n")
    with pytest.raises(CommandError):
        archive(old_log)
    assert PART in partitions(connection)


def refuse(*_: object) -> None:
    raise archiving.CannotArchive("not now")


def test_without_the_second_place_nothing_is_taken_out(old_log):
    kept = old_log.folder.with_name("away")
    old_log.folder.rename(kept)
    with pytest.raises(CommandError, match="second place"):
        archive(old_log)
    assert PART in partitions(connection)
    kept.rename(old_log.folder)
    assert "is out of the database" in archive(old_log)
    assert len([c for c in all_checkpoints() if "archived" in c.said]) == 1
    assert old_log.verify().code == INTACT


def test_whoever_reads_the_log_is_not_waited_for(old_log, monkeypatch):
    """Who waits to change the table holds up every view that wants to be logged."""
    monkeypatch.setattr(archiving, "PATIENCE", "50ms")
    with psycopg.connect(databases.url_of(old_log.database)) as reader:
        reader.execute("SELECT 1 FROM consent_accessevent LIMIT 1")
        with pytest.raises(CommandError, match="run this again"):
            archive(old_log)
    assert "is out of the database" in archive(old_log)


def test_the_portals_own_role_may_not(old_log):
    with pytest.raises(CommandError, match="by the role that migrates"), as_other_role():
        archive(old_log)
    assert PART in partitions(connection)


@contextmanager
def as_other_role() -> Iterator[None]:
    run("CREATE ROLE archiving_reader")
    run("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO archiving_reader")
    run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO archiving_reader")
    run("GRANT UPDATE ON consent_logdelivery TO archiving_reader")
    run("SET ROLE archiving_reader")
    try:
        yield
    finally:
        run("RESET ROLE")
        run("DROP OWNED BY archiving_reader")
        run("DROP ROLE archiving_reader")


# kill -9 between any two steps. --------------------------------------------------------------------

STEPS = {
    "the folder is half written": (archiving, "_hash"),
    "the folder has not its name": (archiving, "_write_through"),
    "the folder is there": (archiving, "_look_through"),
    "it was looked through": (archiving, "_seal"),
    "the checkpoint is not committed": (archiving, "write"),
    "the checkpoint is there": (archiving, "_carry"),
    "the second place has it": (archiving, "_drop"),
    "before the drop is committed": (archiving, "dying"),
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_point_it_is_run_again(old_log, step):
    module, name = STEPS[step]
    if name == "dying":
        die_in(old_log, archiving, "_drop", after=True)
    else:
        die_in(old_log, module, name)
    assert PART in partitions(connection) or name == "dying"
    old_log.seal()
    found = old_log.verify()
    assert found.code == INTACT, str(found)
    assert "archived already" in archive(old_log) or PART not in partitions(connection)
    old_log.seal()
    found = old_log.verify()
    assert (found.code, found.away) == (INTACT, {MONTH}), str(found)
    assert [path.name for path in place_of(old_log).iterdir()] == [MONTH]
    assert len([c for c in all_checkpoints() if "archived" in c.said]) == 1


def die_in(log: Log, module: object, name: str, after: bool = False) -> None:
    """A process of its own that ends itself where that function would be called, or has just been."""
    child = os.fork()
    if child == 0:
        # Its parent's connection is not its own.
        connection.connection = None
        kept: Callable[..., object] = getattr(module, name)

        def die(*arguments: object) -> None:
            if after:
                kept(*arguments)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(module, name, die)
        try:
            archive(log)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


# For readers. --------------------------------------------------------------------------------------


def test_an_extract_says_which_months_are_archived(old_log):
    def told() -> tuple[int, tuple[str, ...]]:
        found = extract(
            [GUNHILD], FJALL.hsa_id, datetime(2021, 1, 1, tzinfo=UTC), datetime(2021, 12, 1, tzinfo=UTC)
        )
        return len(found.rows), found.archived_months

    assert told() == (8, ())
    archive(old_log)
    assert told() == (3, (MONTH,))


def test_a_month_that_is_simply_gone_is_told_as_well(old_log):
    run(f"DROP TABLE {PART}")
    since, until = datetime(2021, 3, 5, tzinfo=UTC), datetime(2021, 3, 6, tzinfo=UTC)
    assert viewing.archived_months(since, until) == (MONTH,)
    assert viewing.archived_months(datetime(2021, 4, 1, tzinfo=UTC), datetime.now(UTC)) == ()


def test_an_export_of_what_is_left_can_be_verified(old_log, tmp_path):
    archive(old_log)
    old_log.seal()
    export(tmp_path / "all")
    code, said = verify_alone(tmp_path / "all", "--sink", old_log.folder)
    assert (code, "not looked into: 2021-03" in said) == (INTACT, True), said
    export(tmp_path / "part", datetime(2021, 1, 1, tzinfo=UTC), datetime(2021, 6, 1, tzinfo=UTC))
    code, said = verify_alone(tmp_path / "part")
    assert (code, "not looked into: 2021-03" in said) == (INTACT, True), said
    (tmp_path / "part" / "archived.ndjson").unlink()
    assert verify_alone(tmp_path / "part")[0] == TAMPERED
