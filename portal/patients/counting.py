"""How often one reader looks numbers up: somebody who goes through them is noticed, and told nothing by it.

A counter for each reader and hour in the cache; no number is kept with it. Where the cache is away nothing is
counted: every search is in the access log all the same, and the review draws from there.
"""

import time

import structlog
from django.core.cache import cache

from consent.terms import Actor

HOUR_S = 3600
# More than the busiest reception: one a minute, for an hour on end.
MANY = 60

_log = structlog.get_logger(__name__)


def count_search(actor: Actor) -> None:
    """Count one. The first beyond ``MANY`` in an hour is an alarm in the log, by HSA-id; only that one."""
    key = f"searches:{actor.user_id}:{int(time.time() // HOUR_S)}"
    try:
        cache.add(key, 0, HOUR_S)
        count = cache.incr(key)
    except Exception:  # noqa: BLE001 - a search is more important than its being counted
        return
    if count == MANY + 1:
        _log.error("many_searches", hsa_id=actor.hsa_id, unit=actor.unit.hsa_id, more_than=MANY)
