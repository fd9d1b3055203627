"""The steps of `make run`, in order: folders, tables, static files, companions, worker, web server."""

import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils.module_loading import import_string

from portal.embedded.children import ChildSet
from portal.settings.embedding import Embedded

Companion = Callable[[ChildSet], list[str]]

READY_S = 60.0
POLL_S = 0.1
# Whoever pressed Ctrl-C is waiting.
GRACE_S = 3
HELD_NAME = "running"
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotServe(Exception):
    """Why the portal could not start, as one sentence for whoever ran the command."""


class Interrupted(Exception):
    """Ctrl-C, or a polite signal from elsewhere."""


def serve(place: Embedded, write: Callable[[str], None]) -> None:
    """Run until interrupted. Raises CannotServe; leaves no child behind either way."""
    children = ChildSet()
    for which in ENDING_SIGNALS:
        signal.signal(which, _interrupt)
    try:
        with sole_user(place.data_dir):
            serve_with(children, place, write)
    except Interrupted:
        pass


def serve_with(children: ChildSet, place: Embedded, write: Callable[[str], None]) -> None:
    """Every step from a checked port to the wait for Ctrl-C, and the end of every child."""
    try:
        refuse_taken_port(place.host, place.port)
        prepare_data(place)
        lines = start_companions(children)
        start_worker(children, place)
        start_web(children, place)
        wait_until_answering(children, place.address)
        write(f"ready {place.address}")
        for line in lines:
            write(line)
        watch(children)
    finally:
        # A second Ctrl-C must not leave children behind.
        for which in ENDING_SIGNALS:
            signal.signal(which, signal.SIG_IGN)
        children.stop()


@contextmanager
def sole_user(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for this run: two runs on one SQLite and one broker would undo each other.

    The held file carries our process id, so that `make reset` can end us first.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / HELD_NAME).open("a+", encoding="ascii") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotServe(f"The data in {data_dir} is in use by another `make run`.") from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def refuse_taken_port(host: str, port: int) -> None:
    """Find out before minutes of set-up, not after."""
    for family, kind, protocol, _name, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        with closing(socket.socket(family, kind, protocol)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(where)
            except PermissionError:
                raise CannotServe(f"Port {port} may not be used by you. Choose another: PORT=8001") from None
            except OSError:
                raise CannotServe(
                    f"Port {port} on {host} is taken or not of this machine. Choose another: PORT=8001"
                ) from None


def prepare_data(place: Embedded) -> None:
    """Folders, tables and static files; what is there already is kept."""
    for folder in (place.messages_dir, place.control_dir):
        folder.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def start_companions(children: ChildSet) -> list[str]:
    """Start what the settings name beside the portal; return what they want printed once it is ready."""
    lines: list[str] = []
    for path in settings.EMBEDDED_COMPANIONS:
        companion: Companion = import_string(path)
        lines += companion(children)
    connections.close_all()  # this process only watches from here on
    return lines


def start_worker(children: ChildSet, place: Embedded) -> None:
    """One Celery worker with the clock of periodic work inside it."""
    children.start_silent(
        [
            # Celery warns whoever is root, as one is in many a container; nothing here comes from outside.
            *(
                sys.executable,
                "-W",
                "ignore:You're running the worker with superuser",
                "-m",
                "celery",
                "--app",
                "portal",
                "--quiet",
                "worker",
                "--beat",
            ),
            *("--pool", "threads", "--concurrency", "2", "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            *("--schedule", str(place.beat_schedule)),
        ],
        name="the worker",
    )


def start_web(children: ChildSet, place: Embedded) -> None:
    """One ASGI server; SQLite has one writer anyway."""
    where = ("--host", place.host, "--port", str(place.port), "--grace-s", str(GRACE_S))
    children.start_silent([sys.executable, "-m", "portal.server", *where], name="the web server")


def wait_until_answering(children: ChildSet, address: str) -> None:
    """Ask for the first page until it comes; an answer of any kind but a server fault will do."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if ended := children.ended():
            raise CannotServe(f"{ended.name} ended at once (code {ended.process.returncode}); see above.")
        if is_answering(address):
            return
        time.sleep(POLL_S)
    raise CannotServe(f"The portal did not answer on {address} within {READY_S:g} s.")


def is_answering(address: str) -> bool:
    try:
        with urllib.request.urlopen(address + "/", timeout=10) as response:  # noqa: S310 # nosec B310 (own address)
            return bool(response.status < 500)
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise CannotServe(f"The first page failed with {error.code}; see above.") from None
        return True
    except OSError:
        return False


def watch(children: ChildSet) -> None:
    """Wait; raise CannotServe if something the portal cannot do without ends."""
    while True:
        if ended := children.ended():
            raise CannotServe(f"{ended.name} ended unexpectedly (code {ended.process.returncode}).")
        time.sleep(0.5)


def _interrupt(_signum: int, _frame: FrameType | None) -> NoReturn:
    raise Interrupted
