"""A dump brought back on another database server, where transactions are counted from the beginning."""

from contextlib import closing

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from consent import consenting, recording
from consent.accesslog.model import AccessEvent
from consent.accesslog.verifying import INCOMPLETE, INTACT
from consent.epochs import current_epoch
from tests.accesslog import databases
from tests.accesslog.clusters import copy_database
from tests.accesslog.tampering import all_checkpoints
from tests.accesslog.test_restore import AGDA, opens
from tests.accesslog.writing import write_rows
from tests.consent.doings import by, make_organisations
from tests.consent.examples import GUNHILD

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is copied as a file")


def transactions(url: str) -> int:
    with closing(psycopg.connect(url, autocommit=True)) as asked:
        ((count,),) = asked.execute("SELECT pg_current_xact_id()::text::bigint").fetchall()
    return int(count)


def get_ahead(url: str, other: str) -> None:
    """Let a server have counted transactions for much longer than another."""
    count = max(transactions(other) - transactions(url), 0) + 5000
    with closing(psycopg.connect(url, autocommit=True)) as busy:
        step = "PERFORM pg_current_xact_id(); COMMIT;"
        busy.execute(f"DO $$ BEGIN FOR n IN 1..{count} LOOP {step} END LOOP; END $$")


def sealed_numbers() -> list[int]:
    return sorted(n for c in all_checkpoints() for first, last in c.ranges for n in range(first, last + 1))


def test_restored_log_is_sealed_on_and_no_row_of_either_server_is_missed(access_log, cluster):
    make_organisations()
    for patient in (GUNHILD, AGDA):
        recording.confirm_relation(by(patient=patient))
        consenting.give_consent(by(patient=patient))
    get_ahead(databases.url_of(access_log.database), cluster.url())
    access_log.seal()
    write_rows(3)  # in the backup, and not sealed in it
    with closing(psycopg.connect(cluster.url(), autocommit=True)) as admin:
        admin.execute("CREATE DATABASE restored")
    copy_database(databases.url_of(access_log.database), cluster.url("restored"), cluster.programs)
    consenting.end_consent(by(), "patienten återkallar")
    access_log.seal()

    with databases.using("restored", **cluster.server):
        assert not opens(AGDA)
        assert current_epoch() == 2
        for count in (2, 3):
            write_rows(count)
            access_log.seal()
        counted = [c.said["horizon"] for c in all_checkpoints()]
        assert counted[0] > counted[-1] > counted[1], "the other server was to count from the beginning"
        assert sealed_numbers() == list(AccessEvent.objects.order_by("seq").values_list("seq", flat=True))
        assert access_log.verify().code == INCOMPLETE
        assert access_log.verify(accepted=[(2, 2)]).code == INTACT
        call_command("replay_revocations", access_log.folder)
        assert (opens(GUNHILD), opens(AGDA)) == (False, True)
        access_log.seal()
        assert access_log.verify(accepted=[(2, 2)]).code == INTACT
