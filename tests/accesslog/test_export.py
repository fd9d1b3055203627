"""The log in files: checked elsewhere by one file of Python, with the public key and nothing else."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from consent import tasks
from consent.accesslog import lines, verifying
from consent.accesslog.exporting import Runs, export
from consent.accesslog.model import AccessEvent
from consent.accesslog.verifying import INCOMPLETE, INTACT, TAMPERED, Checkpoint, in_first_format, key_id
from tests.accesslog import databases
from tests.accesslog.conftest import Log
from tests.accesslog.tampering import all_checkpoints, disarm, run
from tests.accesslog.writing import write_rows
from tests.consent.examples import GUNHILD

pytestmark = [pytest.mark.sqlite]
VERIFIER = Path(verifying.__file__).parent


@pytest.fixture
def exported(access_log: Log, tmp_path: Path) -> Path:
    """Five batches and two rows that are not sealed, as files."""
    for _ in range(5):
        write_rows(4)
        access_log.seal()
    write_rows(2)
    export(tmp_path / "export")
    return tmp_path / "export"


def verify(folder: Path, *more: object) -> tuple[int, str]:
    """In a bare process, with a copy of the one folder, from a place where nothing of the product is."""
    alone = folder.parent / "alone"
    shutil.copytree(VERIFIER, alone / "verifying", dirs_exist_ok=True)
    (key,) = settings.KEYS.seal_public
    argv = (sys.executable, "-E", "-s", "-m", "verifying", folder)
    words = (*argv, "--public-key", folder / f"seal-{key}.pub", *more)
    done = subprocess.run(
        [str(word) for word in words], cwd=alone, env={}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_export_is_intact_on_its_own(exported, access_log):
    code, said = verify(exported)
    assert (code, said.splitlines()[0].endswith("INTACT")) == (INTACT, True)
    assert "20 rows in 5 batches" in said
    assert verify(exported, "--sink", access_log.folder)[0] == INTACT


def test_verifier_imports_nothing_of_the_product_and_no_django():
    imported = [
        line.split()[1].split(".")[0]
        for module in VERIFIER.glob("*.py")
        for line in module.read_text().splitlines()
        if line[:5] in ("impor", "from ") and not line.startswith("from .")
    ]
    assert set(imported) <= {*sys.stdlib_module_names, "cryptography"}


def change(place: Path, edit: Callable[[list[str]], list[str]]) -> None:
    # Lines end with a line feed alone: text in them may hold what str.splitlines would part at.
    lines_there = [f"{line}\n" for line in place.read_text(encoding="utf-8").split("\n")[:-1]]
    place.write_text("".join(edit(lines_there)), encoding="utf-8")


def replaced(place: int, old: str, new: str) -> Callable[[list[str]], list[str]]:
    return lambda rows: [*rows[:place], rows[place].replace(old, new), *rows[place + 1 :]]


CHANGES: dict[str, tuple[str, Callable[[list[str]], list[str]], int]] = {
    "edited": ("rows", replaced(9, "SE2321000016-P001", "SE2321000016-P009"), 3),
    "deleted": ("rows", lambda rows: rows[:5] + rows[6:], 2),
    "doubled": ("rows", lambda rows: rows[:13] + rows[12:], 4),
    "reordered": ("rows", lambda rows: [rows[1], rows[0], *rows[2:]], 1),
    "cut off": ("rows", lambda rows: rows[:15], 4),
    "checkpoint gone": ("checkpoints", lambda rows: rows[:2] + rows[3:], 3),
    "checkpoint edited": ("checkpoints", replaced(1, '\\"rows\\":4', '\\"rows\\": 4'), 2),
    "checkpoint unreadable": ("checkpoints", lambda rows: [*rows[:1], "{}\n", *rows[2:]], 2),
    "checkpoints reordered": ("checkpoints", lambda rows: [rows[0], rows[2], rows[1], *rows[3:]], 2),
    "first gone": ("checkpoints", lambda rows: rows[1:], 1),
}


FILES = {"rows": "rows.tsv", "checkpoints": "checkpoints.ndjson"}


@pytest.mark.parametrize("name", CHANGES)
def test_changed_export_is_found_out(exported, name):
    file, edit, batch = CHANGES[name]
    change(exported / FILES[file], edit)
    code, said = verify(exported)
    assert code == TAMPERED, said
    assert f"the first bad batch is {batch}" in said


def test_checkpoint_made_anew_with_the_right_key_no_longer_leads_to_the_next(exported):
    """Whoever has the key can seal another truth, but then has to seal everything after it anew."""
    right = Ed25519PrivateKey.from_private_bytes(settings.KEYS.seal or b"")

    def seal_anew(sealed: list[str]) -> list[str]:
        said = json.loads(json.loads(sealed[1])["body"])
        body = json.dumps({**said, "at": said["at"][:-1] + "9"}, sort_keys=True)
        line = json.dumps({"body": body, "signature": right.sign(body.encode()).hex()})
        return [sealed[0], f"{line}\n", *sealed[2:]]

    change(exported / "checkpoints.ndjson", seal_anew)
    code, said = verify(exported)
    assert (code, "batch 3: it does not follow" in said) == (TAMPERED, True)


def test_tail_that_is_cut_off_shows_against_the_second_place_alone(exported, access_log):
    change(exported / "rows.tsv", lambda rows: rows[:16])
    change(exported / "checkpoints.ndjson", lambda rows: rows[:4])
    assert verify(exported)[0] == INTACT
    code, said = verify(exported, "--sink", access_log.folder)
    assert (code, "the first bad batch is 5" in said) == (TAMPERED, True)


def test_what_was_sealed_after_the_export_is_not_missed(exported, access_log):
    access_log.seal()
    assert verify(exported, "--sink", access_log.folder)[0] == INTACT


def test_files_that_are_not_there_or_not_readable_are_incomplete(exported):
    change(exported / "rows.tsv", lambda rows: [*rows[:4], "not a row\n"])
    assert verify(exported)[0] == INCOMPLETE
    (exported / "rows.tsv").unlink()
    code, said = verify(exported)
    assert (code, said.splitlines()[0]) == (INCOMPLETE, "INCOMPLETE")


def test_a_key_that_is_not_the_logs_trusts_nothing(exported):
    (key,) = settings.KEYS.seal_public
    (exported / f"seal-{key}.pub").write_text("A" * 43 + "=")
    code, said = verify(exported)
    assert (code, "the first bad batch is 1" in said) == (TAMPERED, True)


def test_part_of_the_log_holds_whole_batches(access_log, tmp_path):
    for count in (3, 4, 5):
        write_rows(count)
        access_log.seal()
    middle = all_checkpoints()[1].said["at"]
    since = datetime.fromisoformat(middle).replace(tzinfo=UTC)
    told = export(tmp_path / "part", since, since + timedelta(microseconds=1))
    assert (told["rows"], told["checkpoints"], told["is_part"]) == (4, 1, True)
    assert verify(tmp_path / "part")[0] == INTACT
    assert verify(tmp_path / "part", "--sink", access_log.folder)[0] == INTACT
    change(tmp_path / "part" / "rows.tsv", lambda rows: rows[:-1])
    assert verify(tmp_path / "part")[0] == TAMPERED


def test_part_leaves_out_rows_that_another_batch_holds(access_log, tmp_path):
    """Batches overlap where a transaction ended late: only the rows of the batches that were asked for."""
    runs = Runs()
    for ranges in ("1-5 8 11-12", "6 9-10", "13-20"):
        body = {"format": 2, "number": 1, "top": 1, "ranges": ranges, "rows": 0}
        runs.add(Checkpoint.read(json.dumps({"body": json.dumps(body), "signature": ""})))
    assert runs.span() == ("seq BETWEEN %s AND %s", [1, 20])
    assert [number for number in range(1, 23) if runs.hold(number)] == [*range(1, 7), *range(8, 21)]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's batches do not overlap")
def test_part_is_rid_of_a_row_between_that_was_sealed_later(access_log, tmp_path):
    write_rows(1)
    columns = ", ".join(lines.COLUMNS[3:])
    copy = f"INSERT INTO consent_accessevent ({columns}) SELECT {columns} FROM consent_accessevent LIMIT 1"
    place = databases.url_of(access_log.database)
    with closing(psycopg.connect(place)) as early, closing(psycopg.connect(place)) as late:
        early.execute("SELECT pg_current_xact_id()")
        late.execute(copy)
        early.execute(copy)
        early.commit()
        tasks.seal_access_log()
        late.commit()
    write_rows(1)
    access_log.seal()
    first, second = all_checkpoints()
    assert (first.said["ranges"], second.said["ranges"]) == ("1 3", "2 4")
    assert access_log.verify().code == INTACT
    since = datetime.fromisoformat(second.said["at"]).replace(tzinfo=UTC)
    assert export(tmp_path / "later", since)["rows"] == 2
    assert export(tmp_path / "earlier", None, since)["rows"] == 2
    assert [verify(tmp_path / name)[0] for name in ("earlier", "later")] == [INTACT, INTACT]


def test_export_is_logged_before_it_is_made(access_log, tmp_path):
    write_rows(3)
    access_log.seal()
    out = StringIO()
    call_command("export_access_log", tmp_path / "export", by="SE2321000016-GR01", stdout=out)
    row = AccessEvent.objects.order_by("-seq")[0]
    assert (row.event, row.user_hsa_id, row.detail) == (
        "log_exported",
        "SE2321000016-GR01",
        {"since": "", "until": ""},
    )
    assert "4 rows and 1 checkpoints" in out.getvalue()
    with pytest.raises(CommandError, match="exists"):
        call_command("export_access_log", tmp_path / "export", stdout=out)


def test_export_says_what_its_columns_are_and_names_no_patient(exported):
    manifest = json.loads((exported / "manifest.json").read_text())
    rows = [
        json.loads(in_first_format(line))
        for line in (exported / "rows.tsv").read_bytes().splitlines(keepends=True)
    ]
    assert (manifest["rows"], manifest["checkpoints"], manifest["format"]) == (22, 5, 2)
    named = [dict(zip(manifest["columns"], row, strict=True)) for row in rows]
    assert {row["user_hsa_id"] for row in named} == {"SE2321000016-P001"}
    assert any(row["patient_sealed"] for row in named)
    assert GUNHILD.number not in (exported / "rows.tsv").read_text(encoding="utf-8")
    for key in settings.KEYS.seal_public:
        assert (exported / f"seal-{key}.pub").exists()


# The command. --------------------------------------------------------------------------------------


def command(*words: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_access_log", *words, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_command_exits_as_it_found_the_log(access_log, tmp_path, settings):
    write_rows(3)
    access_log.seal()
    assert command() == (INTACT, "INTACT\n3 rows in 1 batches\n")
    assert command("--sink", str(tmp_path / "nowhere"))[0] == INCOMPLETE
    disarm()
    run("UPDATE consent_accessevent SET ip = '192.0.2.9' WHERE seq = 2")
    code, said = command()
    assert (code, said.splitlines()[0]) == (TAMPERED, "TAMPERED: the first bad batch is 1")
    keys = settings.KEYS
    settings.KEYS = type(keys)(keys.field, "1", keys.lookup, keys.handle, keys.log_master)
    assert command()[0] == INCOMPLETE
    key = tmp_path / "other.pub"
    key.write_text("A" * 43 + "=")
    assert command("--public-key", str(key))[0] == TAMPERED
    assert key_id(bytes(32)) not in said


def test_checking_needs_no_writing(access_log):
    """On PostgreSQL it is a read-only transaction of one moment; on SQLite nobody is kept from writing."""
    write_rows(3)
    access_log.seal()
    before = AccessEvent.objects.count()
    assert access_log.verify().code == INTACT
    assert AccessEvent.objects.count() == before
    if connection.vendor == "postgresql":
        with transaction.atomic():
            write_rows(1)
        assert access_log.verify().code == INTACT
