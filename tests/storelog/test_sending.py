"""Rows of the access log at the national log: each once, whatever happens on the way, and none of it seen by
whoever looks at a patient."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors.storelog import sending
from connectors.storelog.lag import measure
from connectors.storelog.models import Outgoing, Receiver
from connectors.storelog.tasks import forget_acknowledged
from connectors.storelog.terms import NationalLog
from consent.accesslog.events import Event
from consent.vocabulary import Purpose
from tests.consent.examples import GUNHILD, NURSE, reader
from tests.storelog.conftest import (
    Running,
    put_in_queue,
    send,
    send_at_once,
    states,
    write_rows,
    write_shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.network, pytest.mark.sqlite]
ACKNOWLEDGED, ASIDE, KNOWN, WAITING = (
    Outgoing.ACKNOWLEDGED,
    Outgoing.ASIDE,
    Outgoing.KNOWN,
    Outgoing.WAITING,
)


def test_a_row_is_kept_there_as_the_contract_has_it(national_log: Running) -> None:
    row = write_shown()
    put_in_queue()
    assert send() == 1
    (post,) = national_log.service.posts.values()
    assert post["log_id"] == row
    assert (post["activity"], post["purpose"]) == ("Läsa", "Vård och behandling")
    assert (post["user"], post["unit"]) == (NURSE.hsa_id, NURSE.unit.hsa_id)
    assert [one["type"] for one in post["resources"]] == ["Varningar och överkänslighet", "Kontakter"]
    assert {one["patient"] for one in post["resources"]} == {GUNHILD.number}
    assert states() == {row: ACKNOWLEDGED}


def test_what_the_contract_has_no_word_for_is_not_sent(national_log: Running) -> None:
    write_shown(event=Event.SIGNED_IN, patient=None, kinds=frozenset(), origins=[])
    put_in_queue()
    assert send() == 0
    assert national_log.kept == []


@pytest.mark.parametrize("count", [1, 7, 250])
def test_all_of_them_arrive_once(national_log: Running, count: int) -> None:
    rows = write_rows(count)
    put_in_queue()
    assert send() == count
    assert sorted(national_log.kept) == sorted(rows)
    assert max(map(len, national_log.service.calls)) <= 100
    assert send() == 0
    assert sum(map(len, national_log.service.calls)) == count


@pytest.mark.parametrize("mode", ["unavailable", "malformed", "html", "reset", "unauthorized", "throttled"])
def test_while_it_fails_all_wait_and_then_all_arrive_once(national_log: Running, mode: str) -> None:
    """The simulator fails after it has kept the call: the worst that can happen."""
    rows = write_rows(5)
    put_in_queue()
    Receiver.objects.update(at_once=5)
    national_log.order(mode)
    assert send() == 0
    receiver = Receiver.objects.get()
    assert receiver.fault
    assert receiver.failures == 1
    assert receiver.next_at is not None
    assert receiver.next_at > timezone.now()
    assert send() == 0, "not before its time"
    assert set(states().values()) == {WAITING}
    national_log.order("ok")
    for _ in range(8):
        send_at_once()
    assert sorted(national_log.kept) == sorted(rows)
    assert sum(map(len, national_log.service.calls)) == 5
    assert set(states().values()) <= {ACKNOWLEDGED, KNOWN}


def test_nobody_there_is_a_fault_that_is_waited_out_longer_each_time(
    national_log: Running, settings: Any
) -> None:
    write_rows(1)
    put_in_queue()
    there = settings.NATIONAL_LOG
    settings.NATIONAL_LOG = NationalLog("http://127.0.0.1:9/", there.system_id)
    waits = []
    for _ in range(9):
        send_at_once()
        receiver = Receiver.objects.get()
        assert receiver.next_at is not None
        assert receiver.failed_at is not None
        waits.append((receiver.next_at - receiver.failed_at).total_seconds())
    assert waits[0] < 6
    assert waits[4] > waits[0] * 8
    assert waits[-1] <= sending.LONGEST_WAIT_S + 1
    settings.NATIONAL_LOG = there
    assert send_at_once() == 1


@pytest.mark.parametrize("bad", [0, 3, 8])
def test_one_that_is_refused_lies_aside_and_the_rest_arrive(national_log: Running, bad: int) -> None:
    rows = write_rows(9)
    put_in_queue()
    Receiver.objects.update(at_once=9)
    national_log.service.invalid = {rows[bad]}
    assert send() == 8
    row = Outgoing.objects.get(pk=rows[bad])
    assert (row.state, row.reason) == (ASIDE, Outgoing.INVALID)
    assert sorted(national_log.kept) == sorted(set(rows) - {rows[bad]})


def test_one_that_it_stumbles_over_lets_the_rest_pass(national_log: Running) -> None:
    rows = write_rows(9)
    put_in_queue()
    Receiver.objects.update(at_once=9)
    national_log.service.failed = {rows[4]}
    for _ in range(12):
        send_at_once()
    assert sorted(national_log.kept) == sorted(set(rows) - {rows[4]})
    assert states()[rows[4]] == WAITING
    Outgoing.objects.filter(pk=rows[4]).update(next_at=None)
    send_at_once()
    row = Outgoing.objects.get(pk=rows[4])
    assert (row.state, row.reason) == (ASIDE, Outgoing.REPORTED)


def test_one_without_what_the_contract_wants_is_never_sent(national_log: Running) -> None:
    lacking = write_shown(actor=reader(purpose=Purpose.CARE), origins=[("", "", "warning", 1)])
    rows = write_rows(2)
    put_in_queue()
    assert send() == 2
    assert sorted(national_log.kept) == sorted(rows)
    assert states()[lacking] == ASIDE


def test_a_call_whose_answer_was_lost_is_found_to_have_been_kept(national_log: Running) -> None:
    rows = write_rows(6)
    put_in_queue()
    Receiver.objects.update(at_once=6)
    national_log.order("reset")
    assert send() == 0
    assert sorted(national_log.kept) == sorted(rows)
    national_log.order("ok")
    for _ in range(4):
        send_at_once()
    assert set(states().values()) == {KNOWN}
    assert sum(map(len, national_log.service.calls)) == 6


def test_an_invalid_row_in_a_call_that_was_lost_before_it_was_kept_is_not_taken_for_known(
    national_log: Running, settings: Any
) -> None:
    rows = write_rows(4)
    put_in_queue()
    Receiver.objects.update(at_once=4)
    there = settings.NATIONAL_LOG
    settings.NATIONAL_LOG = NationalLog("http://127.0.0.1:9/", there.system_id)
    assert send() == 0
    assert Outgoing.objects.filter(doubt__isnull=False).count() == 4
    settings.NATIONAL_LOG = there
    national_log.service.invalid = {rows[0]}
    assert send_at_once() == 3
    assert states() == {rows[0]: ASIDE, **dict.fromkeys(rows[1:], ACKNOWLEDGED)}


def test_without_our_certificate_nothing_is_let_in_and_nothing_lost(
    national_log: Running, settings: Any
) -> None:
    row = write_shown()
    put_in_queue()
    there = settings.NATIONAL_LOG
    settings.NATIONAL_LOG = NationalLog(there.url, there.system_id, authority=there.authority)
    assert send() == 0
    assert Receiver.objects.get().fault == "tls"
    assert (national_log.kept, states()) == ([], {row: WAITING})


def test_sender_that_holds_the_turn_is_left_alone_until_its_lease_ends(national_log: Running) -> None:
    write_rows(1)
    put_in_queue()
    Receiver.objects.update(leased_until=timezone.now() + timedelta(seconds=30))
    assert send() == 0
    Receiver.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert send() == 1


def test_lag_and_what_lies_aside_are_told(national_log: Running, settings: Any) -> None:
    rows = write_rows(2)
    put_in_queue()
    Outgoing.objects.filter(pk=rows[0]).update(at=timezone.now() - timedelta(hours=2))
    Outgoing.objects.filter(pk=rows[1]).update(state=ASIDE)
    lag = measure()
    assert lag is not None
    assert (lag.waiting, lag.aside, lag.is_late) == (1, 1, True)
    settings.NATIONAL_LOG = None
    assert measure() is None


def test_what_is_told_names_nobody(national_log: Running, caplog: Any, capsys: Any) -> None:
    rows = write_rows(3)
    put_in_queue()
    national_log.service.invalid = {rows[0]}
    send()
    national_log.order("malformed")
    write_rows(1)
    put_in_queue()
    send_at_once()
    said = caplog.text + "".join(capsys.readouterr())
    kept = json.dumps([*Outgoing.objects.values(), *Receiver.objects.values()], default=str)
    for name in (GUNHILD.number, GUNHILD.number[2:], NURSE.hsa_id):
        assert name not in said
        assert name not in kept


def test_what_was_acknowledged_long_ago_is_forgotten_and_nothing_else(national_log: Running) -> None:
    rows = write_rows(3)
    put_in_queue()
    long_ago = timezone.now() - timedelta(days=100)
    Outgoing.objects.filter(pk=rows[0]).update(state=ACKNOWLEDGED, settled_at=long_ago)
    Outgoing.objects.filter(pk=rows[1]).update(state=ASIDE, settled_at=long_ago)
    assert forget_acknowledged() == 1
    assert set(states()) == set(rows[1:])


def test_nothing_is_done_where_none_is_configured(settings: Any) -> None:
    settings.NATIONAL_LOG = None
    write_rows(1)
    assert send() == 0
    assert not Receiver.objects.exists()


def test_a_row_whose_patient_cannot_be_read_is_put_aside_not_sent_without_her(
    national_log: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = write_shown()
    put_in_queue()
    monkeypatch.setattr("connectors.storelog.shaping.patient_of", lambda _row: None)
    assert send() == 0
    assert states() == {row: ASIDE}
    assert Outgoing.objects.get().reason == Outgoing.KEY_LOST
    assert national_log.kept == []
