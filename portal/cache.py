"""The cache: Redis, and for as long as that is away the memory of this process.

Only counters and counts are kept in it: attempts to sign in, searches an hour, the administration's figures.
Memory keeps each process's own count, so that what is throttled stays throttled, a little less evenly. No
page waits for Redis more than once in ``LEFT_ALONE_S``.
"""

import time
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

LEFT_ALONE_S = 5.0

_log = structlog.get_logger(__name__)
# By address: Django makes one cache object for each thread.
_away_until: dict[str, float] = {}


class RedisOrMemory(RedisCache):
    """Django's Redis cache, whose operations never raise because Redis is away, full or read-only."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._server = str(server)
        self._memory = LocMemCache(f"instead of {server}", {**params, "OPTIONS": {}})

    def _either(self, operation: str, *arguments: Any, **options: Any) -> Any:
        if time.monotonic() >= _away_until.get(self._server, 0.0):
            try:
                return getattr(super(), operation)(*arguments, **options)
            except (RedisError, OSError) as failure:
                _away_until[self._server] = time.monotonic() + LEFT_ALONE_S
                _log.warning("redis_away", error=type(failure).__name__)
        return getattr(self._memory, operation)(*arguments, **options)

    def is_redis_there(self) -> bool:
        """Asked of Redis itself, whatever was found a moment ago."""
        try:
            return bool(self._cache.get_client().ping())  # type: ignore[attr-defined]
        except (RedisError, OSError):
            return False

    def add(self, *arguments: Any, **options: Any) -> Any:
        return self._either("add", *arguments, **options)

    def get(self, *arguments: Any, **options: Any) -> Any:
        return self._either("get", *arguments, **options)

    def set(self, *arguments: Any, **options: Any) -> Any:
        return self._either("set", *arguments, **options)

    def touch(self, *arguments: Any, **options: Any) -> Any:
        return self._either("touch", *arguments, **options)

    def delete(self, *arguments: Any, **options: Any) -> Any:
        return self._either("delete", *arguments, **options)

    def get_many(self, *arguments: Any, **options: Any) -> Any:
        return self._either("get_many", *arguments, **options)

    def set_many(self, *arguments: Any, **options: Any) -> Any:
        return self._either("set_many", *arguments, **options)

    def delete_many(self, *arguments: Any, **options: Any) -> Any:
        return self._either("delete_many", *arguments, **options)

    def has_key(self, *arguments: Any, **options: Any) -> Any:
        return self._either("has_key", *arguments, **options)

    def incr(self, *arguments: Any, **options: Any) -> Any:
        return self._either("incr", *arguments, **options)

    def clear(self) -> Any:
        self._memory.clear()
        return self._either("clear")
