"""Counts kept in the cache for a while, as JSON. Without a cache everything is counted anew and works."""

import json
from collections.abc import Collection
from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
PREFIX = "figures:"


def recall(keys: Collection[str]) -> dict[str, Any]:
    """What is kept under these keys, as far as anything is."""
    try:
        found = cache.get_many([PREFIX + key for key in keys])
    except (RedisError, OSError):
        log.warning("figures_without_cache")
        return {}
    return {key.removeprefix(PREFIX): json.loads(text) for key, text in found.items()}


def keep(key: str, counts: Any, for_s: int) -> None:
    try:
        cache.set(PREFIX + key, json.dumps(counts), for_s)
    except (RedisError, OSError):
        log.warning("figures_without_cache")
