"""Judging drawn views: by whom, all three parts at once, and nothing that was judged is lost."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from consent import judging, reviewing
from consent.accesslog.events import Event
from consent.accesslog.model import AccessEvent
from consent.encryption import lookup_key
from consent.judging import BadJudgement, Drawn, JudgedMeanwhile, NotYours, OwnView
from consent.models import ReviewDraw, ReviewItem
from consent.terms import Actor
from consent.vocabulary import Purpose, Right
from portal.accounts.models import Assignment, User
from tests.access_review.rows import have_month, put_view
from tests.consent.doings import TRACE
from tests.consent.examples import AKUTEN, FJALL, GUNHILD, HEMSJUKVARD, MILO, NURSE, PSYKIATRI, reader

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
OCTOBER = date(2026, 10, 1)
TENTH = datetime(2026, 10, 10, 9, 0, tzinfo=UTC)
AFTER = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
NOTE = "Ordinarie besök, pratat med Alva."


def reviewer(
    unit=PSYKIATRI, hsa_id: str = "SE2321000016-P100", rights=frozenset({Right.REVIEW_LOG})
) -> Actor:
    return replace(reader(unit, Purpose.QUALITY, hsa_id), rights=rights)


EVA = reviewer()


@pytest.fixture(autouse=True)
def month(organisations: None) -> None:
    have_month(TENTH)


def drawn(count: int = 1, **more: object) -> list[ReviewItem]:
    for _ in range(count):
        put_view(TENTH, **more)  # type: ignore[arg-type]
    made = reviewing.draw_unit(AKUTEN.hsa_id, FJALL.hsa_id, OCTOBER, AFTER)
    assert made is not None
    return list(made.items.order_by("viewed_at"))


def find(item: ReviewItem, by: Actor = EVA) -> Drawn:
    return judging.find_item(item.pk, by)


def judge(item: ReviewItem, by: Actor = EVA, **more: object) -> None:
    given = {"finding": "justified", "action": "none", "note": NOTE, **more}
    judging.judge(find(item, by), by, TRACE, **given)  # type: ignore[arg-type]


def logged() -> list[AccessEvent]:
    return list(AccessEvent.objects.filter(event=Event.LOG_REVIEWED).order_by("seq"))


def test_finding_action_note_who_and_when_are_kept():
    [item] = drawn()
    judge(item, finding="explained", action="asked")
    item.refresh_from_db()
    assert (item.finding, item.action, item.reviewed_by) == ("explained", "asked", EVA.hsa_id)
    assert item.reviewed_at is not None
    [only] = find(item).history
    assert (only.finding, only.action, only.note, only.by) == ("explained", "asked", NOTE, EVA.hsa_id)
    assert only.at == item.reviewed_at.isoformat()


def test_note_is_encrypted_where_it_lies():
    [item] = drawn()
    judge(item)
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM consent_reviewitem")
        [stored] = cursor.fetchone()
    assert b"Alva" not in bytes(stored)


def test_the_log_says_which_item_and_not_the_note():
    [item] = drawn()
    judge(item)
    [row] = logged()
    assert row.user_hsa_id == EVA.hsa_id
    assert row.detail == {
        "item": str(item.pk),
        "view": str(item.view_id),
        "finding": "justified",
        "action": "none",
    }
    assert "Alva" not in json.dumps([row.detail, row.reason, row.outcomes])


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"finding": ""}, ("finding",)),
        ({"finding": "great"}, ("finding",)),
        ({"action": ""}, ("action",)),
        ({"action": "fired"}, ("action",)),
        ({"note": " \n\0 "}, ("note",)),
        ({"finding": "", "action": "", "note": ""}, ("finding", "action", "note")),
    ],
)
def test_none_of_the_three_goes_without_the_others(given, missing):
    [item] = drawn()
    with pytest.raises(BadJudgement) as refused:
        judge(item, **given)
    assert refused.value.missing == missing
    item.refresh_from_db()
    assert item.reviewed_at is None
    assert logged() == []


def test_nobody_judges_her_own_view():
    [item] = drawn()
    herself = replace(EVA, hsa_id=NURSE.hsa_id)
    assert find(item, herself).is_own
    with pytest.raises(OwnView):
        judge(item, herself)
    judge(item)


def test_nobody_judges_who_looked_at_her_own_record():
    user = User.objects.create(username="eva", hsa_id=EVA.hsa_id, person_lookup=lookup_key(GUNHILD))
    Assignment.objects.create(user=user, unit_id=PSYKIATRI.hsa_id)
    [item] = drawn()
    with pytest.raises(OwnView):
        judge(item)
    judge(item, reviewer(hsa_id="SE2321000016-P101"))


@pytest.mark.parametrize(
    "stranger",
    [
        reviewer(rights=frozenset()),
        reviewer(rights=frozenset({Right.ADMINISTER_CONSENTS})),
        reviewer(HEMSJUKVARD),
    ],
    ids=["no right", "another right", "another provider"],
)
def test_others_find_nothing(stranger):
    [item] = drawn()
    with pytest.raises(NotYours):
        find(item, stranger)
    with pytest.raises(NotYours):
        judging.find_draw(item.draw_id, stranger)


def test_a_correction_leaves_the_first_judgement_as_it_was():
    [item] = drawn()
    judge(item)
    first = find(item).history
    judge(item, reviewer(hsa_id="SE2321000016-P101"), finding="unjustified", action="reported", note="Fel.")
    item.refresh_from_db()
    assert (item.finding, item.action, item.reviewed_by) == ("unjustified", "reported", "SE2321000016-P101")
    history = find(item).history
    assert history[:1] == first
    assert (history[1].finding, history[1].note) == ("unjustified", "Fel.")
    assert [row.detail["finding"] for row in logged()] == ["justified", "unjustified"]


def test_two_who_judge_at_once_do_not_overwrite_each_other():
    [item] = drawn()
    before = find(item)
    judge(item)
    with pytest.raises(JudgedMeanwhile):
        judging.judge(before, EVA, TRACE, finding="unjustified", action="reported", note="Fel.")
    assert len(find(item).history) == 1


def test_one_judgement_may_hold_for_the_readers_other_views_of_the_patient():
    put_view(TENTH, NURSE, MILO)
    put_view(TENTH, reader(AKUTEN, hsa_id="SE2321000016-P002"), GUNHILD)
    items = drawn(3)
    gunhilds = [i for i in items if i.user_hsa_id == NURSE.hsa_id and _is_about(i, GUNHILD)]
    one = gunhilds[0]
    like = judging.others_like(find(one))
    assert {item.pk for item in like} == {item.pk for item in gunhilds[1:]}
    judge(one, also=like)
    assert ReviewItem.objects.filter(reviewed_at__isnull=False).count() == 3
    assert {row.detail["item"] for row in logged()} == {str(item.pk) for item in gunhilds}


def _is_about(item: ReviewItem, person: object) -> bool:
    row = AccessEvent.objects.filter(view_id=item.view_id).first()
    return row is not None and row.patient() == person


def test_what_is_judged_already_is_not_judged_along():
    items = drawn(3)
    judge(items[1])
    assert {i.pk for i in judging.others_like(find(items[0]))} == {items[2].pk}


def test_emergencies_come_first_then_the_oldest_and_the_judged_last():
    late = put_view(datetime(2026, 10, 20, tzinfo=UTC))
    early = put_view(datetime(2026, 10, 2, tzinfo=UTC))
    emergency = put_view(datetime(2026, 10, 25, tzinfo=UTC), is_emergency=True, origins=[])
    items = {item.view_id: item for item in drawn(0)}
    judge(items[early])
    made = ReviewDraw.objects.get()
    assert [item.view_id for item in judging.items_of(made)] == [emergency, late, early]
