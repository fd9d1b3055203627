"""What the tables refuse whoever works on them as intended: checkpoints, and rows between other rows."""

import pytest
from django.db import DatabaseError, connection, transaction

from consent.accesslog import lines
from consent.accesslog.model import AccessEvent, LogCheckpoint
from tests.accesslog.tampering import run
from tests.accesslog.writing import write_rows

pytestmark = [pytest.mark.sqlite]
ROW = ", ".join(lines.COLUMNS[3:])
CHECKPOINT = "number, at, body, signature"


@pytest.fixture
def sealed(access_log):
    """Three rows and their checkpoint, and numbers that were never used."""
    write_rows(2)
    skipped = "nextval('consent_accessevent_seq')" if connection.vendor == "postgresql" else "1"
    run(f"SELECT {skipped}")
    if connection.vendor == "sqlite":
        run("UPDATE sqlite_sequence SET seq = seq + 2 WHERE name = 'consent_accessevent'")
    write_rows(1)
    access_log.seal()
    return access_log


def refuses(statement: str, *values: object) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(statement, *values)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE consent_logcheckpoint SET body = ''",
        "UPDATE consent_logcheckpoint SET number = number + 1",
        "DELETE FROM consent_logcheckpoint",
        "DELETE FROM consent_logcheckpoint WHERE number = 1",
    ],
)
def test_checkpoints_are_neither_changed_nor_removed(sealed, attack):
    refuses(attack)
    assert LogCheckpoint.objects.count() == 1


def test_checkpoints_are_not_emptied_or_replaced(sealed):
    if connection.vendor == "postgresql":
        refuses("TRUNCATE consent_logcheckpoint")
        refuses(
            f"INSERT INTO consent_logcheckpoint SELECT {CHECKPOINT} FROM consent_logcheckpoint"
            " ON CONFLICT (number) DO UPDATE SET body = ''"
        )
        return
    for verb in ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"):
        refuses(f"{verb} INTO consent_logcheckpoint SELECT {CHECKPOINT} FROM consent_logcheckpoint")
    earlier = CHECKPOINT.replace("number", "number - 1")
    refuses(f"INSERT INTO consent_logcheckpoint SELECT {earlier} FROM consent_logcheckpoint")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on PostgreSQL privileges refuse it")
@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"])
def test_row_is_not_put_where_a_number_was_never_used(sealed, verb):
    used = set(AccessEvent.objects.values_list("seq", flat=True))
    (gap,) = sorted(set(range(1, max(used))) - used)[:1]
    refuses(
        f"{verb} INTO consent_accessevent (seq, {ROW}) SELECT %s, {ROW} FROM consent_accessevent LIMIT 1", gap
    )
    assert set(AccessEvent.objects.values_list("seq", flat=True)) == used


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on PostgreSQL there is no such command")
def test_conflict_does_not_update(sealed):
    refuses(
        f"INSERT INTO consent_accessevent (seq, {ROW}) SELECT seq, {ROW} FROM consent_accessevent WHERE true"
        " ON CONFLICT (seq) DO UPDATE SET ip = ''"
    )
    refuses("UPDATE OR REPLACE consent_accessevent SET seq = seq + 1")


def test_django_neither_saves_nor_deletes_checkpoints(sealed):
    with pytest.raises(TypeError):
        LogCheckpoint.objects.get().save()
    with pytest.raises(TypeError):
        LogCheckpoint.objects.get().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LogCheckpoint.objects.all().delete()
    assert str(LogCheckpoint.objects.get()) == "1"
