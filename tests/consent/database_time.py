"""Setting PostgreSQL's clock, as the product asks for it, inside a test's transaction."""

from datetime import datetime, timedelta

import pytest
from django.db import connection


class DatabaseClock:
    """What the database takes for now. Its own functions are still there, but ours are found first."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA clock_of_tests")
            for name in ("statement_timestamp", "clock_timestamp", "now"):
                cursor.execute(
                    f"CREATE FUNCTION clock_of_tests.{name}() RETURNS timestamptz LANGUAGE sql VOLATILE "
                    "AS $$ SELECT current_setting('tests.now')::timestamptz $$"
                )
            cursor.execute("SET LOCAL search_path TO clock_of_tests, public, pg_catalog")

    def set(self, at: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('tests.now', %s, true)", [at.isoformat()])
        self.now = at

    def move(self, by: timedelta) -> None:
        self.set(self.now + by)


@pytest.fixture
def database_clock(db: None) -> DatabaseClock:
    """Gone with the test's transaction."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's clock cannot be set")
    return DatabaseClock()
