"""Each way to run starts with what it needs, and production with nothing less."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from csp.middleware import CSPMiddleware
from django.conf import settings as current
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.module_loading import import_string

from portal.settings.keys import create_keys
from tests.servers import find_free_port

SHOW = "from django.conf import settings; print(eval({expression!r}))"
WHOLE = {
    "SECRET_KEY": "k9x-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKL",
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "postgresql://portal@db/portal",
    "REDIS_URL": "redis://cache",
}


def read_setting(module: str, expression: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", SHOW.format(expression=expression)],
        env={**kept, "DJANGO_SETTINGS_MODULE": f"portal.settings.{module}", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    create_keys(tmp_path)
    return {**WHOLE, "KEYS_DIR": str(tmp_path)}


def test_production_starts_when_all_is_there(production):
    shown = read_setting(
        "production", "settings.DEBUG, settings.DEMO, settings.CELERY_BROKER_URL", **production
    )
    assert shown.stdout.strip() == "(False, False, 'redis://cache')", shown.stderr


def test_cookies_are_of_this_host_alone_in_production(production):
    """The ``__Host-`` prefix holds only with Secure, the whole host and no domain."""
    said = ", ".join(
        f"settings.{kind}_COOKIE_{what}"
        for kind in ("SESSION", "CSRF")
        for what in ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "DOMAIN", "PATH")
    )
    shown = read_setting("production", said, **production)
    session, csrf = (f"('__Host-{name}', True, True, 'Lax', None, '/'" for name in ("session", "csrf"))
    assert shown.stdout.strip() == f"{session}, {csrf[1:]})", shown.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "KEYS_DIR"])
def test_production_stops_and_names_what_is_missing(production, name):
    del production[name]
    shown = read_setting("production", "settings.DEBUG", **production)
    assert shown.returncode != 0
    assert f"{name} must be set." in shown.stderr


def test_production_makes_no_keys(production, tmp_path):
    production["KEYS_DIR"] = str(tmp_path / "nothing-here")
    shown = read_setting("production", "settings.DEBUG", **production)
    assert "cannot be read" in shown.stderr
    assert not (tmp_path / "nothing-here").exists()


def test_production_never_includes_the_demo(production):
    shown = read_setting("production", "any('demo' in app for app in settings.INSTALLED_APPS)", **production)
    assert shown.stdout.strip() == "False", shown.stderr


def test_production_cookies_need_tls_and_this_host(production):
    shown = read_setting(
        "production",
        "settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE",
        **production,
    )
    assert shown.stdout.strip() == "('__Host-session', True, True)", shown.stderr


def test_production_asks_for_tls_wherever_readers_are(production):
    shown = read_setting("production", "settings.SECURE_REDIRECT_EXEMPT", **production)
    assert shown.stdout.strip() == "['^(healthz|readyz|metrics)$']", shown.stderr


def test_production_reads_secrets_from_files(production, tmp_path):
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL"):
        (tmp_path / name).write_text(production.pop(name) + "\n")
        production[f"{name}_FILE"] = str(tmp_path / name)
    shown = read_setting("production", "settings.CELERY_BROKER_URL", **production)
    assert shown.stdout.strip() == "redis://cache", shown.stderr


def test_production_server_refuses_to_start_where_a_check_fails(production, tmp_path):
    production["DATABASE_URL"] = f"sqlite://{tmp_path}/portal.sqlite3"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    started = subprocess.run(
        [sys.executable, "-m", "portal.server", "--port", str(find_free_port())],
        env={**kept, "DJANGO_SETTINGS_MODULE": "portal.settings.production", **production},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode != 0
    assert "portal.E003" in started.stderr


def test_production_worker_and_clock_refuse_to_start_where_a_check_fails(production, tmp_path):
    production["DATABASE_URL"] = f"sqlite://{tmp_path}/portal.sqlite3"
    production["REDIS_URL"] = "redis://127.0.0.1:9"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    for words in (["worker", "--pool", "solo"], ["beat", "--schedule", str(tmp_path / "beat")]):
        started = subprocess.run(
            [sys.executable, "-m", "celery", "--app", "portal", *words],
            env={**kept, "DJANGO_SETTINGS_MODULE": "portal.settings.production", **production},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert started.returncode != 0, words
        assert "portal.E003" in started.stderr, (words, started.stderr[-2000:])


def test_embedded_keeps_its_keys_between_starts(tmp_path):
    first, second = (
        read_setting("embedded", "settings.KEYS.lookup, settings.SECRET_KEY", DATA_DIR=str(tmp_path / "var"))
        for _ in range(2)
    )
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout


def test_embedded_refuses_a_port_that_is_none(tmp_path):
    shown = read_setting("embedded", "settings.PORT", DATA_DIR=str(tmp_path), PORT="http")
    assert "PORT must be a whole number from 1 to 65535" in shown.stderr


def test_every_own_app_is_named_by_its_config_class():
    own = [
        app
        for app in current.INSTALLED_APPS
        if app.split(".")[0] in ("consent", "connectors", "portal", "demo")
    ]
    assert [app for app in own if not app.endswith("Config")] == []


@pytest.mark.parametrize(
    "protection",
    [SecurityMiddleware, CsrfViewMiddleware, SessionMiddleware, AuthenticationMiddleware, CSPMiddleware],
)
def test_every_protection_of_django_is_in_the_middleware(protection):
    assert any(issubclass(import_string(name), protection) for name in current.MIDDLEWARE if "portal" in name)


def test_idle_session_ends_after_fifteen_minutes():
    assert current.SESSION_COOKIE_AGE == 900


def test_content_policy_allows_nothing_unsafe():
    directives = current.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert not [
        value for values in directives.values() for value in values if "unsafe" in value or "*" in value
    ]
