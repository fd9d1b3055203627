"""The corners of the table: what two rules at once say, what a basis carries, blocks beside each other."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from consent import blocking, policy
from consent.acts import Act, NotAllowed, allowed_acts
from consent.facts import LegalSettings
from consent.terms import Actor, Basis, Block, Decision, Provider, Reach, Refusal
from consent.vocabulary import BlockKind, CareKind, Purpose, Reason, RelationGround, Right, Row
from tests.consent.examples import (
    AKUTEN,
    BISTAND,
    CARER,
    CHILD,
    DAY,
    DEAD,
    FJALL,
    HEMSJUKVARD,
    HOUR,
    MEDICIN,
    NORD_VARD,
    NOW,
    NURSE,
    OMSORG,
    OWN_BISTAND,
    OWN_MEDICIN,
    OWN_PSYKIATRI,
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
    unknown_owner,
)

SILENT = LegalSettings(blocks_are_visible=False)
OFFICER = replace(NURSE, rights=frozenset({Right.LIFT_BLOCKS}))
ADMINISTRATOR = replace(NURSE, purpose=Purpose.ADMINISTRATION, rights=frozenset({Right.ADMINISTER_CONSENTS}))
INNER, OUTER = inner(PSYKIATRI), outer(VARD)
DATED_INNER = inner(PSYKIATRI, first_day=date(2026, 1, 1))
DATED_OUTER = outer(VARD, first_day=date(2026, 1, 1))
DATED_SOCIAL = outer(OMSORG, first_day=date(2026, 1, 1))


def decide(actor: Actor, reach: Reach, **known: Any) -> Decision:
    return policy.decide(policy.Ask(actor, NOW), facts(**known), reach)


def opened(actor: Actor, reach: Reach, **known: Any) -> Basis:
    decision = decide(actor, reach, **known)
    assert isinstance(decision, Basis)
    return decision


# What two rules at once say. -----------------------------------------------------------------------


@pytest.mark.parametrize(("situation", "actor", "reach", "known", "row", "reason"), [
    ("purpose goes before relation", reader(purpose=Purpose.QUALITY), OWN_UNIT, {"has_relation": False},
     Row.NOTHING, Reason.WRONG_PURPOSE),
    ("relation goes before insats", CARER, OWN_BISTAND, {"has_relation": False, "has_social_need": False},
     Row.NOTHING, Reason.NO_RELATION),
    ("an unchosen unit tells that it is blocked", NURSE, OWN_PSYKIATRI, {"blocks": (INNER,)},
     Row.INNER_BLOCK, Reason.BLOCKED),
    ("unknown blocks within an omsorgsgivare", CARER, OWN_BISTAND,
     {"blocks": None, "choices": (choice(reader=CARER),)}, Row.SOCIAL_BLOCK, Reason.BLOCKS_UNKNOWN),
    ("unable for now, but names may show", NURSE, other(VARD),
     {"is_temporarily_unable": True, "inabilities": (inability(asserted=False),)},
     Row.LASTING_INABILITY, Reason.NAMES_ONLY),
    ("a lift of another provider's block does not count here", NURSE, other(VARD),
     {"blocks": (OUTER, INNER), "lifts": (lift(INNER),), "consents": (consent(),)},
     Row.OUTER_BLOCK, Reason.BLOCKED),
    ("a block that the provider lifted leaves consent to decide", NURSE, other(VARD),
     {"blocks": (OUTER,), "lifts": (lift(OUTER),)}, Row.NO_CONSENT, Reason.NO_CONSENT),
    ("lifted, and then in force again", NURSE, other(VARD),
     {"blocks": (OUTER,), "lifts": (lift(OUTER, stopped_at=NOW),), "consents": (consent(),)},
     Row.OUTER_BLOCK, Reason.BLOCKED),
    ("lifted for a colleague", NURSE, other(VARD),
     {"blocks": (OUTER,), "lifts": (lift(OUTER, employee_id="X"),), "emergencies": (emergency(),)},
     Row.OUTER_BLOCK_EMERGENCY, Reason.MAY_ASK_TO_LIFT),
])  # fmt: skip
def test_of_two_rules_the_first_speaks(situation, actor, reach, known, row, reason):
    assert decide(actor, reach, **known) == Refusal(row, reason)


def test_child_goes_before_an_assertion_made_of_it():
    basis = opened(NURSE, other(VARD), person=CHILD, inabilities=(inability(),))
    assert (basis.row, basis.reference) == (Row.CHILD, "child")


# What a basis carries. ------------------------------------------------------------------------------


@pytest.mark.parametrize(("situation", "actor", "reach", "known", "is_silent"), [
    ("vårdgivare, own unit", NURSE, OWN_PSYKIATRI, {"blocks": (DATED_INNER,), "choices": (choice(),)}, False),
    ("vårdgivare, own unit, blocks made invisible", NURSE, OWN_PSYKIATRI,
     {"blocks": (DATED_INNER,), "choices": (choice(),), "legal": SILENT}, True),
    ("omsorgsgivare, own unit", CARER, OWN_BISTAND, {"choices": (choice(reader=CARER),)}, True),
    ("vårdgivare of vårdgivare", NURSE, other(VARD),
     {"blocks": (DATED_OUTER,), "consents": (consent(),)}, False),
    ("vårdgivare of vårdgivare, blocks made invisible", NURSE, other(VARD),
     {"blocks": (DATED_OUTER,), "consents": (consent(),), "legal": SILENT}, True),
    ("vårdgivare of omsorgsgivare", NURSE, other(OMSORG),
     {"blocks": (DATED_SOCIAL,), "consents": (consent(),)}, True),
    ("omsorgsgivare of vårdgivare", CARER, other(VARD),
     {"blocks": (DATED_OUTER,), "consents": (consent(),)}, True),
])  # fmt: skip
def test_basis_says_whether_its_blocks_may_be_told(situation, actor, reach, known, is_silent):
    assert opened(actor, reach, **known).hides_silently is is_silent


def test_lifted_unit_names_the_lift_and_keeps_the_blocks_that_stand():
    first, second = lift(INNER, ends=NOW + HOUR), lift(INNER, ends=NOW + 2 * HOUR)
    known = {"blocks": (INNER, DATED_INNER), "lifts": (second, first), "choices": (choice(),)}
    basis = opened(NURSE, OWN_PSYKIATRI, **known)
    assert (basis.row, basis.reference, basis.expires_at) == (Row.INNER_BLOCK_LIFTED, first.id, NOW + HOUR)
    assert basis.blocks == (DATED_INNER,)


def test_unit_without_a_block_rests_on_its_choice_alone():
    elsewhere = lift(INNER, ends=NOW + SECOND)
    known = {"blocks": (INNER,), "lifts": (elsewhere,), "choices": (choice(ends=NOW + HOUR),)}
    basis = opened(NURSE, OWN_MEDICIN, **known)
    assert (basis.row, basis.reference, basis.expires_at) == (Row.OWN_PROVIDER, "", NOW + HOUR)


def test_lift_of_a_block_on_the_whole_provider_bears_on_each_unit():
    everywhere = replace(INNER, unit_id="")
    lifted = lift(everywhere)
    basis = opened(NURSE, OWN_MEDICIN, blocks=(everywhere,), lifts=(lifted,), choices=(choice(),))
    assert (basis.row, basis.reference) == (Row.INNER_BLOCK_LIFTED, lifted.id)


@pytest.mark.parametrize(("given_until", "lifted_until", "expires"), [
    (None, NOW + HOUR, NOW + HOUR),
    (NOW + DAY, NOW + HOUR, NOW + HOUR),
    (NOW + HOUR, NOW + DAY, NOW + HOUR),
])  # fmt: skip
def test_lifted_outer_block_stays_away_no_longer_than_its_lift(given_until, lifted_until, expires):
    known = {"blocks": (OUTER,), "lifts": (lift(OUTER, ends=lifted_until),)}
    basis = opened(NURSE, other(VARD), consents=(consent(ends=given_until),), **known)
    assert (basis.row, basis.expires_at, basis.blocks) == (Row.CONSENT, expires, ())


def test_consent_until_further_notice_has_no_end():
    assert opened(NURSE, other(VARD), consents=(consent(),)).expires_at is None


def test_basis_by_inability_names_the_assertion():
    said = inability()
    basis = opened(NURSE, other(VARD), inabilities=(said,))
    assert (basis.row, basis.reference) == (Row.LASTING_INABILITY, said.id)


def test_social_reader_keeps_the_ground_beside_the_kinds():
    given = consent(ends=NOW + HOUR)
    basis = opened(CARER, other(VARD), consents=(given,))
    assert (basis.row, basis.reference, basis.expires_at) == (Row.SOCIAL_CONSENT, given.id, NOW + HOUR)


# Blocks beside each other. --------------------------------------------------------------------------


def test_inner_blocks_are_those_within_the_provider():
    within = {"blocks": (INNER, OUTER, inner(HEMSJUKVARD), outer(FJALL))}
    assert blocking.inner_blocks(facts(**within), OWN_MEDICIN) == (INNER,)


def test_outer_blocks_are_those_of_the_owner_and_for_the_unknown_all():
    within = facts(blocks=(INNER, OUTER, outer(NORD_VARD)))
    assert blocking.outer_blocks(within, other(VARD)) == (OUTER,)
    assert blocking.outer_blocks(within, unknown_owner(CareKind.HEALTH_CARE)) == within.blocks[1:]  # type: ignore[index]


@pytest.mark.parametrize(
    "find",
    [
        lambda known: blocking.inner_blocks(known, OWN_MEDICIN),
        lambda known: blocking.outer_blocks(known, other(VARD)),
        lambda known: blocking.of_own_provider(OFFICER, known),
        lambda known: blocking.to_ask_about(NURSE, known, NOW, VARD.hsa_id),
    ],
)
def test_of_unknown_blocks_none_can_be_named(find):
    assert find(facts(blocks=None)) == ()


def test_where_blocks_are_unknown_nothing_is_told():
    known = facts(blocks=None, emergencies=(emergency(),))
    assert not blocking.are_noticed(NURSE, NOW, known)
    assert not blocking.are_noticed_inside(NURSE, NOW, known)
    assert blocking.blockers(NURSE, known, NOW, {VARD.hsa_id: VARD}) == ()


@pytest.mark.parametrize(("block", "reach", "bears"), [
    (INNER, OWN_PSYKIATRI, True),
    (INNER, OWN_MEDICIN, False),
    (replace(INNER, unit_id=""), OWN_MEDICIN, True),
])  # fmt: skip
def test_block_of_a_unit_bears_on_that_unit_alone(block, reach, bears):
    assert blocking.bears_on(block, reach) is bears


def test_block_of_a_unit_covers_all_only_among_the_own_units():
    of_unit = replace(OUTER, unit_id=HEMSJUKVARD.hsa_id)
    there = replace(other(VARD), unit_id=HEMSJUKVARD.hsa_id)
    assert not blocking.covers_all(of_unit, there)
    assert blocking.covers_all(INNER, OWN_PSYKIATRI)


@pytest.mark.parametrize("limit", [
    {"first_day": date(2026, 1, 1)},
    {"last_day": date(2026, 1, 1)},
    {"excluded_types": frozenset({"upp"})},
    {"provider_id": NORD_VARD.hsa_id},
])  # fmt: skip
def test_block_that_leaves_anything_does_not_cover_all(limit):
    assert blocking.covers_all(OUTER, other(VARD))
    assert not blocking.covers_all(replace(OUTER, **limit), other(VARD))


@pytest.mark.parametrize(("reach", "lifts", "found"), [
    (other(VARD), (lift(OUTER, ends=NOW + 2 * HOUR), lift(OUTER, ends=NOW + HOUR)), 1),
    (other(VARD), (lift(OUTER, ends=NOW + HOUR), lift(OUTER, ends=NOW + 2 * HOUR)), 0),
    (other(VARD), (lift(INNER),), None),
    (other(VARD), (lift(OUTER, ends=NOW),), None),
    (OWN_PSYKIATRI, (lift(OUTER), lift(INNER)), 1),
    (OWN_PSYKIATRI, (lift(INNER, reader(MEDICIN)),), None),
    (OWN_MEDICIN, (lift(INNER),), None),
    (unknown_owner(CareKind.HEALTH_CARE), (lift(OUTER),), 0),
])  # fmt: skip
def test_lift_that_bears_on_a_reach_is_the_one_that_ends_first(reach, lifts, found):
    known = facts(blocks=(INNER, OUTER), lifts=lifts)
    assert blocking.lift_bearing_on(NURSE, NOW, known, reach) == (None if found is None else lifts[found])


@pytest.mark.parametrize(("situation", "actor", "known", "provider", "asked"), [
    ("stands", NURSE, {}, VARD, True),
    ("of another provider", NURSE, {}, NORD_VARD, False),
    ("lifted", NURSE, {"lifts": (lift(OUTER),)}, VARD, False),
    ("lifted for a colleague", NURSE, {"lifts": (lift(OUTER, employee_id="X"),)}, VARD, True),
    ("made invisible", NURSE, {"legal": SILENT}, VARD, False),
    ("omsorgsgivare reading", CARER, {}, VARD, False),
    ("the own provider's", reader(HEMSJUKVARD), {}, VARD, False),
])  # fmt: skip
def test_who_may_be_asked_to_lift_which_blocks(situation, actor, known, provider, asked):
    inside = Block("inside", BlockKind.INNER, VARD.hsa_id)
    known = facts(blocks=(OUTER, inside), **known)
    found = blocking.to_ask_about(actor, known, NOW, provider.hsa_id)
    assert found == ((OUTER,) if asked else ())


@pytest.mark.parametrize(("situation", "actor", "lifted", "is_own"), [
    ("own provider's", OFFICER, lift(INNER), True),
    ("for whomever", OFFICER, lift(INNER, reader(MEDICIN), employee_id="X"), True),
    ("without the right", NURSE, lift(INNER), False),
    ("with another right", replace(NURSE, rights=frozenset({Right.REVIEW_LOG})), lift(INNER), False),
    ("another provider's", OFFICER, lift(OUTER), False),
    ("in force again", OFFICER, lift(INNER, stopped_at=NOW + HOUR), False),
])  # fmt: skip
def test_lift_that_an_officer_may_end(situation, actor, lifted, is_own):
    known = facts(blocks=(INNER, OUTER), lifts=(lifted,))
    assert blocking.is_own_lift(lifted, actor, known) is is_own
    assert blocking.own_lifts(actor, known) == ((lifted,) if is_own else ())


def test_own_provider_s_blocks_are_inner_and_outer():
    own_outer = outer(FJALL)
    assert blocking.of_own_provider(OFFICER, facts(blocks=(INNER, OUTER, own_outer))) == (INNER, own_outer)


def test_requests_to_the_own_provider_that_wait_for_an_answer():
    waiting = request_to(FJALL, reader(HEMSJUKVARD))
    known = facts(lift_requests=(waiting, request_to(VARD), request_to(FJALL, is_answered=True)))
    assert blocking.requests_to(OFFICER, known) == (waiting,)


@pytest.mark.parametrize(("situation", "actor", "blocks", "known", "is_said"), [
    ("certificate", reader(purpose=Purpose.CERTIFICATE), (INNER,), {}, True),
    ("certificate, outer", reader(purpose=Purpose.CERTIFICATE), (OUTER,), {}, True),
    ("another provider's inner block", NURSE, (inner(HEMSJUKVARD),), {}, False),
    ("own provider's outer block", NURSE, (outer(FJALL),), {}, False),
    ("own provider's inner and another's outer", NURSE, (INNER, OUTER), {"lifts": (lift(INNER),)}, True),
    ("one of two outer", NURSE, (outer(OMSORG), OUTER), {}, True),
    ("outer, lifted", NURSE, (OUTER,), {"lifts": (lift(OUTER),)}, False),
    ("outer, lifted for a colleague", NURSE, (OUTER,), {"lifts": (lift(OUTER, employee_id="X"),)}, True),
    ("one of two inner", NURSE, (inner(AKUTEN), INNER), {}, True),
    ("no block", NURSE, (), {}, False),
])  # fmt: skip
def test_what_is_told_of_blocks(situation, actor, blocks, known, is_said):
    known = facts(blocks=blocks, **known)
    assert blocking.are_noticed(actor, NOW, known, frozenset({OMSORG.hsa_id})) is is_said


def test_without_knowing_who_is_omsorgsgivare_each_outer_block_may_be_told():
    assert blocking.are_noticed(NURSE, NOW, facts(blocks=(outer(OMSORG),)))


@pytest.mark.parametrize(("situation", "actor", "blocks", "known", "is_said"), [
    ("inner", NURSE, (INNER,), {}, True),
    ("of the whole provider", NURSE, (replace(INNER, unit_id=""),), {}, True),
    ("the unit's own", NURSE, (inner(AKUTEN),), {}, False),
    ("outer", NURSE, (outer(FJALL),), {}, False),
    ("another provider's", NURSE, (inner(HEMSJUKVARD),), {}, False),
    ("lifted", NURSE, (INNER,), {"lifts": (lift(INNER),)}, False),
    ("omsorgsgivare", CARER, (inner(BISTAND),), {}, False),
    ("made invisible", NURSE, (INNER,), {"legal": SILENT}, False),
    ("without relation", NURSE, (INNER,), {"has_relation": None}, False),
    ("deceased", NURSE, (INNER,), {"person": DEAD}, True),
    ("quality", reader(purpose=Purpose.QUALITY), (INNER,), {}, False),
    ("certificate", reader(purpose=Purpose.CERTIFICATE), (INNER,), {}, True),
])  # fmt: skip
def test_what_is_told_of_the_own_provider_s_blocks(situation, actor, blocks, known, is_said):
    assert blocking.are_noticed_inside(actor, NOW, facts(blocks=blocks, **known)) is is_said


KNOWN = {p.hsa_id: p for p in (NORD_VARD, VARD, OMSORG, FJALL)}


@pytest.mark.parametrize(("situation", "actor", "blocks", "known", "named"), [
    ("in an emergency", NURSE, (outer(NORD_VARD), OUTER), {}, (VARD, NORD_VARD)),
    ("none declared", NURSE, (OUTER,), {"emergencies": ()}, ()),
    ("deceased", NURSE, (OUTER,), {"person": DEAD}, ()),
    ("lifted", NURSE, (OUTER,), {"lifts": (lift(OUTER),)}, ()),
    ("omsorgsgivare's", NURSE, (outer(OMSORG),), {}, ()),
    ("the own provider's", NURSE, (outer(FJALL), INNER), {}, ()),
    ("inner of another", NURSE, (inner(HEMSJUKVARD),), {}, ()),
])  # fmt: skip
def test_who_is_named_to_be_asked(situation, actor, blocks, known, named):
    known = facts(**{"blocks": blocks, "emergencies": (emergency(actor),), **known})
    assert blocking.blockers(actor, known, NOW, KNOWN) == named


def test_nobody_unknown_is_named_to_be_asked():
    known = facts(blocks=(OUTER,), emergencies=(emergency(),))
    assert blocking.blockers(NURSE, known, NOW) == ()
    assert blocking.blockers(NURSE, known, NOW, {NORD_VARD.hsa_id: NORD_VARD}) == ()


# What may be recorded. ------------------------------------------------------------------------------

CERTIFYING_OFFICER = replace(OFFICER, purpose=Purpose.CERTIFICATE)


@pytest.mark.parametrize(("situation", "actor", "known", "act", "may"), [
    ("lifting is for care", CERTIFYING_OFFICER, {"blocks": (INNER,)}, Act.LIFT_BLOCK, False),
    ("lifting needs the right", NURSE, {"blocks": (INNER,)}, Act.LIFT_BLOCK, False),
    ("lifting needs a block", OFFICER, {"blocks": None}, Act.LIFT_BLOCK, False),
    ("ending a lift needs the right", NURSE, {"blocks": (INNER,), "lifts": (lift(INNER),)},
     Act.END_LIFT, False),
    ("answering needs the right", NURSE, {"lift_requests": (request_to(FJALL),)},
     Act.ANSWER_LIFT_REQUEST, False),
    ("answering is about the living", OFFICER, {"lift_requests": (request_to(FJALL),), "person": DEAD},
     Act.ANSWER_LIFT_REQUEST, False),
    ("answering", OFFICER, {"lift_requests": (request_to(FJALL),)}, Act.ANSWER_LIFT_REQUEST, True),
    ("asking is for care", reader(purpose=Purpose.CERTIFICATE), {"emergencies": (emergency(),)},
     Act.ASK_TO_LIFT, False),
    ("consents ahead are ended", NURSE, {"consents": (consent(starts_at=NOW + DAY),)}, Act.END_CONSENT, True),
    ("relation of the deceased is ended", NURSE,
     {"person": DEAD, "relation_grounds": frozenset({RelationGround.ATTESTED})}, Act.END_RELATION, True),
    ("administered SIP consent is ended", ADMINISTRATOR, {"sip_consents": (sip_consent(),)},
     Act.END_SIP_CONSENT, True),
    ("administered SIP consent is not given twice", ADMINISTRATOR, {"sip_consents": (sip_consent(),)},
     Act.GIVE_SIP_CONSENT, False),
    ("administered SIP consent, taken back", ADMINISTRATOR, {"sip_consents": (sip_consent(stopped_at=NOW),)},
     Act.GIVE_SIP_CONSENT, True),
    ("the right of an administrator is for that purpose", replace(ADMINISTRATOR, purpose=Purpose.QUALITY),
     {}, Act.GIVE_CONSENT, False),
    ("administered refusal, ended", ADMINISTRATOR, {"refusals": (refusal(stopped_at=NOW),)},
     Act.ANNUL_REFUSAL, False),
])  # fmt: skip
def test_one_act(situation, actor, known, act, may):
    assert (act in allowed_acts(actor, facts(**known), NOW)) is may


def test_act_that_is_not_allowed_says_which():
    error = NotAllowed(Act.LIFT_BLOCK)
    assert error.act is Act.LIFT_BLOCK
    assert (str(error), repr(error)) == ("lift_block", "NotAllowed('lift_block')")


def test_those_to_be_asked_stand_in_one_order_however_many():
    many = [Provider(f"SE2120000019-V{n}", f"Vårdgivare {n}", CareKind.HEALTH_CARE) for n in range(12)]
    known = facts(blocks=tuple(outer(p) for p in many), emergencies=(emergency(),))
    named = blocking.blockers(NURSE, known, NOW, {p.hsa_id: p for p in many})
    assert list(named) == sorted(many, key=lambda p: p.hsa_id)
