"""What must be true before production starts. Each check says what is wrong and what to do."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004

OLDEST_POSTGRESQL = 15
# Words that the tests make their keys of. They are in the repository, so the keys are everybody's.
PUBLISHED_WORDS = ("field 1", "field 2", "lookup", "handle", "log master", "seal")
SECURE = "Run manage.py secure_access_log, and let the portal sign in as the role that it names runtime."


def is_production() -> bool:
    return bool(getattr(settings, "PRODUCTION", False))


@register(Tags.security)
def refuse_demo(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """One-click sign-in and simulators must never meet real patients."""
    if not is_production():
        return []
    return demo_traces(settings.INSTALLED_APPS)


def demo_traces(installed_apps: Iterable[str]) -> list[CheckMessage]:
    """One error where the demo is installed or any of its settings is filled."""
    is_installed = any(app.split(".")[0] == "demo" for app in installed_apps)
    if is_installed or settings.DEMO or settings.DEMO_URLS or settings.EMBEDDED_COMPANIONS:
        return [
            Error(
                "The demo is switched on in production.",
                hint="Remove demo from INSTALLED_APPS, DEMO, DEMO_URLS and EMBEDDED_COMPANIONS.",
                id="portal.E001",
            )
        ]
    return []


@register(Tags.security)
def refuse_specimens(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """A permit that nobody decided on belongs on a vendor's desk."""
    if is_production() and settings.SPECIMEN_PERMITS:
        hint = "Set SPECIMEN_PERMITS to False."
        return [Error("Permits to test with are switched on in production.", hint=hint, id="portal.E010")]
    return []


@register(Tags.security, deploy=True)
def want_somebody_to_ring(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """An error page without a telephone leaves a reader at night with nobody to ask."""
    unset = [name for name in ("SUPPORT_PHONE", "SERVICE_OWNER") if not getattr(settings, name)]
    if not is_production() or not unset:
        return []
    hint = "SUPPORT_PHONE stands on every error page, SERVICE_OWNER in the accessibility statement."
    return [Warning(f"{' and '.join(unset)} must be set.", hint=hint, id="portal.W011")]


@register(Tags.security)
def refuse_passwords_alone(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Whoever can see a patient has shown more than a password."""
    if is_production() and not settings.MFA_REQUIRED:
        hint = "Set MFA_REQUIRED to True."
        return [Error("A password alone lets somebody in, in production.", hint=hint, id="portal.E011")]
    return []


@register(Tags.security)
def refuse_debug(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Debug pages show settings and local variables: keys and numbers of people."""
    if is_production() and settings.DEBUG:
        return [Error("DEBUG is on in production.", hint="Set DEBUG to False.", id="portal.E002")]
    return []


@register(Tags.security)
def refuse_published_keys(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Keys in the repository, or in files that anybody on the machine can read, protect nothing."""
    if not is_production():
        return []
    found: list[CheckMessage] = []
    keys = settings.KEYS
    published = {hashlib.sha256(f"test key: {word}".encode()).digest() for word in PUBLISHED_WORDS}
    ours = {*keys.field.values(), keys.lookup, keys.handle, keys.log_master, keys.seal}
    is_published = hashlib.sha512(b"test secret").hexdigest() == settings.SECRET_KEY
    if ours & published or is_published or settings.SECRET_KEY.startswith("django-insecure-"):
        hint = "Make keys of your own: docs/operations.md says how."
        found.append(Error("A key or SECRET_KEY is one that everybody knows.", hint=hint, id="portal.E012"))
    folder = getattr(settings, "KEYS_DIR", None)
    if folder is not None and _is_open_to_all(folder):
        hint = "chmod 700 the folder; the portal's own account alone needs to read it."
        found.append(Warning("Everybody on the machine can read the keys.", hint=hint, id="portal.W012"))
    return found


@register(Tags.security)
def refuse_any_host(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """A portal that answers to any name can be made to lead its readers elsewhere."""
    if is_production() and any(host.startswith("*") for host in settings.ALLOWED_HOSTS):
        hint = "Name the hosts that readers use."
        return [Error("ALLOWED_HOSTS lets any host in.", hint=hint, id="portal.E014")]
    return []


@register(Tags.database)
def refuse_unsafe_database(
    app_configs: Iterable[AppConfig] | None,  # noqa: ARG001
    databases: Iterable[str] | None = None,
    **kwargs: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """The access log is worth what the disk keeps: PostgreSQL with fsync and synchronous_commit on."""
    if not is_production() or not databases:
        return []
    from django.db import connections

    found: list[CheckMessage] = []
    for alias in databases:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            found.append(Error("Production needs PostgreSQL.", hint="Set DATABASE_URL.", id="portal.E003"))
            continue
        with connection.cursor() as cursor:
            found += judge_postgresql(cursor)
    return found


def judge_postgresql(cursor: Any) -> list[CheckMessage]:
    """Asked of the server, through any cursor of it."""
    found: list[CheckMessage] = []
    cursor.execute("SHOW server_version_num")
    if int(cursor.fetchone()[0]) < OLDEST_POSTGRESQL * 10000:
        hint = f"Use PostgreSQL {OLDEST_POSTGRESQL} or later."
        found.append(Error("PostgreSQL is too old.", hint=hint, id="portal.E013"))
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        cursor.execute(f"SHOW {setting}")
        if cursor.fetchone()[0] == "off":
            words = f"PostgreSQL runs with {setting} off: acknowledged log rows could be lost."
            found.append(Error(words, hint=f"Turn {setting} on.", id="portal.E004"))
    return found


@register(Tags.database)
def refuse_simulators(
    app_configs: Iterable[AppConfig] | None,  # noqa: ARG001
    databases: Iterable[str] | None = None,
    **kwargs: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """A source on this very machine is a simulator left behind; one in no listed place never answers."""
    if not is_production() or not databases:
        return []
    from connectors.models import Source
    from connectors.placing import flaw_of

    try:
        rows = list(Source.objects.filter(enabled=True))
    except Exception:  # noqa: BLE001 - before the first migration there is no table, and nothing to refuse
        return []
    return [
        Error(
            f"The source {source.slug} has an address that may not be called.",
            hint="Give it the real system's address, list its network in SOURCE_NETWORKS, or switch it off.",
            id="portal.E005",
        )
        for source in rows
        if source.base_url and flaw_of(source.base_url) is not None
    ]


@register(Tags.security)
def refuse_unsealed_log(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """A log that nobody seals, or that is sealed in one place only, shows nothing of what an administrator of
    the database does to it."""
    if not is_production():
        return []
    found: list[CheckMessage] = []
    if settings.KEYS.seal is None:
        hint = "Put seal.key and seal.pub into KEYS_DIR (docs/access-log.md)."
        found.append(Error("There is no key to seal the access log with.", hint=hint, id="portal.E006"))
    folder = settings.LOG_SINK_DIR
    if not folder:
        hint = (
            "Set LOG_SINK_DIR to a folder that the portal can write and the database's administrator cannot."
        )
        found.append(
            Error("There is no second place for the log's checkpoints.", hint=hint, id="portal.E007")
        )
    elif not Path(folder).is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        # It may be away for a while; that must not keep the portal from starting.
        hint = "Checkpoints wait until it is back. See that it is mounted and may be written."
        found.append(Warning(f"The folder {folder} cannot be written.", hint=hint, id="portal.W007"))
    address = urlsplit(settings.LOG_SINK_SYSLOG)
    if settings.LOG_SINK_SYSLOG and (address.scheme not in ("tcp", "tls") or not _has_place(address)):
        hint = "Write tcp://host:port or tls://host:port."
        found.append(Error("LOG_SINK_SYSLOG is no address.", hint=hint, id="portal.E008"))
    return found


@register(Tags.database, deploy=True)
def refuse_open_log(
    app_configs: Iterable[AppConfig] | None,  # noqa: ARG001
    databases: Iterable[str] | None = None,
    **kwargs: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """The portal's own role adds to the log and reads it. Asked where the portal is about to serve, not where
    tables are made by the role that may."""
    if not is_production() or not databases:
        return []
    from consent.accesslog.protection import weaknesses

    return [
        Error(f"The access log can be changed: {words}.", hint=SECURE, id="portal.E009")
        for words in weaknesses()
    ]


def _is_open_to_all(folder: Path) -> bool:
    can_enter = folder.stat().st_mode & 0o001
    return bool(can_enter) and any(path.stat().st_mode & 0o004 for path in folder.glob("*.key"))


def _has_place(address: SplitResult) -> bool:
    try:
        return bool(address.hostname and address.port)
    except ValueError:
        return False
