"""Consent as work: ahead, for groups, for a time; ended and annulled apart; the SIP beside it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from consent import consenting, recording
from consent.acts import NotAllowed
from consent.dossiers import open_dossier
from consent.models import (
    CareProvider,
    CareRelation,
    CareUnit,
    Consent,
    InformationText,
    SipConsent,
    UnitGroup,
)
from consent.terms import SWEDISH_TIME, Basis, Refusal
from consent.vocabulary import ConsentForm, Kind, Purpose, RaisedAt, Reason, Right, Row
from tests.consent.doings import ask, by, last_row
from tests.consent.examples import (
    AKUTEN,
    CARER,
    GUNHILD,
    HEMSJUKVARD,
    MEDICIN,
    NATTPATRULL,
    NURSE,
    PSYKIATRI,
    VARD,
    other,
    reader,
)

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
MEDIC = reader(MEDICIN)
ADMINISTRATOR = replace(
    reader(MEDICIN, Purpose.ADMINISTRATION, "SE2321000016-P900"),
    rights=frozenset({Right.ADMINISTER_CONSENTS}),
)


@pytest.fixture
def related(organisations: None) -> None:
    for actor in (NURSE, MEDIC, reader(PSYKIATRI)):
        recording.confirm_relation(by(actor))


def at_vard(actor: Any = NURSE) -> Any:
    return ask(actor).decisions[other(VARD)]


def opens(actor: Any = NURSE) -> bool:
    return isinstance(at_vard(actor), Basis)


def today() -> datetime:
    return open_dossier(GUNHILD).now.astimezone(SWEDISH_TIME)


def group(provider_id: str, *units: str, is_active: bool = True) -> UnitGroup:
    made = UnitGroup.objects.create(
        name="Natt", provider=CareProvider.objects.get(pk=provider_id), is_active=is_active
    )
    made.units.set(CareUnit.objects.filter(pk__in=units))
    return made


def test_what_is_recorded_about_a_consent_is_kept(related):
    text = InformationText.objects.create(language="so", version=1, title="Macluumaad", body="…")
    consenting.give_consent(
        by(),
        raised_at=RaisedAt.SIP,
        form=ConsentForm.WRITTEN,
        through_interpreter=True,
        information_id=text.pk,
    )
    kept = Consent.objects.get()
    assert (kept.raised_at, kept.form, kept.through_interpreter, kept.information) == (
        "sip",
        "written",
        True,
        text,
    )
    row = last_row()
    assert (row.detail["raised_at"], row.detail["form"], row.detail["interpreter"]) == (
        "sip",
        "written",
        True,
    )
    assert row.detail["dossier"] == str(kept.dossier_id)


def test_consent_ahead_opens_nothing_before_its_first_day(related):
    consenting.give_consent(by(), starts=today().date() + timedelta(days=1))
    assert not opens()
    kept = Consent.objects.get()
    first = kept.starts_at.astimezone(SWEDISH_TIME)
    assert (first.hour, first.minute, first.date()) == (0, 0, today().date() + timedelta(days=1))
    Consent.objects.update(starts_at=today() - timedelta(seconds=1))
    assert opens()


def test_consent_ahead_leaves_todays_refusal_as_it_is(related):
    consenting.refuse_consent(by())
    consenting.give_consent(by(), starts=today().date() + timedelta(days=1))
    assert at_vard().reason is Reason.PATIENT_REFUSED
    Consent.objects.update(starts_at=today() - timedelta(seconds=1))
    assert opens()


def test_consent_that_ends_before_it_begins_is_not_recorded(related):
    day = today().date()
    with pytest.raises(NotAllowed):
        consenting.give_consent(by(), starts=day + timedelta(days=3), until=day + timedelta(days=2))
    assert not Consent.objects.exists()


def test_consent_for_a_group_holds_for_its_units_and_no_other(related):
    natt = group(NURSE.provider.hsa_id, MEDICIN.hsa_id, PSYKIATRI.hsa_id)
    consenting.give_consent(by(), group_id=natt.pk)
    assert Consent.objects.get().group_name == "Natt"
    assert opens(MEDIC)
    assert opens(reader(PSYKIATRI))
    assert not opens(NURSE)
    # Whom the patient agreed to is what the group was that day.
    natt.units.add(CareUnit.objects.get(pk=AKUTEN.hsa_id))
    assert not opens(NURSE)


@pytest.mark.parametrize("which", ["another provider's", "no longer used", "empty", "none there"])
def test_groups_that_cannot_be_consented_to(related, which):
    own, others = NURSE.provider.hsa_id, VARD.hsa_id
    found = {
        "another provider's": lambda: group(others, HEMSJUKVARD.hsa_id).pk,
        "no longer used": lambda: group(own, MEDICIN.hsa_id, is_active=False).pk,
        "empty": lambda: group(own).pk,
        "none there": lambda: 999,
    }[which]()
    with pytest.raises(NotAllowed):
        consenting.give_consent(by(), group_id=found)
    assert not Consent.objects.exists()


def test_annulled_and_ended_are_kept_apart_and_both_close(related):
    consenting.give_consent(by())
    consenting.annul_consent(by(), "fel patient")
    assert not opens()
    consenting.give_consent(by())
    consenting.end_consent(by(), "patienten återkallar")
    annulled, ended = Consent.objects.order_by("recorded_at")
    assert last_row().detail["acts"] == [str(ended.pk)]
    assert not opens()
    assert (annulled.annul_reason, annulled.ended_at) == ("fel patient", None)
    assert (ended.end_reason, ended.annulled_at) == ("patienten återkallar", None)


def test_one_consent_of_several_is_ended_by_its_id(related):
    consenting.give_consent(by())
    consenting.give_consent(by(), until=today().date())
    first, second = Consent.objects.order_by("recorded_at")
    consenting.end_consent(by(), "skäl", str(second.pk))
    first.refresh_from_db()
    assert first.ended_at is None
    assert opens()
    for wrong in (str(second.pk), "0" * 8, str(first.pk).upper()):
        with pytest.raises(NotAllowed):
            consenting.end_consent(by(), "skäl", wrong)


def test_colleagues_personal_consent_is_not_ended_by_another(related):
    colleague = reader(hsa_id="SE2321000016-P002")
    recording.confirm_relation(by(colleague))
    consenting.give_consent(by(colleague), is_personal=True)
    consenting.give_consent(by())
    consenting.end_consent(by(), "skäl")
    assert opens(colleague)
    assert not opens(NURSE)


def test_administrator_records_ends_and_sees_nothing(related):
    consenting.give_consent(by(ADMINISTRATOR), unit_ids=[AKUTEN.hsa_id], form=ConsentForm.WRITTEN)
    assert opens(NURSE)
    ruling = ask(ADMINISTRATOR)
    assert ruling.permit is None
    assert all(isinstance(d, Refusal) and d.row is Row.NOTHING for d in ruling.decisions.values())
    kept = Consent.objects.get()
    kept.unit_ids = [AKUTEN.hsa_id]
    kept.save()
    consenting.end_consent(by(ADMINISTRATOR), "på papper", str(kept.pk))
    assert not opens(NURSE)


def test_administrator_of_another_provider_reaches_nothing(related):
    consenting.give_consent(by())
    stranger = replace(
        reader(HEMSJUKVARD, Purpose.ADMINISTRATION), rights=frozenset({Right.ADMINISTER_CONSENTS})
    )
    with pytest.raises(NotAllowed):
        consenting.end_consent(by(stranger), "skäl", str(Consent.objects.get().pk))
    with pytest.raises(NotAllowed):
        consenting.give_consent(by(stranger), unit_ids=[AKUTEN.hsa_id])
    assert opens(NURSE)


def test_consents_end_with_the_relation_but_not_those_of_units_that_still_have_one(related):
    consenting.give_consent(by())
    consenting.give_consent(by(), unit_ids=[MEDICIN.hsa_id])
    consenting.end_relation(by(), "flyttat")
    own, shared = Consent.objects.order_by("recorded_at")
    assert own.end_reason == consenting.MOVED
    assert shared.ended_at is None
    assert opens(MEDIC)
    assert ask(NURSE).permit is None
    consenting.end_relation(by(MEDIC), "flyttat")
    shared.refresh_from_db()
    assert shared.end_reason == consenting.MOVED


def test_sip_consent_opens_nothing_and_stands_by_itself(related):
    consenting.give_sip_consent(by())
    assert not opens()
    assert ask().standing.sip_consent is not None
    assert ask(reader(NATTPATRULL)).standing.sip_consent is None
    consenting.give_consent(by())
    consenting.end_consent(by(), "skäl")
    assert ask().standing.sip_consent is not None
    consenting.end_sip_consent(by(MEDIC), "ångrade sig")
    assert ask().standing.sip_consent is None
    consenting.give_sip_consent(by())
    consenting.end_sip_consent(by(), "felregistrerat", is_mistake=True)
    mistaken = SipConsent.objects.order_by("recorded_at").last()
    assert mistaken is not None
    assert (mistaken.annul_reason, mistaken.ended_at) == ("felregistrerat", None)


def test_omsorgsgivares_consent_shows_only_its_kinds(organisations):
    from tests.consent.test_gate import act

    act(
        CareRelation,
        ground="insats",
        unit_id=CARER.unit.hsa_id,
        provider_id=CARER.provider.hsa_id,
    )
    consenting.give_consent(by(CARER), raised_at=RaisedAt.SOCIAL_SERVICE)
    decision = at_vard(CARER)
    assert isinstance(decision, Basis)
    assert Kind.DIAGNOSIS not in decision.kinds
