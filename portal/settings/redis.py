"""How Redis is reached: with short waits, since nothing that it holds is worth waiting for.

One server, or the one that Sentinel names: ``sentinel://user:password@host:26379,host:26379/MASTER/DATABASE``.
User and password are those of Redis; Sentinel's own password is another.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import redis
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

from portal.settings.environment import read_text, read_url

REDIS_WAIT_S = 0.5
WAITS = {"socket_connect_timeout": REDIS_WAIT_S, "socket_timeout": REDIS_WAIT_S}
SENTINEL_PORT = 26379
FORM = "sentinel://user:password@host:26379,host:26379/MASTER/DATABASE"


@dataclass(frozen=True, slots=True, repr=False)
class Watched:
    """A Redis that Sentinel watches: where the sentinels are, what they call it, and how to sign in to it."""

    sentinels: tuple[tuple[str, int], ...]
    master: str
    database: int
    username: str
    password: str

    @classmethod
    def read(cls, url: str, name: str = "REDIS_URL") -> "Watched":
        """Raises ImproperlyConfigured. The message never repeats the value: it may carry a password."""
        parts = urlsplit(url)
        signing_in, _, places = parts.netloc.rpartition("@")
        username, _, password = signing_in.partition(":")
        master, _, database = parts.path.removeprefix("/").partition("/")
        sentinels = tuple(_place(place, name) for place in places.split(",") if place)
        is_number = not database or (database.isascii() and database.isdigit())
        if not sentinels or not master or not is_number or parts.query or parts.fragment:
            raise ImproperlyConfigured(f"{name} must be {FORM}, the database being a number or left out.")
        return cls(sentinels, master, int(database or 0), unquote(username), unquote(password))

    @property
    def signing_in(self) -> dict[str, Any]:
        given = {"db": self.database, "username": self.username, "password": self.password}
        return {key: value for key, value in given.items() if value}


def _place(text: str, name: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port or SENTINEL_PORT
    except ValueError:
        host, port = None, 0
    if not host or "@" in text:
        raise ImproperlyConfigured(f"{name} names a sentinel that is no host and port. It must be {FORM}.")
    return host, port


class WatchedPool(SentinelConnectionPool):
    """Connections to whichever server is the master by now; what is asked of a former one fails."""

    @classmethod
    def from_url(cls, url: str, **options: Any) -> "WatchedPool":
        """As Django's cache makes its pools."""
        watched = Watched.read(url)
        # Each sentinel is asked once: the client would else ask again and again, and a page wait meanwhile.
        once = {"retry": Retry(NoBackoff(), 0)}
        asked = Sentinel(watched.sentinels, sentinel_kwargs={**sentinel_options(), **once})
        return cls(watched.master, asked, **watched.signing_in, **once, **options)


def read_redis(name: str, schemes: tuple[str, ...] = ("redis", "rediss", "unix", "sentinel")) -> str:
    """The address, as it stands. One of Sentinel is looked through here: start-up ends where it is wrong."""
    url = read_url(name, schemes)
    if is_watched(url):
        Watched.read(url, name)
    return url


def is_watched(url: str) -> bool:
    return url.startswith("sentinel://")


def sentinel_options() -> dict[str, Any]:
    """How the sentinels themselves are asked. SENTINEL_PASSWORD: theirs, where they have one."""
    password = read_text("SENTINEL_PASSWORD", "")
    return {**WAITS, **({"password": password} if password else {})}


def redis_or_memory(url: str) -> dict[str, dict[str, Any]]:
    """CACHES for Redis at ``url``; memory while it is away."""
    options: dict[str, Any] = dict(WAITS)
    if is_watched(url):
        options["pool_class"] = "portal.settings.redis.WatchedPool"
    # In a list: Django takes the commas of a text for ends of addresses.
    return {"default": {"BACKEND": "portal.cache.RedisOrMemory", "LOCATION": [url], "OPTIONS": options}}


def broker_at(url: str) -> tuple[str, dict[str, Any]]:
    """CELERY_BROKER_URL for the same Redis, and what the transport has to know besides."""
    if not is_watched(url):
        return url.replace("unix://", "redis+socket://", 1), {}
    watched = Watched.read(url)
    user = (
        f"{quote(watched.username, safe='')}:{quote(watched.password, safe='')}@" if watched.password else ""
    )
    places = [
        f"sentinel://{user}{_in_url(host)}:{port}/{watched.database}" for host, port in watched.sentinels
    ]
    return ";".join(places), {"master_name": watched.master, "sentinel_kwargs": sentinel_options()}


def client_of(url: str) -> "redis.Redis":
    """One client, for asking Redis about itself. Raises redis.RedisError where no master is known."""
    if is_watched(url):
        return redis.Redis(connection_pool=WatchedPool.from_url(url, **WAITS))
    return redis.Redis.from_url(url, **WAITS)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
