"""Real programs for tests: the portal as a server process, simulated systems, a browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.embedded.children import ChildSet

ROOT = Path(__file__).resolve().parents[1]
ANSWERS_S = 30.0
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

StartSimulator = Callable[..., str]


def find_free_port() -> int:
    """A port of this machine that nobody listens on right now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, children: ChildSet) -> None:
    """Until the address answers anything at all, or a child ended, or the time is over."""
    deadline = time.monotonic() + ANSWERS_S
    while time.monotonic() < deadline:
        if ended := children.ended():
            raise AssertionError(f"{ended.name} ended with code {ended.process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"no answer from {url} within {ANSWERS_S:g} s")


def this_database_url() -> str:
    """DATABASE_URL of the database this test works on, for a program of its own."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(str(settings['NAME']))}"
    who = quote(settings["USER"])
    return f"postgresql://{who}@/{quote(settings['NAME'])}?host={quote(settings['HOST'], safe='')}"


@dataclass(frozen=True)
class Run:
    """One `serve_embedded` that is ready: its process, what it printed until then, and how long that took."""

    process: subprocess.Popen[str]
    printed: str
    ready_s: float


@contextmanager
def embedded_run(checkout: Path, port: int, variables: Mapping[str, str]) -> Iterator[Run]:
    """The portal as `make run` serves it, from its ready line to Ctrl-C, which it must answer with code 0.

    It gets a bare environment: nothing of this test run's database or settings reaches it.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve_embedded"],
        cwd=checkout,
        env={**kept, **variables, "PORT": str(port)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            printed = ""
            while not printed.endswith(f"ready http://localhost:{port}\n"):
                line = process.stdout.readline()
                assert line, f"ended before it was ready, after: {printed}"
                printed += line
            yield Run(process, printed, time.monotonic() - begun)
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(20)
    assert code == 0


@pytest.fixture
def children() -> Iterator[ChildSet]:
    """Programs started through it end with the test."""
    started = ChildSet()
    yield started
    started.stop()


@pytest.fixture
def start_simulator(children: ChildSet) -> StartSimulator:
    """start_simulator("fhir", "--today", "2026-01-01") -> its address, once it listens."""

    def start(name: str, *arguments: str) -> str:
        program = [sys.executable, "-m", f"demo.simulators.{name}", "--port", "0"]
        line = children.start([*program, *arguments], name=f"simulator {name}")
        return line.removeprefix("listening ").strip()

    return start


@pytest.fixture
def portal_address(transactional_db: None, children: ChildSet) -> str:
    """The portal in a process of its own, on the test's database. What the test commits, it sees."""
    port = find_free_port()
    children.start_silent(
        [
            *("env", f"DATABASE_URL={this_database_url()}", "DATABASE_HOP=pool"),
            f"DJANGO_SETTINGS_MODULE={django_settings.SETTINGS_MODULE}",
            *(sys.executable, "-m", "portal.server", "--host", "127.0.0.1", "--port", str(port)),
        ],
        name="the portal",
    )
    address = f"http://localhost:{port}"
    wait_for(f"http://127.0.0.1:{port}/", children)
    return address


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Debian's Chromium. Playwright keeps an event loop running in this thread: Django would take that for a
    reason to refuse its database, and nobody else can start a loop meanwhile. Hence the variable."""
    program = shutil.which("chromium")
    assert program is not None, "Chromium is missing: apt-get install chromium"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a module: other modules' tests may want loops of their own."""
    with running_browser() as launched:
        yield launched


@pytest.fixture
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: no cookies, Swedish."""
    context = browser.new_context(locale="sv-SE", timezone_id="Europe/Stockholm")
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    """One tab."""
    return browser_context.new_page()
