"""A row of the log as the one line that is hashed and exported: PostgreSQL's text format (``COPY``), COLUMNS
in their order, tabs between them and a line feed after them.

Times are UTC, bytes hexadecimal, JSON columns the text that the database keeps, what is missing is ``\\N``.
On SQLite the same is written here. Another form or another column is another ``verifying.FORMAT``.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from django.db import connection, transaction

from consent.accesslog.copying import copy_between, copy_out
from consent.accesslog.table import TABLE
from consent.accesslog.verifying import in_first_format
from consent.accesslog.write import COLUMNS as WRITTEN

COLUMNS = ("seq", "xact", "at", "event", *(name for name in WRITTEN if name != "event"))
SELECTED = ", ".join(COLUMNS)
AT_ONCE = 2000

_BYTES = frozenset({"patient_sealed", "patient_key"})
_JSON = frozenset({"kinds", "origins", "outcomes", "bases", "detail"})
_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
)


def read_lines(where: str, values: Sequence[Any] = ()) -> Iterator[bytes]:
    """Lines of the rows that meet the condition, by number. Few rows are in memory at a time. On PostgreSQL
    nothing else can be asked of the database before the last of them."""
    order = f"FROM {TABLE} WHERE {where} ORDER BY seq"
    if connection.vendor == "postgresql":
        with (
            transaction.atomic(savepoint=False),
            connection.cursor() as cursor,
            connection.wrap_database_errors,
        ):
            yield from copy_out(cursor.cursor, f"SELECT {SELECTED} {order}", values)
        return
    sql = f"SELECT {', '.join(map(_on_sqlite, COLUMNS))} {order}"
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from map(line_of, rows)


def read_all() -> Iterator[bytes]:
    """Every row there is, and the database can be asked other things in between."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, connection.wrap_database_errors:
            yield from copy_between(cursor.cursor, TABLE, SELECTED, None, None)
    else:
        yield from read_lines("true")


def line_of(row: Sequence[Any]) -> bytes:
    texts = ("\\N" if value is None else str(value).translate(_ESCAPES) for value in row)
    return ("\t".join(texts) + "\n").encode()


def values_of(line: bytes) -> dict[str, Any]:
    """The columns of a line, JSON among them read."""
    values = dict(zip(COLUMNS, json.loads(in_first_format(line)), strict=True))
    values["seq"], values["xact"] = int(values["seq"]), int(values["xact"])
    return {name: json.loads(value) if name in _JSON else value for name, value in values.items()}


def _on_sqlite(column: str) -> str:
    if column in _BYTES:
        return f"CASE WHEN {column} IS NULL THEN NULL ELSE '\\x' || lower(hex({column})) END"
    # A declared type makes Django's driver turn the text into something else.
    return "at || ''" if column == "at" else column
