"""Consent recorded ahead, and for other units by an administrator: what may be done with it, and when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from consent import consenting, recording
from consent.acts import Act, NotAllowed, allowed_acts
from consent.models import Consent, ConsentRefusal
from consent.standing import consent_ahead_of, consent_of
from consent.terms import ANY, Basis, Refusal
from consent.vocabulary import Purpose, Right
from tests.consent.doings import ask, by
from tests.consent.examples import (
    AKUTEN,
    DAY,
    FJALL,
    HEMSJUKVARD,
    HOUR,
    MEDICIN,
    NOW,
    NURSE,
    PSYKIATRI,
    VARD,
    consent,
    facts,
    other,
    reader,
    refusal,
)

ADMINISTRATOR = replace(
    reader(MEDICIN, Purpose.ADMINISTRATION), rights=frozenset({Right.ADMINISTER_CONSENTS})
)
LATER = consent(starts_at=NOW + DAY)


@pytest.mark.parametrize(
    ("situation", "known", "is_ahead"),
    [
        ("starts tomorrow", {"consents": (LATER,)}, True),
        ("started already", {"consents": (consent(),)}, False),
        ("taken back", {"consents": (replace(LATER, stopped_at=NOW),)}, False),
        ("over before it begins", {"consents": (replace(LATER, ends_at=LATER.starts_at),)}, False),
        ("another unit's", {"consents": (replace(LATER, unit_ids=frozenset({"X"})),)}, False),
        ("a colleague's own", {"consents": (replace(LATER, employee_id="X"),)}, False),
        ("a no after it", {"consents": (LATER,), "refusals": (refusal(),)}, False),
        ("a no before it", {"consents": (LATER,), "refusals": (refusal(given=NOW - 2 * DAY),)}, True),
        ("from before a restore", {"consents": (LATER,), "distrusted_before": NOW}, False),
    ],
)
def test_what_is_recorded_ahead_stands_when_its_day_comes(situation, known, is_ahead):
    known_facts = facts(**known)
    assert (consent_ahead_of(NURSE, known_facts, NOW) is not None) is is_ahead
    may_stop = {Act.END_CONSENT, Act.ANNUL_CONSENT} <= allowed_acts(NURSE, known_facts, NOW)
    assert may_stop is (is_ahead or consent_of(NURSE, known_facts, NOW) is not None)


def test_the_earliest_is_the_one_told_of():
    later_still = consent(starts_at=NOW + 2 * DAY)
    assert consent_ahead_of(NURSE, facts(consents=(later_still, LATER)), NOW) == LATER


def test_an_older_consent_can_be_stood_by_while_another_is_ahead():
    old, ahead = consent(given=NOW - DAY), consent(given=NOW, starts_at=NOW + DAY)
    known = facts(consents=(old, ahead), distrusted_before=NOW - HOUR)
    assert {Act.RECONFIRM_CONSENT, Act.END_CONSENT} <= allowed_acts(NURSE, known, NOW)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_recorded_ahead_it_opens_nothing_today_and_can_be_taken_back(organisations: None) -> None:
    recording.confirm_relation(by())
    consenting.give_consent(by(), starts=date.today() + timedelta(days=3))
    ruling = ask()
    assert isinstance(ruling.decisions[other(VARD)], Refusal)
    assert ruling.standing.consent is None
    assert ruling.standing.consent_ahead is not None
    consenting.end_consent(by(), "behövs inte", ruling.standing.consent_ahead.id)
    assert ask().standing.consent_ahead is None


@pytest.mark.sqlite
@pytest.mark.django_db
def test_an_administrator_records_for_the_units_she_names_and_only_those(organisations: None) -> None:
    consenting.give_consent(by(ADMINISTRATOR), unit_ids=[AKUTEN.hsa_id, PSYKIATRI.hsa_id])
    assert Consent.objects.get().unit_ids == [AKUTEN.hsa_id, PSYKIATRI.hsa_id]
    recording.confirm_relation(by())
    assert isinstance(ask().decisions[other(VARD)], Basis)
    with pytest.raises(NotAllowed):
        consenting.give_consent(by(ADMINISTRATOR), unit_ids=[HEMSJUKVARD.hsa_id])


@pytest.mark.sqlite
@pytest.mark.django_db
def test_an_administrator_records_and_annuls_a_no_for_a_named_unit(organisations: None) -> None:
    consenting.refuse_consent(by(ADMINISTRATOR), AKUTEN.hsa_id)
    no = ConsentRefusal.objects.get()
    assert (no.unit_id, no.provider_id) == (AKUTEN.hsa_id, FJALL.hsa_id)
    consenting.annul_refusal(by(ADMINISTRATOR), "fel patient", AKUTEN.hsa_id)
    no.refresh_from_db()
    assert no.annulled_at is not None
    for unit_id in (HEMSJUKVARD.hsa_id, ANY, "nowhere"):
        with pytest.raises(NotAllowed):
            consenting.refuse_consent(by(ADMINISTRATOR), unit_id)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_reader_says_no_for_her_own_unit_alone(organisations: None) -> None:
    recording.confirm_relation(by())
    with pytest.raises(NotAllowed):
        consenting.refuse_consent(by(), PSYKIATRI.hsa_id)
    consenting.refuse_consent(by(), AKUTEN.hsa_id)
    assert ConsentRefusal.objects.get().unit_id == AKUTEN.hsa_id
