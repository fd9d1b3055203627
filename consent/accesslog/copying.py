"""Rows copied out of PostgreSQL as it writes them down itself: the quickest way there is, and what it hands
over is hashed as it comes. By psycopg alone: processes that have no Django verify too."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from psycopg import errors, pq

# So many numbers are asked for at a time, and their rows are in memory.
AT_ONCE = 10_000
# How values are written down, whatever the server or the role prefers. Until the transaction ends.
PINNED = (
    "SELECT set_config('DateStyle', 'ISO, MDY', true), set_config('TimeZone', 'UTC', true),"
    " set_config('bytea_output', 'hex', true)"
)


def copy_out(cursor: Any, query: str, values: Sequence[Any] = ()) -> Iterator[bytes]:
    """One line a row, its line feed included. In a transaction; nothing else can be asked meanwhile."""
    cursor.execute(PINNED)
    fetch = cursor.connection.pgconn.get_copy_data
    with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT text, ENCODING 'UTF8')", values or None) as copy:
        # Waited for as psycopg waits; what has come with it by then is taken without its ceremony.
        while line := copy.read():
            yield bytes(line)
            size, more = fetch(1)
            while size > 0:
                yield bytes(more)
                size, more = fetch(1)
            if size < 0:
                _end(cursor.connection.pgconn)
                return


def copy_between(
    cursor: Any, table: str, columns: str, after: int | None, until: int | None
) -> Iterator[bytes]:
    """Rows above one number up to another, in their order; None: to the end. The connection is free in
    between: some are in memory, all with a number that was asked for, however many have it."""
    above = "true" if after is None else f"seq > {after:d}"
    below = "true" if until is None else f"seq <= {until:d}"
    first, last = cursor.execute(
        f"SELECT min(seq), max(seq) FROM {table} WHERE {above} AND {below}"  # noqa: S608 (numbers, our names)
    ).fetchone()
    while first is not None:
        end = min(first + AT_ONCE - 1, last)
        where = f"seq BETWEEN {first:d} AND {end:d} ORDER BY seq"
        query = f"SELECT {columns} FROM {table} WHERE {where}"  # noqa: S608 (numbers, our names)
        yield from list(copy_out(cursor, query))
        rest = f"SELECT min(seq) FROM {table} WHERE seq > {end:d} AND {below}"  # noqa: S608 (numbers, our names)
        (first,) = cursor.execute(rest).fetchone()


def _end(connection: "pq.abc.PGconn") -> None:
    """The copy has handed over its last row; whether it ended well is what its result says."""
    failure: psycopg.Error | None = None
    while result := connection.get_result():
        if result.status != pq.ExecStatus.COMMAND_OK:
            failure = failure or errors.error_from_result(result)
    if failure:
        raise failure
