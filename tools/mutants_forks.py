"""A warm process that forks: each fork does one piece of work, says one word about it, and ends."""

import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

SAID = 65_536
INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CouldNotRunError(Exception):
    """The tests are red without any mutant, or the tool itself failed: nothing can be said of any mutant."""


@dataclass(frozen=True)
class Fork:
    """A child and the end of the pipe on which it answers."""

    pid: int
    pipe: int

    def end(self) -> None:
        """End it now, where nobody waits for its answer any more."""
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.pipe)


def start(work: Callable[[], str], limit_s: float, folder: Path, running: list[Fork]) -> Fork:
    """Work in a fork, on a copy of the database. ``limit_s``: then its own alarm ends it, whoever waits.

    No interruption comes between forking and noting in ``running`` that it was done; in the middle of a fork
    Python would even swallow it.
    """
    reading, writing = os.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTIONS)
    try:
        pid = os.fork()
        if pid:
            os.close(writing)
            running.append(Fork(pid, reading))
            return running[-1]
        _answer(work, limit_s, folder / str(os.getpid()), writing, before)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answer(
    work: Callable[[], str], limit_s: float, own: Path, pipe: int, mask: Iterable[int | signal.Signals]
) -> NoReturn:
    answer = "error nothing was said"
    try:
        for name in INTERRUPTIONS:
            signal.signal(name, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.setitimer(signal.ITIMER_REAL, limit_s)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        own.mkdir()
        take_own_database(own)
        answer = f"done {work()}"
    except BaseException:  # noqa: BLE001 (nothing may leave the fork but its answer)
        answer = f"error {traceback.format_exc()}"
    finally:
        shutil.rmtree(own, ignore_errors=True)
        os.write(pipe, answer.encode()[:SAID])
        os._exit(0)


def wait_for_one(running: list[Fork]) -> tuple[Fork, str]:
    """The first that ends, and what it found. One that its alarm or a fault ended found something, too."""
    while True:
        pid, status = os.wait()
        fork = next((fork for fork in running if fork.pid == pid), None)
        if fork is not None:
            break
    running.remove(fork)
    answer = os.read(fork.pipe, SAID).decode(errors="replace")
    os.close(fork.pipe)
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return fork, "it did not end in time" if name == "SIGALRM" else f"the process ended by {name}"
    how, _, what = answer.partition(" ")
    if how != "done":
        raise CouldNotRunError(what)
    return fork, what


def leave_database() -> None:
    """Before forking: a connection cannot be shared, and a closed SQLite database is one file."""
    if databases := _databases():
        databases.close_all()


def take_own_database(folder: Path) -> None:
    """A copy for this fork alone, where a test has made one at all."""
    if databases := _databases():
        for database in databases.all():
            if Path(database.settings_dict["NAME"]).exists():
                own = folder / f"{database.alias}.sqlite3"
                database.settings_dict["NAME"] = shutil.copyfile(database.settings_dict["NAME"], own)


def _databases() -> Any:
    """Django's connections, where what is tested uses Django."""
    if "django.db" not in sys.modules:
        return None
    from django.conf import settings
    from django.db import connections

    return connections if settings.configured else None
