"""The corners of the vocabulary of access: numbers that never print, days, blocks, the permit's last word."""

import copy
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from consent.terms import Actor, Basis, PersonId, Provider, Reach, Refusal, sorted_days
from consent.vocabulary import CareKind, Distance, IdType, Kind, Purpose, Reason, Row
from tests.consent.examples import (
    AKUTEN,
    CARER,
    FJALL,
    GUNHILD,
    HEMSJUKVARD,
    HEMTJANST,
    MEDICIN,
    NORD_VARD,
    NOW,
    NURSE,
    OMSORG,
    OWN_MEDICIN,
    OWN_UNIT,
    OWN_UNLISTED,
    PSYKIATRI,
    VARD,
    origin,
    other,
    outer,
    unknown_owner,
)
from tests.factories.permits import TOLD, permit_for

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


def test_number_is_a_personnummer_unless_said_and_never_prints():
    assert PersonId("193908139060") == GUNHILD == PersonId("193908139060", IdType.PERSONNUMMER)
    assert repr(GUNHILD) == str(GUNHILD) == f"{GUNHILD}" == "PersonId(…, personnummer)"
    assert repr(PersonId("199602752389", IdType.SAMORDNINGSNUMMER)) == "PersonId(…, samordningsnummer)"


def test_on_call_number_is_no_part_of_who_the_provider_is():
    reachable = replace(VARD, on_call_phone="0980-319200")
    assert Provider(VARD.hsa_id, VARD.name, VARD.kind).on_call_phone == ""
    assert reachable == VARD
    assert repr(reachable) == repr(VARD)
    assert "0980" not in repr(reachable)


def test_reader_reads_for_care_unless_said():
    actor = Actor(1, "SE2321000016-P001", "Alva Ek", "Läkare", "1", AKUTEN)
    assert (actor.purpose, actor.rights) == (Purpose.CARE, frozenset())
    assert (actor.kind, actor.provider) == (CareKind.HEALTH_CARE, FJALL)


def test_reach_of_others_is_of_any_owner_and_unit_unless_said():
    assert Reach(Distance.OTHER_PROVIDER, CareKind.HEALTH_CARE) == Reach(
        Distance.OTHER_PROVIDER, CareKind.HEALTH_CARE, "*", "*"
    )


def test_basis_is_of_every_kind_without_end_and_open_about_its_blocks_unless_said():
    basis = Basis(Row.OWN_UNIT)
    assert basis.kinds == frozenset(Kind)
    assert (basis.blocks, basis.reference, basis.expires_at, basis.hides_silently) == ((), "", None, False)


# Days. ----------------------------------------------------------------------------------------------


@pytest.fixture(params=["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On a machine whose own clock shows another day."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_days_of_documentation_are_swedish_wherever_the_machine_stands():
    evening = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    night = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
    assert origin(at=evening, documented_until=night).documented_days() == (FIRST, LAST)


@pytest.mark.parametrize(("at", "until", "days"), [
    (datetime(2026, 3, 1, 12, tzinfo=UTC), None, (FIRST, FIRST)),
    (None, datetime(2026, 3, 31, 12, tzinfo=UTC), (None, LAST)),
    (None, None, (None, None)),
    # In the order in which the source said it, whatever that is.
    (datetime(2026, 3, 31, 12, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC), (LAST, FIRST)),
])  # fmt: skip
def test_days_of_documentation(at, until, days):
    assert origin(at=at, documented_until=until).documented_days() == days


@pytest.mark.parametrize(("days", "in_order"), [
    ((FIRST, LAST), (FIRST, LAST)),
    ((LAST, FIRST), (FIRST, LAST)),
    ((FIRST, FIRST), (FIRST, FIRST)),
    ((FIRST, None), (FIRST, None)),
    ((None, LAST), (None, LAST)),
    ((None, None), (None, None)),
])  # fmt: skip
def test_days_in_order(days, in_order):
    assert sorted_days(days) == in_order


@pytest.mark.parametrize(
    "dated", [{"first_day": FIRST}, {"last_day": LAST}, {"first_day": FIRST, "last_day": LAST}]
)
@pytest.mark.parametrize("until", [datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC), None])
def test_record_whose_beginning_nobody_said_is_covered_by_any_days(dated, until):
    assert outer(VARD, **dated).hides(origin(HEMSJUKVARD, at=None, documented_until=until))


# The permit. ----------------------------------------------------------------------------------------

BLOCK = outer(VARD, first_day=date(2020, 1, 1))


@pytest.mark.parametrize(("actor", "unit", "is_silent", "reason"), [
    (NURSE, HEMSJUKVARD, False, Reason.BLOCKED),
    (NURSE, HEMSJUKVARD, True, Reason.SILENT_BLOCK),
    (CARER, HEMSJUKVARD, False, Reason.SILENT_BLOCK),
    (CARER, HEMSJUKVARD, True, Reason.SILENT_BLOCK),
    (NURSE, HEMTJANST, False, Reason.SILENT_BLOCK),
])  # fmt: skip
def test_hidden_record_is_told_of_only_between_vardgivare_and_only_if_it_may(actor, unit, is_silent, reason):
    block = replace(BLOCK, provider_id=unit.provider.hsa_id)
    basis = Basis(Row.CONSENT, blocks=(block,), hides_silently=is_silent)
    permit = permit_for(GUNHILD, actor, {other(unit.provider): basis})
    assert permit.refusal_of(origin(unit), Kind.HOME_CARE) is reason


def test_what_nobody_decided_on_is_row_18():
    permit = permit_for(GUNHILD, NURSE, {})
    assert permit.decision_on(VARD, "") == Refusal(Row.NOTHING, Reason.NO_CONSENT)


def test_own_unit_own_listed_and_own_unlisted_units_are_decided_on_each():
    own, listed, unlisted = Basis(Row.OWN_UNIT), Basis(Row.OWN_PROVIDER), Basis(Row.DECEASED)
    permit = permit_for(GUNHILD, NURSE, {OWN_UNIT: own, OWN_MEDICIN: listed, OWN_UNLISTED: unlisted})
    assert permit.decision_on(FJALL, AKUTEN.hsa_id) is own
    assert permit.decision_on(FJALL, MEDICIN.hsa_id) is listed
    assert permit.decision_on(FJALL, PSYKIATRI.hsa_id) is unlisted


def test_named_owner_goes_before_an_unknown_one_of_the_same_kind():
    named, unnamed = Basis(Row.CONSENT), Basis(Row.CHILD)
    social = unknown_owner(CareKind.SOCIAL_CARE)
    decisions = {
        other(VARD): named,
        unknown_owner(CareKind.HEALTH_CARE): unnamed,
        social: Basis(Row.EMERGENCY),
    }
    permit = permit_for(GUNHILD, NURSE, decisions)
    assert permit.decision_on(VARD, "") is named
    assert permit.decision_on(NORD_VARD, "") is unnamed
    assert permit.decision_on(OMSORG, "") is decisions[social]
    assert permit.decisions_about(VARD) == (named,)
    assert permit.decisions_about(NORD_VARD) == (unnamed,)


def test_what_was_found_for_one_sort_of_owner_is_not_said_of_another():
    care, social = Basis(Row.CONSENT), Basis(Row.EMERGENCY)
    decisions = {unknown_owner(CareKind.HEALTH_CARE): care, unknown_owner(CareKind.SOCIAL_CARE): social}
    permit = permit_for(GUNHILD, NURSE, decisions)
    for kind, decision in [(CareKind.HEALTH_CARE, care), (CareKind.SOCIAL_CARE, social)] * 2:
        assert permit.decision_on(replace(VARD, kind=kind), "") is decision


def test_record_must_be_of_a_kind_that_both_ground_and_view_allow():
    narrow = Basis(Row.SOCIAL_CONSENT, kinds=frozenset({Kind.WARNING}))
    permit = permit_for(GUNHILD, CARER, {other(VARD): narrow})
    assert permit.refusal_of(origin(HEMSJUKVARD), Kind.WARNING) is None
    assert permit.refusal_of(origin(HEMSJUKVARD), Kind.DIAGNOSIS) is Reason.KIND_NOT_FOR_READER


def test_permit_prints_no_decisions_and_cannot_be_made_without_them():
    permit = permit_for(GUNHILD, NURSE)
    assert "decisions" not in repr(permit)
    made_of = {name: getattr(permit, name) for name in TOLD if name != "decisions"}
    with pytest.raises(TypeError, match="decisions"):
        type(permit)(**made_of)


def test_permit_is_of_an_unprotected_person_without_telephones_unless_said():
    permit = permit_for(GUNHILD, NURSE)
    assert (permit.is_protected, permit.hides_phones) == (False, True)


def reduced(permit):
    """What every way of packing a value asks for first."""
    return permit.__reduce_ex__(5)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, reduced])
def test_permit_is_never_duplicated(duplicate):
    with pytest.raises(TypeError, match=r"^a Permit is never copied or pickled$"):
        duplicate(permit_for(GUNHILD, NURSE))


def test_record_without_a_unit_is_decided_on_as_a_unit_nobody_listed():
    permit = permit_for(
        GUNHILD, NURSE, {OWN_UNIT: Basis(Row.OWN_UNIT), OWN_UNLISTED: Basis(Row.OWN_PROVIDER)}
    )
    nameless = origin(AKUTEN, at=NOW, unit_is_assumed=True)
    assert permit.decision_for(nameless) == Basis(Row.OWN_PROVIDER)
    assert permit.decision_for(replace(nameless, unit_is_assumed=False)) == Basis(Row.OWN_UNIT)
