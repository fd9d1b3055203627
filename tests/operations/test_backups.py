"""The drill: back up, go on, lose everything, restore; and nothing that was taken back since counts."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from consent import consenting, recording
from consent.accesslog.model import AccessEvent, LogCheckpoint
from consent.accesslog.verifying import INTACT
from consent.models import Consent, LogEpoch
from portal.operations import backups
from tests.accesslog import databases
from tests.accesslog.conftest import Log, access_log, lasting, pristine  # noqa: F401 (fixtures)
from tests.accesslog.test_restore import ALL, YARA, opens
from tests.consent.doings import by, make_organisations

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL alone is backed up")


def run(command: str, *words: object, **options: object) -> str:
    said = StringIO()
    call_command(command, *map(str, words), stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def backed_up(access_log: Log, tmp_path: Path) -> Path:  # noqa: F811
    """Three patients who consented; a backup; then one takes hers back and one says no."""
    make_organisations()
    for patient in ALL:
        recording.confirm_relation(by(patient=patient))
        consenting.give_consent(by(patient=patient))
    access_log.seal()
    run("backup", tmp_path / "backup")
    consenting.end_consent(by(), "patienten återkallar")
    consenting.refuse_consent(by(patient=YARA))
    access_log.seal()
    assert [opens(patient) for patient in ALL] == [False, False, True]
    return tmp_path / "backup"


@pytest.fixture
def empty(backed_up: Path, tmp_path: Path):
    """A new database beside, as after a site was lost; whatever runs now works on it."""
    connection.close()
    name = databases.make(tmp_path)
    with databases.using(name):
        yield name
    databases.remove(name)


def test_backup_says_what_it_is_and_holds_no_key(backed_up: Path) -> None:
    told = json.loads((backed_up / "manifest.json").read_text())
    assert (told["format"], told["epoch"], told["checkpoint"]) == (1, 1, 1)
    assert "consent.0001_initial" in told["migrations"]
    assert {path.name for path in backed_up.iterdir()} == {"database.dump", "manifest.json"}
    assert backed_up.stat().st_mode & 0o777 == 0o700
    with pytest.raises(CommandError, match="there already"):
        run("backup", backed_up)


def test_drill(empty: str, backed_up: Path, access_log: Log) -> None:  # noqa: F811
    said = run("restore", backed_up, reason="övning", by="SE-DRIFT")
    assert "no earlier consent counts" in said
    assert [opens(patient) for patient in ALL] == [False, False, True]
    assert Consent.objects.exclude(ended_at=None).count() == 1
    assert LogEpoch.objects.get(number=2).replayed_at is not None
    assert AccessEvent.objects.filter(event="epoch_started").count() == 1
    access_log.seal()
    assert access_log.verify(accepted=[declared_lost()]).code == INTACT


def declared_lost() -> tuple[int, int]:
    """The range that the first checkpoint of the new epoch says was lost."""
    said = [json.loads(body) for body in LogCheckpoint.objects.values_list("body", flat=True)]
    (lost,) = [one["lost"][:2] for one in said if one["lost"]]
    return lost[0], lost[1]


def test_without_replay_nothing_that_was_given_before_counts(empty: str, backed_up: Path) -> None:
    said = run("restore", backed_up, reason="övning", without_replay=True)
    assert "Not replayed" in said
    assert [opens(patient) for patient in ALL] == [False, False, False]


def test_where_there_is_no_second_place_an_epoch_begins_all_the_same(empty: str, backed_up: Path) -> None:
    with override_settings(LOG_SINK_DIR=""):
        run("restore", backed_up, reason="andra platsen är borta", by="SE-DRIFT")
    assert LogEpoch.objects.get(number=2).started_by == "SE-DRIFT"
    assert [opens(patient) for patient in ALL] == [False, False, False]


def test_only_an_empty_database_is_restored_into(backed_up: Path) -> None:
    before = Consent.objects.count()
    with pytest.raises(CommandError, match="not empty"):
        run("restore", backed_up, reason="övning")
    assert Consent.objects.count() == before


@pytest.mark.parametrize("what", ["cut off", "changed", "unfinished", "later"])
def test_backup_that_is_not_what_was_written_is_refused(empty: str, backed_up: Path, what: str) -> None:
    dump, manifest = backed_up / "database.dump", backed_up / "manifest.json"
    if what == "cut off":
        dump.write_bytes(dump.read_bytes()[:-100])
    elif what == "changed":
        dump.write_bytes(dump.read_bytes()[:-1] + b"x")
    elif what == "unfinished":
        manifest.unlink()
    else:
        told = json.loads(manifest.read_text())
        told["migrations"].append("consent.9999_of_tomorrow")
        manifest.write_text(json.dumps(told))
    with pytest.raises(CommandError):
        run("restore", backed_up, reason="övning")
    assert connection.introspection.table_names() == []


def test_dump_that_fails_leaves_no_backup_behind_that_looks_whole(access_log: Log, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(backups, "DUMP", "no/such/folder.dump")
    with pytest.raises(CommandError, match="pg_dump failed"):
        run("backup", tmp_path / "backup")
    with pytest.raises(backups.BackupFailed, match="no finished backup"):
        backups.read_manifest(tmp_path / "backup")


def test_what_ran_out_is_taken_away_by_one_command(access_log: Log) -> None:  # noqa: F811
    said = run("retain")
    for name in ("delete_what_ran_out", "sweep_return_tickets", "forget_old_paces", "sessions"):
        assert name in said
