"""Whom to ask about consent: by the own unit's records only, and with nobody listed who need not be."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from consent import consenting, incapacity, recording
from consent.dossiers import link_numbers, open_dossier
from consent.models import CareRelation, CareUnit, Consent, LogEpoch
from consent.terms import Actor, PersonId, Unit
from consent.vocabulary import IdType, Purpose, RaisedAt, RelationGround, Right
from consent.worklist import Why, may_be_read_by, people_of, tasks_for
from tests.consent.doings import by, statements
from tests.consent.examples import GUNHILD, HEMSJUKVARD, HEMTJANST, MEDICIN, MILO, NATTPATRULL, reader

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

NURSE = reader(HEMSJUKVARD)
CARER = reader(HEMTJANST)
ADMINISTRATOR = replace(
    reader(NATTPATRULL, Purpose.ADMINISTRATION), rights=frozenset({Right.ADMINISTER_CONSENTS})
)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def units(organisations: None) -> None:
    CareUnit.objects.filter(pk=HEMSJUKVARD.hsa_id).update(consent_raised_at=RaisedAt.HOME_CARE.value)
    CareUnit.objects.filter(pk=HEMTJANST.hsa_id).update(consent_raised_at=RaisedAt.SOCIAL_SERVICE.value)


def enrol(
    unit: Unit = HEMSJUKVARD,
    ground: RelationGround = RelationGround.JOURNAL,
    patient: PersonId = GUNHILD,
    days_ago: int = 20,
    **more: Any,
) -> CareRelation:
    since = timezone.now() - days_ago * DAY
    return CareRelation.objects.create(
        dossier=open_dossier(patient).dossier,
        provider_id=unit.provider.hsa_id,
        unit_id=unit.hsa_id,
        ground=ground.value,
        recorded_by="journal",
        recorded_at=since,
        starts_at=since,
        **more,
    )


def why(actor: Actor = NURSE) -> list[Why]:
    return [task.why for task in tasks_for(actor)]


def test_who_is_enrolled_and_was_never_asked_is_missing() -> None:
    relation = enrol()
    (task,) = tasks_for(NURSE)
    assert (task.why, task.raised_at, task.since) == (Why.MISSING, RaisedAt.HOME_CARE, relation.starts_at)
    assert people_of([task]) == {task.dossier_id: GUNHILD}


def test_whoever_has_answered_is_not_missing() -> None:
    enrol()
    consenting.give_consent(by(NURSE))
    assert why() == []
    consenting.refuse_consent(by(NURSE))
    assert why() == [Why.REFUSED]
    consenting.annul_refusal(by(NURSE), "feltryck")
    assert why() == []
    consenting.end_consent(by(NURSE), "tillbaka")
    assert why() == [Why.MISSING]


def test_what_is_recorded_ahead_or_cannot_be_given_is_not_missing() -> None:
    enrol()
    consenting.give_consent(by(NURSE), starts=(timezone.now() + 3 * DAY).date())
    assert why() == []
    enrol(patient=MILO)
    incapacity.record_inability(by(NURSE, MILO))
    assert why() == [Why.MISSING]
    said = {"is_needed": True, "is_attitude_clarified": True, "is_no_objection_known": True}
    incapacity.assert_inability(by(NURSE, MILO), **said)
    assert why() == []


@pytest.mark.parametrize(("days", "expected"), [(29, [Why.EXPIRING]), (31, [])])
def test_thirty_days_before_its_end_a_consent_is_told_of(days: int, expected: list[Why]) -> None:
    enrol()
    consenting.give_consent(by(NURSE))
    Consent.objects.update(ends_at=timezone.now() + days * DAY)
    assert why() == expected
    if expected:
        (task,) = tasks_for(NURSE)
        assert task.until is not None


def test_one_that_another_takes_over_from_is_not() -> None:
    enrol()
    consenting.give_consent(by(NURSE))
    Consent.objects.update(ends_at=timezone.now() + 5 * DAY)
    consenting.give_consent(by(NURSE), starts=(timezone.now() + 4 * DAY).date())
    assert why() == []


def test_from_before_a_restore_nobody_counts_as_asked() -> None:
    enrol()
    consenting.give_consent(by(NURSE))
    LogEpoch.objects.create(number=2)
    assert why() == [Why.MISSING]


def test_a_consent_that_outlived_the_relation_comes_first() -> None:
    moved = enrol(patient=MILO)
    consenting.give_consent(by(NURSE, MILO))
    enrol()
    CareRelation.objects.filter(pk=moved.pk).update(ended_at=timezone.now() - timedelta(seconds=1))
    assert why() == [Why.RELATION_ENDED, Why.MISSING]
    consenting.give_consent(by(NURSE))
    enrol(patient=MILO)
    assert why() == []


def test_an_attested_day_that_passed_tells_nothing() -> None:
    enrol(ground=RelationGround.ATTESTED, ends_at=timezone.now() - DAY)
    recording.confirm_relation(by(NURSE))
    consenting.give_consent(by(NURSE))
    CareRelation.objects.update(ends_at=timezone.now() - DAY)
    assert why() == []


def test_a_consent_to_a_sip_raises_the_question() -> None:
    recording.confirm_relation(by(reader(MEDICIN)))
    consenting.give_sip_consent(by(reader(MEDICIN)))
    (task,) = tasks_for(reader(MEDICIN))
    assert (task.why, task.raised_at) == (Why.MISSING, RaisedAt.SIP)


def test_each_reads_of_their_own_unit_alone() -> None:
    enrol()
    enrol(HEMTJANST, RelationGround.SERVICE, MILO)
    assert [people_of(tasks_for(a)).popitem()[1] for a in (NURSE, CARER)] == [GUNHILD, MILO]
    assert why(reader(NATTPATRULL)) == why(reader(MEDICIN)) == []


def test_who_administers_reads_of_the_provider_and_of_no_other() -> None:
    enrol()
    enrol(HEMTJANST, RelationGround.SERVICE, MILO)
    (task,) = tasks_for(ADMINISTRATOR)
    assert task.unit.name == "Hemsjukvården"


def test_health_care_is_never_given_a_list_by_social_services() -> None:
    """PDL 2:8, whatever somebody has set or recorded."""
    enrol(ground=RelationGround.SERVICE)
    enrol(ground=RelationGround.ASSESSMENT, patient=MILO)
    assert why() == []
    enrol()
    CareUnit.objects.filter(pk=HEMSJUKVARD.hsa_id).update(consent_raised_at=RaisedAt.SOCIAL_SERVICE.value)
    assert why() == []
    assert why(ADMINISTRATOR) == []


def test_a_unit_that_raises_nothing_has_no_list() -> None:
    enrol(MEDICIN)
    assert why(reader(MEDICIN)) == []


@pytest.mark.parametrize("purpose", [p for p in Purpose if p is not Purpose.CARE])
def test_other_purposes_have_no_list(purpose: Purpose) -> None:
    enrol()
    actor = reader(HEMSJUKVARD, purpose)
    assert not may_be_read_by(actor)
    assert tasks_for(actor) == ()


def test_the_right_alone_is_not_enough_without_its_purpose() -> None:
    assert not may_be_read_by(replace(reader(purpose=Purpose.QUALITY), rights=ADMINISTRATOR.rights))


def test_two_numbers_of_one_person_are_one_task() -> None:
    other = PersonId("199602752389", IdType.SAMORDNINGSNUMMER)
    enrol()
    enrol(patient=other)
    consenting.give_consent(by(NURSE, other))
    assert why() == [Why.MISSING]
    link_numbers(open_dossier(GUNHILD).dossier, [other], by="register")
    assert why() == []


def test_the_list_costs_the_same_however_many_there_are() -> None:
    enrol()
    few = len(statements(lambda: tasks_for(NURSE)))
    for number in ("191212121212", "198503172390", "193405178967", "194202269207"):
        enrol(patient=PersonId(number))
        consenting.give_consent(by(NURSE, PersonId(number)))
    assert len(statements(lambda: tasks_for(NURSE))) == few <= 8
