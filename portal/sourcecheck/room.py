"""How often the page may be used from one place. Where nobody can count, nobody is let in."""

import hashlib
import time

import structlog
from django.core.cache import cache

WINDOW_S = 600

log = structlog.get_logger(__name__)


def has_room(what: str, who: str, most: int) -> bool:
    """Whether this is among the first ``most`` uses within ten minutes; counts this one."""
    digest = hashlib.sha256(f"{what}:{who}".encode()).hexdigest()[:32]
    key = f"sourcecheck:{digest}:{int(time.time()) // WINDOW_S}"
    try:
        cache.add(key, 0, WINDOW_S)
        return int(cache.incr(key)) <= most
    except Exception:  # noqa: BLE001 - whatever the cache raises, the rest of the portal does without it
        log.warning("sourcecheck_without_cache")
        return False
