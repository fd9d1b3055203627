"""A patient's extract: everything one provider owes her, nothing that is others', and nobody's name."""

import random
from collections import defaultdict
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from consent import dossiers
from consent.accesslog import keys
from consent.accesslog.events import Action, Event
from consent.accesslog.extract import Extract, ExtractRow, extract
from consent.accesslog.model import AccessEvent
from consent.accesslog.viewing import Result
from consent.accesslog.write import Entry, write
from consent.extracting import NotForYou, hand_out, numbers_of
from consent.person import Person, Protection
from consent.terms import SWEDISH_TIME, Actor, PersonId
from consent.vocabulary import IdType, Kind, Purpose, Right
from tests.access_review.rows import RELATED, UNRELATED, have_month, put, put_act, put_view
from tests.consent.doings import TRACE
from tests.consent.examples import (
    AKUTEN,
    FJALL,
    GUNHILD,
    HEMSJUKVARD,
    HEMTJANST,
    MEDICIN,
    MILO,
    NURSE,
    OMSORG,
    VARD,
    reader,
)

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
TENTH = datetime(2026, 10, 10, 9, 0, tzinfo=UTC)
SINCE, UNTIL = datetime(2026, 8, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
YARA, YARAS_OLD = PersonId("199710232381"), PersonId("199602752389", IdType.SAMORDNINGSNUMMER)
CARER = reader(HEMTJANST, hsa_id="SE2120000019-P001")
OWN: dict[str, Any] = {
    "origins": [(FJALL.hsa_id, AKUTEN.hsa_id, "warning", 2)],
    "bases": [(FJALL.hsa_id, "1", "")],
}
FROM_VARD: dict[str, Any] = {
    "origins": [(VARD.hsa_id, HEMSJUKVARD.hsa_id, "home_care", 3)],
    "bases": [(VARD.hsa_id, "6", "a-consent")],
}
BOTH: dict[str, Any] = {key: [*OWN[key], *FROM_VARD[key]] for key in OWN}
EVA = replace(reader(MEDICIN, Purpose.QUALITY, "SE2321000016-P100"), rights=frozenset({Right.REVIEW_LOG}))


@pytest.fixture(autouse=True)
def months(organisations: None) -> None:
    have_month(datetime(2026, 8, 15, tzinfo=UTC))


def of(provider_id: str, *people: PersonId, since: datetime = SINCE, until: datetime = UNTIL) -> Extract:
    return extract(people or (GUNHILD,), provider_id, since, until)


def only(provider_id: str = FJALL.hsa_id) -> ExtractRow:
    [row] = of(provider_id).rows
    return row


def test_a_view_of_several_rows_is_one_line():
    put_view(TENTH, **OWN)
    row = only()
    assert (row.at, row.event, row.action, row.result) == (TENTH, "intent", "overview", Result.SHOWN)
    assert (row.unit_name, row.provider_id, row.is_own_staff) == ("Akuten", FJALL.hsa_id, True)
    assert (row.kinds, row.owners, row.grounds) == (("warning",), (FJALL.hsa_id,), ("1",))


def test_several_releases_of_a_view_are_summed():
    pk = put_view(TENTH, **OWN)
    more: dict[str, Any] = {"actor": NURSE, "trace": TRACE, "patient": GUNHILD, "view_id": pk}
    put(TENTH, Entry(Event.SHOWN, action=Action.OVERVIEW, **more, **FROM_VARD))
    put(TENTH, Entry(Event.LEFT, action=Action.OVERVIEW, **more))
    row = only()
    assert row.kinds == ("home_care", "warning")
    assert row.owners == tuple(sorted((FJALL.hsa_id, VARD.hsa_id)))
    assert set(row.grounds) == {"1", "6"}


def test_newest_first():
    moments = [TENTH + timedelta(days=days) for days in (3, 0, 40, 1)]
    for at in moments:
        put_view(at, **OWN)
    assert [row.at for row in of(FJALL.hsa_id).rows] == sorted(moments, reverse=True)


def test_searches_denials_and_registrations_are_told():
    put_act(TENTH, Event.SEARCH)
    put_view(TENTH + timedelta(minutes=1), event=Event.REFUSED, detail=UNRELATED)
    put_act(TENTH + timedelta(minutes=2), Event.RELATION_CONFIRMED)
    put_act(TENTH + timedelta(minutes=3), Event.CONSENT_GIVEN)
    rows = of(FJALL.hsa_id).rows
    assert [row.event for row in rows] == ["consent_given", "relation_confirmed", "refused", "search"]
    assert [row.result for row in rows] == [Result.ACT, Result.ACT, Result.DENIED, Result.ACT]
    assert rows[2].refusals == ("no_relation",)


@pytest.mark.parametrize("event", list(Event))
def test_every_event_about_a_patient_reaches_her(event):
    put_act(TENTH, event)
    assert [row.event for row in of(FJALL.hsa_id).rows] == [event.value]


def test_a_view_with_nothing_to_show_says_so():
    put_view(TENTH, origins=[])
    assert only().result is Result.NOTHING


def test_a_view_stopped_on_its_way_says_so():
    pk = put_view(TENTH)
    put(TENTH, Entry(Event.REFUSED, NURSE, TRACE, patient=GUNHILD, view_id=pk, detail={"version": 1}))
    assert only().result is Result.STOPPED


def test_an_emergency_is_told_as_one():
    put_view(TENTH, is_emergency=True, **FROM_VARD)
    assert only().is_emergency


# Whose it is to tell. ----------------------------------------------------------------------------------


def test_what_others_saw_of_our_information_is_ours_to_tell():
    put_view(TENTH, **FROM_VARD)
    row = only(VARD.hsa_id)
    assert (row.unit_name, row.provider_id, row.is_own_staff) == ("Akuten", FJALL.hsa_id, False)
    assert (row.kinds, row.owners, row.grounds) == (("home_care",), (VARD.hsa_id,), ("6",))


def test_of_others_views_only_our_part_is_told():
    put_view(TENTH, **BOTH)
    row = only(VARD.hsa_id)
    assert (row.kinds, row.owners, row.grounds) == (("home_care",), (VARD.hsa_id,), ("6",))


def test_of_our_own_views_everything_is_told():
    put_view(TENTH, **BOTH)
    row = only(FJALL.hsa_id)
    assert set(row.kinds) == {"warning", "home_care"}
    assert set(row.owners) == {FJALL.hsa_id, VARD.hsa_id}


def test_what_others_showed_each_other_is_theirs():
    put_view(TENTH, **BOTH)
    put_act(TENTH, Event.SEARCH)
    put_act(TENTH, Event.CONSENT_GIVEN)
    put_view(TENTH, event=Event.REFUSED, detail=UNRELATED)
    assert of(OMSORG.hsa_id).rows == ()


def test_care_recipients_get_theirs_from_the_omsorgsgivare():
    put_view(TENTH, CARER, **FROM_VARD)
    row = only(OMSORG.hsa_id)
    assert (row.unit_name, row.provider_id) == ("Hemtjänsten", OMSORG.hsa_id)


# Who it is about. --------------------------------------------------------------------------------------


def test_others_are_not_in_it():
    put_view(TENTH, patient=MILO, **OWN)
    assert of(FJALL.hsa_id).rows == ()


def test_it_spans_months_each_with_its_own_keys():
    for month in (8, 9, 10, 11, 12):
        put_view(datetime(2026, month, 15, tzinfo=UTC), **OWN)
    assert [row.at.month for row in of(FJALL.hsa_id).rows] == [12, 11, 10, 9, 8]


def test_first_moment_is_in_and_last_is_out():
    put_view(TENTH, **OWN)
    assert len(of(FJALL.hsa_id, since=TENTH, until=TENTH + timedelta(seconds=1)).rows) == 1
    assert of(FJALL.hsa_id, since=TENTH - timedelta(days=1), until=TENTH).rows == ()


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (datetime(2026, 10, 31, 23, 59, 58, tzinfo=UTC), "2026-11"),
        (datetime(2026, 11, 1, 0, 0, 0, tzinfo=UTC), "2026-10"),
    ],
)
def test_clocks_a_little_apart_at_the_turn_of_a_month_lose_nothing(at, period):
    """The key is that of our clock's month, the time the database's; asked about is that one second."""
    put(at, Entry(Event.SEARCH, NURSE, TRACE, patient=GUNHILD), period)
    assert len(of(FJALL.hsa_id, since=at, until=at + timedelta(seconds=1)).rows) == 1


def test_all_her_numbers_are_looked_for():
    put_view(TENTH, patient=YARA, **OWN)
    put_act(TENTH - timedelta(days=30), Event.SEARCH, patient=YARAS_OLD)
    assert len(of(FJALL.hsa_id, YARA).rows) == 1
    assert len(of(FJALL.hsa_id, YARA, YARAS_OLD).rows) == 2


def register(person: PersonId, *others: PersonId, known: bool = True) -> Person:
    return Person(person, is_known=known, aliases=others, protection=Protection.NONE)


def test_numbers_come_from_the_register():
    assert numbers_of(YARAS_OLD, register(YARA, YARAS_OLD)) == (YARAS_OLD, YARA)


@pytest.mark.parametrize("asked", [YARA, YARAS_OLD])
def test_linked_numbers_are_known_while_the_register_is_silent(asked):
    dossiers.link_numbers(dossiers.open_dossier(YARA).dossier, [YARAS_OLD], by="register")
    assert set(numbers_of(asked, register(asked, known=False))) == {YARA, YARAS_OLD}


def test_who_has_one_number_has_one():
    dossiers.open_dossier(MILO)
    assert numbers_of(GUNHILD, register(GUNHILD)) == (GUNHILD,)


# What it does not have. --------------------------------------------------------------------------------


def test_it_names_no_staff_and_repeats_nothing_anybody_wrote():
    put_view(TENTH, **BOTH)
    put(
        TENTH,
        Entry(Event.CONSENT_ENDED, NURSE, TRACE, patient=GUNHILD, reason="Ringde Alva Ek om provsvaret"),
    )
    put_act(TENTH, Event.BLOCK_LIFTED)
    said = repr([asdict(row) for row in of(FJALL.hsa_id).rows])
    for secret in (NURSE.hsa_id, NURSE.name, "Alva", "provsvaret", TRACE.ip, TRACE.session_id, "a-consent"):
        assert secret not in said
    assert {field.name for field in fields(ExtractRow)}.isdisjoint(
        {"user_hsa_id", "reason", "detail", "name"}
    )


def test_a_month_that_cannot_be_read_is_told_never_passed_over():
    put_view(TENTH, **OWN)
    put_view(datetime(2026, 11, 15, tzinfo=UTC), **OWN)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consent_logkey SET hash_key = data_key WHERE period = '2026-10'")
    keys._opened.clear()
    found = of(FJALL.hsa_id)
    assert found.lost_months == ("2026-10",)
    assert [row.at.month for row in found.rows] == [11]


def test_a_month_outside_the_period_does_not_matter():
    put_view(TENTH, **OWN)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consent_logkey SET hash_key = data_key WHERE period = '2026-10'")
    keys._opened.clear()
    later = datetime(2026, 11, 10, tzinfo=UTC)
    assert of(FJALL.hsa_id, since=later, until=UNTIL).lost_months == ()


# Handing it out. ---------------------------------------------------------------------------------------


def test_handing_out_is_logged_with_the_patient_before_anything_is_read():
    today = timezone.now().astimezone(SWEDISH_TIME).date()
    _, found = hand_out(EVA, TRACE, GUNHILD, register(GUNHILD), date(2026, 1, 1), today)
    row = AccessEvent.objects.get(event=Event.LOG_EXTRACTED)
    assert row.patient() == GUNHILD
    assert row.detail == {"since": "2026-01-01", "until": today.isoformat()}
    assert [line.event for line in found.rows] == ["log_extracted"]


def test_both_numbers_stand_in_the_row():
    hand_out(EVA, TRACE, YARAS_OLD, register(YARA, YARAS_OLD), date(2026, 1, 1), date(2026, 1, 2))
    row = AccessEvent.objects.get(event=Event.LOG_EXTRACTED)
    assert (row.patient(), row.patient_aliases()) == (YARAS_OLD, (YARA,))


@pytest.mark.parametrize("rights", [frozenset(), frozenset({Right.ADMINISTER_CONSENTS, Right.LIFT_BLOCKS})])
def test_only_reviewers_hand_it_out(rights):
    with pytest.raises(NotForYou):
        hand_out(
            replace(EVA, rights=rights), TRACE, GUNHILD, register(GUNHILD), date(2026, 1, 1), date(2026, 2, 1)
        )
    assert not AccessEvent.objects.exists()


def test_days_are_swedish_and_both_included():
    put_view(datetime(2026, 10, 9, 22, 0, tzinfo=UTC), **OWN)  # the first moment of the tenth in Sweden
    put_view(datetime(2026, 10, 10, 21, 59, 59, tzinfo=UTC), **OWN)
    put_view(datetime(2026, 10, 10, 22, 0, tzinfo=UTC), **OWN)
    tenth = date(2026, 10, 10)
    _, found = hand_out(EVA, TRACE, GUNHILD, register(GUNHILD), tenth, tenth)
    assert len(found.rows) == 2


# Against a reading of every row. -----------------------------------------------------------------------

PEOPLE = (GUNHILD, MILO, YARA, YARAS_OLD)
READERS = (NURSE, reader(MEDICIN), CARER, reader(HEMSJUKVARD, hsa_id="SE2120000019-P002"))


def scribble(chance: random.Random, count: int) -> None:
    """Rows of all sorts, by all, about all, over five months."""
    for _ in range(count):
        at = datetime(2026, chance.randrange(8, 13), chance.randrange(1, 29), tzinfo=UTC)
        at += timedelta(seconds=chance.randrange(86400))
        who, whom = chance.choice(READERS), chance.choice(PEOPLE)
        match chance.randrange(4):
            case 0:
                put_act(at, chance.choice(list(Event)), who, whom)
            case 1:
                put_view(at, who, whom, event=Event.REFUSED, detail=UNRELATED)
            case _:
                put_view(
                    at, who, whom, detail=RELATED, **chance.choice([OWN, FROM_VARD, BOTH, {"origins": []}])
                )


def by_hand(people: set[PersonId], provider_id: str, since: datetime, until: datetime) -> list[Any]:
    """The same question, answered by opening every row of the log one by one."""
    views: dict[UUID, list[AccessEvent]] = defaultdict(list)
    for row in AccessEvent.objects.order_by("seq"):
        patient = row.patient()
        if patient in people and since <= row.at < until:
            views[row.view_id or row.event_id].append(row)
    found = []
    for rows in views.values():
        ours = rows[0].provider_id == provider_id
        shown = [o for row in rows for o in row.origins if ours or o[0] == provider_id]
        if ours or shown:
            kinds = tuple(sorted({kind for _, _, kind, _ in shown}))
            found.append((rows[0].at, rows[0].unit_name, rows[0].event, kinds))
    return sorted(found, reverse=True)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_missing_and_nothing_is_there_too_much(seed):
    chance = random.Random(seed)
    scribble(chance, 120)
    for people in ({GUNHILD}, {MILO}, {YARA, YARAS_OLD}):
        for provider_id in (FJALL.hsa_id, VARD.hsa_id, OMSORG.hsa_id):
            since = SINCE + timedelta(days=chance.randrange(60))
            until = UNTIL - timedelta(days=chance.randrange(40))
            rows = extract(people, provider_id, since, until).rows
            told = [(row.at, row.unit_name, row.event, row.kinds) for row in rows]
            assert sorted(told, reverse=True) == by_hand(people, provider_id, since, until)


def test_rows_of_this_very_moment_are_found_as_the_product_writes_them():
    write(Entry(Event.SEARCH, NURSE, TRACE, patient=GUNHILD, kinds=frozenset({Kind.WARNING})))
    now = timezone.now()
    found = of(FJALL.hsa_id, since=now - timedelta(hours=1), until=now + timedelta(hours=1))
    assert [row.event for row in found.rows] == ["search"]


def test_actor_of_the_extract_is_a_reviewer_of_her_own_provider():
    """Whose extract it is follows from the assignment, not from what is asked for."""
    put_view(TENTH, CARER, **FROM_VARD)
    elsewhere: Actor = replace(EVA, unit=HEMTJANST)
    _, ours = hand_out(EVA, TRACE, GUNHILD, register(GUNHILD), date(2026, 10, 1), date(2026, 10, 31))
    _, theirs = hand_out(elsewhere, TRACE, GUNHILD, register(GUNHILD), date(2026, 10, 1), date(2026, 10, 31))
    assert (len(ours.rows), len(theirs.rows)) == (0, 1)
