"""The thin webhook: signed, fresh, never twice; and for a source that can be asked, a question."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models.functions import Now
from django.test import Client

from connectors.base.contract import Freshness
from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from connectors.models import Source
from connectors.openfeed.models import HeldRecord, Notice
from connectors.openfeed.notices import MOST_ATTEMPTS, sign
from connectors.openfeed.refusing import Code
from connectors.openfeed.scenarios import PATIENT, STRANGER
from connectors.openfeed.tasks import delete_what_ran_out, fetch_noticed, fetch_waiting
from tests.connectors.threads import serving
from tests.feed.vendor import NOTICE_KEY, Vendor, service

pytestmark = [pytest.mark.django_db, pytest.mark.network]


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a worker would be told: ids alone."""
    ids: list[str] = []
    monkeypatch.setattr("portal.feed.endpoints.fetch_noticed.delay", ids.append)
    return ids


def notify(
    slug: str = "exempel",
    patient: object = PATIENT.number,
    *,
    at: float = 0,
    key: str = NOTICE_KEY,
    body: bytes = b"",
    signature: str = "",
) -> Any:
    timestamp = str(int(time.time() + at))
    sent = body or json.dumps({"patient": patient}).encode()
    headers = {
        "X-Feed-Timestamp": timestamp,
        "X-Feed-Signature": signature or f"sha256={sign(key, timestamp, sent)}",
    }
    return Client().post(
        f"/api/feed/v1/notices/{slug}", sent, content_type="application/json", headers=headers
    )


def refused(reply: Any) -> tuple[int, Code]:
    assert reply.headers["Content-Type"] == "application/problem+json"
    return reply.status_code, Code(reply.json()["code"])


@pytest.fixture
def asked_at(vendor: Vendor, settings: Any) -> Any:
    """Gives the source an address where this is what it answers."""

    def answer_there(address: str) -> Vendor:
        vendor.source.base_url = address
        vendor.source.save()
        return vendor

    return answer_there


def holding(*records: dict[str, Any]) -> Answerer:
    return lambda asked: json_reply({"v": 1, "records": list(records), "next": None})


def test_notice_of_a_source_that_is_asked_live_needs_nothing_done(vendor: Vendor, told: list[str]) -> None:
    vendor.source.settings = {}
    vendor.source.save()
    reply = notify()
    assert (reply.status_code, reply.json()) == (202, {"v": 1, "fetch": False})
    assert told == []
    notice = Notice.objects.get()
    assert (notice.state, notice.patient, notice.person) == (Notice.DONE, None, None)


def test_notice_leads_to_a_question_and_the_answer_takes_the_place_of_what_was(
    asked_at: Any, told: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    seen: list[Asked] = []

    def answer(asked: Asked) -> Reply:
        seen.append(asked)
        return json_reply({"v": 1, "records": [service(2)], "next": None})

    with serving(answer) as address:
        vendor = asked_at(address)
        vendor.push(service(1), service(9, patient=STRANGER.number), complete=True)
        with django_capture_on_commit_callbacks(execute=True):
            assert notify().json() == {"v": 1, "fetch": True}
        assert vendor.shown().freshness is Freshness.OVERDUE
        (told_id,) = told
        assert PATIENT.number not in told_id
        assert fetch_noticed(told_id)
    assert [asked.json for asked in seen] == [{"patient": PATIENT.number, "patient_type": "pnr"}]
    answer_now = vendor.shown()
    assert [record.id for record in answer_now.records] == ["service/insats-2"]
    assert answer_now.freshness is Freshness.DELIVERED
    assert HeldRecord.objects.count() == 2
    notice = Notice.objects.get()
    assert (notice.state, notice.patient, notice.person) == (Notice.DONE, None, None)


def test_empty_answer_takes_away_what_was_held_of_that_person_alone(asked_at: Any) -> None:
    with serving(holding()) as address:
        vendor = asked_at(address)
        vendor.push(service(1), service(9, patient=STRANGER.number), complete=True)
        notify()
        fetch_noticed(str(Notice.objects.get().pk))
    assert vendor.shown().records == ()
    assert len(vendor.shown(STRANGER).records) == 1


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: json_reply({}, 503),
        lambda asked: json_reply({"v": 1, "records": [service(2, patient=STRANGER.number)]}),
        lambda asked: json_reply({"v": 1, "records": [service(2, patient="x")]}),
        lambda asked: json_reply({"v": 1, "records": [], "withheld": True}),
        lambda asked: json_reply({"v": 1}),
    ],
    ids=["down", "somebody else", "nobody", "withheld", "no list"],
)
def test_question_that_fails_keeps_what_was_and_says_that_it_is_old(asked_at: Any, answer: Answerer) -> None:
    with serving(answer) as address:
        vendor = asked_at(address)
        vendor.push(service(1), complete=True)
        notify()
        notice_id = str(Notice.objects.get().pk)
        assert not fetch_noticed(notice_id)
        assert not fetch_noticed(notice_id)
    shown = vendor.shown()
    assert (len(shown.records), shown.freshness) == (1, Freshness.OVERDUE)
    assert Notice.objects.get().attempts == 2


def test_beat_fetches_what_no_worker_was_told_of_and_gives_up_in_the_end(asked_at: Any) -> None:
    with serving(lambda asked: json_reply({}, 503)) as address:
        vendor = asked_at(address)
        vendor.push(service(1), complete=True)
        notify()
        assert fetch_waiting() == 0
        Notice.objects.update(received_at=Now() - timedelta(seconds=61))
        assert fetch_waiting() == 1
        assert fetch_waiting() == 0
        Notice.objects.update(attempts=MOST_ATTEMPTS - 1, received_at=Now() - timedelta(days=1))
        assert fetch_waiting() == 1
        assert fetch_waiting() == 0
    assert Notice.objects.get().state == Notice.GIVEN_UP
    assert vendor.shown().freshness is Freshness.OVERDUE


def test_later_answer_settles_what_was_given_up(asked_at: Any) -> None:
    with serving(holding(service(1))) as address:
        vendor = asked_at(address)
        vendor.push(complete=True)
        notify(at=-1)
        Notice.objects.update(state=Notice.GIVEN_UP)
        notify()
        fetch_noticed(str(Notice.objects.get(state=Notice.WAITING).pk))
    assert set(Notice.objects.values_list("state", flat=True)) == {Notice.DONE}
    assert vendor.shown().freshness is Freshness.DELIVERED


@pytest.mark.usefixtures("vendor")
@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"key": "x" * 40}, (401, Code.BAD_SIGNATURE)),
        ({"signature": "sha256="}, (401, Code.BAD_SIGNATURE)),
        ({"signature": "å"}, (401, Code.BAD_SIGNATURE)),
        ({"slug": "okand"}, (401, Code.BAD_SIGNATURE)),
        ({"at": -301}, (401, Code.NOTICE_TOO_OLD)),
        ({"at": 301}, (401, Code.NOTICE_TOO_OLD)),
        ({"patient": "x"}, (400, Code.NOT_A_DELIVERY)),
        ({"patient": 7}, (400, Code.NOT_A_DELIVERY)),
        ({"body": b"{"}, (400, Code.NOT_JSON)),
        ({"body": b'{"patient": "1", "patient": "2"}'}, (400, Code.NOT_JSON)),
    ],
    ids=str,
)
def test_notice_that_cannot_be_believed_is_refused(more: dict[str, Any], wanted: tuple[int, Code]) -> None:
    if not str(more.get("signature", "")).isascii():
        more = {"signature": more["signature"].encode().decode("latin-1")}
    assert refused(notify(**more)) == wanted
    assert not Notice.objects.exists()


@pytest.mark.usefixtures("vendor")
def test_time_stamp_is_signed_too() -> None:
    now = str(int(time.time()))
    body = json.dumps({"patient": PATIENT.number}).encode()
    old = sign(NOTICE_KEY, str(int(now) - 1000), body)
    reply = Client().post(
        "/api/feed/v1/notices/exempel",
        body,
        content_type="application/json",
        headers={"X-Feed-Timestamp": now, "X-Feed-Signature": old},
    )
    assert refused(reply) == (401, Code.BAD_SIGNATURE)


@pytest.mark.usefixtures("vendor")
def test_same_notice_is_never_taken_twice() -> None:
    with time_machine.travel(time.time(), tick=False):
        assert notify().status_code == 202
        assert refused(notify()) == (409, Code.NOTICE_REPEATED)
        body = json.dumps({"patient": PATIENT.number}).encode()
        louder = sign(NOTICE_KEY, str(int(time.time())), body).upper()
        assert refused(notify(signature=f"sha256={louder}"))[1] is Code.NOTICE_REPEATED


@pytest.mark.parametrize("change", [{"enabled": False}, {"secrets": None}])
def test_source_without_key_or_switched_off_is_not_believed(vendor: Vendor, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(vendor.source, name, value)
    vendor.source.save()
    assert refused(notify(key=""))[0] == 401


def test_signatures_are_forgotten_when_they_could_not_be_used_again(vendor: Vendor) -> None:
    vendor.source.settings["retention_days"] = "30"
    vendor.source.save()
    notify()
    delete_what_ran_out()
    assert Notice.objects.count() == 1
    Notice.objects.update(received_at=Now() - timedelta(seconds=1201))
    delete_what_ran_out()
    assert not Notice.objects.exists()


@pytest.mark.usefixtures("vendor")
def test_number_is_kept_sealed_while_it_waits() -> None:
    Source.objects.update(base_url="http://127.0.0.1:1")
    notify()
    assert PATIENT.number not in repr(list(Notice.objects.values()))
