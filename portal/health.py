"""Whether this process lives, and whether it should be sent readers. No identity, no version, no number.

Not ready is what another process may do better, or nobody may do at all: no database, no log, tables of
another release, no style sheets, on its way out. What all processes share and pages do without is told as
degraded, with status 200: taking every process out of use for it would be the outage (ADR 56).
"""

from collections.abc import Callable, Iterator

import structlog
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from connectors.storelog import lag as national_log
from consent.accesslog import delivering, sealing
from consent.accesslog.table import TABLE
from portal.draining import is_draining

# Twenty times what sealing usually takes: somebody should look.
SEAL_LAG_S = 10.0
SAMPLE = "css/page.css"

_log = structlog.get_logger(__name__)
# Tables do not go back to an older release while we run: once complete, they stay complete.
_complete: set[str] = set()


@require_GET
def live(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    return JsonResponse({"status": "ok"})


@require_GET
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """``reasons``: words of a closed list, in the order in which they are worth looking at."""
    if is_draining():
        return _answer("not ready", ["draining"])
    missing = list(_what_is_missing())
    if missing:
        return _answer("not ready", missing)
    ailing = list(_what_ails())
    return _answer("degraded" if ailing else "ok", ailing)


def _answer(status: str, reasons: list[str]) -> JsonResponse:
    if reasons:
        _log.warning("not_quite_ready", status=status, reasons=reasons)
    body = {"status": status, "reasons": reasons} if reasons else {"status": status}
    return JsonResponse(body, status=503 if status == "not ready" else 200)


def _what_is_missing() -> Iterator[str]:
    for reason, is_there in (
        ("database", _has_database),
        ("migrations", _has_every_migration),
        ("access_log", _has_log),
        ("static_files", _has_static_files),
    ):
        if not _holds(is_there):
            yield reason
            if reason == "database":
                return


def _what_ails() -> Iterator[str]:
    if not _holds(_has_redis):
        yield "redis"
    if not _holds(_is_sealed_in_time):
        yield "seal_lag"
    if not _holds(_is_national_log_in_step):
        yield "national_log_lag"


def _holds(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (DatabaseError, InterfaceError, OSError, sealing.SealBroken):
        return False


def _has_database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _has_every_migration() -> bool:
    if "migrations" not in _complete:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _complete.add("migrations")
    return True


def _has_log() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {TABLE} LIMIT 1")  # noqa: S608 - a constant of ours
    return True


def _has_static_files() -> bool:
    """With names that hold a hash a page is made from the list that collectstatic wrote, or not at all."""
    try:
        staticfiles_storage.url(SAMPLE)
    except ValueError:
        return False
    return True


def _has_redis() -> bool:
    ask = getattr(cache, "is_redis_there", None)
    return bool(ask()) if ask else True


def _is_sealed_in_time() -> bool:
    if settings.KEYS.seal is None:
        return False
    return delivering.measure_lag(()).oldest_s <= SEAL_LAG_S


def _is_national_log_in_step() -> bool:
    """Nothing waits for it, and every row is kept here: a service that is away is told, and no more."""
    lag = national_log.measure()
    return lag is None or not lag.is_late
