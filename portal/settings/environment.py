"""Strict readers of environment variables: a value is right, or start-up ends with a plain sentence."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

Database = dict[str, Any]


def read_text(name: str, default: str | None = None) -> str:
    """The variable's text, or that of the file which ``<name>_FILE`` names: how secrets reach a container.

    Set but empty counts as missing; missing without a default stops start-up, and so does one set both ways.
    """
    value, place = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value and place:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set. Keep one.")
    found = value or (_read_file(name, Path(place)) if place else "") or default
    if found is None:
        raise ImproperlyConfigured(f"{name} must be set.")
    return found


def _read_file(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ImproperlyConfigured(f"{name}_FILE {path} cannot be read.") from None


def read_secret(name: str, min_length: int) -> str:
    """A secret of at least min_length characters. The message never repeats the value."""
    value = read_text(name)
    if len(value) < min_length:
        raise ImproperlyConfigured(f"{name} must be at least {min_length} characters long.")
    if len(set(value)) < 8 or value.startswith("django-insecure-"):
        raise ImproperlyConfigured(f"{name} is not random enough.")
    return value


def refuse_reuse(name: str, secret: str, others: Iterable[str]) -> None:
    """Stop start-up where what should be another secret is the same one."""
    if secret in others:
        raise ImproperlyConfigured(f"{name} must be another secret.")


def read_bool(name: str, default: bool) -> bool:
    """True or False, spelled exactly so: `false`, `0` or `no` would otherwise read as true somewhere."""
    value = read_text(name, str(default))
    if value not in ("True", "False"):
        raise ImproperlyConfigured(f"{name} must be True or False, not {value!r}.")
    return value == "True"


def read_int(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number within bounds, both included."""
    value = read_text(name, str(default))
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def read_path(name: str, default: Path | None = None) -> Path:
    """A folder or file as an absolute path; it need not exist yet."""
    return Path(read_text(name, None if default is None else str(default))).expanduser().absolute()


def read_list(name: str, default: tuple[str, ...] | None = None) -> list[str]:
    """Comma-separated words."""
    value = read_text(name, None if default is None else ",".join(default))
    return [word.strip() for word in value.split(",") if word.strip()]


def read_url(name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
    """A URL with one of the schemes. The message never repeats the value: it may carry a password."""
    value = read_text(name, default)
    if urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must be a URL that starts with one of: {', '.join(schemes)}.")
    return value


def read_database(name: str, default: str | None = None) -> Database:
    """A database as `postgresql://user:password@host:port/name?option=value` or `sqlite:///path`."""
    parts = urlsplit(read_url(name, ("postgresql", "sqlite"), default))
    return (
        sqlite_database(Path(unquote(parts.path))) if parts.scheme == "sqlite" else postgresql_database(parts)
    )


def sqlite_database(path: Path) -> Database:
    """SQLite with a write-ahead log. IMMEDIATE: a transaction that will write takes its turn at the start
    instead of failing half-way. FULL: a committed log row survives a power cut."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
    }


def postgresql_database(parts: SplitResult) -> Database:
    """PostgreSQL; the query may hold libpq options, `host` among them for a unix socket's folder."""
    options: Mapping[str, str] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or options.get("host", "")),
        "PORT": str(parts.port or options.get("port", "")),
        # A thread that Django made for one request closes what it opened. Those that stay (consent.database)
        # keep theirs.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        # From the first time: what every view asks is kept ready by the server (consent.database).
        "OPTIONS": {
            "prepare_threshold": 0,
            **{key: value for key, value in options.items() if key not in ("host", "port")},
        },
    }


def limit_idle_transactions(database: Database, seconds: int) -> Database:
    """PostgreSQL ends a transaction in which nothing is asked for this long. Other databases have no such."""
    if not database["ENGINE"].endswith("postgresql"):
        return database
    given = database["OPTIONS"].get("options", "")
    limit = f"-c idle_in_transaction_session_timeout={seconds * 1000}"
    return {**database, "OPTIONS": {**database["OPTIONS"], "options": f"{given} {limit}".strip()}}
