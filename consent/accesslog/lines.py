"""A row of the log as the one line that is hashed and exported: a JSON array of COLUMNS, all of them text.

Times are UTC with microseconds, bytes hexadecimal, JSON columns the text that the database keeps.
PostgreSQL builds the very same line by itself, which is several times faster. Another form or another column
is another ``verifying.FORMAT``.
"""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from django.db import connection

from consent.accesslog.table import TABLE
from consent.accesslog.write import COLUMNS as WRITTEN

COLUMNS = ("seq", "xact", "at", "event", *(name for name in WRITTEN if name != "event"))
AT_ONCE = 2000

_BYTES = frozenset({"patient_sealed", "patient_key"})
_JSON = frozenset({"kinds", "origins", "outcomes", "bases", "detail"})


def read_lines(where: str, values: Sequence[Any] = ()) -> Iterator[bytes]:
    """Lines of the rows that meet the condition, by number. Few rows are in memory at a time: on PostgreSQL
    this needs the caller's transaction."""
    sql = f"SELECT {_selected()} FROM {TABLE} WHERE {where} ORDER BY seq"  # noqa: S608 (our columns)
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(sql, values)
        if connection.vendor == "postgresql":
            yield from _fetched_ahead(cursor.cursor)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from map(line_of, rows)


def _fetched_ahead(cursor: Any) -> Iterator[bytes]:
    """The database makes the next lines while these are being hashed. Only the fetching is done elsewhere."""
    with ThreadPoolExecutor(1, thread_name_prefix="lines") as thread:
        coming = thread.submit(cursor.fetchmany, AT_ONCE)
        while rows := coming.result():
            coming = thread.submit(cursor.fetchmany, AT_ONCE)
            yield from (line.encode() for (line,) in rows)


def line_of(row: Sequence[Any]) -> bytes:
    texts = [value if value is None else str(value) for value in row]
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()


def values_of(line: bytes) -> dict[str, Any]:
    """The columns of a line, JSON among them read."""
    values = dict(zip(COLUMNS, json.loads(line), strict=True))
    values["seq"], values["xact"] = int(values["seq"]), int(values["xact"])
    return {name: json.loads(value) if name in _JSON else value for name, value in values.items()}


def number_of(line: bytes) -> int:
    return int(line[2 : line.index(b'"', 2)])


def _selected() -> str:
    if connection.vendor == "postgresql":
        return f"array_to_json(ARRAY[{', '.join(map(_on_postgresql, COLUMNS))}])::text"
    return ", ".join(map(_on_sqlite, COLUMNS))


def _on_postgresql(column: str) -> str:
    if column == "at":
        return "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    if column in _BYTES:
        return f"encode({column}, 'hex')"
    return f"{column}::text"


def _on_sqlite(column: str) -> str:
    if column in _BYTES:
        return f"CASE WHEN {column} IS NULL THEN NULL ELSE lower(hex({column})) END"
    # A declared type makes Django's driver turn the text into something else.
    return "at || ''" if column == "at" else column
