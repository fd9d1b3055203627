"""On PostgreSQL the portal's own role adds to the log and reads it, and can do nothing else to it."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from consent import tasks
from consent.accesslog.model import AccessEvent, LogCheckpoint
from consent.accesslog.protection import weaknesses
from consent.accesslog.table import ensure_partitions
from tests.accesslog import databases
from tests.accesslog.conftest import Log, new_log
from tests.accesslog.writing import write_rows

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no roles")
LOG = "consent_accessevent"
NOW = datetime.now(UTC)
REFUSED = ("permission denied", "must be owner", "must be superuser")
PARTITION = f"{LOG}_{NOW:%Y_%m}"
LATER = f"{LOG}_2050_02"
EVERY_COLUMN = "SELECT column_name FROM information_schema.columns WHERE table_name = 'consent_accessevent'"


@pytest.fixture(scope="module")
def roles() -> Iterator[tuple[str, str]]:
    """Names of an owner and of the portal's role; gone from the server when the test's database is."""
    suffix = uuid.uuid4().hex[:8]
    names = (f"log_owner_{suffix}", f"portal_{suffix}")
    yield names
    drop(*names)


@pytest.fixture(scope="module")
def secured(roles, migrated, django_db_blocker, tmp_path_factory) -> Iterator[Log]:
    """Two sealed rows, in a log that has its owner."""
    with new_log(migrated, django_db_blocker, tmp_path_factory.mktemp("secured")) as log:
        write_rows(2)
        log.seal()
        secure(*roles)
        ensure_partitions(connection, date(2050, 2, 1))
        yield log


def drop(*roles: str) -> None:
    with closing(databases.administrator()) as admin:
        for name in roles:
            admin.execute(f"DROP ROLE IF EXISTS {name}")


def secure(owner: str, runtime: str, **more: Any) -> str:
    out = StringIO()
    call_command("secure_access_log", owner=owner, runtime=runtime, stdout=out, **more)
    return out.getvalue()


@pytest.fixture
def portal(secured: Log, roles) -> Iterator["psycopg.Connection[Any]"]:
    with closing(psycopg.connect(databases.url_of(secured.database, user=roles[1]), autocommit=True)) as own:
        yield own


def attacks(owner: str) -> dict[str, str]:
    """At least the ten that were measured, on the whole, on a partition, and around both."""
    found = {
        "number of a new row": f"INSERT INTO {LOG} (seq) VALUES (1)",
        "time of a new row": f"INSERT INTO {LOG} (at) VALUES ('2026-01-01')",
        "transaction of a new row": f"INSERT INTO {LOG} (xact) VALUES (1)",
        "a row straight into the partition": f"INSERT INTO {PARTITION} SELECT * FROM {LOG}",
        "copy into the partition": f"COPY {PARTITION} FROM STDIN",
        "conflict that updates": f"INSERT INTO {LOG} (event) VALUES ('x')"
        " ON CONFLICT (seq, at) DO UPDATE SET ip = ''",
        "merge": f"MERGE INTO {LOG} l USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
        "sequence": f"SELECT setval('{LOG}_seq', 1)",
        "restart": f"ALTER SEQUENCE {LOG}_seq RESTART",
        "another function": f"CREATE OR REPLACE FUNCTION {LOG}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NULL; END $$",
        "another schema's function": "CREATE SCHEMA mine",
        "replica": "SET session_replication_role = replica",
        "become owner": f"SET ROLE {owner}",
        "detach": f"ALTER TABLE {LOG} DETACH PARTITION {PARTITION}",
        "rule": f"CREATE RULE r AS ON INSERT TO {LOG} DO INSTEAD NOTHING",
        "no trigger": f"DROP TRIGGER refuse_change ON {PARTITION}",
        "policy": f"ALTER TABLE {LOG} ENABLE ROW LEVEL SECURITY",
        "keys": "DELETE FROM consent_logkey",
        "other keys": "UPDATE consent_logkey SET data_key = ''",
        "record of migrations": "DELETE FROM django_migrations",
        "trigger of its own": f"CREATE TRIGGER t BEFORE INSERT ON {LOG} EXECUTE FUNCTION {LOG}_refuse()",
    }
    for table in (LOG, PARTITION, LATER, "consent_logcheckpoint"):
        found |= {
            f"update {table}": f"UPDATE {table} SET at = at",
            f"delete {table}": f"DELETE FROM {table}",
            f"truncate {table}": f"TRUNCATE {table}",
            f"triggers off {table}": f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"other triggers {table}": f"ALTER TABLE {table} ENABLE TRIGGER ALL",
            f"drop {table}": f"DROP TABLE {table}",
            f"column {table}": f"ALTER TABLE {table} ALTER COLUMN at DROP DEFAULT",
            f"rename {table}": f"ALTER TABLE {table} RENAME TO gone",
            f"lock {table}": f"DO $$ BEGIN LOCK TABLE {table} IN SHARE MODE; END $$",
            f"own {table}": f"ALTER TABLE {table} OWNER TO CURRENT_USER",
        }
    return found


def state() -> tuple[Any, ...]:
    return (list(AccessEvent.objects.order_by("seq").values()), list(LogCheckpoint.objects.values()))


def test_every_attack_by_the_portals_role_is_refused(portal, roles):
    before = state()
    tried = attacks(roles[0])
    assert len(tried) > 50
    answers = {name: trial(portal, attack) for name, attack in tried.items()}
    assert {name: said for name, said in answers.items() if not said.startswith(REFUSED)} == {}
    portal.execute(f"GRANT ALL ON {LOG} TO CURRENT_USER")  # which does nothing, and says so
    assert trial(portal, f"DELETE FROM {LOG}").startswith(REFUSED)
    assert state() == before


def test_each_attack_is_one_that_a_superuser_could_make(secured, roles):
    """Or the test above would be content with a misspelt one. Unfinished rows are left out."""
    whole = {name: attack for name, attack in attacks(roles[0]).items() if not attack.startswith("INSERT")}
    # A sequence that was set stays so.
    for name in ("copy into the partition", "merge", "sequence"):
        del whole[name]
    with closing(psycopg.connect(databases.url_of(secured.database))) as admin:
        for name, attack in whole.items():
            words = trial(admin, attack)
            assert words == "" or "append-only" in words, name


def trial(someone: "psycopg.Connection[Any]", attack: str) -> str:
    """What the database says; it is taken back."""
    try:
        someone.execute(attack)
    except psycopg.Error as refused:
        return str(refused)
    finally:
        someone.rollback()
    return ""


def test_the_portal_works_with_its_own_role(secured, roles):
    kept = dict(connections["default"].settings_dict)
    connection.close()
    connections["default"].settings_dict["USER"] = roles[1]
    try:
        write_rows(3)
        assert tasks.seal_access_log() == 3
        assert tasks.mark_interrupted() >= 0
        assert ensure_partitions(connection, date(2061, 1, 1))[0] == f"{LOG}_2061_01"
        assert weaknesses() == []
        assert secured.verify().code == 0
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            assert cursor.fetchone() == ("5s",)
    finally:
        connection.close()
        connections["default"].settings_dict.update(kept)


def test_everything_of_the_log_belongs_to_the_owner(secured, roles):
    with closing(databases.administrator(secured.database)) as admin:
        owners = admin.execute(
            "SELECT DISTINCT tableowner FROM pg_tables"
            " WHERE tablename ~ '^consent_(accessevent|logcheckpoint|logkey)'"
            " UNION SELECT proowner::regrole::text FROM pg_proc WHERE proname ~ '^consent_'"
        ).fetchall()
        signs_in = admin.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [roles[0]]).fetchone()
    assert (owners, signs_in) == ([(roles[0],)], (False,))


def test_partitions_made_later_belong_to_the_owner_and_refuse_too(portal, roles, secured):
    later = f"{LOG}_2070_02"
    portal.execute(f"SELECT {LOG}_extend('2070-02-11')")
    owners = portal.execute("SELECT tableowner FROM pg_tables WHERE tablename = %s", [later]).fetchall()
    assert owners == [(roles[0],)]
    with closing(databases.administrator(secured.database)) as admin:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            admin.execute(f"TRUNCATE {later}")
        firing = "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass ORDER BY 1"
        assert admin.execute(firing, [later]).fetchall() == [("refuse_change", "A"), ("refuse_truncate", "A")]


def test_securing_again_changes_nothing_and_showing_runs_nothing(secured, roles):
    grants = (
        "SELECT relname, relacl::text, relowner::text FROM pg_class WHERE relname LIKE 'consent%' ORDER BY 1"
    )
    secure(*roles)
    with connection.cursor() as cursor:
        cursor.execute(grants)
        before = cursor.fetchall()
        secure(*roles)
        shown = secure("some_owner", "some_portal", print=True)
        cursor.execute(grants)
        assert cursor.fetchall() == before
        assert 'CREATE ROLE "some_owner" NOLOGIN;' in shown
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'some_%%'")
        assert cursor.fetchone() == (0,)


def test_roles_that_could_go_past_the_grants_are_refused(secured):
    owner, runtime = (f"{name}_{uuid.uuid4().hex[:8]}" for name in ("owner", "portal"))
    with pytest.raises(CommandError, match="two"):
        secure(owner, owner)
    with pytest.raises(CommandError, match="third role"):
        secure(owner, connections["default"].settings_dict["USER"])
    with closing(databases.administrator()) as admin:
        admin.execute(f"CREATE ROLE {runtime} LOGIN SUPERUSER")
        with pytest.raises(CommandError, match="superuser"):
            secure(owner, runtime)
        admin.execute(f"ALTER ROLE {runtime} NOSUPERUSER")
        admin.execute(f"CREATE ROLE {owner}")
        admin.execute(f"GRANT {owner} TO {runtime}")
        with pytest.raises(CommandError, match="member"):
            secure(owner, runtime)
    drop(runtime, owner)


def test_weaknesses_are_named(secured, roles):
    assert weaknesses() == [f"the role {connections['default'].settings_dict['USER']} is a superuser"]
    kept = dict(connections["default"].settings_dict)
    with closing(databases.administrator(secured.database)) as admin:
        admin.execute(f"GRANT UPDATE ON {LATER} TO {roles[1]}")
        admin.execute(f"GRANT INSERT ON {LOG} TO {roles[1]}")
        admin.execute(f"ALTER TABLE {LATER} DISABLE TRIGGER refuse_truncate")
    connection.close()
    connections["default"].settings_dict["USER"] = roles[1]
    try:
        assert weaknesses() == [
            f"the portal's role has UPDATE on {LATER}",
            "the portal's role may choose the number, time and transaction of a row",
            f"a trigger of {LATER} is missing or off",
        ]
    finally:
        connection.close()
        connections["default"].settings_dict.update(kept)
        secure(*roles)
