"""Child processes that never outlive their parent, however it ends."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

FIRST_LINE_S = 30.0
STOP_S = 6.0


class ChildFailed(Exception):
    """A child ended or stayed silent before it was ready."""


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    process: subprocess.Popen[str]
    is_essential: bool


class ChildSet:
    """Starts children, each leading a process group of its own, so that Ctrl-C in the terminal reaches the
    parent alone and the parent ends them in order. Should the parent be killed, the kernel tells them (on
    Linux), and so does the end of their standard input. Call from the main thread: the kernel's word is bound
    to the thread that started the child."""

    def __init__(self) -> None:
        self._children: list[Child] = []

    def start(self, argv: Sequence[str], *, name: str = "", ready_s: float = FIRST_LINE_S) -> str:
        """Start a program that prints one line when it is ready; return that line without its end.

        Later lines go to stderr. Raises ChildFailed if it ends, or is silent for ready_s seconds, before.
        """
        child = self._spawn(argv, name=name, stdout=subprocess.PIPE, is_essential=False)
        lines: queue.Queue[str | None] = queue.Queue(maxsize=1)
        threading.Thread(target=_pass_on, args=(child, lines), daemon=True).start()
        try:
            line = lines.get(timeout=ready_s)
        except queue.Empty:
            raise ChildFailed(f"{child.name} said nothing for {ready_s:g} s.") from None
        if line is None:
            raise ChildFailed(f"{child.name} ended before it was ready.")
        return line

    def start_silent(self, argv: Sequence[str], *, name: str) -> None:
        """Start a program the product cannot do without; what it prints goes to stderr."""
        self._spawn(argv, name=name, stdout=sys.stderr, is_essential=True)

    def ended(self) -> Child | None:
        """The first essential child that is no longer running, if any."""
        return next((c for c in self._children if c.is_essential and c.process.poll() is not None), None)

    def stop(self) -> None:
        """End every child, last started first: politely, then, after STOP_S seconds in all, for good."""
        for child in reversed(self._children):
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_S
        for child in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
        for child in self._children:
            # The leader may be gone while something it started is not.
            _signal_group(child, signal.SIGKILL)
            child.process.wait()
            for stream in (child.process.stdin, child.process.stdout):
                _close(stream)
        self._children.clear()

    def _spawn(self, argv: Sequence[str], *, name: str, stdout: int | IO[str], is_essential: bool) -> Child:
        process = subprocess.Popen(
            _bound_to_parent(argv), stdin=subprocess.PIPE, stdout=stdout, text=True, start_new_session=True
        )
        child = Child(name or " ".join(argv[-3:]), process, is_essential)
        self._children.append(child)
        return child


def _bound_to_parent(argv: Sequence[str]) -> list[str]:
    """The command, made to get SIGTERM when this process dies; unchanged where there is no util-linux."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--", *argv] if setpriv else list(argv)


def _pass_on(child: Child, first: "queue.Queue[str | None]") -> None:
    """Hand over the first line, then copy the rest to stderr, so that a full pipe never stops the child."""
    stream = child.process.stdout
    if stream is None:
        return
    line = stream.readline()
    first.put(line.rstrip("\n") if line else None)
    try:
        for line in stream:
            sys.stderr.write(line)
    except ValueError:  # closed by stop()
        return


def _signal_group(child: Child, which: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, which)


def _close(stream: IO[str] | None) -> None:
    with suppress(OSError):  # the pipe's other end went first
        if stream is not None:
            stream.close()
