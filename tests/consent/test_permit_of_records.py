"""The permit asks again for every record: blocks with units, days and types, owners that a source invents."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from consent.gate import decide_everywhere
from consent.terms import Actor, Permit, Provider, Unit
from consent.vocabulary import CareKind, InformationType, Kind, Reason
from tests.consent.examples import (
    AKUTEN,
    CARER,
    FJALL,
    GUNHILD,
    HEMSJUKVARD,
    HEMTJANST,
    MEDICIN,
    NORD_OMSORG,
    NOW,
    NURSE,
    OMSORG,
    PSYKIATRI,
    UNIT_OF,
    VARD,
    choice,
    consent,
    emergency,
    facts,
    inner,
    lift,
    origin,
    outer,
)
from tests.factories.permits import altered, permit_for

ALERT, DRUGS, VISIT = InformationType.ALERT, InformationType.MEDICATION, InformationType.CARE_CONTACT


def permit(actor: Actor = NURSE, owners: tuple[Provider, ...] = (VARD, OMSORG), **known) -> Permit:
    known.setdefault("choices", (choice(reader=actor),))
    return permit_for(GUNHILD, actor, decide_everywhere(actor, facts(**known), owners, NOW))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_inner_block_hides_its_unit_and_no_other():
    allowed = permit(blocks=(inner(PSYKIATRI, excluded_types=frozenset({"upp"})),))
    assert allowed.refusal_of(origin(PSYKIATRI, VISIT), Kind.CARE_CONTACT) is Reason.BLOCKED
    assert allowed.refusal_of(origin(MEDICIN, VISIT), Kind.CARE_CONTACT) is None


@pytest.mark.parametrize(("excluded", "type_", "is_shown"), [
    ("upp", ALERT, True),
    ("upp", DRUGS, False),
    ("lak", DRUGS, True),
    ("lak", ALERT, False),
])  # fmt: skip
def test_excluded_information_type_survives_a_block(excluded, type_, is_shown):
    inside = permit(blocks=(inner(PSYKIATRI, excluded_types=frozenset({excluded})),))
    outside = permit(blocks=(outer(VARD, excluded_types=frozenset({excluded})),), consents=(consent(),))
    assert inside.covers(origin(PSYKIATRI, type_), Kind.WARNING) is is_shown
    assert outside.covers(origin(HEMSJUKVARD, type_), Kind.WARNING) is is_shown


@pytest.mark.parametrize(("first", "last", "documented", "until", "is_shown"), [
    (date(2026, 3, 1), date(2026, 3, 31), "2026-02-28T23:59:59+01:00", None, True),
    (date(2026, 3, 1), date(2026, 3, 31), "2026-03-01T00:00:00+01:00", None, False),
    (date(2026, 3, 1), date(2026, 3, 31), "2026-03-31T23:59:59+02:00", None, False),
    (date(2026, 3, 1), date(2026, 3, 31), "2026-04-01T00:00:00+02:00", None, True),
    # Half past eleven in the evening in UTC is the next day in Sweden.
    (date(2026, 3, 1), date(2026, 3, 31), "2026-02-28T23:30:00+00:00", None, False),
    (date(2026, 3, 1), date(2026, 3, 31), "2026-03-31T22:30:00+00:00", None, True),
    # Overlap of a single day is enough.
    (date(2026, 3, 1), date(2026, 3, 31), "2026-01-10T10:00:00+01:00", "2026-03-01T08:00:00+01:00", False),
    (date(2026, 3, 1), date(2026, 3, 31), "2026-03-31T10:00:00+02:00", "2026-05-01T08:00:00+02:00", False),
    (date(2026, 3, 1), date(2026, 3, 31), "2026-01-10T10:00:00+01:00", "2026-05-01T08:00:00+02:00", False),
    # Written before it begins: the span is read in order.
    (date(2026, 3, 1), date(2026, 3, 31), "2026-05-01T08:00:00+02:00", "2026-02-01T08:00:00+01:00", False),
    (date(2026, 3, 1), None, "2026-02-28T12:00:00+01:00", None, True),
    (date(2026, 3, 1), None, "2030-01-01T12:00:00+01:00", None, False),
    (None, date(2026, 3, 31), "1999-01-01T12:00:00+01:00", None, False),
    (None, date(2026, 3, 31), "2026-04-01T12:00:00+02:00", None, True),
])  # fmt: skip
def test_block_between_days(first, last, documented, until, is_shown):
    known = permit(blocks=(outer(VARD, first_day=first, last_day=last),), consents=(consent(),))
    record = origin(HEMSJUKVARD, VISIT, at(documented), documented_until=at(until) if until else None)
    assert known.covers(record, Kind.CARE_CONTACT) is is_shown


def test_record_without_time_is_covered_by_a_block_with_days():
    known = permit(blocks=(outer(VARD, first_day=date(2026, 3, 1)),), consents=(consent(),))
    assert known.refusal_of(origin(HEMSJUKVARD, VISIT, None), Kind.CARE_CONTACT) is Reason.BLOCKED
    only_changed = origin(HEMSJUKVARD, VISIT, None, documented_until=NOW)
    assert known.refusal_of(only_changed, Kind.CARE_CONTACT) is Reason.BLOCKED


@pytest.mark.parametrize("unnamed", [
    {"unit_is_assumed": True},
    {"unit_id": ""},
])  # fmt: skip
def test_record_that_names_no_unit_may_be_the_blocked_one(unnamed):
    record = replace(origin(AKUTEN), **unnamed)
    assert permit(blocks=(inner(PSYKIATRI),)).refusal_of(record, Kind.CARE_CONTACT) is Reason.BLOCKED
    assert permit().refusal_of(record, Kind.CARE_CONTACT) is None


def test_record_that_names_no_unit_is_never_the_readers_own():
    record = replace(origin(AKUTEN), unit_is_assumed=True)
    unchosen = permit(choices=())
    assert unchosen.refusal_of(origin(AKUTEN), Kind.CARE_CONTACT) is None
    assert unchosen.refusal_of(record, Kind.CARE_CONTACT) is Reason.NOT_CHOSEN


def test_unit_with_a_dated_block_is_told_from_units_nobody_listed():
    known = permit(blocks=(inner(PSYKIATRI, last_day=date(2020, 1, 1)),), choices=(choice(PSYKIATRI.hsa_id),))
    assert known.refusal_of(origin(PSYKIATRI), Kind.CARE_CONTACT) is None
    assert known.refusal_of(origin(MEDICIN), Kind.CARE_CONTACT) is Reason.NOT_CHOSEN


def test_lifted_block_shows_its_unit():
    block = inner(PSYKIATRI)
    assert permit(blocks=(block,), lifts=(lift(block),)).covers(origin(PSYKIATRI), Kind.CARE_CONTACT)


def test_outer_block_of_an_owner_nobody_knew_hides_its_records():
    known = permit(owners=(), blocks=(outer(VARD),), consents=(consent(),))
    assert known.refusal_of(origin(HEMSJUKVARD), Kind.HOME_CARE) is Reason.BLOCKED
    assert known.refusal_of(origin(UNIT_OF[NORD_OMSORG]), Kind.SOCIAL_SERVICE) is None


@pytest.mark.parametrize("unit", [HEMSJUKVARD, UNIT_OF[NORD_OMSORG]])
def test_partial_block_is_silent_for_omsorgsgivare(unit: Unit):
    block = outer(unit.provider, first_day=date(2020, 1, 1))
    known = permit(CARER, blocks=(block,), consents=(consent(),))
    assert known.refusal_of(origin(unit), Kind.HOME_CARE) is Reason.SILENT_BLOCK


def test_partial_block_on_social_care_data_is_silent_for_health_care():
    known = permit(blocks=(outer(OMSORG, first_day=date(2020, 1, 1)),), consents=(consent(),))
    assert known.refusal_of(origin(HEMTJANST), Kind.SOCIAL_SERVICE) is Reason.SILENT_BLOCK


def test_kind_that_was_not_asked_for_is_not_covered():
    narrow = altered(permit(), kinds=frozenset({Kind.WARNING}))
    assert [kind for kind in Kind if narrow.covers(origin(MEDICIN), kind)] == [Kind.WARNING]


def test_omsorgsgivare_see_only_their_kinds():
    known = permit(CARER, owners=(FJALL,), consents=(consent(),))
    assert known.refusal_of(origin(MEDICIN), Kind.DIAGNOSIS) is Reason.KIND_NOT_FOR_READER
    assert known.refusal_of(origin(MEDICIN), Kind.WARNING) is None


def test_source_that_calls_a_known_omsorgsgivare_a_vardgivare_opens_nothing_in_an_emergency():
    known = permit(emergencies=(emergency(),))
    disguised = Unit(HEMTJANST.hsa_id, HEMTJANST.name, replace(OMSORG, kind=CareKind.HEALTH_CARE))
    assert known.refusal_of(origin(HEMSJUKVARD), Kind.HOME_CARE) is None
    assert known.refusal_of(origin(disguised), Kind.SOCIAL_SERVICE) is Reason.NOT_IN_EMERGENCY


def test_what_nobody_decided_on_is_refused():
    empty = permit_for(GUNHILD, NURSE, {})
    assert empty.refusal_of(origin(AKUTEN), Kind.WARNING) is Reason.NO_CONSENT
    assert empty.refusal_of(origin(HEMSJUKVARD), Kind.WARNING) is Reason.NO_CONSENT


def test_decisions_about_the_own_provider_are_its_units_one_by_one():
    known = permit(blocks=(inner(PSYKIATRI),))
    assert len(known.decisions_about(FJALL)) == 3
    assert len(known.decisions_about(VARD)) == 1
