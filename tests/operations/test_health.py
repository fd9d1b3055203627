"""Whether a process lives and should be sent readers, and why not."""

import json

import pytest
from django.conf import settings as current
from django.db import OperationalError, connection
from django.test import Client, override_settings

from consent.accesslog import delivering, sealing
from consent.tasks import seal_access_log
from portal import draining, health

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def well(db):
    """Every part as it should be; each test takes one away."""
    health._complete.clear()
    seal_access_log()  # what tests before this one have committed
    yield
    health._complete.clear()
    draining._told.clear()


def ask(**headers) -> tuple[int, dict]:
    response = Client(headers=headers).get("/readyz")
    return response.status_code, json.loads(response.content)


def test_process_that_is_well_says_ok_and_nothing_else():
    assert ask() == (200, {"status": "ok"})


def test_whoever_looks_after_machines_asks_by_address_without_tls():
    with override_settings(SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=[r"^(healthz|readyz)$"]):
        for path in ("/healthz", "/readyz"):
            assert Client().get(path, headers={"host": "10.1.2.3:8000"}).status_code == 200
        assert Client(raise_request_exception=False).get("/", headers={"host": "10.1.2.3"}).status_code == 400


def test_process_on_its_way_out_is_alive_and_not_ready():
    draining.begin_draining()
    assert ask() == (503, {"status": "not ready", "reasons": ["draining"]})
    assert Client().get("/healthz").status_code == 200


def test_no_database_is_the_one_reason_that_needs_telling(monkeypatch):
    def refuse(*_arguments):
        raise OperationalError("no route to 10.0.0.1")

    monkeypatch.setattr(health, "_has_database", refuse)
    assert ask() == (503, {"status": "not ready", "reasons": ["database"]})


def test_tables_of_another_release(monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'consent' AND name LIKE '0006%'")
    assert ask() == (503, {"status": "not ready", "reasons": ["migrations"]})


def test_log_that_cannot_be_reached(monkeypatch):
    monkeypatch.setattr(health, "TABLE", "consent_nosuchtable")
    status, said = ask()
    assert (status, said["reasons"]) == (503, ["access_log"])


def test_no_style_sheets(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    hashed = {"BACKEND": "portal.static_files.HashedFiles"}
    with override_settings(STORAGES={**current.STORAGES, "staticfiles": hashed}):
        assert ask() == (503, {"status": "not ready", "reasons": ["static_files"]})


def test_redis_that_is_away_takes_nobody_out_of_use(settings):
    away = {"BACKEND": "portal.cache.RedisOrMemory", "LOCATION": "redis://127.0.0.1:9"}
    with override_settings(CACHES={"default": away}):
        assert ask() == (200, {"status": "degraded", "reasons": ["redis"]})


def test_log_that_nobody_seals_is_told(monkeypatch):
    monkeypatch.setattr(delivering, "measure_lag", lambda _: delivering.Lag(3, 10.5, ()))
    assert ask() == (200, {"status": "degraded", "reasons": ["seal_lag"]})


def test_chain_that_is_broken_is_told(monkeypatch):
    def refuse(_):
        raise sealing.SealBroken

    monkeypatch.setattr(delivering, "measure_lag", refuse)
    assert ask() == (200, {"status": "degraded", "reasons": ["seal_lag"]})
