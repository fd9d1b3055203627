"""Redis away: counters go on in the process's memory, and nobody waits for it again and again."""

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.test import override_settings

from portal import cache as ours
from tests.operations.servers import RedisServer, new_redis


@pytest.fixture
def redis():
    with new_redis() as server:
        yield server


@pytest.fixture
def cache(redis: RedisServer, settings):
    ours._away_until.clear()
    place = {"BACKEND": "portal.cache.RedisOrMemory", "LOCATION": redis.url}
    with override_settings(CACHES={"default": place}):
        yield caches["default"]
    ours._away_until.clear()


def test_count_goes_on_in_memory_while_redis_is_away_and_in_redis_when_it_is_back(cache, redis):
    assert cache.add("attempts", 1, 60)
    assert cache.incr("attempts") == 2
    redis.stop()
    assert cache.get("attempts") is None  # memory has a count of its own
    assert not cache.is_redis_there()
    assert cache.add("attempts", 1, 60)
    assert [cache.incr("attempts") for _ in range(3)] == [2, 3, 4]
    redis.start()
    ours._away_until.clear()
    assert cache.is_redis_there()
    cache.set("attempts", 7, 60)
    assert cache.get_many(["attempts", "other"]) == {"attempts": 7}


def test_redis_that_is_away_is_left_alone_for_a_while(cache, redis, monkeypatch):
    redis.stop()
    asked = []

    def refuse(*_arguments, **_options):
        asked.append(1)
        raise OSError

    monkeypatch.setattr(RedisCache, "get", refuse)
    for _ in range(20):
        assert cache.get("x", "default") == "default"
    assert len(asked) == 1


def test_every_operation_does_without(cache, redis):
    redis.stop()
    cache.set_many({"a": 1, "b": 2})
    assert cache.has_key("a")
    assert cache.touch("a", 10)
    assert cache.get_or_set("c", 3) == 3
    cache.delete_many(["b"])
    assert cache.delete("a")
    cache.clear()
    assert cache.get_many(["a", "b", "c"]) == {}


def test_redis_that_refuses_to_write_is_away_too(cache, redis):
    redis.client().config_set("maxmemory", "1")
    redis.client().config_set("maxmemory-policy", "noeviction")
    assert cache.add("attempts", 1, 60)
    assert cache.incr("attempts") == 2
