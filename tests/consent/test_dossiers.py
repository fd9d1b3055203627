"""A person of several numbers has one record; after a restore nothing old is trusted."""

from datetime import timedelta

import pytest

from consent import consenting, incapacity, recording
from consent.dossiers import link_numbers, open_dossier
from consent.facts import Obstacle, Person, Protection
from consent.gate import RemoteFacts
from consent.models import Block, BlockLift, Consent, Dossier, LogEpoch
from consent.recording import Recorder
from consent.ruling import Notice
from consent.terms import ANY, Basis, PersonId
from consent.vocabulary import IdType, Reason
from tests.consent.doings import TRACE, ask, by, reason_of
from tests.consent.examples import AKUTEN, FJALL, GUNHILD, NURSE, OWN_PSYKIATRI, PSYKIATRI, VARD, other

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
YARA = PersonId("199710232381")
OLD = PersonId("199602752389", IdType.SAMORDNINGSNUMMER)
KNOWN = Person(YARA, is_known=True, protection=Protection.NONE, aliases=(OLD,))


class Register:
    """Knows that the two numbers are one person, until it is down."""

    is_up = True

    async def find(self, person: PersonId) -> Person:
        return KNOWN if self.is_up else Person(person)


@pytest.fixture
def register(organisations: None) -> Register:
    return Register()


def look(register: Register, number: PersonId):
    return ask(patient=number, remote=RemoteFacts(person=register))


def test_refusal_under_one_number_holds_under_the_other_while_the_register_is_down(register):
    recording.confirm_relation(by(patient=YARA))
    look(register, YARA)
    consenting.refuse_consent(Recorder(NURSE, KNOWN, TRACE))
    register.is_up = False
    ruling = look(register, OLD)
    assert reason_of(ruling, other(VARD)) is Reason.PATIENT_REFUSED
    assert ruling.permit is not None
    assert (ruling.permit.patient, ruling.permit.aliases) == (YARA, (OLD,))
    assert Notice.NUMBER_LINKED in ruling.notices


def test_acts_from_before_the_link_count_after_it(register):
    register.is_up = False
    recording.confirm_relation(by(patient=OLD))
    consenting.refuse_consent(by(patient=OLD))
    assert look(register, YARA).permit is None
    register.is_up = True
    assert reason_of(look(register, YARA), other(VARD)) is Reason.PATIENT_REFUSED
    register.is_up = False
    assert reason_of(look(register, YARA), other(VARD)) is Reason.PATIENT_REFUSED


def test_refusal_from_before_the_link_is_annulled_under_the_main_number(register):
    register.is_up = False
    recording.confirm_relation(by(patient=OLD))
    consenting.refuse_consent(by(patient=OLD))
    register.is_up = True
    look(register, YARA)
    consenting.annul_refusal(Recorder(NURSE, KNOWN, TRACE), "felregistrerat")
    assert reason_of(look(register, YARA), other(VARD)) is Reason.NO_CONSENT


def test_view_opened_under_the_old_number_does_not_outlive_the_link(register):
    register.is_up = False
    recording.confirm_relation(by(patient=OLD))
    before = look(register, OLD).permit
    register.is_up = True
    look(register, OLD)
    assert before is not None
    row = Dossier.objects.get(pk=before.dossier_id)
    assert row.version > before.dossier_version


def test_linking_is_done_once(register):
    look(register, YARA)
    main = open_dossier(YARA).dossier
    assert not link_numbers(main, [OLD], by="register")
    assert not link_numbers(main, [YARA], by="register")
    assert Dossier.objects.count() == 2
    assert open_dossier(OLD).dossier.pk == main.pk
    assert open_dossier(OLD).typed_as == OLD


# After a restore. -----------------------------------------------------------------------------------


def restore() -> LogEpoch:
    return LogEpoch.objects.create(number=2, reason="återläst säkerhetskopia")


def test_consent_from_before_a_restore_opens_nothing_until_stood_by(organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by())
    restore()
    ruling = ask()
    assert reason_of(ruling, other(VARD)) is Reason.NO_CONSENT
    assert ruling.standing.to_reconfirm is not None
    assert Notice.RECORD_RESTORED in ruling.notices
    consenting.reconfirm_consent(by())
    again = ask()
    assert isinstance(again.decisions[other(VARD)], Basis)
    assert Notice.RECORD_RESTORED not in again.notices
    newest = Consent.objects.order_by("-recorded_at").first()
    assert newest is not None
    assert newest.reconfirms is not None


def test_replayed_restore_trusts_what_stands_again(organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by())
    epoch = restore()
    assert not isinstance(ask().decisions[other(VARD)], Basis)
    LogEpoch.objects.filter(pk=epoch.pk).update(replayed_at=epoch.started_at)
    assert isinstance(ask().decisions[other(VARD)], Basis)


def test_second_restore_is_not_forgiven_by_the_replay_of_the_first(organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by())
    first = restore()
    LogEpoch.objects.create(number=3)
    LogEpoch.objects.filter(pk=first.pk).update(replayed_at=first.started_at)
    assert not isinstance(ask().decisions[other(VARD)], Basis)


def test_emergency_inability_and_lift_from_before_a_restore_open_nothing(organisations):
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    recording.open_emergency(by())
    recording.choose_units(by(), [ANY])
    dossier = open_dossier(GUNHILD).dossier
    shared = {"dossier": dossier, "provider_id": FJALL.hsa_id, "recorded_by": "X"}
    block = Block.objects.create(**shared, kind="inner", unit_id=PSYKIATRI.hsa_id)
    soon = open_dossier(GUNHILD).now + timedelta(hours=1)
    BlockLift.objects.create(**shared, unit_id=AKUTEN.hsa_id, block_ref=str(block.pk), ends_at=soon)
    assert isinstance(ask().decisions[OWN_PSYKIATRI], Basis)
    assert isinstance(ask().decisions[other(VARD)], Basis)
    restore()
    assert reason_of(ask(), OWN_PSYKIATRI) is Reason.BLOCKED
    assert reason_of(ask(), other(VARD)) is Reason.NO_CONSENT


def test_asserted_inability_from_before_a_restore_is_renewed_by_one_act(organisations):
    recording.confirm_relation(by())
    incapacity.record_inability(by())
    incapacity.assert_inability(by(), is_needed=True, is_attitude_clarified=True, is_no_objection_known=True)
    assert isinstance(ask().decisions[other(VARD)], Basis)
    restore()
    assert not isinstance(ask().decisions[other(VARD)], Basis)
    incapacity.renew_inability(by())
    assert isinstance(ask().decisions[other(VARD)], Basis)
