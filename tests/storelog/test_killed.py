"""A sender killed between a call and its answer, on a database that keeps what is committed: the next one
goes on, nothing is lost, and nothing is there twice."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from typing import Any

import pytest
from django.db import connection

from connectors.storelog import taking
from connectors.storelog.models import Outgoing, Receiver
from consent.accesslog.model import AccessEvent
from tests.accesslog.conftest import Log, access_log, lasting, pristine
from tests.servers import ROOT
from tests.storelog.conftest import Running, send_at_once, states, write_rows

__all__ = ["access_log", "lasting", "pristine"]
pytestmark = [pytest.mark.network]
ROWS = 40
SENDER = """
import json, os, sys, django
django.setup()
from django.conf import settings
from connectors.storelog.terms import NationalLog
from connectors.storelog.sending import send_waiting
settings.DATABASES["default"].update(json.loads(sys.argv[1]))
send_waiting(NationalLog(**json.loads(sys.stdin.read())))
"""


def start_sender(place: Any) -> subprocess.Popen[str]:
    """What a worker does, in a process of its own."""
    import json

    names = ("NAME", "HOST", "PORT", "USER", "PASSWORD")
    database = json.dumps({name: connection.settings_dict[name] for name in names}, default=str)
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER, database],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        text=True,
        env={**os.environ},
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(asdict(place)))
    process.stdin.close()
    return process


def test_rows_are_taken_as_they_are_sealed_and_once(access_log: Log, national_log: Running) -> None:
    rows = write_rows(3)
    assert send_at_once() == 0
    assert not Outgoing.objects.exists(), "what is not sealed may still be taken back"
    access_log.seal()
    assert send_at_once() == 3
    more = write_rows(2)
    access_log.seal()
    assert send_at_once() == 2
    Receiver.objects.update(taken=0)
    assert send_at_once() == 0
    assert sorted(national_log.kept) == sorted([*rows, *more])
    sent = AccessEvent.objects.exclude(activity="").count()
    assert Outgoing.objects.count() == sent == 5


@pytest.mark.parametrize("has_kept", [True, False], ids=["after it was kept", "before it was kept"])
def test_killed_between_call_and_answer(
    access_log: Log, national_log: Running, settings: Any, has_kept: bool
) -> None:
    rows = write_rows(ROWS)
    access_log.seal()
    there = settings.NATIONAL_LOG
    settings.NATIONAL_LOG = None
    from connectors.storelog.taking import take_sealed

    assert take_sealed() == ROWS
    Receiver.objects.update(at_once=16)
    national_log.service.is_deaf = not has_kept
    national_log.order("hang")
    process = start_sender(there)
    deadline = time.monotonic() + 60
    while not national_log.service.asked and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.05)
    assert national_log.service.asked == 1
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    assert Outgoing.objects.filter(doubt__isnull=False).count() == 16
    assert len(national_log.kept) == (16 if has_kept else 0)

    national_log.service.is_deaf = False
    national_log.order("ok")
    settings.NATIONAL_LOG = there
    for _ in range(4):
        send_at_once()
    assert sorted(national_log.kept) == sorted(rows)
    kept = [log_id for call in national_log.service.calls for log_id in call]
    assert len(kept) == len(set(kept)) == ROWS
    assert Outgoing.WAITING not in states().values()
    assert Outgoing.ASIDE not in states().values()


def test_an_unreadable_checkpoint_holds_what_follows_and_does_not_go_round(
    access_log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        write_rows(1)
        access_log.seal()
    with monkeypatch.context() as patch:
        patch.setattr(taking, "CHECKPOINTS_AT_ONCE", 1)
        patch.setattr(taking, "as_checkpoint", lambda _row: None)
        assert taking.take_sealed() == 0
    assert taking.take_sealed() == 2
