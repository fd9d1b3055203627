"""Children end with their parent: in order, when they dawdle, and when the parent is killed."""

import os
import signal
import subprocess
import sys
import time

import pytest

from portal.embedded.children import ChildFailed, ChildSet

WAITS = "import time; print('listening http://127.0.0.1:1', flush=True); time.sleep(60)"
IGNORES_SIGTERM = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITS}"
HAS_CHILD = (
    "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(p.pid, flush=True); p.wait()"
)
PARENT = f"""
import sys, time
from portal.embedded.children import ChildSet
children = ChildSet()
children.start([sys.executable, "-c", {WAITS!r}])
print(children._children[0].process.pid, flush=True)
time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"


def is_gone_soon(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if not is_alive(pid):
            return True
        time.sleep(0.05)
    return False


def test_first_line_is_handed_over_and_stop_ends_the_child():
    children = ChildSet()
    assert children.start([sys.executable, "-c", WAITS]) == "listening http://127.0.0.1:1"
    pid = children._children[0].process.pid
    assert is_alive(pid)
    children.stop()
    assert not is_alive(pid)


def test_stop_ends_what_a_child_started():
    children = ChildSet()
    grandchild = int(children.start([sys.executable, "-c", HAS_CHILD]))
    children.stop()
    assert is_gone_soon(grandchild)


def test_child_that_ignores_the_polite_signal_ends_all_the_same(monkeypatch):
    monkeypatch.setattr("portal.embedded.children.STOP_S", 0.5)
    children = ChildSet()
    children.start([sys.executable, "-c", IGNORES_SIGTERM])
    pid = children._children[0].process.pid
    children.stop()
    assert not is_alive(pid)


def test_child_that_ends_early_is_named():
    children = ChildSet()
    with pytest.raises(ChildFailed, match="person ended before it was ready"):
        children.start([sys.executable, "-c", "raise SystemExit(3)"], name="person")
    children.stop()


def test_child_that_stays_silent_is_given_up():
    children = ChildSet()
    with pytest.raises(ChildFailed, match=r"said nothing for 0\.3 s"):
        children.start([sys.executable, "-c", "import time; time.sleep(60)"], ready_s=0.3)
    children.stop()


def test_only_an_essential_child_is_missed():
    children = ChildSet()
    with pytest.raises(ChildFailed):
        children.start([sys.executable, "-c", ""])
    assert children.ended() is None
    children.start_silent([sys.executable, "-c", ""], name="the worker")
    deadline = time.monotonic() + 5
    while (ended := children.ended()) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ended is not None
    assert ended.name == "the worker"
    children.stop()


def test_killed_parent_takes_its_children_along():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert is_gone_soon(child)
