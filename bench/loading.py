"""Millions of rows in one month of the access log, as a month of work would have left them, in minutes.

The product itself wrote the rows that all others take their shape from. A patient's, user's or view's rows
are few and far apart, as in life; every index and trigger is the product's own and in place afterwards.
"""

import base64
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

TABLE = "consent_accessevent"
LOADERS = 2
CHUNK = 25_000
ROWS_PER_VIEW = 4
USERS = 4_000
# Leaves of a tree that grew by inserts in random order are about so full; one built at once would be fuller.
GROWN_FILL = 70

Sealed = Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Month:
    """``sealed``: event id, sealed number and hash (base64) of rows that are one patient's. ``lasts``: how
    long before its end the rows begin; the whole month where nothing is said."""

    period: str
    rows: int
    sealed: Sealed = ()
    lasts: timedelta | None = None

    @property
    def partition(self) -> str:
        return f"{TABLE}_{self.period.replace('-', '_')}"

    @property
    def until(self) -> datetime:
        """Its end, or now where it is the present month."""
        following = (self._first + timedelta(days=32)).replace(day=1)
        return min(following - timedelta(seconds=1), datetime.now(UTC))

    @property
    def first(self) -> datetime:
        """When its rows begin."""
        return self._first if self.lasts is None else max(self._first, self.until - self.lasts)

    @property
    def _first(self) -> datetime:
        return datetime.strptime(f"{self.period}-01+0000", "%Y-%m-%d%z")


# What each row has of its own; all other columns are those of the row it takes its shape from. A few patients
# and users have many rows and many have few: the square of an even spread.
_USER = f"floor({USERS} * r.u ^ 2)::int"
_OWN = {
    "seq": "%(first_seq)s::int8 + rows.g",
    "at": "%(first)s::timestamptz + %(lasts)s::interval * (rows.g / %(rows)s::float8)",
    "event_id": "coalesce(p.event_id, gen_random_uuid())",
    "view_id": "md5(%(period)s::text || v)::uuid",
    "user_hsa_id": f"'SE2321000016-U' || {_USER}",
    "session_id": f"md5('session' || {_USER} || rows.g / 100000)",
    "request_id": "md5('request' || v)",
    "patient_key": "coalesce(p.key, sha256(int8send(floor(%(patients)s::int8 * r.p ^ 2)::int8)))",
    "patient_sealed": (
        "coalesce(p.sealed,"
        " substring(sha256(int8send(rows.g)) || sha256(int8send(-rows.g)) for %(length)s::int))"
    ),
    "key_period": "%(period)s::text",
}
_LOAD = """
INSERT INTO {partition} ({columns}) SELECT {values}
FROM generate_series(%(begin)s::int8, %(end)s::int8) rows(g)
CROSS JOIN LATERAL (SELECT rows.g / {rows_per_view} AS v) view
CROSS JOIN LATERAL (
    SELECT (hashint8extended(v, 1) & 2147483647) / 2147483648.0::float8 AS p,
           (hashint8extended(v, 2) & 2147483647) / 2147483648.0::float8 AS u) r
JOIN bench_shape s ON s.n = rows.g %% {shapes}
LEFT JOIN bench_patient p ON p.period = %(period)s::text AND p.g = rows.g
"""


@dataclass(frozen=True, slots=True)
class _Apart:
    bounds: str
    indexes: Sequence[str]


class Loader:
    """Fills months of one database. ``say`` is told how far it has come."""

    def __init__(self, url: str, say: Callable[[str], None]) -> None:
        self.url = url
        self.say = say
        self._first_seq = 1_000_000
        with self._connect() as database:
            self.shapes = _one(
                database.execute(f"""
                    CREATE UNLOGGED TABLE bench_shape AS
                    SELECT row_number() OVER (ORDER BY seq) - 1 AS n, * FROM {TABLE}
                    WHERE event IN ('intent', 'shown');
                    ALTER TABLE bench_shape ADD PRIMARY KEY (n);
                    CREATE UNLOGGED TABLE bench_patient (
                        period text, g int8, event_id uuid, sealed bytea, key bytea, PRIMARY KEY (period, g));
                    ANALYZE bench_shape, bench_patient;
                    SELECT count(*) FROM bench_shape""")
            )
            self._length = _one(database.execute("SELECT max(length(patient_sealed)) FROM bench_shape"))
            self._columns = [
                str(name)
                for (name,) in database.execute(
                    "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                    " AND (column_default IS NULL OR column_name = ANY(%s)) ORDER BY ordinal_position",
                    [TABLE, list(_OWN)],
                )
            ]

    def fill(self, month: Month) -> None:
        """Rows, then indexes, then statistics."""
        begun = time.monotonic()
        self._place_patient(month)
        apart = self._take_apart(month)
        self._insert(month)
        self.say(f"{month.period}: {month.rows} rows after {time.monotonic() - begun:.0f} s")
        self._in_parallel(apart.indexes)
        with self._connect() as database:
            database.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION {month.partition} {apart.bounds}")
            database.execute(f"SELECT setval('{TABLE}_seq', (SELECT max(seq) FROM {month.partition}) + 1)")
            database.execute(f"VACUUM (ANALYZE) {month.partition}")
        self._first_seq += month.rows + 1
        self.say(f"{month.period}: ready after {time.monotonic() - begun:.0f} s")

    def _take_apart(self, month: Month) -> "_Apart":
        """The partition by itself and without its indexes; what is needed to put it back as it was."""
        name = month.partition
        with self._connect() as database:
            bounds = _one(
                database.execute(
                    "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = %s", [name]
                )
            )
            database.execute(f"ALTER TABLE {TABLE} DETACH PARTITION {name}")
            keys = database.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = %s::regclass AND contype = 'p'",
                [name],
            ).fetchall()
            others = database.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname <> ALL(%s)",
                [name, [key for key, _ in keys]],
            ).fetchall()
            for key, _ in keys:
                database.execute(f"ALTER TABLE {name} DROP CONSTRAINT {key}")
            for index, _ in others:
                database.execute(f"DROP INDEX {index}")
        return _Apart(
            str(bounds),
            [f"ALTER TABLE {name} ADD CONSTRAINT {key} {said}" for key, said in keys]
            + [f"{said} WITH (fillfactor={GROWN_FILL})" for _, said in others if "btree" in str(said)]
            + [str(said) for _, said in others if "btree" not in str(said)],
        )

    def _place_patient(self, month: Month) -> None:
        """The one patient's rows, evenly spread over the month."""
        step = month.rows // max(len(month.sealed), 1)
        with self._connect() as database, database.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO bench_patient VALUES (%s, %s, %s, %s, %s)",
                [
                    (
                        month.period,
                        step * n + step // 2,
                        event_id,
                        base64.b64decode(body),
                        base64.b64decode(key),
                    )
                    for n, (event_id, body, key) in enumerate(month.sealed)
                ],
            )
            cursor.execute("ANALYZE bench_patient")

    def _insert(self, month: Month) -> None:
        names = {"partition": month.partition, "shapes": self.shapes, "rows_per_view": ROWS_PER_VIEW}
        statement = _LOAD.format(
            **names,
            columns=", ".join(self._columns),
            values=", ".join(_OWN.get(name, f"s.{name}") for name in self._columns),
        )
        shared = {
            "first_seq": self._first_seq,
            "first": month.first,
            "lasts": month.until - month.first,
            "rows": month.rows,
            "period": month.period,
            "patients": max(month.rows // (8 * ROWS_PER_VIEW), 50),
            "length": self._length,
        }
        chunks = iter([(low, min(low + CHUNK, month.rows) - 1) for low in range(0, month.rows, CHUNK)])

        def work() -> None:
            with self._connect() as database:
                for begin, end in chunks:
                    database.execute(statement, {**shared, "begin": begin, "end": end})

        with ThreadPoolExecutor(LOADERS) as threads:
            for done in [threads.submit(work) for _ in range(LOADERS)]:
                done.result()

    def _in_parallel(self, statements: Iterable[str]) -> None:
        def run(statement: str) -> None:
            with self._connect() as database:
                database.execute(statement)

        with ThreadPoolExecutor(LOADERS) as threads:
            list(threads.map(run, statements))

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            self.url,
            autocommit=True,
            options="-c synchronous_commit=off -c maintenance_work_mem=512MB -c timezone=UTC",
        )


def _one(cursor: "psycopg.Cursor[tuple[object, ...]]") -> object:
    while cursor.nextset():
        pass
    row = cursor.fetchone()
    assert row is not None
    return row[0]
