"""What Redis must be like for work to be safe in it: no job is thrown away, nor forgotten over a restart."""

from collections.abc import Iterable, Mapping
from typing import Any

import redis
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004

from portal.settings.redis import client_of


@register(Tags.database, deploy=True)
def refuse_forgetful_broker(
    app_configs: Iterable[AppConfig] | None,  # noqa: ARG001
    databases: Iterable[str] | None = None,
    **kwargs: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """Asked of the server itself. One that is away keeps nobody from starting: pages do without it."""
    if not settings.PRODUCTION or not databases:
        return []
    try:
        with client_of(settings.REDIS_URL) as client:
            return judge(client.info(), _saving(client))
    except (redis.RedisError, OSError, ValueError):
        hint = "Jobs wait until it is back, and what is throttled is counted by each process for itself."
        return [Warning("Redis does not answer.", hint=hint, id="portal.W015")]


def judge(info: Mapping[str, Any], saving: str | None) -> list[CheckMessage]:
    """``info``: Redis's INFO. ``saving``: its ``save`` setting; None where it may not be asked for."""
    found: list[CheckMessage] = []
    policy = str(info.get("maxmemory_policy", ""))
    if policy != "noeviction":
        hint = "Set maxmemory-policy to noeviction: a queue that is full must say so, not drop what waits."
        found.append(
            Error(f"Redis throws waiting jobs away when full ({policy}).", hint=hint, id="portal.E015")
        )
    if int(info.get("aof_enabled", 0)) or saving:
        return found
    hint = "Set appendonly yes, on a disk that outlives the container."
    if saving is None:
        return [
            *found,
            Warning("Redis may forget waiting jobs when it restarts.", hint=hint, id="portal.W016"),
        ]
    return [*found, Error("Redis forgets waiting jobs when it restarts.", hint=hint, id="portal.E016")]


def _saving(client: "redis.Redis") -> str | None:
    """CONFIG is often forbidden to the portal's own user; INFO alone then has to do."""
    try:
        return str(client.config_get("save").get("save", ""))
    except redis.RedisError:
        return None
