"""The one way from async code to the database: a small fixed pool of threads with lasting connections.

A connection is looked at in each hop, asked once a second whether it is there, and never held between hops.
In tests the hop runs on Django's own thread, so that a test's transaction is seen (settings.DATABASE_HOP =
"django").
"""

import asyncio
import contextvars
import select
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import translation
from psycopg.pq import TransactionStatus

P = ParamSpec("P")
R = TypeVar("R")

ASKED_EVERY_S = 1.0

_lock = threading.Lock()
_here = threading.local()
_pool: ThreadPoolExecutor | None = None


def _prepare_thread() -> None:
    """Connections of this thread last: Django's per-request closing never sees a thread of ours."""
    for connection in connections.all():
        connection.settings_dict = {
            **connection.settings_dict,
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
        }


def _threads() -> ThreadPoolExecutor:
    global _pool  # noqa: PLW0603 (made on first use: threads must not survive a fork)
    with _lock:
        if _pool is None:
            size = getattr(settings, "DATABASE_THREADS", 4)
            _pool = ThreadPoolExecutor(size, thread_name_prefix="database", initializer=_prepare_thread)
        return _pool


def _call(fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
        if _is_to_be_asked(connection):
            connection.health_check_done = False  # type: ignore[attr-defined]
            connection.close_if_health_check_failed()
            _here.asked_at = time.monotonic()
        connection.health_check_done = True  # type: ignore[attr-defined]
    return fn(*args, **kwargs)


def _is_to_be_asked(connection: BaseDatabaseWrapper) -> bool:
    """Whether the server must say that the connection is there: once a second, and whenever it is not as it
    was left: closed, in a transaction, or with something to read, as where the server hung up."""
    if connection.vendor != "postgresql" or connection.connection is None:
        return False
    raw = connection.connection
    if time.monotonic() - getattr(_here, "asked_at", 0.0) >= ASKED_EVERY_S or raw.closed:
        return True
    if raw.pgconn.transaction_status != TransactionStatus.IDLE:
        return True
    waiting = select.poll()
    waiting.register(raw.pgconn.socket, select.POLLIN)
    return bool(waiting.poll(0))


def kept_cursor() -> Any:
    """For the few statements that every view sends: PostgreSQL keeps them read and planned by their text, as
    long as the connection lasts, and gets the values beside them. An ordinary cursor elsewhere, and where
    statements are written down to be looked at: such a one has no text of its own to write."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = psycopg.Cursor(connection.connection)
    return connection.make_cursor(cursor)  # so that its errors are Django's


async def on_database_thread(fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a blocking function that uses the ORM, away from the event loop. Its exceptions come through."""
    if getattr(settings, "DATABASE_HOP", "pool") == "django":
        return await sync_to_async(fn, thread_sensitive=True)(*args, **kwargs)
    loop = asyncio.get_running_loop()
    # In the caller's context, and in the language that she is answered in: Django keeps that by thread.
    context, language = contextvars.copy_context(), translation.get_language()

    def call() -> R:
        with translation.override(language):
            return _call(fn, *args, **kwargs)

    return await loop.run_in_executor(_threads(), lambda: context.run(call))
