"""What is missing of a source that delivers by itself never looks like nothing."""

import json
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from connectors.base.contract import Fault, Freshness, SourceFault
from connectors.openfeed.models import HeldRecord, Notice, Reception, RefusedRecord
from connectors.openfeed.scenarios import PATIENT, STRANGER
from connectors.openfeed.tasks import delete_what_ran_out
from consent.encryption import lookup_key
from consent.terms import PersonId
from consent.vocabulary import Kind
from tests.feed.vendor import Vendor, fall_silent, grow_old, service

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOBODY_KNOWN = PersonId("198503172390")


def test_source_that_never_delivered_has_not_answered(vendor: Vendor) -> None:
    with pytest.raises(SourceFault) as raised:
        vendor.shown()
    assert raised.value.fault is Fault.UNAVAILABLE


def test_only_a_complete_delivery_makes_nothing_an_answer(vendor: Vendor) -> None:
    vendor.push(service(patient=STRANGER.number))
    assert Kind.SOCIAL_SERVICE in vendor.shown().absent
    vendor.push(complete=True)
    answer = vendor.shown()
    assert (answer.records, answer.absent, answer.unparsed, answer.withheld) == ((), frozenset(), 0, False)
    assert answer.freshness is Freshness.DELIVERED


def test_answer_is_as_old_as_the_last_complete_delivery(vendor: Vendor) -> None:
    vendor.push(service(), complete=True)
    fall_silent(hours=5)
    vendor.push(service(2))
    age = timezone.now() - vendor.shown().as_of
    assert timedelta(hours=5) <= age < timedelta(hours=5, minutes=1)


def test_source_gone_silent_shows_what_it_has_as_old_and_the_rest_as_unknown(vendor: Vendor) -> None:
    vendor.push(service(), complete=True)
    fall_silent(hours=25)
    answer = vendor.shown()
    assert [record.title for record in answer.records] == ["Hemtjänst"]
    assert answer.freshness is Freshness.OVERDUE
    assert answer.absent >= {Kind.SOCIAL_SERVICE, Kind.CONTACT}
    assert Kind.SOCIAL_SERVICE in vendor.shown(NOBODY_KNOWN).absent


def test_delivery_that_is_not_complete_does_not_count_as_one(vendor: Vendor) -> None:
    vendor.push(complete=True)
    fall_silent(hours=25)
    vendor.push(service(patient=STRANGER.number))
    assert vendor.shown().absent


def test_refused_record_is_a_hole_for_its_patient_alone(vendor: Vendor) -> None:
    vendor.push(service(title=""), complete=True)
    answer = vendor.shown()
    assert (answer.records, answer.unparsed) == ((), 1)
    assert answer.incomplete_kinds == {Kind.SOCIAL_SERVICE, Kind.HOME_CARE}
    assert vendor.shown(NOBODY_KNOWN).unparsed == 0


def test_refused_record_about_who_knows_whom_is_a_hole_for_everybody(vendor: Vendor) -> None:
    vendor.push(service(patient="191212121213"), complete=True)
    assert vendor.shown(NOBODY_KNOWN).unparsed == 1


def test_record_of_unknown_type_leaves_every_kind_in_doubt(vendor: Vendor) -> None:
    vendor.push(service(type="x_ray"), complete=True)
    assert vendor.shown().incomplete_kinds is None


def test_vendor_that_names_the_wrong_owner_never_looks_empty(vendor: Vendor) -> None:
    unit = {**service()["unit"], "provider": "SE2321000016-R001"}
    vendor.push(service(unit=unit), complete=True)
    assert vendor.shown().unparsed == 1


def test_hole_closes_when_the_record_comes_corrected(vendor: Vendor) -> None:
    vendor.push(service(title="", updated="2026-01-12"), complete=True)
    vendor.push(service(updated="2026-01-12"))
    assert (vendor.shown().unparsed, len(vendor.shown().records)) == (0, 1)


def test_hole_stays_when_only_an_older_version_comes(vendor: Vendor) -> None:
    vendor.push(service(), complete=True)
    vendor.push(service(status="ended", title="", updated="2026-01-12"))
    assert (vendor.shown().unparsed, len(vendor.shown().records)) == (1, 1)
    assert vendor.outcomes(service()) == ["unchanged"]
    assert vendor.shown().unparsed == 1


def test_hole_stays_when_the_older_version_follows_in_the_same_call(vendor: Vendor) -> None:
    vendor.push(service(status="ended", title="", updated="2026-01-12"), service(), complete=True)
    assert (vendor.shown().unparsed, len(vendor.shown().records)) == (1, 1)


def test_same_bad_record_again_is_one_hole(vendor: Vendor) -> None:
    nameless = service(id=None)
    for _again in range(2):
        vendor.push(service(title=""), nameless, complete=True)
    assert RefusedRecord.objects.count() == 2


# How long it is kept.


def test_record_is_not_shown_after_its_time_even_if_nobody_deleted_it(vendor: Vendor) -> None:
    vendor.push(service(), complete=True)
    grow_old(days=31)
    answer = vendor.shown()
    assert answer.records == ()
    assert answer.absent == {Kind.SOCIAL_SERVICE, Kind.HOME_CARE}
    assert HeldRecord.objects.get().content is not None


def test_deleting_takes_the_content_and_leaves_that_something_is_missing(vendor: Vendor) -> None:
    vendor.push(service(1), service(2, status="ended"), complete=True)
    grow_old(days=31)
    assert delete_what_ran_out() == 2
    row = HeldRecord.objects.get()
    assert (row.content, row.state) == (None, HeldRecord.RUN_OUT)
    assert vendor.shown().absent == {Kind.SOCIAL_SERVICE, Kind.HOME_CARE}
    assert delete_what_ran_out() == 0


def test_record_that_was_over_is_forgotten_wholly(vendor: Vendor) -> None:
    vendor.push(service(status="ended"), complete=True)
    grow_old(days=31)
    answer = vendor.shown()
    assert (answer.records, answer.absent) == ((), frozenset())
    delete_what_ran_out()
    assert not HeldRecord.objects.exists()


def test_sending_a_record_again_keeps_it(vendor: Vendor) -> None:
    vendor.push(service(), complete=True)
    grow_old(days=29)
    assert vendor.outcomes(service()) == ["unchanged"]
    grow_old(days=2)
    delete_what_ran_out()
    assert len(vendor.shown().records) == 1


def test_record_that_ran_out_comes_back_as_new(vendor: Vendor) -> None:
    vendor.push(service(), complete=True)
    grow_old(days=31)
    delete_what_ran_out()
    assert vendor.outcomes(service()) == ["accepted"]
    assert vendor.shown().absent == frozenset()


def test_shorter_retention_holds_at_once(vendor: Vendor) -> None:
    vendor.push(service(), complete=True)
    grow_old(days=8)
    vendor.source.settings["retention_days"] = "7"
    vendor.source.save()
    assert vendor.shown().records == ()


def test_source_that_delivers_no_more_keeps_nothing(vendor: Vendor) -> None:
    vendor.push(service(), service(2, title=""), complete=True)
    vendor.source.settings = {}
    vendor.source.save()
    delete_what_ran_out()
    assert not HeldRecord.objects.exists()
    assert not RefusedRecord.objects.exists()


@pytest.mark.parametrize("wrong", [{"retention_days": ""}, {"fresh_hours": "0"}, {"retention_days": "-1"}])
def test_source_without_sound_terms_is_a_fault_of_set_up(vendor: Vendor, wrong: dict[str, str]) -> None:
    vendor.push(service(), complete=True)
    vendor.source.settings |= wrong
    vendor.source.save()
    with pytest.raises(SourceFault) as raised:
        vendor.shown()
    assert raised.value.fault is Fault.CONFIG


def test_store_that_cannot_be_opened_is_told_of(vendor: Vendor) -> None:
    from django.db import connection

    vendor.push(service(), complete=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE openfeed_heldrecord SET content = %s", [b"\x01\x01nonsense"])
    answer = vendor.shown()
    assert (answer.records, answer.unparsed) == ((), 1)


def test_row_moved_to_another_patient_quarantines_the_source(vendor: Vendor) -> None:
    vendor.push(service(patient=STRANGER.number), complete=True)
    HeldRecord.objects.update(patient=lookup_key(PATIENT))
    with pytest.raises(SourceFault) as raised:
        vendor.shown()
    assert raised.value.fault is Fault.FOREIGN_PATIENT


def test_patient_known_by_two_numbers_is_looked_for_under_both(vendor: Vendor) -> None:
    vendor.push(service(1), service(2, patient=STRANGER.number), complete=True)
    assert len(vendor.shown(aliases=(STRANGER,)).records) == 2


def test_person_somebody_gave_notice_of_is_known_as_old_until_asked(vendor: Vendor) -> None:
    vendor.push(service(), complete=True)
    notice = Notice.objects.create(
        source=vendor.source, signature=b"s", state=Notice.WAITING, patient=lookup_key(PATIENT)
    )
    assert vendor.shown().freshness is Freshness.OVERDUE
    assert vendor.shown(NOBODY_KNOWN).freshness is Freshness.DELIVERED
    Notice.objects.filter(pk=notice.pk).update(state=Notice.GIVEN_UP)
    assert vendor.shown().freshness is Freshness.OVERDUE
    vendor.push(service(), complete=True)
    assert vendor.shown().freshness is Freshness.DELIVERED


def test_questions_to_the_database_are_as_many_whatever_is_held(
    vendor: Vendor, django_assert_num_queries: object
) -> None:
    vendor.push(*(service(n) for n in range(20)), service(99, title=""), complete=True)
    for person in (PATIENT, NOBODY_KNOWN):
        with django_assert_num_queries(6):  # type: ignore[operator]
            vendor.shown(person)


def test_reception_counts_without_content(vendor: Vendor) -> None:
    vendor.push(service(1), service(2), service(3, title=""), complete=True)
    vendor.push(service(1), service(2, updated="2026-01-12"))
    said = Reception.objects.get()
    assert (said.accepted, said.replaced, said.unchanged, said.refused) == (2, 1, 1, 1)
    assert said.complete_at is not None
    assert json.dumps(str(said)) == '"Exempelomsorg"'


def test_expiry_is_judged_by_the_databases_clock(vendor: Vendor) -> None:
    import time_machine

    vendor.push(service(), complete=True)
    with time_machine.travel(timezone.now() + timedelta(days=400), tick=True):
        assert len(vendor.shown().records) == 1
    HeldRecord.objects.update(confirmed_at=Now() - timedelta(days=30, seconds=1))
    assert vendor.shown().records == ()
