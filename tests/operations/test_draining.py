"""A web process: what it does not look through for garbage; told to end, it is not ready at once, finishes
open pages, and is gone with code 0."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.server import OBJECTS_BETWEEN_COLLECTIONS
from tests.servers import ROOT, find_free_port

SLOW = """
import asyncio
import gc
from connectors.base.session import current_session
from portal.asgi import application as portal

async def application(scope, receive, send):
    if scope["path"] == "/frozen":
        body = b"%d %d" % (gc.get_freeze_count(), gc.get_threshold()[0])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        return await send({"type": "http.response.body", "body": body})
    if scope["path"] != "/slow":
        return await portal(scope, receive, send)
    current_session()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for number in range(int(scope["query_string"])):
        await send({"type": "http.response.body", "body": b"%d " % number, "more_body": True})
        await asyncio.sleep(0.2)
    await send({"type": "http.response.body", "body": b"whole"})
"""
MAIN = """
import uvicorn
from portal import server
made = uvicorn.Config
uvicorn.Config = lambda _app, **options: made("slow_pages:application", **options)
server.main()
"""


class Web:
    """One process that serves the portal, and a page that takes its time."""

    def __init__(self, folder: Path, *words: str) -> None:
        (folder / "slow_pages.py").write_text(SLOW)
        self.port = find_free_port()
        self.said = folder / "stderr"
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [
                    *("env", "DJANGO_SETTINGS_MODULE=portal.settings.test", f"DATA_DIR={folder}"),
                    *(f"PYTHONPATH={folder}:{ROOT}", f"DATABASE_URL=sqlite://{folder}/x.sqlite3"),
                    *(sys.executable, "-c", MAIN, "--host", "127.0.0.1", "--port", str(self.port), *words),
                ],
                cwd=ROOT,
                stderr=said,
            )
        deadline = time.monotonic() + 60
        while self.status("/healthz") != 200:
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def status(self, path: str) -> int:
        """0 where nobody listens."""
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20).status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def reasons(self) -> list[str]:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=20)
        except urllib.error.HTTPError as error:
            return json.loads(error.read())["reasons"]
        return []


class Page:
    """An open page: its bytes so far, read in a thread."""

    def __init__(self, web: Web, pieces: int) -> None:
        self.body = b""
        self.connection = socket.create_connection(("127.0.0.1", web.port), timeout=60)
        self.connection.sendall(f"GET /slow?{pieces} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        self.body += self.connection.recv(65536)
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self) -> None:
        with self.connection:
            while b"whole" not in self.body:
                piece = self.connection.recv(65536)
                if not piece:
                    return
                self.body += piece

    def end(self) -> bytes:
        self.thread.join(60)
        return self.body


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    made = Web(tmp_path, "--announce-s", "1.5", "--grace-s", "60")
    yield made
    made.process.kill()
    made.process.wait()


def test_what_is_loaded_is_not_looked_through_for_garbage(web: Web) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{web.port}/frozen", timeout=20) as answer:
        frozen, threshold = (int(word) for word in answer.read().split())
    assert frozen > 100_000
    assert threshold == OBJECTS_BETWEEN_COLLECTIONS


def test_open_page_is_finished_and_the_process_ends_with_0(web: Web) -> None:
    page = Page(web, 20)
    web.process.send_signal(signal.SIGTERM)
    while not (reasons := web.reasons()) or reasons[0] != "draining":
        assert web.process.poll() is None, "it was never said that it ends"
    assert web.status("/healthz") == 200  # who came all the same is still served
    assert b"whole" in page.end()
    assert web.process.wait(60) == 0
    assert "Unclosed" not in web.said.read_text("utf-8")  # the connections to the sources


def test_page_that_never_ends_does_not_hold_the_process(tmp_path: Path) -> None:
    web = Web(tmp_path, "--grace-s", "0.5")
    page = Page(web, 10_000)
    web.process.send_signal(signal.SIGTERM)
    assert web.process.wait(60) == 0
    assert b"whole" not in page.end()


def test_told_twice_it_does_not_wait(tmp_path: Path) -> None:
    web = Web(tmp_path, "--announce-s", "600", "--grace-s", "600")
    page = Page(web, 10_000)
    web.process.send_signal(signal.SIGTERM)
    while "draining" not in web.reasons():
        time.sleep(0.05)
    web.process.send_signal(signal.SIGTERM)
    assert web.process.wait(60) == 0
    page.end()
