"""The log's table as the database holds it: partitions, defaults, and triggers that refuse change.

PostgreSQL: range partitions by month of ``at``, sequence for ``seq``, triggers ENABLE ALWAYS on every
partition; JSON is kept as text (``json``, canonical as ``write`` makes it), since taking ``jsonb`` apart is
what reading millions of rows would cost most. SQLite (one machine, development): one table with the same
refusals; INSERT OR REPLACE would slip past a delete trigger, so an insert that names a present row is refused
too. What sealing needs of the database is in ``sealed_table``.
"""

from datetime import UTC, date, datetime

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "consent_accessevent"
MONTHS_AHEAD = 24

_COLUMNS = """
    event_id {uuid} NOT NULL, view_id {uuid}, event varchar(24) NOT NULL, action varchar(16) NOT NULL,
    activity varchar(16) NOT NULL, user_hsa_id varchar(32) NOT NULL, assignment_id varchar(64) NOT NULL,
    unit_id varchar(32) NOT NULL, unit_name varchar(120) NOT NULL, provider_id varchar(32) NOT NULL,
    actor_kind varchar(16) NOT NULL, purpose varchar(16) NOT NULL,
    patient_sealed {bytes}, patient_key {bytes}, key_period varchar(7) NOT NULL,
    kinds {json} NOT NULL, origins {json} NOT NULL, outcomes {json} NOT NULL, bases {json} NOT NULL,
    detail {json} NOT NULL, reason varchar(300) NOT NULL,
    session_id varchar(64) NOT NULL, request_id varchar(64) NOT NULL, ip varchar(45) NOT NULL
"""

_POSTGRESQL = f"""
CREATE SEQUENCE {TABLE}_seq AS bigint;
CREATE TABLE {TABLE} (
    seq bigint NOT NULL DEFAULT nextval('{TABLE}_seq'),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    {_COLUMNS.format(uuid="uuid", bytes="bytea", json="json")},
    PRIMARY KEY (seq, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE {TABLE}_seq OWNED BY {TABLE}.seq;
CREATE INDEX {TABLE}_patient ON {TABLE} (patient_key, at);
CREATE INDEX {TABLE}_user ON {TABLE} (user_hsa_id, at);
CREATE INDEX {TABLE}_view ON {TABLE} (view_id);
CREATE INDEX {TABLE}_at ON {TABLE} USING brin (at);
CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'insufficient_privilege'; END $$;
"""

_SQLITE = f"""
CREATE TABLE {TABLE} (
    seq integer PRIMARY KEY AUTOINCREMENT,
    at datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    {_COLUMNS.format(uuid="char(32)", bytes="BLOB", json="text")}
);
CREATE INDEX {TABLE}_patient ON {TABLE} (patient_key, at);
CREATE INDEX {TABLE}_user ON {TABLE} (user_hsa_id, at);
CREATE INDEX {TABLE}_view ON {TABLE} (view_id);
CREATE INDEX {TABLE}_at ON {TABLE} (at);
"""

_SQLITE_TRIGGERS = tuple(
    f"""CREATE TRIGGER {TABLE}_{name} BEFORE {when} ON {TABLE} {condition}
    BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END"""
    for name, when, condition in (
        ("no_update", "UPDATE", ""),
        ("no_delete", "DELETE", ""),
        ("no_replace", "INSERT", f"WHEN NEW.seq IN (SELECT seq FROM {TABLE})"),  # noqa: S608 (our own name)
    )
)


def create_table(connection: BaseDatabaseWrapper, today: date | None = None) -> None:
    """Create table, indexes, refusals and, on PostgreSQL, the partitions of this month and the next 24."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL)
            allow_partitions(connection)
            ensure_partitions(connection, today)
            return
        for statement in filter(str.strip, _SQLITE.split(";")):
            cursor.execute(statement)
        for trigger in _SQLITE_TRIGGERS:
            cursor.execute(trigger)


def drop_table(connection: BaseDatabaseWrapper) -> None:
    """For reversing the migration on an empty installation."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TABLE {TABLE} CASCADE")
            cursor.execute(f"DROP FUNCTION {TABLE}_refuse(), {TABLE}_extend(date)")
        else:
            cursor.execute(f"DROP TABLE {TABLE}")


def ensure_partitions(connection: BaseDatabaseWrapper, today: date | None = None) -> list[str]:
    """Make the missing monthly partitions from this month on; returns the names made. PostgreSQL only."""
    if connection.vendor != "postgresql":
        return []
    first = (today or datetime.now(UTC).date()).replace(day=1)
    made = []
    with connection.cursor() as cursor:
        for _ in range(MONTHS_AHEAD + 1):
            following = (first.replace(day=28) + _FIVE_DAYS).replace(day=1)
            name = partition_of(first)
            cursor.execute("SELECT to_regclass(%s)", [name])
            if cursor.fetchone() == (None,):
                cursor.execute(f"SELECT {TABLE}_extend(%s)", [first])
                made.append(name)
            first = following
    return made


def extent_of(connection: BaseDatabaseWrapper, partition: str) -> tuple[int, int]:
    """How many rows a partition has, and the lowest of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), coalesce(min(seq), 0) FROM {partition}")  # noqa: S608 (our own name)
        rows, lowest = cursor.fetchone()
        return rows, lowest


def take_out(connection: BaseDatabaseWrapper, partition: str, patience: str) -> None:
    """Drop a partition, in the caller's transaction; ``patience``: how long others are waited for."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{patience}'")
        cursor.execute(f"ALTER TABLE {TABLE} DETACH PARTITION {partition}")
        cursor.execute(f"DROP TABLE {partition}")


def keep_json_as_text(connection: BaseDatabaseWrapper) -> None:
    """Tables that were made with ``jsonb``: every row is written anew, what its columns say as text stays."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND atttypid = 'jsonb'::regtype",
            [TABLE],
        )
        changes = [f"ALTER COLUMN {name} TYPE json USING {name}::text::json" for (name,) in cursor.fetchall()]
        if changes:
            cursor.execute(f"ALTER TABLE {TABLE} {', '.join(changes)}")


def partition_of(first: date) -> str:
    """The name of the partition of a month, by its first day."""
    return f"{TABLE}_{first:%Y_%m}"


def partitions(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of those that there are; none on SQLite."""
    if connection.vendor != "postgresql":
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = %s::regclass",
            [TABLE],
        )
        return {name for (name,) in cursor.fetchall()}


def allow_partitions(connection: BaseDatabaseWrapper) -> None:
    """The function that makes one month's partition, with its refusals, as whoever owns the log: the portal's
    own role owns nothing and needs no more than to call it. The days of a partition are UTC days."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        cursor.execute(f"""
        CREATE OR REPLACE FUNCTION {TABLE}_extend(month date) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE
            first timestamp := date_trunc('month', month::timestamp);
            part text := '{schema}.{TABLE}_' || to_char(first, 'YYYY_MM');
        BEGIN
            EXECUTE format(
                'CREATE TABLE %s PARTITION OF {schema}.{TABLE} FOR VALUES FROM (%L) TO (%L)',
                part, to_char(first, 'YYYY-MM-DD 00:00+00'),
                to_char(first + interval '1 month', 'YYYY-MM-DD 00:00+00'));
            EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s
                FOR EACH ROW EXECUTE FUNCTION {schema}.{TABLE}_refuse()', part);
            EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s
                FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{TABLE}_refuse()', part);
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER refuse_change', part);
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER refuse_truncate', part);
        END $$;
        REVOKE ALL ON FUNCTION {TABLE}_extend(date) FROM PUBLIC;
        """)  # noqa: S608 (our own names)


_FIVE_DAYS = date(2000, 1, 6) - date(2000, 1, 1)
