"""A unit's list: added with a relation, gone with it; protected people never; social care has none."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from consent import consenting, following, recording
from consent.accesslog.events import Event
from consent.accesslog.model import AccessEvent
from consent.acts import Act, NotAllowed, allowed_acts
from consent.dossiers import link_numbers, open_dossier
from consent.facts import Facts
from consent.following import followed_by, judge
from consent.models import CareRelation, Dossier, Following
from consent.person import Person, Protection
from consent.recording import Recorder
from consent.remote import Known
from consent.terms import PersonId
from consent.vocabulary import Purpose, RelationGround
from tests.consent.doings import TRACE
from tests.consent.examples import GUNHILD, HEMSJUKVARD, HEMTJANST, MILO, NATTPATRULL, reader

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db, pytest.mark.usefixtures("organisations")]

NOON = timezone.now()
NURSE = reader(HEMSJUKVARD)
COLLEAGUE = replace(NURSE, hsa_id="SE2321000016-OTHER")
CARER = reader(HEMTJANST)
JOURNAL = RelationGround.JOURNAL


def known(patient: PersonId = GUNHILD, **more: Any) -> Person:
    return Person(patient, **{"is_known": True, "family_name": "X", "protection": Protection.NONE, **more})


def by(
    actor: Any = NURSE, person: Person | None = None, journal: RelationGround | None = JOURNAL
) -> Recorder:
    return Recorder(actor, person or known(), TRACE, journal)


def told(person: Person | None = None, relation: RelationGround | None = JOURNAL) -> Known:
    return Known(person or known(), None, relation, None)


def test_one_tap_puts_her_on_the_units_list_and_one_takes_her_off() -> None:
    following.follow(by())
    assert [one.patient for one in followed_by(NURSE)] == [GUNHILD]
    assert [one.patient for one in followed_by(COLLEAGUE)] == [GUNHILD]
    assert followed_by(reader(NATTPATRULL)) == ()
    following.unfollow(by(COLLEAGUE))
    assert followed_by(NURSE) == ()
    events = AccessEvent.objects.filter(event__startswith="list_").order_by("seq")
    assert [(e.event, e.user_hsa_id) for e in events] == [
        (Event.LIST_ADDED, NURSE.hsa_id),
        (Event.LIST_REMOVED, COLLEAGUE.hsa_id),
    ]
    assert events[0].patient() == GUNHILD


def test_open_pages_of_colleagues_stay_open() -> None:
    before = open_dossier(GUNHILD).dossier.version
    following.follow(by())
    following.unfollow(by())
    assert open_dossier(GUNHILD).dossier.version == before


@pytest.mark.parametrize(
    "who",
    [
        by(journal=RelationGround.NONE),
        by(journal=None),
        by(CARER, journal=RelationGround.SERVICE),
        by(reader(HEMSJUKVARD, Purpose.CERTIFICATE)),
        by(reader(HEMSJUKVARD, Purpose.ADMINISTRATION)),
        by(person=known(protection=Protection.CONFIDENTIALITY_MARK)),
        by(person=known(protection=Protection.UNKNOWN)),
        by(person=Person(GUNHILD)),
        by(person=known(died=NOON.date())),
    ],
    ids=[
        *("no relation", "relation unknown", "social care", "certificate", "administration"),
        *("protected", "protection unknown", "register silent", "dead"),
    ],
)  # fmt: skip
def test_who_may_not_be_listed_is_not(who: Recorder) -> None:
    with pytest.raises(NotAllowed):
        following.follow(who)
    assert not Following.objects.exists()


def test_nobody_is_listed_twice() -> None:
    following.follow(by())
    with pytest.raises(NotAllowed):
        following.follow(by(COLLEAGUE))


def test_a_full_list_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST", 1)
    following.follow(by())
    with pytest.raises(following.ListFull):
        following.follow(by(person=known(MILO)))
    assert not AccessEvent.objects.filter(event=Event.LIST_ADDED).count() > 1


def test_a_relation_that_is_ended_takes_her_off_at_once() -> None:
    following.follow(by())
    consenting.end_relation(by(), "flyttat")
    assert followed_by(NURSE) == ()


@pytest.mark.parametrize(
    ("known_of", "stays", "named"),
    [
        (told(), True, True),
        (told(relation=RelationGround.NONE), False, False),
        (told(relation=None), True, False),
        (told(Person(GUNHILD)), True, False),
        (told(known(protection=Protection.PROTECTED_REGISTRATION)), False, False),
        (told(known(protection=Protection.UNKNOWN)), False, False),
        (told(known(died=NOON.date())), False, False),
        (told(Person(GUNHILD), RelationGround.NONE), False, False),
    ],
)
def test_what_is_known_decides_who_stays_and_who_is_named(known_of: Known, stays: bool, named: bool) -> None:
    following.follow(by())
    [one] = followed_by(NURSE)
    listed = judge(one, known_of)
    assert (listed is not None) == stays
    assert bool(listed and listed.may_be_named) == named


def test_a_relation_attested_for_a_day_lists_for_that_day_and_names_to_whom_attested() -> None:
    none = RelationGround.NONE
    recording.confirm_relation(by(journal=none))
    following.follow(by(journal=none))
    [mine], [theirs] = followed_by(NURSE), followed_by(COLLEAGUE)
    assert judge(mine, told(relation=none)).may_be_named  # type: ignore[union-attr]
    assert not judge(theirs, told(relation=none)).may_be_named  # type: ignore[union-attr]
    CareRelation.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    [mine] = followed_by(NURSE)
    assert judge(mine, told(relation=none)) is None


def test_leaving_is_logged_once() -> None:
    following.follow(by())
    gone = followed_by(NURSE)
    following.leave(NURSE, TRACE, gone)
    following.leave(COLLEAGUE, TRACE, gone)
    [row] = AccessEvent.objects.filter(event=Event.LIST_REMOVED)
    assert row.detail == {"unit": HEMSJUKVARD.hsa_id, "by_itself": True}
    assert followed_by(NURSE) == ()


def test_a_linked_number_is_the_same_patient() -> None:
    following.follow(by())
    other = open_dossier(MILO).dossier
    link_numbers(other, [GUNHILD], "register")
    assert [one.patient for one in followed_by(NURSE)] == [MILO]
    following.unfollow(by(person=known(MILO)))
    assert followed_by(NURSE) == ()


def test_neither_name_nor_number_stands_in_the_table() -> None:
    following.follow(by(person=known(family_name="Myrberg")))
    with connection.cursor() as cursor:
        for table in (Following, Dossier):
            cursor.execute(f"SELECT * FROM {table._meta.db_table}")
            stored = repr(cursor.fetchall())
            assert "Myrberg" not in stored
            assert GUNHILD.number not in stored


def test_social_care_is_never_offered_a_list() -> None:
    facts = Facts(known(), has_relation=True, has_social_need=True, is_followed=True)
    assert not {Act.FOLLOW, Act.UNFOLLOW} & allowed_acts(CARER, facts, NOON)
    assert followed_by(CARER) == ()
