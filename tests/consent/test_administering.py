"""What an administrator of consents records: under lock, logged, the own provider's only, and at once."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from consent import administering, consenting, models, recording
from consent.accesslog.events import Action
from consent.accesslog.model import AccessEvent
from consent.accesslog.write import LogUnavailable
from consent.administering import BlockTerms, Clerk, Ending, NotAdministered, record_block, stop_act
from consent.dossiers import link_numbers, open_dossier
from consent.release import NotReleased, Shown, release_now
from consent.terms import Actor, Basis, Reach, Refusal
from consent.vocabulary import BlockKind, Distance, Purpose, Reason, Right
from tests.consent.administrators import LostLog
from tests.consent.doings import TRACE, ask, by, last_row
from tests.consent.examples import (
    AKUTEN,
    FJALL,
    GUNHILD,
    HEMSJUKVARD,
    MEDICIN,
    MILO,
    NURSE,
    PSYKIATRI,
    VARD,
    other,
    reader,
)

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

OFFICER = replace(
    reader(AKUTEN, hsa_id="SE2321000016-P0SA"),
    purpose=Purpose.ADMINISTRATION,
    rights=frozenset({Right.ADMINISTER_CONSENTS}),
)
CLERK = Clerk(OFFICER, TRACE)
NEXT_DOOR = replace(CLERK, actor=replace(OFFICER, unit=HEMSJUKVARD))
INNER = BlockTerms(BlockKind.INNER, PSYKIATRI.hsa_id)
WHY = "patienten ringde"


@pytest.fixture
def consented(organisations: None) -> None:
    recording.confirm_relation(by())
    consenting.give_consent(by())


def version() -> int:
    return open_dossier(GUNHILD).dossier.version


def only(model: Any) -> Any:
    return model.objects.get()


def stop(model: Any, how: Ending = Ending.END, clerk: Clerk = CLERK, reason: str = WHY) -> None:
    stop_act(clerk, model, only(model).pk, how, reason)


def at_vard(actor: Actor = NURSE) -> Any:
    return ask(actor).decisions[other(VARD)]


def test_ended_consent_opens_nothing_more(consented):
    assert isinstance(at_vard(), Basis)
    stop(models.Consent)
    assert at_vard().reason is Reason.NO_CONSENT
    consent = only(models.Consent)
    assert (consent.ended_by, consent.end_reason, consent.annulled_at) == (OFFICER.hsa_id, WHY, None)


def test_annulled_consent_is_annulled_and_not_ended(consented):
    stop(models.Consent, Ending.ANNUL)
    assert isinstance(at_vard(), Refusal)
    consent = only(models.Consent)
    assert (consent.annulled_by, consent.annul_reason, consent.ended_at) == (OFFICER.hsa_id, WHY, None)


def make_refusal() -> Any:
    consenting.refuse_consent(by())
    return models.ConsentRefusal


def make_sip() -> Any:
    consenting.give_sip_consent(by())
    return models.SipConsent


def make_block() -> Any:
    record_block(CLERK, GUNHILD, INNER, WHY)
    return models.Block


def make_lift() -> Any:
    make_block()
    shared = {"dossier": open_dossier(GUNHILD).dossier, "provider_id": FJALL.hsa_id, "unit_id": AKUTEN.hsa_id}
    models.BlockLift.objects.create(
        **shared, recorded_by="X", block_ref="X", ends_at=only(models.Block).starts_at + timedelta(days=1)
    )
    return models.BlockLift


STOPS: dict[str, tuple[Any, Ending, str]] = {
    "consent ended": (lambda: models.Consent, Ending.END, "consent_ended"),
    "consent annulled": (lambda: models.Consent, Ending.ANNUL, "consent_annulled"),
    "refusal annulled": (make_refusal, Ending.ANNUL, "refusal_annulled"),
    "relation ended": (lambda: models.CareRelation, Ending.END, "relation_ended"),
    "relation annulled": (lambda: models.CareRelation, Ending.ANNUL, "relation_ended"),
    "sip ended": (make_sip, Ending.END, "sip_consent_ended"),
    "sip annulled": (make_sip, Ending.ANNUL, "sip_consent_annulled"),
    "lift ended": (make_lift, Ending.END, "lift_ended"),
    "block ended": (make_block, Ending.END, "block_ended"),
    "block annulled": (make_block, Ending.ANNUL, "block_ended"),
}


@pytest.mark.parametrize("stopped", STOPS)
def test_each_leaves_one_row_raises_the_version_and_blanks_an_open_page(consented, stopped):
    make, how, event = STOPS[stopped]
    model = make()
    act = only(model)
    ruling = ask()
    assert ruling.permit is not None
    before, rows = version(), AccessEvent.objects.count()
    stop(model, how)
    assert version() == before + 1
    assert AccessEvent.objects.count() == rows + 1
    row = last_row()
    assert (row.event, row.patient(), row.user_hsa_id, row.reason) == (event, GUNHILD, OFFICER.hsa_id, WHY)
    assert (row.session_id, row.purpose) == (TRACE.session_id, "administration")
    assert row.detail["acts"][0] == str(act.pk)
    assert (row.detail["provider"], row.detail["unit"]) == (act.provider_id, act.unit_id)
    assert (row.detail["how"], row.detail["dossier"]) == (how.value, str(act.dossier_id))
    with pytest.raises(NotReleased):
        release_now(ruling.permit, Shown((), {"cosmic": "answered"}), Action.OVERVIEW, TRACE)


@pytest.mark.parametrize("stopped", STOPS)
def test_nothing_is_stopped_twice(consented, stopped):
    make, how, _event = STOPS[stopped]
    model = make()
    stop(model, how)
    for again in Ending:
        with pytest.raises(NotAdministered):
            stop(model, again)


def test_refusal_is_not_ended_but_annulled_or_answered_by_a_consent(consented):
    with pytest.raises(NotAdministered):
        stop(make_refusal(), Ending.END)
    assert not AccessEvent.objects.filter(reason=WHY).exists()


def test_what_has_run_out_can_only_be_annulled(consented):
    relation = only(models.CareRelation)
    models.CareRelation.objects.update(ends_at=relation.starts_at)
    with pytest.raises(NotAdministered):
        stop(models.CareRelation)
    stop(models.CareRelation, Ending.ANNUL)
    assert only(models.CareRelation).annulled_at is not None


# Who. ----------------------------------------------------------------------------------------------

OTHERS: dict[str, Clerk] = {
    "another provider": NEXT_DOOR,
    "without the right": replace(CLERK, actor=replace(OFFICER, rights=frozenset())),
    "another right": replace(CLERK, actor=replace(OFFICER, rights=frozenset({Right.REVIEW_LOG}))),
    "another purpose": replace(CLERK, actor=replace(OFFICER, purpose=Purpose.CARE)),
}


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_stops_or_records_anything(consented, who):
    before = version()
    with pytest.raises(NotAdministered):
        stop(models.Consent, clerk=OTHERS[who])
    with pytest.raises(NotAdministered):
        record_block(OTHERS[who], GUNHILD, INNER, WHY)
    assert (version(), only(models.Consent).ended_at, models.Block.objects.count()) == (before, None, 0)


@pytest.mark.parametrize("reason", ["", "   ", "\0"])
def test_nothing_without_a_reason(consented, reason):
    with pytest.raises(NotAdministered):
        stop(models.Consent, reason=reason)
    with pytest.raises(NotAdministered):
        record_block(CLERK, GUNHILD, INNER, reason)


def test_without_a_log_nothing_is_recorded(consented):
    with transaction.atomic(), LostLog():
        with pytest.raises(LogUnavailable):
            stop(models.Consent)
        with pytest.raises(LogUnavailable):
            record_block(CLERK, MILO, INNER, WHY)
    assert only(models.Consent).ended_at is None
    assert models.Block.objects.count() == 0
    assert models.Dossier.objects.count() == 1


# Relations and what rests on them. -----------------------------------------------------------------


def test_consents_end_with_the_relation(consented):
    stop(models.CareRelation)
    consent = only(models.Consent)
    assert (consent.end_reason, consent.ended_by) == ("relationen upphörde", OFFICER.hsa_id)
    assert last_row().detail["acts"] == [str(only(models.CareRelation).pk), str(consent.pk)]


def test_consents_stay_while_a_colleague_has_the_patient(consented):
    recording.confirm_relation(by(reader(AKUTEN, hsa_id="SE2321000016-P002")))
    relation = models.CareRelation.objects.order_by("recorded_at").first()
    assert relation is not None
    stop_act(CLERK, models.CareRelation, relation.pk, Ending.END, WHY)
    assert only(models.Consent).ended_at is None


def test_consent_for_several_units_stays_while_one_of_them_has_the_patient(organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by(), unit_ids=[MEDICIN.hsa_id])
    recording.confirm_relation(by(reader(MEDICIN, hsa_id="SE2321000016-P003")))
    first = models.CareRelation.objects.get(unit_id=AKUTEN.hsa_id)
    stop_act(CLERK, models.CareRelation, first.pk, Ending.END, WHY)
    assert only(models.Consent).ended_at is None
    second = models.CareRelation.objects.get(unit_id=MEDICIN.hsa_id)
    stop_act(CLERK, models.CareRelation, second.pk, Ending.END, WHY)
    assert only(models.Consent).ended_at is not None


def test_relation_that_was_a_mistake_takes_no_consent_with_it(consented):
    stop(models.CareRelation, Ending.ANNUL)
    assert only(models.Consent).ended_at is None


def test_another_providers_consent_stays(consented):
    home = reader(HEMSJUKVARD, hsa_id="SE2120000019-P777")
    recording.confirm_relation(by(home))
    consenting.give_consent(by(home))
    relation = models.CareRelation.objects.get(unit_id=AKUTEN.hsa_id)
    stop_act(CLERK, models.CareRelation, relation.pk, Ending.END, WHY)
    assert models.Consent.objects.get(provider_id=HEMSJUKVARD.provider.hsa_id).ended_at is None


# Blocks. -------------------------------------------------------------------------------------------


def test_block_bears_from_the_moment_it_is_recorded(consented):
    recording.choose_units(by())
    ruling = ask()
    assert ruling.permit is not None
    made = record_block(CLERK, GUNHILD, replace(INNER, excluded_types=frozenset({"upp"})), WHY)
    row = last_row()
    with pytest.raises(NotReleased):
        release_now(ruling.permit, Shown((), {}), Action.OVERVIEW, TRACE)
    assert (row.event, row.patient(), row.reason) == ("block_recorded", GUNHILD, WHY)
    assert row.detail == {
        "dossier": str(made.dossier_id),
        "act": str(made.pk),
        "provider": FJALL.hsa_id,
        "unit": PSYKIATRI.hsa_id,
        "kind": "inner",
        "first_day": None,
        "last_day": None,
        "excluded_types": ["upp"],
        "in": "admin",
    }
    psykiatri = Reach(Distance.OWN_PROVIDER, FJALL.kind, FJALL.hsa_id, PSYKIATRI.hsa_id)
    decision = ask().decisions[psykiatri]
    assert isinstance(decision, Basis)
    assert [block.id for block in decision.blocks] == [str(made.pk)]


UNSOUND: dict[str, BlockTerms] = {
    "inner without a unit": BlockTerms(BlockKind.INNER),
    "another provider's unit": BlockTerms(BlockKind.OUTER, HEMSJUKVARD.hsa_id),
    "unknown unit": BlockTerms(BlockKind.INNER, "SE0"),
    "days in the wrong order": replace(INNER, first_day=date(2026, 2, 2), last_day=date(2026, 2, 1)),
    "type that cannot be left out": replace(INNER, excluded_types=frozenset({"dia"})),
}


@pytest.mark.parametrize("terms", UNSOUND)
def test_unsound_block_is_not_recorded(organisations, terms):
    with pytest.raises(NotAdministered):
        record_block(CLERK, GUNHILD, UNSOUND[terms], WHY)
    assert not models.Block.objects.exists()


def test_one_day_and_an_outer_block_of_everything_are_sound(organisations):
    day = date(2026, 2, 2)
    record_block(CLERK, GUNHILD, replace(INNER, first_day=day, last_day=day), WHY)
    record_block(CLERK, GUNHILD, BlockTerms(BlockKind.OUTER), WHY)
    assert models.Block.objects.count() == 2


def test_block_on_another_number_of_the_person_hangs_on_the_one_that_counts(organisations):
    main = open_dossier(GUNHILD).dossier
    link_numbers(main, [MILO], by="test")
    made = record_block(CLERK, MILO, INNER, WHY)
    assert made.dossier_id == main.pk
    assert last_row().patient() == GUNHILD


def test_act_under_another_number_blanks_the_page_of_the_one_that_counts(consented):
    other_number = models.Dossier.objects.get(pk=open_dossier(MILO).dossier.pk)
    models.SipConsent.objects.create(
        dossier=other_number, provider_id=FJALL.hsa_id, unit_id=AKUTEN.hsa_id, recorded_by="X"
    )
    link_numbers(open_dossier(GUNHILD).dossier, [MILO], by="test")
    before = version()
    stop(models.SipConsent)
    assert version() == before + 1
    assert last_row().patient() == GUNHILD


def test_administering_knows_every_act_that_it_may_stop():
    assert set(administering.ENDINGS) == {
        models.Consent,
        models.ConsentRefusal,
        models.CareRelation,
        models.SipConsent,
        models.BlockLift,
        models.Block,
    }
