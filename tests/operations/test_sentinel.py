"""Redis by Sentinel: the master killed, its replica takes over, and whoever is at work goes on."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings
from kombu.connection import Connection

from portal import cache as ours
from portal.broker_checks import refuse_forgetful_broker
from portal.settings.redis import Watched, WatchedPool, broker_at, client_of, read_redis, redis_or_memory

PATIENCE_S = 60.0
MASTER, PASSWORD = "portal-queue", "a:b@c/d"


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            if holds():
                return
        except (redis.RedisError, OSError):
            pass
        assert time.monotonic() < deadline
        time.sleep(0.05)


@dataclass
class Group:
    """A master, its replica and one sentinel, each a process on a port of its own."""

    folder: Path
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"sentinel://:a%3Ab%40c%2Fd@127.0.0.1:{self.ports['sentinel']}/{MASTER}/2"

    def start(self) -> None:
        keys = ["--requirepass", PASSWORD, "--masterauth", PASSWORD, "--save", "", "--appendonly", "yes"]
        self._start("master", *keys)
        self._start("replica", *keys, "--replicaof", "127.0.0.1", str(self.ports["master"]))
        until(lambda: self._ask("replica").info("replication")["master_link_status"] == "up")
        place = self.folder / "sentinel.conf"
        place.write_text(
            f"sentinel monitor {MASTER} 127.0.0.1 {self.ports['master']} 1\n"
            f'sentinel auth-pass {MASTER} "{PASSWORD}"\n'
            f"sentinel down-after-milliseconds {MASTER} 300\nsentinel failover-timeout {MASTER} 2000\n"
        )
        self._start("sentinel", str(place), "--sentinel")
        until(self._knows_replica)

    def _knows_replica(self) -> bool:
        found: Any = self._ask("sentinel").sentinel_master(MASTER)
        return bool(found["num-slaves"] == 1)

    def kill(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()

    def _start(self, name: str, *words: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.ports[name] = free.getsockname()[1]
        place = self.folder / name
        place.mkdir()
        first = [words[0]] if name == "sentinel" else []
        rest = words[1:] if name == "sentinel" else words
        argv = ["redis-server", *first, "--port", str(self.ports[name]), "--bind", "127.0.0.1", *rest]
        self.processes[name] = subprocess.Popen(
            [*argv, "--dir", str(place)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )
        until(lambda: self._ask(name).ping())

    def _ask(self, name: str) -> "redis.Redis":
        password = None if name == "sentinel" else PASSWORD
        return redis.Redis("127.0.0.1", self.ports[name], password=password)


@pytest.fixture
def group() -> Iterator[Group]:
    with tempfile.TemporaryDirectory(prefix="portal-sentinel-") as folder:
        made = Group(Path(folder))
        try:
            made.start()
            yield made
        finally:
            made.stop()


@pytest.mark.django_db
def test_master_killed_and_the_portal_goes_on(group, settings):
    ours._away_until.clear()
    settings.REDIS_URL, settings.PRODUCTION = group.url, True
    found = refuse_forgetful_broker(None, databases=["default"])
    # The policy and the file of its own are asked of the master itself.
    assert [message.id for message in found] == []
    url, options = broker_at(group.url)
    with (
        override_settings(CACHES=redis_or_memory(group.url)),
        Connection(url, transport_options=options) as broker,
    ):
        cache: Any = caches["default"]
        cache.set("attempts", 3, 600)
        waiting = broker.SimpleQueue("notify")
        waiting.put({"number": 1})
        client_of(group.url).wait(1, 5000)
        group.kill("master")
        # Meanwhile: nothing is raised, throttles count in memory, pages are made.
        assert cache.get("attempts") is None
        assert cache.add("attempts", 1, 60)
        settings.PRODUCTION = False
        assert Client().get("/readyz").status_code == 200
        assert Client().get("/logga-in/").status_code < 500
        begun = time.monotonic()
        until(lambda: client_of(group.url).get("no such key") is None)
        pool: Any = client_of(group.url).connection_pool
        assert pool.get_master_address()[1] == group.ports["replica"]
        ours._away_until.clear()
        until(cache.is_redis_there)
        assert cache.get("attempts") == 3
        assert cache.incr("attempts") == 4
        # What waited is there, and a worker's connection finds its way.
        broker.close()
        with Connection(url, transport_options=options) as again:
            kept = again.SimpleQueue("notify")
            message = kept.get(timeout=30)
            assert message.payload == {"number": 1}
            message.ack()
            kept.close()
        print(f"recovered after {time.monotonic() - begun:.1f} s")
    ours._away_until.clear()


def test_a_page_does_not_wait_for_a_sentinel_to_be_asked_again():
    asked = Watched.read("sentinel://127.0.0.1:9/m")
    pool = WatchedPool.from_url(f"sentinel://127.0.0.1:9/{asked.master}")
    clients = pool.sentinel_manager.sentinels
    kwargs = [client.connection_pool.connection_kwargs for client in clients] + [pool.connection_kwargs]
    assert [each["retry"].get_retries() for each in kwargs] == [0, 0]


def test_without_any_sentinel_the_portal_starts_and_says_so(settings):
    ours._away_until.clear()
    settings.REDIS_URL, settings.PRODUCTION = f"sentinel://127.0.0.1:9/{MASTER}", True
    (found,) = refuse_forgetful_broker(None, databases=["default"])
    assert found.id == "portal.W015"
    with override_settings(CACHES=redis_or_memory(settings.REDIS_URL)):
        assert caches["default"].add("x", 1)
        assert caches["default"].get("x") == 1
    ours._away_until.clear()


@pytest.mark.parametrize(
    "url",
    [
        "sentinel://",
        "sentinel://a:26379",
        "sentinel://a:26379/",
        "sentinel://:secret-word@/name",
        "sentinel://:secret-word@a:b/name",
        "sentinel://:secret-word@a:99999/name",
        "sentinel://:secret-word@a:1/name/x",
        "sentinel://:secret-word@a:1/name/0?ssl=1",
        "sentinels://a:26379/name",
    ],
)
def test_address_that_is_none_ends_start_up_with_a_plain_sentence(monkeypatch, url):
    monkeypatch.setitem(os.environ, "REDIS_URL", url)
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL") as refused:
        read_redis("REDIS_URL")
    assert "secret-word" not in str(refused.value)


def test_address_says_where_the_sentinels_are_and_how_to_sign_in():
    read = Watched.read("sentinel://portal:p%40ss@one,two:5000,[fd00::1]:26380/queue/3")
    assert read.sentinels == (("one", 26379), ("two", 5000), ("fd00::1", 26380))
    assert (read.master, read.database, read.username, read.password) == ("queue", 3, "portal", "p@ss")
    assert "p@ss" not in repr(read)
    url, options = broker_at("sentinel://:p%40ss@one,two:5000/queue")
    assert url == "sentinel://:p%40ss@one:26379/0;sentinel://:p%40ss@two:5000/0"
    assert options["master_name"] == "queue"
