"""JSON columns of the log's table: kept as text, asked about as any other."""

from typing import Any

from django.db import models
from django.db.models.expressions import Col


class _AsJsonb(Col):
    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = self.as_sql(compiler, connection)
        return f"{sql}::jsonb", params


class LoggedJSON(models.JSONField):
    """``json`` on PostgreSQL, where Django's own fields and what it asks of them are ``jsonb``."""

    def get_col(self, alias: str, output_field: Any = None) -> Col:
        return _AsJsonb(alias, self, output_field)

    def deconstruct(self) -> Any:
        """For migrations it is what it was: the table is made by the log itself."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs
