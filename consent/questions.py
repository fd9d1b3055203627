"""A question to the database that every view asks: put together once, asked again with other values.

Django makes a question anew each time, which takes longer in this process than the answer does in the
database; and the database plans it anew, which takes longer than to answer it. The question is still Django's
own, by the models; only what is made of it is kept.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import Expression, Field

from consent.database import kept_cursor

M = TypeVar("M", bound=models.Model)


class Slot(Expression):
    """Stands in a question for a value that is told when it is asked. Never None, which asks otherwise."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # noqa: ARG002 (Django's)
        return "%s", [self]

    def prepared(self, value: Any) -> Any:
        if value is None:
            raise ValueError(f"{self.name}: a question is asked with values")
        return self.output_field.get_db_prep_value(value, connection)


@dataclass(frozen=True, slots=True)
class _Written:
    """What Django made of a question: its text, what goes in, and what turns columns into values."""

    text: str
    values: tuple[Any, ...]
    converters: tuple[tuple[int, Sequence[Callable[..., Any]], Any], ...]


@dataclass(slots=True)
class Question:
    """``make`` gives the rows as ``values_list``, with Slots where the values belong."""

    make: Callable[[], Any]
    _written: dict[str, _Written] = field(default_factory=dict)

    def ask(self, **values: Any) -> list[tuple[Any, ...]]:
        """Every row, as ``values_list`` would have it. Blocking: one query."""
        written = self._written.get(connection.vendor) or self._write()
        params = [v.prepared(values[v.name]) if isinstance(v, Slot) else v for v in written.values]
        with kept_cursor() as cursor:
            cursor.execute(written.text, params)
            rows = cursor.fetchall()
        return list(_converted(rows, written)) if written.converters else rows

    def _write(self) -> _Written:
        compiler = self.make().query.get_compiler(connection=connection)
        text, values = compiler.as_sql()
        found = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
        converters = tuple((place, turn, column) for place, (turn, column) in found.items())
        written = self._written[connection.vendor] = _Written(text, tuple(values), converters)
        return written


def _converted(rows: Sequence[Sequence[Any]], written: _Written) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        made = list(row)
        for place, turns, column in written.converters:
            value = made[place]
            for turn in turns:
                value = turn(value, column, connection)
            made[place] = value
        yield tuple(made)


def columns_of(model: type[models.Model], path: str = "") -> list[str]:
    """The names of all of a model's columns for ``values_list``; ``path``: how it is reached."""
    return [f"{path}{column.attname}" for column in model._meta.concrete_fields]  # noqa: SLF001 (public in docs)


def row_of(model: type[M], values: Sequence[Any]) -> M:
    """The row that those columns are of."""
    return model.from_db(connection.alias, columns_of(model), values)
