"""The one way from async code to the database: a small fixed pool of threads with lasting connections.

A connection is checked at each hop and never held between hops. In tests the hop runs on Django's own
thread, so that a test's transaction is seen (settings.DATABASE_HOP = "django").
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.utils import translation

P = ParamSpec("P")
R = TypeVar("R")

_lock = threading.Lock()
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
        connection.health_check_done = False  # type: ignore[attr-defined]
        connection.close_if_unusable_or_obsolete()
    return fn(*args, **kwargs)


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
