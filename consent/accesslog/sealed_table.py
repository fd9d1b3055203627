"""What sealing needs of the database: each row's transaction, and the table of checkpoints.

PostgreSQL: ``xact`` is the 64-bit number of the transaction that wrote the row, set by the database; by it
the sealer knows what can no longer change. SQLite has one writer at a time: a row's own number serves there.
Checkpoints are refused change and removal like the log itself.
"""

from django.db import connection as default
from django.db.backends.base.base import BaseDatabaseWrapper

from consent.accesslog.table import TABLE, allow_partitions

CHECKPOINTS = "consent_logcheckpoint"

_POSTGRESQL = f"""
ALTER TABLE {TABLE} ADD COLUMN xact bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);
CREATE INDEX {TABLE}_xact ON {TABLE} (xact);
CREATE TABLE {CHECKPOINTS} (
    number bigint PRIMARY KEY, at timestamptz NOT NULL, body text NOT NULL, signature bytea NOT NULL
);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {CHECKPOINTS}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {CHECKPOINTS}
    FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse();
ALTER TABLE {CHECKPOINTS} ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE {CHECKPOINTS} ENABLE ALWAYS TRIGGER refuse_truncate;
"""

_SQLITE = f"""
ALTER TABLE {TABLE} ADD COLUMN xact integer GENERATED ALWAYS AS (seq) VIRTUAL;
CREATE TABLE {CHECKPOINTS} (
    number integer PRIMARY KEY, at datetime NOT NULL, body text NOT NULL, signature BLOB NOT NULL
);
"""

_SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER {table}_{name} {when} ON {table} {condition}"
    " BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END"
    for table, name, when, condition in (
        # A row put in between others; what comes last is let in, however it got its number.
        (TABLE, "no_gap_filled", "AFTER INSERT", f"WHEN NEW.seq < (SELECT max(seq) FROM {TABLE})"),  # noqa: S608
        (CHECKPOINTS, "no_update", "BEFORE UPDATE", ""),
        (CHECKPOINTS, "no_delete", "BEFORE DELETE", ""),
        (
            CHECKPOINTS,
            "no_replace",
            "BEFORE INSERT",
            f"WHEN NEW.number <= (SELECT max(number) FROM {CHECKPOINTS})",  # noqa: S608
        ),
    )
)


def allow_sealing(connection: BaseDatabaseWrapper) -> None:
    """Add all of it. What was logged before counts as written now, by this transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            allow_partitions(connection)
            cursor.execute(_POSTGRESQL)
            return
        for statement in (*filter(str.strip, _SQLITE.split(";")), *_SQLITE_TRIGGERS):
            cursor.execute(statement)


def forbid_sealing(connection: BaseDatabaseWrapper) -> None:
    """For reversing the migration on an empty installation."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {CHECKPOINTS}")
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {TABLE}_no_gap_filled")
        cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN xact")


def database_time() -> str:
    """The database's time, UTC, as checkpoints write it."""
    with default.cursor() as cursor:
        cursor.execute(
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
            if default.vendor == "postgresql"
            else "SELECT strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
            [],
        )
        return str(cursor.fetchone()[0])
