"""The corners of what the gate's answer says: everything that stands, and every word beside the buttons."""

from dataclasses import replace
from datetime import date

import pytest

from consent.facts import LegalSettings, Protection
from consent.ruling import Notice, Ruling, Standing, bases_of, notices_of, standing_of
from consent.terms import ANY, Basis, Decision, Reach, Refusal
from consent.vocabulary import CareKind, Distance, Purpose, Reason, RelationGround, Right, Row
from tests.consent.examples import (
    AKUTEN,
    CARER,
    CHILD,
    DAY,
    FJALL,
    GROWN_UP,
    HEMSJUKVARD,
    HEMTJANST,
    HOUR,
    MEDICIN,
    NORD_VARD,
    NOW,
    NURSE,
    OMSORG,
    OWN_UNIT,
    PSYKIATRI,
    SECOND,
    VARD,
    choice,
    consent,
    emergency,
    facts,
    inability,
    inner,
    lift,
    other,
    outer,
    reader,
    refusal,
    request_to,
    sip_consent,
)

OFFICER = replace(NURSE, rights=frozenset({Right.LIFT_BLOCKS}))
INNER, OUTER = inner(PSYKIATRI), outer(VARD)
CERTIFIES = reader(purpose=Purpose.CERTIFICATE)
OFFICE = reader(purpose=Purpose.ADMINISTRATION)
ADMINISTRATOR = replace(OFFICE, rights=frozenset({Right.ADMINISTER_CONSENTS}))


# What stands. ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("situation", "actor", "recorded", "may_be_named"), [
    ("care, with a relation", NURSE, {}, True),
    ("care, without", NURSE, {"has_relation": False}, False),
    ("care, relation unknown", NURSE, {"has_relation": None}, False),
    ("care, emergency instead", NURSE, {"has_relation": False, "emergencies": (emergency(),)}, True),
    ("certificate", CERTIFIES, {}, True),
    ("administration", OFFICE, {}, False),
    ("administration, in an emergency", OFFICE, {"emergencies": (emergency(),)}, False),
    ("administrator of consents", ADMINISTRATOR, {}, True),
    ("administrator of consents, without a relation", ADMINISTRATOR, {"has_relation": False}, False),
    ("quality", reader(purpose=Purpose.QUALITY), {}, False),
])  # fmt: skip
def test_who_may_see_the_name(situation, actor, recorded, may_be_named):
    assert standing_of(actor, facts(**recorded), NOW).person_may_be_named is may_be_named


def test_what_stands_of_one_who_consented():
    given, ahead, sip = consent(), consent(starts_at=NOW + DAY), sip_consent()
    now = standing_of(
        NURSE,
        facts(
            consents=(given, ahead),
            sip_consents=(sip,),
            relation_grounds=frozenset({RelationGround.JOURNAL}),
            is_temporarily_unable=True,
        ),
        NOW,
    )
    assert now == Standing(
        has_relation=True,
        consent=given,
        refusal=None,
        emergency=None,
        inability=None,
        is_child_unable=False,
        is_temporarily_unable=True,
        has_all_units=False,
        relation_grounds=frozenset({RelationGround.JOURNAL}),
        consent_ahead=ahead,
        sip_consent=sip,
    )


def test_what_stands_of_one_who_refused():
    no = refusal()
    now = standing_of(NURSE, facts(refusals=(no,), consents=(consent(),)), NOW)
    assert (now.refusal, now.consent, now.is_temporarily_unable) == (no, None, False)


def test_what_stands_of_a_child():
    assert standing_of(NURSE, facts(person=CHILD), NOW).is_child_unable is True


def test_assertion_to_renew_stands_beside_the_one_that_holds():
    due = inability(review_at=NOW + DAY)
    now = standing_of(NURSE, facts(inabilities=(due,)), NOW)
    assert (now.inability, now.renewable_inability) == (due, due)


def test_consent_from_before_a_restore_waits_to_be_reconfirmed():
    old = consent()
    now = standing_of(NURSE, facts(consents=(old,), distrusted_before=NOW), NOW)
    assert (now.consent, now.to_reconfirm) == (None, old)


@pytest.mark.parametrize(("target", "has_all"), [(ANY, True), (MEDICIN.hsa_id, False), ("", False)])
def test_all_units_are_open_only_by_one_choice_of_all(target, has_all):
    assert standing_of(NURSE, facts(choices=(choice(target),)), NOW).has_all_units is has_all


def test_lifts_that_stand_are_the_reader_s():
    mine, over = lift(INNER), lift(INNER, ends=NOW)
    hers = lift(INNER, employee_id="SE2321000016-P002")
    now = standing_of(NURSE, facts(blocks=(INNER,), lifts=(mine, over, hers)), NOW)
    assert (now.lifts, now.own_lifts) == ((mine,), ())


def test_requests_are_those_sent_by_the_reader_or_to_the_provider():
    sent, received = request_to(VARD), request_to(FJALL, reader(HEMSJUKVARD, hsa_id="X"))
    between_others = request_to(NORD_VARD, reader(HEMSJUKVARD, hsa_id="X"))
    to_ourselves = request_to(FJALL)
    known = facts(lift_requests=(sent, received, between_others, to_ourselves))
    assert standing_of(NURSE, known, NOW).requests == (sent, received, to_ourselves)


@pytest.mark.parametrize(("rights", "is_told"), [
    ({Right.LIFT_BLOCKS}, True),
    (set(), False),
    ({Right.REVIEW_LOG, Right.ADMINISTER_CONSENTS}, False),
])  # fmt: skip
def test_own_blocks_and_lifts_are_for_an_officer(rights, is_told):
    lifted = lift(INNER, reader(MEDICIN))
    now = standing_of(
        replace(NURSE, rights=frozenset(rights)), facts(blocks=(INNER, OUTER), lifts=(lifted,)), NOW
    )
    assert now.own_blocks == ((INNER,) if is_told else ())
    assert now.own_lifts == ((lifted,) if is_told else ())


def test_what_is_blocked_within_the_own_provider_and_whom_to_ask():
    known = facts(blocks=(INNER, OUTER), emergencies=(emergency(),))
    now = standing_of(NURSE, known, NOW, {VARD.hsa_id: VARD})
    assert (now.is_blocked_inside, now.blockers) == (True, (VARD,))
    bare = standing_of(NURSE, facts(blocks=(OUTER,), emergencies=(emergency(),)), NOW)
    assert (bare.is_blocked_inside, bare.blockers) == (False, ())


def test_what_nobody_says_stands_is_nothing():
    bare = Standing(
        has_relation=None,
        consent=None,
        refusal=None,
        emergency=None,
        inability=None,
        is_child_unable=False,
        is_temporarily_unable=False,
        has_all_units=False,
    )
    assert bare == standing_of(NURSE, facts(has_relation=None), NOW)
    assert not bare.person_may_be_named
    assert (bare.relation_grounds, bare.consent_ahead, bare.to_reconfirm) == (frozenset(), None, None)
    assert (bare.sip_consent, bare.renewable_inability, bare.is_blocked_inside) == (None, None, False)
    assert (bare.lifts, bare.requests, bare.own_blocks, bare.own_lifts, bare.blockers) == ((), (), (), (), ())


def test_ruling_without_acts_to_come_does_not_change_by_itself():
    assert Ruling.__init__.__defaults__ == (None, None)


def test_log_names_the_unit_of_own_decisions_and_the_act_behind_each():
    decisions: dict[Reach, Decision] = {
        OWN_UNIT: Basis(Row.OWN_UNIT),
        Reach(Distance.OWN_PROVIDER, CareKind.HEALTH_CARE, FJALL.hsa_id): Basis(Row.OWN_PROVIDER),
        other(VARD): Basis(Row.CONSENT, reference="consent-1"),
        other(OMSORG): Refusal(Row.NO_CONSENT, Reason.NO_CONSENT),
    }
    assert bases_of(decisions) == [
        (f"{FJALL.hsa_id}/{AKUTEN.hsa_id}", "1", ""),
        (FJALL.hsa_id, "2", ""),
        (VARD.hsa_id, "6", "consent-1"),
    ]


# What is said. --------------------------------------------------------------------------------------


def notices(actor=NURSE, holds=None, *, asked=True, social_care=frozenset(), linked=False, **known):
    return set(
        notices_of(
            actor,
            facts(**known),
            NOW,
            holds,
            existence_is_asked=asked,
            social_care=social_care,
            is_linked_number=linked,
        )
    )


def test_nothing_is_said_of_an_omsorgsgivare_s_block():
    known = {"blocks": (outer(OMSORG),)}
    assert Notice.BLOCKED in notices(**known)
    assert Notice.BLOCKED not in notices(social_care=frozenset({OMSORG.hsa_id}), **known)
    assert notices_of(NURSE, facts(**known), NOW, None, existence_is_asked=True) == notices(**known)


@pytest.mark.parametrize(("linked", "has_relation", "is_said"), [
    (True, True, True),
    (True, False, False),
    (True, None, False),
    (False, True, False),
])  # fmt: skip
def test_another_number_is_told_only_with_a_relation(linked, has_relation, is_said):
    assert (Notice.NUMBER_LINKED in notices(linked=linked, has_relation=has_relation)) is is_said


@pytest.mark.parametrize(("situation", "known", "is_said"), [
    ("from before", {"consents": (consent(),), "distrusted_before": NOW}, True),
    ("given anew", {"consents": (consent(given=NOW),), "distrusted_before": NOW}, False),
    ("nothing to reconfirm", {"distrusted_before": NOW}, False),
    ("refused", {"consents": (consent(),), "refusals": (refusal(),), "distrusted_before": NOW}, False),
    ("never restored", {"consents": (consent(),)}, False),
])  # fmt: skip
def test_restore_is_told_where_something_waits_to_be_reconfirmed(situation, known, is_said):
    assert (Notice.RECORD_RESTORED in notices(**known)) is is_said


@pytest.mark.parametrize(("situation", "actor", "known", "may_know"), [
    ("vårdgivare", NURSE, {}, True),
    ("vårdgivare, certificate", CERTIFIES, {}, True),
    ("vårdgivare, administration", reader(purpose=Purpose.ADMINISTRATION), {}, False),
    ("omsorgsgivare", CARER, {}, True),
    ("omsorgsgivare, certificate", reader(HEMTJANST, Purpose.CERTIFICATE), {}, False),
    ("omsorgsgivare, research", reader(HEMTJANST, Purpose.RESEARCH), {}, False),
    ("omsorgsgivare, need unknown", CARER, {"has_social_need": None}, False),
    ("vårdgivare, need unknown", NURSE, {"has_social_need": None}, True),
    ("deceased", NURSE, {"person": replace(GROWN_UP, died=date(2026, 11, 12))}, False),
])  # fmt: skip
def test_who_may_know_that_others_have_something(situation, actor, known, may_know):
    assert (Notice.EXISTENCE_YES in notices(actor, holds=True, **known)) is may_know
    assert (Notice.EXISTENCE_DEFAULT in notices(actor, holds=True, asked=False, **known)) is may_know


def test_person_is_told_of_in_one_word():
    hidden = replace(GROWN_UP, protection=Protection.PROTECTED_REGISTRATION)
    lost = replace(GROWN_UP, is_missing=True, protection=Protection.UNKNOWN)
    nobody = replace(lost, is_known=False)
    unreachable = replace(GROWN_UP, is_known=False)
    words = {Notice.PERSON_UNKNOWN, Notice.PERSON_MISSING, Notice.PROTECTED}
    assert notices(person=GROWN_UP) & words == set()
    assert notices(person=hidden) & words == {Notice.PROTECTED}
    assert notices(person=lost) & words == {Notice.PERSON_MISSING}
    assert notices(person=nobody) & words == {Notice.PERSON_MISSING}
    assert notices(person=unreachable) & words == {Notice.PERSON_UNKNOWN}
    for person in (hidden, lost, nobody):
        assert notices(person=person, has_relation=False) & words == set()
        declared = {"has_relation": False, "emergencies": (emergency(),)}
        assert len(notices(person=person, **declared) & words) == 1


def test_setting_hides_what_is_blocked_and_leaves_the_rest():
    silent = LegalSettings(blocks_are_visible=False)
    assert notices(blocks=(INNER,), legal=silent) == notices(blocks=())


def test_expired_and_coming_consents_are_not_the_same():
    coming, over = consent(starts_at=NOW + SECOND), consent(ends=NOW - HOUR)
    now = standing_of(NURSE, facts(consents=(coming, over)), NOW)
    assert (now.consent, now.consent_ahead) == (None, coming)
