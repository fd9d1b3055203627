"""Pushing records: judged one by one, ordered by their own time, and never more than the source's own."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from connectors.openfeed.models import HeldRecord, Reception, RefusedRecord, Token
from connectors.openfeed.refusing import ADVICE, Code
from connectors.openfeed.samples import SAMPLES
from connectors.openfeed.scenarios import PATIENT, STRANGER
from connectors.openfeed.vocabulary import OUTSIDE_LAWS, OUTSIDE_SERVICES
from portal.settings import base
from tests.feed.vendor import RECORDS, Vendor, make_source, make_token, service

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def problem_of(reply: Any, status: int, code: Code) -> dict[str, Any]:
    assert reply.status_code == status, reply.content
    assert reply.headers["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = reply.json()
    assert (said["code"], said["status"]) == (code.value, status)
    assert said["type"].endswith(f"/anslut/#{code.value}")
    assert said["title"]
    assert said["error_id"]
    return said


def first_problem(said: dict[str, Any]) -> tuple[str, str]:
    problem = said["results"][0]["problems"][0]
    return problem["code"], problem["field"]


def test_new_record_is_accepted_the_same_again_changes_nothing_a_newer_one_replaces(vendor: Vendor) -> None:
    assert vendor.outcomes(service()) == ["accepted"]
    assert vendor.outcomes(service()) == ["unchanged"]
    newer = service(title="Hemtjänst, utökad", updated="2026-01-11T08:00:00+01:00")
    assert vendor.outcomes(newer) == ["replaced"]
    assert [record.title for record in vendor.shown().records] == ["Hemtjänst, utökad"]


def test_older_record_never_overwrites_a_newer_one(vendor: Vendor) -> None:
    vendor.push(service(title="Nu", updated="2026-01-11"))
    said = vendor.push(service(title="Förr", updated="2026-01-10"))
    assert said["results"][0]["result"] == "unchanged"
    assert first_problem(said) == ("older", "updated")
    assert [record.title for record in vendor.shown().records] == ["Nu"]


def test_within_one_call_the_newest_wins_whatever_the_order(vendor: Vendor) -> None:
    outcomes = vendor.outcomes(service(title="Nu", updated="2026-01-11"), service(title="Förr"))
    assert outcomes == ["accepted", "unchanged"]
    assert [record.title for record in vendor.shown().records] == ["Nu"]
    assert HeldRecord.objects.count() == 1


def test_times_are_compared_as_moments_not_as_texts(vendor: Vendor) -> None:
    vendor.push(service(updated="2026-01-10T08:00:00+01:00"))
    assert vendor.outcomes(service(title="Senare", updated="2026-01-10T07:30:00+00:00")) == ["replaced"]


def test_withdrawn_record_is_gone_and_an_old_one_does_not_bring_it_back(vendor: Vendor) -> None:
    vendor.push(service(), complete=True)
    assert vendor.outcomes(service(status="error", updated="2026-01-12")) == ["withdrawn"]
    assert vendor.outcomes(service()) == ["unchanged"]
    assert vendor.shown().records == ()
    assert vendor.outcomes(service(updated="2026-01-13")) == ["accepted"]


def test_withdrawal_of_the_same_time_is_not_undone_by_the_record_it_withdrew(vendor: Vendor) -> None:
    vendor.push(service(), complete=True)
    assert vendor.outcomes(service(status="error")) == ["withdrawn"]
    assert vendor.outcomes(service()) == ["unchanged"]
    assert vendor.shown().records == ()


def test_withdrawal_needs_little(vendor: Vendor) -> None:
    vendor.push(service())
    little = {name: service()[name] for name in ("id", "type", "patient")}
    unit = {"provider": service()["unit"]["provider"]}
    assert vendor.outcomes({**little, "status": "error", "updated": "2026-01-12", "unit": unit}) == [
        "withdrawn"
    ]


def test_bad_record_costs_no_good_one_and_says_which_field(vendor: Vendor) -> None:
    said = vendor.push(service(1), service(2, title=""), service(3))
    assert [result["result"] for result in said["results"]] == ["accepted", "refused", "accepted"]
    assert [result["index"] for result in said["results"]] == [1, 2, 3]
    assert said["results"][1]["problems"][0] == {
        "code": "missing",
        "field": "title",
        "what": "Ett obligatoriskt fält saknas eller är tomt.",
        "do": str(ADVICE[Code.MISSING].do),
    }
    assert said["counts"] == {"accepted": 2, "replaced": 0, "unchanged": 0, "withdrawn": 0, "refused": 1}


def test_answers_are_in_the_senders_language(vendor: Vendor) -> None:
    said = vendor.push(service(title=""), language="en-GB,en;q=0.9")
    assert said["results"][0]["problems"][0]["what"] == "A mandatory field is missing or empty."
    refused = vendor.post(b"{", **{"Accept-Language": "en"})
    assert problem_of(refused, 400, Code.NOT_JSON)["title"] == "The content cannot be read as JSON."


def test_dry_run_says_the_same_and_keeps_nothing(vendor: Vendor) -> None:
    said = vendor.push(service(1), service(2, law="x"), complete=True, query="?dry_run=1")
    assert (said["dry_run"], said["counts"]["accepted"], said["counts"]["refused"]) == (True, 1, 1)
    assert not HeldRecord.objects.exists()
    assert not RefusedRecord.objects.exists()
    assert Reception.objects.get().received_at is None
    real = vendor.push(service(1), service(2, law="x"), complete=True)
    assert real["results"] == said["results"]


def test_dry_run_that_is_neither_yes_nor_no_is_refused(vendor: Vendor) -> None:
    reply = vendor.post({"records": [service()]}, f"{RECORDS}?dry_run=maybe")
    assert "dry_run" in problem_of(reply, 400, Code.NOT_A_DELIVERY)["detail"]
    assert not HeldRecord.objects.exists()


def test_unknown_fields_are_kept(vendor: Vendor) -> None:
    vendor.push(service(extra={"a": [1]}, data={"kind": "alarm", "new": 1}))
    kept = json.loads(HeldRecord.objects.get().content)
    assert (kept["extra"], kept["data"]) == ({"a": [1]}, {"kind": "alarm", "new": 1})


def test_unknown_type_is_refused_by_name(vendor: Vendor) -> None:
    assert first_problem(vendor.push(service(type="x_ray"))) == ("unknown_type", "type")


def test_source_pushes_only_what_its_owner_owns(vendor: Vendor) -> None:
    unit = {**service()["unit"], "provider": "SE2321000016-R001"}
    assert first_problem(vendor.push(service(unit=unit))) == ("wrong_owner", "unit.provider")
    assert not HeldRecord.objects.exists()


def test_kind_nobody_agreed_on_is_refused(vendor: Vendor) -> None:
    vendor.source.kinds = ["contact"]
    vendor.source.save()
    assert first_problem(vendor.push(service())) == ("not_agreed", "type")


@pytest.mark.parametrize("kind", sorted(OUTSIDE_SERVICES))
def test_what_lies_outside_the_law_leaves_nothing_but_a_number(vendor: Vendor, kind: str) -> None:
    vendor.push(service(), complete=True)
    said = vendor.push(service(data={"kind": kind}, updated="2026-01-12", title="Ugglebo"))
    assert first_problem(said) == ("outside_law", "")
    assert not HeldRecord.objects.exists()
    assert not RefusedRecord.objects.exists()
    assert Reception.objects.get().outside == 1
    answer = vendor.shown()
    assert (answer.records, answer.unparsed, answer.absent) == ((), 0, frozenset())


@pytest.mark.parametrize("law", [*sorted(OUTSIDE_LAWS), "LVU"])
def test_record_under_another_law_is_never_kept(vendor: Vendor, law: str) -> None:
    assert first_problem(vendor.push(service(law=law))) == ("outside_law", "")
    assert not HeldRecord.objects.exists()


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"patient": "191212121213"}, "not_a_number", "patient"),
        ({"patient": "1212121212"}, "no_century", "patient"),
        ({"patient_type": "snr"}, "other_number_type", "patient_type"),
        ({"updated": "2999-01-01"}, "in_the_future", "updated"),
        ({"updated": "i går"}, "not_a_time", "updated"),
        ({"start": "2026-02-30"}, "not_a_time", "start"),
        ({"status": "aktiv"}, "not_a_word", "status"),
        ({"law": "hälso"}, "not_a_word", "law"),
        ({"title": 7}, "wrong_shape", "title"),
        ({"title": "x" * 301}, "too_long", "title"),
        ({"text": ["x"]}, "wrong_shape", "text"),
        ({"unit": "Hemtjänsten"}, "wrong_shape", "unit"),
        ({"v": 2}, "unknown_version", "v"),
        ({"data": {"kind": "something_new"}}, "not_a_word", "data.kind"),
        ({"extra": "x" * 70_000}, "record_too_large", ""),
    ],
)
def test_each_flaw_has_its_code_and_its_field(vendor: Vendor, change: Any, code: str, field: str) -> None:
    assert first_problem(vendor.push(service(**change))) == (code, field)


@pytest.mark.parametrize("entry", [None, 7, "x", [], [{}]])
def test_what_is_no_object_is_refused(vendor: Vendor, entry: object) -> None:
    assert first_problem(vendor.push(entry)) == ("not_an_object", "")


def test_hostile_text_is_kept_word_for_word(vendor: Vendor) -> None:
    text = "<script>alert(1)</script> \u202egnirts \u0000 =1+1"
    vendor.push(service(text=text))
    assert [record.text for record in vendor.shown().records] == [text]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", Code.NOT_A_DELIVERY),
        (b"{", Code.NOT_JSON),
        (b"[]", Code.NOT_JSON),
        (b'{"records": [], "records": []}', Code.NOT_JSON),
        (b'{"records": [{"id": "a", "id": "b"}]}', Code.NOT_JSON),
        (b'{"records": [NaN]}', Code.NOT_JSON),
        (b'{"records": [' + b"[" * 80 + b"]" * 80 + b"]}", Code.NOT_JSON),
        ('{"records": ["å"]}'.encode("latin-1"), Code.NOT_JSON),
        (b"{}", Code.NOT_A_DELIVERY),
        (b'{"records": {}}', Code.NOT_A_DELIVERY),
        (b'{"records": [], "v": 2}', Code.NOT_A_DELIVERY),
        (b'{"records": [], "complete": "yes"}', Code.NOT_A_DELIVERY),
    ],
)
def test_delivery_that_cannot_be_read_is_refused_whole(vendor: Vendor, body: bytes, code: Code) -> None:
    problem_of(vendor.post(body), 400, code)


def test_too_many_and_too_much_are_refused_whole(vendor: Vendor) -> None:
    problem_of(vendor.post({"records": [{}] * 501}), 413, Code.TOO_MANY)
    problem_of(vendor.post(b" " * (4 * 1024 * 1024 + 1)), 413, Code.TOO_LARGE)
    assert not RefusedRecord.objects.exists()


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_other_content_is_refused(vendor: Vendor, content_type: str) -> None:
    problem_of(vendor.post(b"x=1", **{"Content-Type": content_type}), 415, Code.WRONG_MEDIA_TYPE)


def test_packed_content_is_refused(vendor: Vendor) -> None:
    problem_of(vendor.post(b"{}", **{"Content-Encoding": "gzip"}), 415, Code.WRONG_MEDIA_TYPE)


def test_other_methods_are_refused(vendor: Vendor) -> None:
    reply = Client().get(RECORDS, headers={"Authorization": f"Bearer {vendor.token}"})
    problem_of(reply, 405, Code.NOT_ALLOWED)


# Who sends.


def test_nobody_gets_in_without_a_token(vendor: Vendor) -> None:
    reply = Client().post(RECORDS, b"{}", content_type="application/json")
    problem_of(reply, 401, Code.NO_TOKEN)
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("given", ["x", "pof_x_y", "pof__", "pof_" + "a" * 200, "pof_å_ä"])
def test_wrong_token_is_refused(vendor: Vendor, given: str) -> None:
    reply = vendor.post(b"{}", Authorization=f"Bearer {given}".encode().decode("latin-1"))
    problem_of(reply, 401, Code.WRONG_TOKEN)


def test_token_with_another_ones_beginning_is_refused(vendor: Vendor) -> None:
    changed = vendor.token[:-1] + ("A" if vendor.token[-1] != "A" else "B")
    problem_of(vendor.post(b"{}", Authorization=f"Bearer {changed}"), 401, Code.WRONG_TOKEN)


def test_token_is_kept_as_a_hash_alone(vendor: Vendor) -> None:
    token = Token.objects.get()
    secret = vendor.token.split("_", 2)[2]
    assert secret not in repr(token.__dict__)
    assert len(bytes(token.digest)) == 32


def test_unapproved_and_revoked_tokens_open_nothing_and_one_takes_over_from_another(vendor: Vendor) -> None:
    second = make_token(vendor.source)
    Token.objects.filter(name=vendor.token.split("_")[1]).update(revoked_at=timezone.now())
    problem_of(vendor.post(b"{}"), 401, Code.WRONG_TOKEN)
    assert vendor.post({"records": []}, Authorization=f"Bearer {second}").status_code == 200
    Token.objects.update(revoked_at=None, approved_at=None)
    problem_of(vendor.post(b"{}"), 401, Code.TOKEN_WAITING)


def test_token_of_one_source_never_writes_anothers(vendor: Vendor) -> None:
    other = Vendor(make_source("annan", "SE5560000002-X001"))
    vendor.push(service())
    unit = {**service()["unit"], "provider": "SE5560000002-X001"}
    assert other.outcomes(service(unit=unit, updated="2026-01-12")) == ["accepted"]
    assert [record.updated and record.updated.verbatim for record in vendor.shown().records] == [
        "2026-01-10T08:00:00+01:00"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"enabled": False},
        {"settings": {"receives": ""}},
        {"settings": {"receives": "true", "fresh_hours": "1"}},
    ],
)
def test_source_that_does_not_receive_takes_nothing(vendor: Vendor, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(vendor.source, name, value)
    vendor.source.save()
    problem_of(vendor.post({"records": [service()]}), 403, Code.NOT_RECEIVING)


def test_too_many_calls_are_asked_to_wait(vendor: Vendor, settings: Any) -> None:
    settings.FEED_RATES = base.FEED_RATES
    replies = [vendor.post({"records": []}) for _call in range(61)]
    assert {reply.status_code for reply in replies[:60]} == {200}
    problem_of(replies[60], 429, Code.THROTTLED)
    assert int(replies[60].headers["Retry-After"]) >= 1


def test_our_own_fault_is_told_without_content(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise RuntimeError(PATIENT.number)

    monkeypatch.setattr("portal.feed.endpoints.receive", fail)
    reply = vendor.post({"records": [service()]})
    problem_of(reply, 500, Code.OUR_FAULT)
    assert PATIENT.number not in reply.content.decode()


def test_deliveries_go_on_where_they_cannot_be_counted(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(
        "rest_framework.throttling.SimpleRateThrottle.cache", type("Gone", (), {"get": fail})()
    )
    assert vendor.outcomes(service()) == ["accepted"]


# How it is kept.


def test_nothing_of_the_patient_stands_in_the_database_in_clear(vendor: Vendor) -> None:
    vendor.push(service(id=f"insats {PATIENT.number}"), service(2, title=""))
    stored = repr([list(model.objects.values()) for model in (HeldRecord, RefusedRecord, Reception)])
    raw = b"".join(bytes(value) for row in HeldRecord.objects.values_list("key", "patient") for value in row)
    for secret in (PATIENT.number, "Hemtjänst", "Ylva"):
        assert secret not in stored
        assert secret.encode() not in raw


def test_content_moved_to_another_row_does_not_open_and_is_told_of(vendor: Vendor) -> None:
    from django.db import connection

    vendor.push(service(1), service(2, patient=STRANGER.number), complete=True)
    mine, theirs = sorted(
        HeldRecord.objects.all(), key=lambda row: json.loads(row.content)["patient"] != PATIENT.number
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE openfeed_heldrecord SET content ="
            " (SELECT content FROM openfeed_heldrecord WHERE id = %s) WHERE id = %s",
            [HeldRecord._meta.pk.get_db_prep_value(row.pk, connection) for row in (theirs, mine)],
        )
    answer = vendor.shown()
    assert (answer.records, answer.unparsed) == ((), 1)


def test_every_code_of_one_record_and_of_a_whole_request_has_its_words() -> None:
    assert set(ADVICE) == set(Code)
    assert all(str(advice.what) and str(advice.do) for advice in ADVICE.values())


def test_table_is_taken_as_it_stands_and_told_row_by_row(vendor: Vendor) -> None:
    table = SAMPLES["exempel-windows-1252.csv"].make()
    spoilt = table.replace(b"sol;", b"sool;", 1)
    csv = {"Content-Type": "text/csv"}
    tried = vendor.post(spoilt, f"{RECORDS}?dry_run=1", **csv).json()
    assert [(one["index"], one["result"]) for one in tried["results"]] == [
        (2, "refused"), (3, "accepted"), (4, "accepted"),
    ]  # fmt: skip
    (problem,) = tried["results"][0]["problems"]
    assert (problem["field"], problem["do"]) == ("law", "Skriv ett av: sol, hsl, lss.")
    assert HeldRecord.objects.count() == 0
    done = vendor.post(table, f"{RECORDS}?complete=1", **csv).json()
    assert (done["complete"], done["counts"]["accepted"]) == (True, 3)


@pytest.mark.parametrize(("body", "code"), [
    (b"a;b\n1;2", Code.NOT_A_FILE), (b'{"records": []}', Code.NOT_A_FILE), (b" \n", Code.NOT_A_FILE),
    (b"PK\x03\x04", Code.NOT_A_FILE), (b"id;type\n1;service", Code.NOT_A_FILE),
])  # fmt: skip
def test_what_is_no_table_is_refused_whole(vendor: Vendor, body: bytes, code: Code) -> None:
    problem_of(vendor.post(body, **{"Content-Type": "text/csv"}), 400, code)


def test_table_whose_completeness_is_unclear_is_refused(vendor: Vendor) -> None:
    reply = vendor.post(b"x", f"{RECORDS}?complete=kanske", **{"Content-Type": "text/csv"})
    problem_of(reply, 400, Code.NOT_A_FILE)
    table = SAMPLES["exempel.csv"].make()
    reply = vendor.post(table, f"{RECORDS}?complete=kanske", **{"Content-Type": "text/csv"})
    problem_of(reply, 400, Code.NOT_A_DELIVERY)
    assert HeldRecord.objects.count() == 0
