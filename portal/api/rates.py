"""How often may be called: counted for each client, user or address and minute, in the cache.

Where the cache is away calls go on: they are counted for fairness, not for safety.
"""

import time

import structlog
from django.core.cache import cache

from portal.api.refusing import Code, Refused

MINUTE_S = 60

log = structlog.get_logger(__name__)


def count_call(whose: str, per_minute: int) -> None:
    """Blocking. Raises Refused(THROTTLED) beyond ``per_minute``, with the seconds until the next minute."""
    now = time.time()
    minute = int(now // MINUTE_S)
    key = f"api-{whose}-{minute}"
    try:
        cache.add(key, 0, 2 * MINUTE_S)
        count = cache.incr(key)
    except Exception as error:  # noqa: BLE001 (whatever the cache's client raises)
        log.warning("throttle_unavailable", error=type(error).__name__)
        return
    if count > per_minute:
        raise Refused(Code.THROTTLED, retry_after_s=max(1, int((minute + 1) * MINUTE_S - now)))
