"""The corners of what stands: first and last moments, which of several counts, restores, Swedish days."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from consent import standing
from consent.facts import ChildAbility, Obstacle
from tests.consent.examples import (
    CARER,
    CHILD,
    DAY,
    GROWN_UP,
    HOUR,
    NOW,
    NURSE,
    PSYKIATRI,
    SECOND,
    choice,
    consent,
    emergency,
    facts,
    inability,
    inner,
    lift,
    reader,
    refusal,
    sip_consent,
)

BLOCK = inner(PSYKIATRI)
COLLEAGUE = reader(hsa_id="SE2321000016-P002")


def both_ways(*several):
    """What counts must not depend on the order in which things are read."""
    return [several, tuple(reversed(several))]


# Refusals. ------------------------------------------------------------------------------------------

YES = consent(given=NOW - DAY)


@pytest.mark.parametrize(("situation", "no", "is_refused"), [
    ("said this moment", refusal(given=NOW), True),
    ("said in a second", refusal(given=NOW + SECOND), False),
    ("annulled a second ago", refusal(stopped_at=NOW - SECOND, is_annulled=True), False),
    ("annulled this moment", refusal(stopped_at=NOW, is_annulled=True), False),
    ("annulled in a second", refusal(stopped_at=NOW + SECOND, is_annulled=True), True),
    ("ends in a second", refusal(stopped_at=NOW + SECOND), True),
])  # fmt: skip
def test_refusal_at_its_moments(situation, no, is_refused):
    known = facts(refusals=(no,), consents=(YES,))
    assert standing.refusal_of(NURSE, known, NOW) == (no if is_refused else None)
    assert standing.consent_of(NURSE, known, NOW) == (None if is_refused else YES)


FIRST_NO, LAST_NO = refusal(given=NOW - 2 * HOUR), refusal(given=NOW - HOUR)


@pytest.mark.parametrize("refusals", both_ways(FIRST_NO, LAST_NO))
def test_latest_refusal_is_the_one_that_stands(refusals):
    assert standing.refusal_of(NURSE, facts(refusals=refusals), NOW) == LAST_NO


@pytest.mark.parametrize("refusals", both_ways(FIRST_NO, LAST_NO))
def test_consent_between_two_refusals_is_undone_by_the_second(refusals):
    between = consent(given=NOW - 1.5 * HOUR)
    known = facts(refusals=refusals, consents=(between,))
    assert standing.refusal_of(NURSE, known, NOW) == LAST_NO
    assert standing.consent_of(NURSE, known, NOW) is None


# Of several the one that counts. --------------------------------------------------------------------

LONG = replace(consent(ends=NOW + 2 * DAY), id="a")
SHORT = replace(consent(ends=NOW + DAY), id="b")
LONG_TOO = replace(LONG, id="c")
FOREVER, FOREVER_TOO = replace(consent(), id="a"), replace(consent(), id="b")


@pytest.mark.parametrize(("several", "counts"), [
    *((several, LONG) for several in both_ways(LONG, SHORT)),
    *((several, LONG_TOO) for several in both_ways(LONG, LONG_TOO)),
    *((several, FOREVER) for several in both_ways(FOREVER, SHORT)),
    *((several, FOREVER_TOO) for several in both_ways(FOREVER, FOREVER_TOO)),
])  # fmt: skip
def test_consent_that_lasts_longest_counts(several, counts):
    assert standing.consent_of(NURSE, facts(consents=several), NOW) == counts
    restored = facts(consents=several, distrusted_before=NOW)
    assert standing.consent_to_reconfirm(NURSE, restored, NOW) == counts


SOON = replace(consent(given=NOW - HOUR, starts_at=NOW + DAY), id="b")
SOON_TOO, LATER = replace(SOON, id="a"), replace(SOON, id="a", starts_at=NOW + 2 * DAY)


@pytest.mark.parametrize(("several", "counts"), [
    *((several, SOON) for several in both_ways(SOON, LATER)),
    *((several, SOON_TOO) for several in both_ways(SOON, SOON_TOO)),
])  # fmt: skip
def test_of_consents_ahead_the_first_counts(several, counts):
    assert standing.consent_ahead_of(NURSE, facts(consents=several), NOW) == counts


@pytest.mark.parametrize(("situation", "coming", "known"), [
    ("begun this moment", consent(starts_at=NOW), {}),
    ("of another unit", consent(PSYKIATRI, starts_at=NOW + DAY), {}),
    ("ends before it begins", consent(starts_at=NOW + DAY, ends=NOW + DAY), {}),
    ("stopped", consent(starts_at=NOW + DAY, stopped_at=NOW), {}),
    ("refused since", consent(starts_at=NOW + DAY), {"refusals": (refusal(),)}),
])  # fmt: skip
def test_consent_that_will_not_stand_is_not_ahead(situation, coming, known):
    assert standing.consent_ahead_of(NURSE, facts(consents=(coming,), **known), NOW) is None


EARLY, OPENED = emergency(declared=NOW - 2 * HOUR), emergency(declared=NOW - HOUR)
NAMES = emergency(declared=NOW - SECOND, opened=False)


@pytest.mark.parametrize(("several", "counts"), [
    *((several, OPENED) for several in both_ways(EARLY, OPENED)),
    *((several, OPENED) for several in both_ways(OPENED, NAMES)),
])  # fmt: skip
def test_emergency_that_opens_most_and_then_the_latest_counts(several, counts):
    assert standing.emergency_of(NURSE, facts(emergencies=several), NOW) == counts


OLD, NEW = inability(recorded_at=NOW - 2 * DAY), inability(recorded_at=NOW - DAY)
UNSAID = inability(recorded_at=NOW - HOUR, asserted=False)


@pytest.mark.parametrize(("several", "counts"), [
    *((several, NEW) for several in both_ways(OLD, NEW)),
    *((several, NEW) for several in both_ways(NEW, UNSAID)),
])  # fmt: skip
def test_inability_that_is_asserted_and_then_the_latest_counts(several, counts):
    assert standing.inability_of(NURSE, facts(inabilities=several), NOW) == counts


@pytest.mark.parametrize("several", both_ways(choice(ends=NOW + HOUR), choice(ends=NOW + DAY)))
def test_choice_that_lasts_longest_counts(several):
    found = standing.choice_of(NURSE, facts(choices=several), NOW, PSYKIATRI.hsa_id)
    assert found is not None
    assert found.ends_at == NOW + DAY


# First and last moments. ----------------------------------------------------------------------------


@pytest.mark.parametrize(("situation", "opening", "stands"), [
    ("declared this moment", emergency(declared=NOW), True),
    ("declared in a second", emergency(declared=NOW + SECOND), False),
    ("to its last second", emergency(ends_at=NOW + SECOND), True),
    ("over at its end", emergency(ends_at=NOW), False),
    ("stopped", emergency(stopped_at=NOW), False),
    ("to be stopped", emergency(stopped_at=NOW + SECOND), True),
    ("no serious danger", emergency(is_danger=False), False),
])  # fmt: skip
def test_emergency_at_its_moments(situation, opening, stands):
    found = standing.emergency_of(NURSE, facts(emergencies=(opening,)), NOW)
    assert found == (opening if stands else None)


@pytest.mark.parametrize(("after_s", "goes_past"), [(-1, False), (0, False), (1, True)])
def test_emergency_goes_past_only_an_earlier_refusal(after_s, goes_past):
    declared = emergency(declared=LAST_NO.recorded_at + timedelta(seconds=after_s))
    known = facts(refusals=(LAST_NO,), emergencies=(declared,))
    assert (standing.emergency_of(NURSE, known, NOW) == declared) is goes_past
    conscious = facts(refusals=(LAST_NO,), emergencies=(replace(declared, obstacle=Obstacle.TOO_ILL),))
    assert standing.emergency_of(NURSE, conscious, NOW) is None


@pytest.mark.parametrize(("situation", "said", "stands"), [
    ("recorded this moment", inability(recorded_at=NOW), True),
    ("recorded in a second", inability(recorded_at=NOW + SECOND), False),
    ("to its last second", inability(review_at=NOW + SECOND), True),
    ("due for review", inability(review_at=NOW), False),
    ("stopped", inability(stopped_at=NOW), False),
    ("to be stopped", inability(stopped_at=NOW + SECOND), True),
    ("another unit's", inability(PSYKIATRI), False),
])  # fmt: skip
def test_inability_at_its_moments(situation, said, stands):
    assert standing.inability_of(NURSE, facts(inabilities=(said,)), NOW) == (said if stands else None)


@pytest.mark.parametrize(("situation", "said", "stands"), [
    ("own provider's", sip_consent(), True),
    ("recorded this moment", replace(sip_consent(), recorded_at=NOW), True),
    ("recorded in a second", replace(sip_consent(), recorded_at=NOW + SECOND), False),
    ("another provider's", sip_consent(CARER), False),
    ("taken back", sip_consent(stopped_at=NOW), False),
    ("to be taken back", sip_consent(stopped_at=NOW + SECOND), True),
])  # fmt: skip
def test_sip_consent_at_its_moments(situation, said, stands):
    assert standing.sip_consent_of(NURSE, facts(sip_consents=(said,)), NOW) == (said if stands else None)


LATE_SIP = replace(sip_consent(), recorded_at=NOW - HOUR)


@pytest.mark.parametrize("several", both_ways(sip_consent(), LATE_SIP))
def test_latest_sip_consent_counts(several):
    assert standing.sip_consent_of(NURSE, facts(sip_consents=several), NOW) == LATE_SIP


DUE = inability(review_at=NOW + 30 * DAY)
PAST = inability(review_at=NOW - DAY)


@pytest.mark.parametrize(("situation", "known", "is_due"), [
    ("a month before its review", {"inabilities": (DUE,)}, True),
    ("a second earlier", {"inabilities": (replace(DUE, review_at=NOW + 30 * DAY + SECOND),)}, False),
    ("past its review", {"inabilities": (PAST,)}, True),
    ("the renewed one is not due", {"inabilities": (PAST, inability())}, False),
    ("the renewed one is not due, read first", {"inabilities": (inability(), PAST)}, False),
    ("never asserted", {"inabilities": (inability(asserted=False, review_at=NOW + DAY),)}, False),
    ("stopped", {"inabilities": (replace(DUE, stopped_at=NOW),)}, False),
    ("to be stopped", {"inabilities": (replace(DUE, stopped_at=NOW + SECOND),)}, True),
    ("another unit's", {"inabilities": (inability(PSYKIATRI, review_at=NOW + DAY),)}, False),
    ("the patient said no", {"inabilities": (DUE,), "refusals": (refusal(),)}, False),
    ("the patient said yes", {"inabilities": (DUE,), "consents": (consent(),)}, False),
    ("far from review, recorded since a restore",
     {"inabilities": (inability(),), "distrusted_before": NOW - 2 * DAY}, False),
    ("far from review, from before a restore",
     {"inabilities": (inability(),), "distrusted_before": NOW}, True),
])  # fmt: skip
def test_assertion_is_renewed_near_its_review(situation, known, is_due):
    found = standing.renewable_inability_of(NURSE, facts(**known), NOW)
    assert (found is not None) is is_due


# After a restore. -----------------------------------------------------------------------------------

RESTORED = NOW - HOUR


def since(moment: datetime) -> dict:
    """One of everything that opens, recorded at that moment."""
    return {
        "consents": (consent(given=moment),),
        "emergencies": (emergency(declared=moment),),
        "inabilities": (inability(recorded_at=moment),),
        "lifts": (lift(BLOCK, recorded_at=moment),),
    }


@pytest.mark.parametrize(("moment", "counts"), [
    (RESTORED - SECOND, False),
    (RESTORED, True),
    (RESTORED + SECOND, True),
])  # fmt: skip
def test_what_opens_counts_only_if_recorded_since_the_restore(moment, counts):
    known = facts(blocks=(BLOCK,), distrusted_before=RESTORED, **since(moment))
    assert (standing.consent_of(NURSE, known, NOW) is not None) is counts
    assert (standing.emergency_of(NURSE, known, NOW) is not None) is counts
    without_consent = replace(known, consents=())
    assert (standing.inability_of(NURSE, without_consent, NOW) is not None) is counts
    assert standing.lift_stands(known.lifts[0], NURSE, known, NOW) is counts


def test_lift_of_unknown_time_does_not_count_after_a_restore():
    timeless = lift(BLOCK, recorded_at=None)
    assert standing.lift_stands(timeless, NURSE, facts(lifts=(timeless,)), NOW)
    assert not standing.lift_stands(timeless, NURSE, facts(distrusted_before=RESTORED), NOW)


@pytest.mark.parametrize(("situation", "known", "is_asked"), [
    ("from before", {"consents": (consent(),)}, True),
    ("from before, ended", {"consents": (consent(stopped_at=NOW - HOUR / 2),)}, False),
    ("from before, run out", {"consents": (consent(ends=NOW),)}, False),
    ("from before, of another unit", {"consents": (consent(PSYKIATRI),)}, False),
    ("given anew", {"consents": (consent(), consent(given=NOW - SECOND))}, False),
    ("refused since", {"consents": (consent(),), "refusals": (refusal(given=NOW - SECOND),)}, False),
    ("refused before it, and the yes no longer ends the no",
     {"consents": (consent(given=RESTORED - HOUR),), "refusals": (refusal(given=RESTORED - 2 * HOUR),)},
     False),
])  # fmt: skip
def test_patient_is_asked_again_of_what_would_stand(situation, known, is_asked):
    found = standing.consent_to_reconfirm(NURSE, facts(distrusted_before=RESTORED, **known), NOW)
    assert (found is not None) is is_asked


def test_yes_from_before_a_restore_does_not_end_a_no():
    no, yes = refusal(given=RESTORED - 2 * HOUR), consent(given=RESTORED - HOUR)
    known = facts(distrusted_before=RESTORED, refusals=(no,), consents=(yes,))
    assert standing.refusal_of(NURSE, known, NOW) == no


# Lifts. ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("situation", "lifted", "stands"), [
    ("for the unit", lift(BLOCK), True),
    ("for the reader", lift(BLOCK, employee_id=NURSE.hsa_id), True),
    ("for a colleague", lift(BLOCK, employee_id=COLLEAGUE.hsa_id), False),
    ("for the reader, at another unit", lift(BLOCK, reader(PSYKIATRI), employee_id=NURSE.hsa_id), False),
    ("to its last second", lift(BLOCK, ends=NOW + SECOND), True),
    ("over at its end", lift(BLOCK, ends=NOW), False),
    ("stopped", lift(BLOCK, stopped_at=NOW), False),
    ("to be stopped", lift(BLOCK, stopped_at=NOW + SECOND), True),
])  # fmt: skip
def test_lift_at_its_moments(situation, lifted, stands):
    assert standing.lift_stands(lifted, NURSE, facts(), NOW) is stands


# Ages and Swedish days. -----------------------------------------------------------------------------

TODAY = date(2026, 11, 15)


def aged(years: int):
    """Whose birthday is today."""
    return replace(CHILD, born=TODAY.replace(year=TODAY.year - years))


@pytest.mark.parametrize(("years", "ability", "is_unable"), [
    (12, None, True),
    (12, ChildAbility.UNABLE, True),
    (12, ChildAbility.ABLE, False),
    (13, None, False),
    (13, ChildAbility.ABLE, False),
    (13, ChildAbility.UNABLE, True),
    (17, ChildAbility.UNABLE, True),
    (18, ChildAbility.UNABLE, False),
])  # fmt: skip
def test_child_that_cannot_consent(years, ability, is_unable):
    known = facts(person=aged(years), child_ability=ability)
    assert standing.is_child_unable_to_consent(known, NOW) is is_unable


@pytest.mark.parametrize(("years", "is_to_ask"), [(12, False), (13, True), (17, True), (18, False)])
def test_child_that_somebody_must_judge(years, is_to_ask):
    assert standing.is_child_to_ask(facts(person=aged(years)), NOW) is is_to_ask


def test_unknown_birth_date_makes_no_child():
    unknown = facts(person=replace(GROWN_UP, born=None), child_ability=ChildAbility.UNABLE)
    assert not standing.is_child_unable_to_consent(unknown, NOW)
    assert not standing.is_child_to_ask(unknown, NOW)


@pytest.fixture(params=["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On a machine whose own clock shows another day."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_days_are_swedish_wherever_the_machine_stands():
    # 23:59:59 on the evening before and midnight of the thirteenth birthday, in Sweden.
    before = datetime(2026, 11, 14, 22, 59, 59, tzinfo=UTC)
    birthday = facts(person=aged(13))
    assert standing.is_child_unable_to_consent(birthday, before)
    assert not standing.is_child_to_ask(birthday, before)
    assert not standing.is_child_unable_to_consent(birthday, before + SECOND)
    assert standing.is_child_to_ask(birthday, before + SECOND)
    assert standing.next_midnight(before) == before + SECOND
    assert standing.next_midnight(before + SECOND) == before + SECOND + DAY
    assert standing.end_of_day(TODAY) == datetime(2026, 11, 15, 23, tzinfo=UTC)


@pytest.mark.parametrize(("day", "begins", "hours"), [
    (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
    (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
    (date(2028, 2, 29), datetime(2028, 2, 28, 23, tzinfo=UTC), 24),
])  # fmt: skip
def test_days_of_changing_clocks_and_leap_years_end_when_they_end(day, begins, hours):
    assert standing.end_of_day(day) - begins == timedelta(hours=hours)
    assert standing.next_midnight(begins) == begins + timedelta(hours=hours)
