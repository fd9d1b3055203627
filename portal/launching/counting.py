"""How often one address launches. A hospital may stand behind one; a program that tries goes faster."""

import time

from django.core.cache import cache
from django.http import HttpRequest

from portal.launching.refusals import LaunchRefused, Why

WINDOW_S = 60
MOST = 600


def count_launch(request: HttpRequest) -> None:
    """Count one. Where the cache is away launching goes on: every check stands without it. Raises
    LaunchRefused."""
    key = f"launches:{request.META.get('REMOTE_ADDR', '')}:{int(time.time() // WINDOW_S)}"
    try:
        cache.add(key, 0, WINDOW_S)
        count = cache.incr(key)
    except Exception:  # noqa: BLE001 - whatever the cache's client raises
        return
    if count > MOST:
        raise LaunchRefused(Why.TOO_MANY)
