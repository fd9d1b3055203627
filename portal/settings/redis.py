"""How Redis is reached: with short waits, since nothing that it holds is worth waiting for."""

from typing import Any

REDIS_WAIT_S = 0.5


def redis_or_memory(url: str) -> dict[str, dict[str, Any]]:
    """CACHES for Redis at ``url`` (``redis``, ``rediss``, ``unix``); memory while it is away."""
    options = {"socket_connect_timeout": REDIS_WAIT_S, "socket_timeout": REDIS_WAIT_S}
    return {"default": {"BACKEND": "portal.cache.RedisOrMemory", "LOCATION": url, "OPTIONS": options}}
