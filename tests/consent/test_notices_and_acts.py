"""What a page may say beside the buttons, and what a reader may record."""

from dataclasses import replace
from datetime import date

import pytest

from consent.acts import Act, allowed_acts, emergency_may_be_declared
from consent.blocking import are_noticed
from consent.facts import ChildAbility, LegalSettings, Obstacle, Protection
from consent.ruling import Notice, notices_of, standing_of
from consent.vocabulary import Purpose, RelationGround, Right
from tests.consent.examples import (
    AKUTEN,
    BISTAND,
    CARER,
    CHILD,
    DAY,
    DEAD,
    FJALL,
    GROWN_UP,
    GUNHILD,
    HEMTJANST,
    HOUR,
    NOW,
    NURSE,
    OMSORG,
    PSYKIATRI,
    VARD,
    choice,
    consent,
    emergency,
    facts,
    inability,
    inner,
    lift,
    outer,
    reader,
    refusal,
    request_to,
    sip_consent,
)

BLOCK = inner(PSYKIATRI)
LATE_FORBIDDEN = LegalSettings(emergency_after_refusal=False)
CANNOT_CONSENT = frozenset({Act.RECORD_INABILITY, Act.RECORD_TEMPORARY})
DECIDES = frozenset({Act.GIVE_CONSENT, Act.REFUSE_CONSENT, Act.GIVE_SIP_CONSENT})
CARER_ACTS = frozenset({Act.CHOOSE_UNITS}) | DECIDES | CANNOT_CONSENT
ENDS = frozenset({Act.END_CONSENT, Act.ANNUL_CONSENT})
NURSE_ACTS = CARER_ACTS | {Act.DECLARE_EMERGENCY}
# Whoever has said yes or no can consent.
TEENAGER = replace(CHILD, born=date(2011, 1, 1))
DECIDED = NURSE_ACTS - CANNOT_CONSENT
SIP_AGREED = (NURSE_ACTS - {Act.GIVE_SIP_CONSENT}) | {Act.END_SIP_CONSENT}
OFFICER = replace(NURSE, rights=frozenset({Right.LIFT_BLOCKS}))
ANSWER = {Act.ANSWER_LIFT_REQUEST}
ADMINISTRATOR = replace(NURSE, purpose=Purpose.ADMINISTRATION, rights=frozenset({Right.ADMINISTER_CONSENTS}))
ADMINISTERED = DECIDES | ENDS


@pytest.mark.parametrize(
    ("situation", "actor", "known", "is_said"),
    [
        ("inner block", NURSE, {"blocks": (BLOCK,)}, True),
        ("outer block", NURSE, {"blocks": (outer(VARD),)}, True),
        ("no block", NURSE, {}, False),
        ("blocks unknown is another notice", NURSE, {"blocks": None}, False),
        ("no relation", NURSE, {"blocks": (BLOCK,), "has_relation": False}, False),
        ("relation unknown", NURSE, {"blocks": (BLOCK,), "has_relation": None}, False),
        ("own unit's own block", reader(PSYKIATRI), {"blocks": (BLOCK,)}, False),
        ("lifted", NURSE, {"blocks": (BLOCK,), "lifts": (lift(BLOCK),)}, False),
        (
            "lifted for somebody else",
            NURSE,
            {"blocks": (BLOCK,), "lifts": (lift(BLOCK, reader(AKUTEN), employee_id="X"),)},
            True,
        ),
        ("setting", NURSE, {"blocks": (BLOCK,), "legal": LegalSettings(blocks_are_visible=False)}, False),
        ("omsorgsgivare reading", CARER, {"blocks": (outer(VARD),)}, False),
        ("omsorgsgivare reading, own block", CARER, {"blocks": (inner(BISTAND),)}, False),
        ("social care data", NURSE, {"blocks": (outer(OMSORG),)}, False),
        ("deceased, others' block", NURSE, {"blocks": (outer(VARD),), "person": DEAD}, False),
        ("deceased, own block", NURSE, {"blocks": (BLOCK,), "person": DEAD}, True),
        ("other purpose", reader(purpose=Purpose.QUALITY), {"blocks": (BLOCK,)}, False),
    ],
)
def test_blocked_data_is_said_to_exist(situation, actor, known, is_said):
    assert are_noticed(actor, NOW, facts(**known), frozenset({OMSORG.hsa_id})) is is_said


def notices(actor=NURSE, holds=None, *, asked=True, **known) -> set[Notice]:
    return set(notices_of(actor, facts(**known), NOW, holds, existence_is_asked=asked))


@pytest.mark.parametrize(("holds", "notice"), [
    (True, Notice.EXISTENCE_YES), (False, Notice.EXISTENCE_NO), (None, Notice.EXISTENCE_UNKNOWN)
])  # fmt: skip
def test_existence_is_told_in_one_of_three_words(holds, notice):
    assert notices(holds=holds) == {notice}
    assert notices(holds=holds, asked=False) == {Notice.EXISTENCE_DEFAULT}


@pytest.mark.parametrize(("actor", "known"), [
    (NURSE, {"has_relation": False}),
    (NURSE, {"has_relation": None}),
    (reader(purpose=Purpose.QUALITY), {}),
    (CARER, {"has_social_need": False}),
    (reader(HEMTJANST, Purpose.CERTIFICATE), {}),
])  # fmt: skip
def test_existence_is_not_told_where_row_18_speaks(actor, known):
    assert notices(actor, holds=True, **known) == set()


def test_after_a_death_nothing_is_told_of_others():
    assert notices(holds=True, person=DEAD) == {Notice.DECEASED}


def test_unknown_facts_say_so():
    unknown = replace(GROWN_UP, is_known=False, protection=Protection.UNKNOWN)
    assert notices(person=unknown, blocks=None, asked=False) == {
        Notice.PERSON_UNKNOWN,
        Notice.BLOCKS_UNKNOWN,
        Notice.EXISTENCE_DEFAULT,
    }
    marked = replace(GROWN_UP, protection=Protection.CONFIDENTIALITY_MARK)
    assert Notice.PROTECTED in notices(person=marked)


def test_number_that_nobody_has_is_told_only_with_a_relation():
    missing = replace(GROWN_UP, is_missing=True)
    assert Notice.PERSON_MISSING in notices(person=missing)
    assert Notice.PERSON_MISSING not in notices(person=missing, has_relation=False)


def test_standing_says_what_is_recorded():
    given, declared = consent(), emergency()
    now = standing_of(NURSE, facts(consents=(given,), emergencies=(declared,), choices=(choice(),)), NOW)
    assert (now.consent, now.emergency, now.refusal, now.has_all_units) == (given, declared, None, True)
    assert standing_of(NURSE, facts(inabilities=(inability(),)), NOW).inability is not None
    assert standing_of(NURSE, facts(refusals=(refusal(),), inabilities=(inability(),)), NOW).inability is None


@pytest.mark.parametrize(("known", "is_named"), [
    ({}, True),
    ({"has_relation": False}, False),
    ({"has_relation": None}, False),
    ({"has_relation": False, "emergencies": (emergency(),)}, True),
    ({"has_relation": False, "emergencies": (emergency(opened=False),)}, True),
])  # fmt: skip
def test_person_is_named_with_a_relation_or_in_an_emergency(known, is_named):
    assert standing_of(NURSE, facts(**known), NOW).person_may_be_named is is_named


@pytest.mark.parametrize(
    ("situation", "actor", "known", "acts"),
    [
        ("nothing recorded", NURSE, {}, NURSE_ACTS),
        ("no relation", NURSE, {"has_relation": False}, {Act.CONFIRM_RELATION, Act.DECLARE_EMERGENCY}),
        ("relation unknown", NURSE, {"has_relation": None}, {Act.CONFIRM_RELATION, Act.DECLARE_EMERGENCY}),
        ("consent stands", NURSE, {"consents": (consent(),)}, DECIDED | ENDS),
        ("refusal stands", NURSE, {"refusals": (refusal(),)}, DECIDED | {Act.ANNUL_REFUSAL}),
        (
            "refusal stands, setting off",
            NURSE,
            {"refusals": (refusal(),), "legal": LATE_FORBIDDEN},
            (DECIDED | {Act.ANNUL_REFUSAL}) - {Act.DECLARE_EMERGENCY},
        ),
        (
            "emergency declared",
            NURSE,
            {"emergencies": (emergency(opened=False),)},
            NURSE_ACTS | {Act.OPEN_EMERGENCY, Act.ASK_TO_LIFT},
        ),
        ("emergency opened", NURSE, {"emergencies": (emergency(),)}, NURSE_ACTS | {Act.ASK_TO_LIFT}),
        (
            "emergency before a no",
            NURSE,
            {"refusals": (refusal(),), "emergencies": (emergency(declared=NOW - 2 * HOUR, opened=False),)},
            DECIDED | {Act.ANNUL_REFUSAL},
        ),
        (
            "colleague's emergency",
            NURSE,
            {"emergencies": (emergency(reader(hsa_id="X"), opened=False),)},
            NURSE_ACTS,
        ),
        (
            "deceased",
            NURSE,
            {"person": DEAD, "consents": (consent(),), "refusals": (refusal(PSYKIATRI),)},
            {Act.CHOOSE_UNITS},
        ),
        (
            "lasting inability, names only",
            NURSE,
            {"inabilities": (inability(asserted=False),)},
            (NURSE_ACTS | {Act.ASSERT_INABILITY}) - {Act.RECORD_INABILITY},
        ),
        (
            "lasting inability, asserted",
            NURSE,
            {"inabilities": (inability(),)},
            NURSE_ACTS - {Act.RECORD_INABILITY},
        ),
        ("unable for now", NURSE, {"is_temporarily_unable": True}, NURSE_ACTS - {Act.RECORD_TEMPORARY}),
        ("teenager nobody asked", NURSE, {"person": TEENAGER}, NURSE_ACTS | {Act.ASSESS_CHILD}),
        ("deceased, no relation", NURSE, {"person": DEAD, "has_relation": False}, {Act.CONFIRM_RELATION}),
        ("child that cannot decide", NURSE, {"person": CHILD}, {Act.CHOOSE_UNITS, Act.DECLARE_EMERGENCY}),
        ("child that can", NURSE, {"person": CHILD, "child_ability": ChildAbility.ABLE}, NURSE_ACTS),
        (
            "certificate",
            reader(purpose=Purpose.CERTIFICATE),
            {},
            NURSE_ACTS - {Act.DECLARE_EMERGENCY, Act.GIVE_SIP_CONSENT} - CANNOT_CONSENT,
        ),
        ("SIP consented to", NURSE, {"sip_consents": (sip_consent(),)}, SIP_AGREED),
        ("officer, no block", OFFICER, {}, NURSE_ACTS),
        ("officer, own block", OFFICER, {"blocks": (BLOCK,)}, NURSE_ACTS | {Act.LIFT_BLOCK}),
        ("officer, another's block", OFFICER, {"blocks": (outer(VARD),)}, NURSE_ACTS),
        (
            "officer, lifted",
            OFFICER,
            {"blocks": (BLOCK,), "lifts": (lift(BLOCK, reader(PSYKIATRI)),)},
            NURSE_ACTS | {Act.LIFT_BLOCK, Act.END_LIFT},
        ),
        ("officer, asked", OFFICER, {"lift_requests": (request_to(FJALL),)}, NURSE_ACTS | ANSWER),
        ("officer, answered", OFFICER, {"lift_requests": (request_to(FJALL, is_answered=True),)}, NURSE_ACTS),
        ("officer, another asked", OFFICER, {"lift_requests": (request_to(VARD),)}, NURSE_ACTS),
        (
            "officer, no relation",
            OFFICER,
            {"has_relation": False, "blocks": (BLOCK,), "lift_requests": (request_to(FJALL),)},
            {Act.CONFIRM_RELATION, Act.DECLARE_EMERGENCY} | ANSWER,
        ),
        (
            "attested relation",
            NURSE,
            {"relation_grounds": frozenset({RelationGround.ATTESTED})},
            NURSE_ACTS | {Act.END_RELATION},
        ),
        (
            "from before a restore",
            NURSE,
            {"consents": (consent(),), "distrusted_before": NOW},
            NURSE_ACTS | {Act.RECONFIRM_CONSENT},
        ),
        (
            "inability to review",
            NURSE,
            {"inabilities": (inability(review_at=NOW + 30 * DAY),)},
            (NURSE_ACTS - {Act.RECORD_INABILITY}) | {Act.RENEW_INABILITY},
        ),
        (
            "inability not yet to review",
            NURSE,
            {"inabilities": (inability(review_at=NOW + 31 * DAY),)},
            NURSE_ACTS - {Act.RECORD_INABILITY},
        ),
        (
            "inability past its review",
            NURSE,
            {"inabilities": (inability(review_at=NOW),)},
            NURSE_ACTS | {Act.RENEW_INABILITY},
        ),
        ("administrator of consents", ADMINISTRATOR, {"has_relation": False}, ADMINISTERED),
        (
            "administrator, refused",
            ADMINISTRATOR,
            {"refusals": (refusal(),)},
            ADMINISTERED | {Act.ANNUL_REFUSAL},
        ),
        ("administrator, deceased", ADMINISTRATOR, {"person": DEAD}, set()),
        ("administrator, child that cannot decide", ADMINISTRATOR, {"person": CHILD}, set()),
        ("administration without the right", reader(purpose=Purpose.ADMINISTRATION), {}, set()),
        ("research", reader(purpose=Purpose.RESEARCH), {}, set()),
        ("omsorgsgivare", CARER, {}, CARER_ACTS),
        ("omsorgsgivare, no insats", CARER, {"has_social_need": False}, set()),
        ("omsorgsgivare, no relation", CARER, {"has_relation": False}, set()),
        ("omsorgsgivare, certificate", reader(HEMTJANST, Purpose.CERTIFICATE), {}, set()),
    ],
)
def test_acts_offered(situation, actor, known, acts):
    # The unit's list bears on no access: tests/consent/test_following.py.
    assert allowed_acts(actor, facts(**known), NOW) - {Act.FOLLOW, Act.UNFOLLOW} == acts


@pytest.mark.parametrize(
    ("obstacle", "known", "may"),
    [
        (Obstacle.TOO_ILL, {}, True),
        (Obstacle.OTHER, {}, True),
        (Obstacle.UNCONSCIOUS, {"refusals": (refusal(),)}, True),
        (Obstacle.TOO_ILL, {"refusals": (refusal(),)}, False),
        (Obstacle.OTHER, {"refusals": (refusal(),)}, False),
        (Obstacle.UNCONSCIOUS, {"refusals": (refusal(),), "legal": LATE_FORBIDDEN}, False),
    ],
)
def test_emergency_may_be_declared(obstacle, known, may):
    assert emergency_may_be_declared(NURSE, facts(**known), NOW, obstacle) is may


def test_ages_are_whole_years():
    person = replace(CHILD, id=GUNHILD, born=date(2008, 2, 29))
    assert person.age_on(date(2026, 2, 28)) == 17
    assert person.age_on(date(2026, 3, 1)) == 18
    assert replace(person, born=None).age_on(date(2026, 3, 1)) is None


def test_protected_person_travels_without_contacts():
    person = replace(
        GROWN_UP, address="Myrvägen 1", phone="070-1740605", protection=Protection.CONFIDENTIALITY_MARK
    )
    assert person.is_protected
    bare = person.without_contacts()
    assert (bare.address, bare.phone, bare.relatives, bare.given_name) == ("", "", (), "Gunhild")
