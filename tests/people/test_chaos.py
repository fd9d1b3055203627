"""When something else ends: content or a clear page, never wrong or lost data, and back by itself."""

import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from django.conf import settings as current
from django.db import connection
from django.test import override_settings

from connectors.base.breaker import BREAKER
from connectors.models import Source
from consent.accesslog.delivering import measure_lag
from consent.accesslog.model import AccessEvent, LogDelivery
from consent.accesslog.verifying import INTACT
from demo.people import BY_LETTER
from portal import cache as ours
from portal.embedded.children import ChildSet
from tests.accesslog.conftest import access_log, lasting, pristine  # noqa: F401 (fixtures)
from tests.accesslog.writing import write_rows
from tests.operations.between import GoBetween, go_between
from tests.operations.servers import new_redis
from tests.people.test_parallel_readers import Somebody, make_reader, marks
from tests.people.test_when_systems_fail import EMPTY_WORDS, opened, order
from tests.servers import ROOT, find_free_port, this_database_url
from tests.walking import Reader

if TYPE_CHECKING:
    from demo.seed import Addresses
    from tests.accesslog.conftest import Log

pytestmark = [pytest.mark.demo, pytest.mark.network]
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="takes PostgreSQL away: make test has one"
)
RECOVERS_S = 30.0


# Redis. --------------------------------------------------------------------------------------------


def read(letter: str) -> dict[str, str]:
    """Signs in anew and opens a patient: the state of every button."""
    reader = Reader().sign_in("akuten")
    assert reader.search(BY_LETTER[letter].number).status == 302
    return reader.overview().states


def test_without_redis_readers_sign_in_and_see_the_same(people: "Addresses") -> None:
    ours._away_until.clear()
    with new_redis() as redis:
        place = {"BACKEND": "portal.cache.RedisOrMemory", "LOCATION": redis.url}
        with override_settings(CACHES={"default": place}):
            before = read("A")
            redis.stop()
            assert read("A") == before
            again = [
                Reader().post("/konto/logga-in/", {"login": "nobody", "password": "x"}) for _ in range(12)
            ]
            assert {reply.status for reply in again} <= {200, 429}
            redis.start()
            ours._away_until.clear()
            assert read("A") == before
    ours._away_until.clear()


# PostgreSQL. ---------------------------------------------------------------------------------------


@pytest.fixture
def between() -> Iterator[GoBetween]:
    with (
        tempfile.TemporaryDirectory(prefix="portal-between-") as folder,
        go_between(Path(folder), connection.settings_dict["HOST"]) as made,
    ):
        yield made


@pytest.fixture
def portal(lasting_people: "Addresses", between: GoBetween, children: ChildSet) -> str:
    """The portal in a process of its own, which reaches the database by way of ``between`` alone."""
    port = find_free_port()
    url = re.sub(r"host=[^&]*", f"host={between.folder}", this_database_url())
    children.start_silent(
        [
            *("env", f"DATABASE_URL={url}", "DATABASE_HOP=pool", "LOG_LEVEL=CRITICAL"),
            f"DJANGO_SETTINGS_MODULE={current.SETTINGS_MODULE}",
            *(sys.executable, "-m", "portal.server", "--host", "127.0.0.1", "--port", str(port)),
        ],
        name="the portal",
    )
    address = f"http://127.0.0.1:{port}"
    wait_for(lambda: asyncio.run(ask(address, "/readyz"))[0] == 200, 60)
    return address


async def ask(address: str, path: str, reader: Somebody | None = None) -> tuple[int, str]:
    """0 where nobody answers."""
    jar = {current.SESSION_COOKIE_NAME: reader.cookie} if reader else {}
    try:
        async with aiohttp.ClientSession(cookies=jar) as session, session.get(address + path) as reply:
            return reply.status, await reply.text()
    except aiohttp.ClientConnectionError:
        return 0, ""


def wait_for(question, seconds: float = RECOVERS_S) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@on_postgresql
def test_without_the_database_a_clear_page_and_nobody_in_it_and_back_by_itself(
    portal: str, between: GoBetween
) -> None:
    reader = make_reader(1)
    page = f"/p/{reader.handles['A']}/"

    def look(path: str = page) -> tuple[int, str]:
        return asyncio.run(ask(portal, path, reader))

    status, before = look()
    assert (status, marks("A")[0] in before) == (200, True)
    between.stop()
    for _ in range(3):
        status, body = look()
        assert status == 503
        assert "når inte sin databas" in body or "Loggning fungerar inte" in body
        assert not any(mark in body for letter in "ABC" for mark in marks(letter))
    assert json.loads(look("/readyz")[1]) == {"status": "not ready", "reasons": ["database"]}
    assert look("/healthz")[0] == 200
    between.start()
    wait_for(lambda: look("/readyz")[0] == 200)
    wait_for(lambda: look()[0] == 200)
    assert marks("A")[0] in look()[1]


@on_postgresql
def test_database_that_goes_while_a_page_streams_ends_it_with_a_clear_word(
    portal: str, between: GoBetween, lasting_people: "Addresses"
) -> None:
    """What had left had its row; what comes after the cut is not shown."""
    reader = make_reader(2)
    for address in (lasting_people.cosmic, lasting_people.viva, lasting_people.mobimed):
        order(address, "slow", seconds=2.5)

    async def run() -> str:
        jar = {current.SESSION_COOKIE_NAME: reader.cookie}
        page = f"{portal}/p/{reader.handles['A']}/"
        async with aiohttp.ClientSession(cookies=jar) as session, session.get(page) as reply:
            assert reply.status == 200
            await reply.content.readany()
            between.stop()
            return (await reply.content.read()).decode()

    try:
        rest = asyncio.run(run())
    finally:
        for address in (lasting_people.cosmic, lasting_people.viva, lasting_people.mobimed):
            order(address, "ok")
    assert "Loggning fungerar inte" in rest
    assert 'data-state="lit"' not in rest
    assert 'data-state="empty"' not in rest
    between.start()
    wait_for(lambda: asyncio.run(ask(portal, "/readyz"))[0] == 200)


# All sources. --------------------------------------------------------------------------------------


def test_when_every_source_hangs_all_is_unknown_and_back_when_they_answer(
    people: "Addresses", monkeypatch
) -> None:
    Source.objects.update(deadline_s=1.0)
    everybody = [people.cosmic, people.viva, people.mobimed, people.nordliden, people.npo]
    reader = opened("A")
    before = reader.overview().states
    try:
        for address in filter(None, everybody):
            order(address, "hang", seconds=5.0)
        for _ in range(2):
            page = reader.overview()
            assert "Inte komplett" in page.text
            assert not {"lit", "empty"} & set(page.states.values()), page.states
            assert not any(words in page.text for words in EMPTY_WORDS)
    finally:
        for address in filter(None, everybody):
            order(address, "ok")
    Source.objects.update(deadline_s=30.0)
    later = time.monotonic() + RECOVERS_S
    monkeypatch.setattr(BREAKER, "clock", lambda: later)
    reader.overview()  # a source at rest is tried by one reader first
    assert reader.overview().states == before


# A worker, and the second place of the log. --------------------------------------------------------

SEAL = "import django; django.setup(); from consent import tasks; print(tasks.seal_access_log())"


def dying(where: str) -> str:
    """kill -9 of itself where that function would be called."""
    module, _, name = where.rpartition(".")
    kills = f"import os, {module} as there; there.{name} = lambda *_: os.kill(os.getpid(), 9); "
    return SEAL.replace("print(", kills + "print(")


def seal_elsewhere(log: "Log", *, largest_file: int = 0, code: str = SEAL) -> Any:
    """Seal in a process of its own, that can make no file larger than so many bytes."""

    def limit() -> None:
        if largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))

    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "DJANGO_SETTINGS_MODULE": "portal.settings.test",
            "DATABASE_URL": this_database_url(),
            "LOG_SINK_DIR": str(log.folder),
            "LOG_LEVEL": "CRITICAL",
        },
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )


@on_postgresql
def test_sealer_that_is_killed_at_work_leaves_nothing_half_done(access_log: "Log") -> None:  # noqa: F811
    """kill -9 after the checkpoint is signed, before its transaction ends: the next one seals all of it."""
    write_rows(20)
    assert seal_elsewhere(access_log, code=dying("consent.tasks.deliver")).returncode == -9
    write_rows(10)
    assert seal_elsewhere(access_log, code=dying("consent.accesslog.sealing._insert")).returncode == -9
    assert measure_lag(()).rows == 10
    assert seal_elsewhere(access_log).returncode == 0
    assert measure_lag(()).rows == 0
    assert access_log.verify().code == INTACT


@on_postgresql
def test_second_place_that_is_full_holds_up_nobody_and_gets_all_when_there_is_room(
    access_log: "Log",  # noqa: F811
) -> None:
    write_rows(5)
    assert seal_elsewhere(access_log).returncode == 0
    whole = sum(path.stat().st_size for path in access_log.folder.iterdir())
    write_rows(5)
    done = seal_elsewhere(access_log, largest_file=whole + 20)
    assert (done.returncode, done.stdout.strip()) == (0, "5"), done.stderr
    assert LogDelivery.objects.get().fault
    assert measure_lag([access_log.sink]).delays[0].missing == 1
    write_rows(5)  # readers go on: a full disk elsewhere stops no care
    assert AccessEvent.objects.count() == 15
    assert seal_elsewhere(access_log).returncode == 0
    assert measure_lag([access_log.sink]).delays[0].missing == 0
    assert LogDelivery.objects.get().fault == ""
    assert access_log.verify().code == INTACT
