"""How many connections to the database a web process holds: its own few, however many people come."""

import urllib.request

import pytest
from django.conf import settings
from django.db import connection

COME = 40
# The threads of consent.database, and one that notes the process's pace.
OWN = getattr(settings, "DATABASE_THREADS", 4)


def held() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def test_thread_made_for_one_request_leaves_no_connection(portal_address: str) -> None:
    """Also where Python seldom looks for circular garbage: a hundred who sign in would fill the server."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server whose places could run out")
    before = held()
    for number in range(COME):
        request = urllib.request.Request(
            f"{portal_address}/",
            headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}=nobody-{number:08}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200
    assert held() <= before + OWN + 1
