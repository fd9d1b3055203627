"""Blocks are lifted by those who may, for those named, for a time; another provider is asked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent import consenting, lifting, recording
from consent.acts import NotAllowed
from consent.dossiers import open_dossier
from consent.facts import Obstacle
from consent.models import AccessEvent, Block, BlockLift, CareProvider, LiftRequest
from consent.terms import ANY, Basis
from consent.vocabulary import LiftAnswer, LiftGround, Reason, Right, Row
from tests.consent.doings import ask, by, last_row, reason_of
from tests.consent.examples import (
    AKUTEN,
    GUNHILD,
    HEMSJUKVARD,
    MEDICIN,
    NURSE,
    OMSORG,
    OWN_PSYKIATRI,
    PSYKIATRI,
    VARD,
    other,
    reader,
)

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
OFFICER = replace(reader(MEDICIN, hsa_id="SE2321000016-P500"), rights=frozenset({Right.LIFT_BLOCKS}))
THEIR_OFFICER = replace(
    reader(HEMSJUKVARD, hsa_id="SE2120000019-P500"), rights=frozenset({Right.LIFT_BLOCKS})
)


def block(
    kind: str = "inner", provider_id: str = PSYKIATRI.provider.hsa_id, unit_id: str = PSYKIATRI.hsa_id
) -> Block:
    dossier = open_dossier(GUNHILD).dossier
    return Block.objects.create(
        dossier=dossier, kind=kind, provider_id=provider_id, unit_id=unit_id, recorded_by="X"
    )


@pytest.fixture
def blocked(organisations: None) -> Block:
    for actor in (NURSE, OFFICER):
        recording.confirm_relation(by(actor))
    recording.choose_units(by(), [ANY])
    return block()


def hours(count: int) -> Any:
    return open_dossier(GUNHILD).now + timedelta(hours=count)


def lift(found: Block, **more: Any) -> None:
    terms = {"ground": LiftGround.CONSENT, "reason": "patienten vill", "ends_at": hours(24), **more}
    lifting.lift_blocks(by(terms.pop("officer", OFFICER)), [str(found.pk)], **terms)


def at_psychiatry(actor: Any = NURSE) -> Any:
    return ask(actor).decisions[OWN_PSYKIATRI]


def test_officer_lifts_for_a_unit_until_the_end(blocked):
    assert at_psychiatry().reason is Reason.BLOCKED
    lift(blocked, unit_id=AKUTEN.hsa_id)
    row = last_row()
    assert (row.event, row.reason, row.activity) == ("block_lifted", "patienten vill", "Skriva")
    found = BlockLift.objects.get()
    opened = at_psychiatry()
    assert (opened.row, opened.reference) == (Row.INNER_BLOCK_LIFTED, str(found.pk))
    assert opened.expires_at <= found.ends_at
    assert (found.reason, found.ground) == ("patienten vill", "consent")
    BlockLift.objects.update(ends_at=hours(0))
    assert at_psychiatry().reason is Reason.BLOCKED


def test_lift_for_one_person_opens_to_nobody_else(blocked):
    lift(blocked, unit_id=AKUTEN.hsa_id, employee_id=NURSE.hsa_id)
    assert isinstance(at_psychiatry(), Basis)
    colleague = reader(hsa_id="SE2321000016-P002")
    recording.confirm_relation(by(colleague))
    recording.choose_units(by(colleague), [ANY])
    assert at_psychiatry(colleague).reason is Reason.BLOCKED


def test_lift_ends_at_once_when_the_officer_ends_it(blocked):
    lift(blocked, unit_id=AKUTEN.hsa_id)
    lifting.end_lift(by(OFFICER), str(BlockLift.objects.get().pk), "behövs inte")
    assert at_psychiatry().reason is Reason.BLOCKED
    assert BlockLift.objects.get().end_reason == "behövs inte"
    assert AccessEvent.objects.filter(event="lift_ended").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"officer": NURSE},
        {"officer": THEIR_OFFICER},
        {"reason": "  "},
        {"ends_at": None},
        {"unit_id": HEMSJUKVARD.hsa_id},
        {"unit_id": "SE0000000000-NONE"},
    ],
    ids=["no right", "another provider's officer", "no reason", "no time", "another's unit", "no unit"],
)
def test_lifts_that_are_not_recorded(blocked, wrong):
    wrong = {k: hours(0) if k == "ends_at" else v for k, v in wrong.items()}
    with pytest.raises(NotAllowed):
        lift(blocked, **wrong)
    with pytest.raises(NotAllowed):
        lift(blocked, ends_at=hours(24 * 30 + 1))
    assert not BlockLift.objects.exists()


def test_officer_lifts_no_block_of_another_provider(blocked):
    theirs = block("outer", VARD.hsa_id, "")
    with pytest.raises(NotAllowed):
        lift(theirs)


@pytest.fixture
def emergency(organisations: None) -> Block:
    """An outer block of the municipality's health care, and a patient who cannot be asked."""
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    recording.open_emergency(by())
    return block("outer", VARD.hsa_id, "")


def test_asking_opens_nothing_and_the_answer_opens_for_the_one_who_asked(emergency):
    assert reason_of(ask(), other(VARD)) is Reason.MAY_ASK_TO_LIFT
    lifting.ask_to_lift(by(), VARD.hsa_id)
    row = last_row()
    assert (row.event, row.activity, row.detail["asked"]) == ("lift_asked", "Nödöppning", VARD.hsa_id)
    assert reason_of(ask(), other(VARD)) is Reason.MAY_ASK_TO_LIFT
    request = LiftRequest.objects.get()
    assert [r.id for r in ask().standing.requests] == [str(request.pk)]
    lifting.answer_request(by(THEIR_OFFICER), str(request.pk), LiftAnswer.LIFTED, "livsfara")
    assert ask().decisions[other(VARD)].row is Row.EMERGENCY
    colleague = reader(hsa_id="SE2321000016-P002")
    recording.declare_emergency(by(colleague), Obstacle.UNCONSCIOUS)
    recording.open_emergency(by(colleague))
    assert reason_of(ask(colleague), other(VARD)) is Reason.MAY_ASK_TO_LIFT


def test_declined_request_opens_nothing(emergency):
    lifting.ask_to_lift(by(), VARD.hsa_id)
    request = LiftRequest.objects.get()
    lifting.answer_request(by(THEIR_OFFICER), str(request.pk), LiftAnswer.DECLINED, "behövs inte")
    assert reason_of(ask(), other(VARD)) is Reason.MAY_ASK_TO_LIFT
    assert not BlockLift.objects.exists()
    with pytest.raises(NotAllowed):
        lifting.answer_request(by(THEIR_OFFICER), str(request.pk), LiftAnswer.LIFTED, "ändå")


def test_only_the_asked_providers_officer_answers(emergency):
    lifting.ask_to_lift(by(), VARD.hsa_id)
    request = str(LiftRequest.objects.get().pk)
    for actor in (NURSE, OFFICER, reader(HEMSJUKVARD)):
        with pytest.raises(NotAllowed):
            lifting.answer_request(by(actor), request, LiftAnswer.LIFTED, "skäl")
    with pytest.raises(NotAllowed):
        lifting.answer_request(by(THEIR_OFFICER), request, LiftAnswer.LIFTED, " ")


def test_omsorgsgivare_are_never_asked_and_it_looks_the_same(emergency):
    block("outer", OMSORG.hsa_id, "")
    CareProvider.objects.get_or_create(
        pk=OMSORG.hsa_id, defaults={"name": OMSORG.name, "kind": OMSORG.kind.value}
    )
    for provider_id in (OMSORG.hsa_id, "SE0000000000-NONE", NURSE.provider.hsa_id):
        with pytest.raises(NotAllowed):
            lifting.ask_to_lift(by(), provider_id)
    assert not LiftRequest.objects.exists()


def test_nobody_asks_outside_an_emergency(organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by())
    block("outer", VARD.hsa_id, "")
    with pytest.raises(NotAllowed):
        lifting.ask_to_lift(by(), VARD.hsa_id)
