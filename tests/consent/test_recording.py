"""Acts are recorded in one transaction with the raised version and the log row, or not at all."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from consent import consenting, recording
from consent.accesslog.events import Event
from consent.accesslog.model import AccessEvent
from consent.accesslog.write import LogUnavailable
from consent.acts import Act, NotAllowed
from consent.dossiers import open_dossier
from consent.facts import LegalSettings, Obstacle, Person, Protection
from consent.models import CareRelation, Consent, ConsentRefusal, Dossier, EmergencyOpening, UnitChoice
from consent.standing import end_of_day
from consent.terms import ANY, Basis, Refusal
from consent.vocabulary import Reason
from tests.consent.doings import TRACE, ask, by, last_row
from tests.consent.examples import (
    AKUTEN,
    CARER,
    CHILD,
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
COLLEAGUE = reader(hsa_id="SE2321000016-P002")


@pytest.fixture
def related(organisations: None) -> None:
    recording.confirm_relation(by())
    recording.confirm_relation(by(COLLEAGUE))


def version() -> int:
    return open_dossier(GUNHILD).dossier.version


def at_vard(actor=NURSE) -> Any:
    return ask(actor).decisions[other(VARD)]


STEPS: dict[str, tuple[Any, str]] = {
    "relation": (lambda: recording.confirm_relation(by(reader(PSYKIATRI))), "relation_confirmed"),
    "consent": (lambda: consenting.give_consent(by()), "consent_given"),
    "end": (lambda: consenting.end_consent(by(), "patienten återkallar"), "consent_ended"),
    "refusal": (lambda: consenting.refuse_consent(by()), "consent_refused"),
    "annul": (lambda: consenting.annul_refusal(by(), "felregistrerat"), "refusal_annulled"),
    "choice": (lambda: recording.choose_units(by()), "units_chosen"),
    "emergency": (lambda: recording.declare_emergency(by(), Obstacle.TOO_ILL), "emergency_declared"),
    "opening": (lambda: recording.open_emergency(by()), "emergency_opened"),
}


def test_every_act_raises_the_version_by_one_and_leaves_one_row(related):
    for step, (record, event) in STEPS.items():
        before, rows = version(), AccessEvent.objects.count()
        record()
        assert version() == before + 1, step
        assert AccessEvent.objects.count() == rows + 1, step
        row = last_row()
        assert (row.event, row.patient(), row.user_hsa_id) == (event, GUNHILD, NURSE.hsa_id)
        assert (row.session_id, row.request_id, row.ip) == (TRACE.session_id, TRACE.request_id, TRACE.ip)


def test_without_a_log_nothing_is_recorded(related):
    before = version()
    with transaction.atomic():
        connection.cursor().execute("ALTER TABLE consent_accessevent RENAME TO consent_gone")
        for record in (consenting.give_consent, consenting.refuse_consent, recording.choose_units):
            with pytest.raises(LogUnavailable):
                record(by())
        connection.cursor().execute("ALTER TABLE consent_gone RENAME TO consent_accessevent")
    assert version() == before
    assert not Consent.objects.exists()
    assert not ConsentRefusal.objects.exists()
    assert not UnitChoice.objects.exists()


def test_what_is_not_offered_is_not_recorded(organisations):
    before = set(AccessEvent.objects.values_list("seq", flat=True))
    for act, record in {
        Act.GIVE_CONSENT: lambda: consenting.give_consent(by()),
        Act.REFUSE_CONSENT: lambda: consenting.refuse_consent(by()),
        Act.END_CONSENT: lambda: consenting.end_consent(by(), ""),
        Act.ANNUL_REFUSAL: lambda: consenting.annul_refusal(by(), ""),
        Act.CHOOSE_UNITS: lambda: recording.choose_units(by()),
        Act.OPEN_EMERGENCY: lambda: recording.open_emergency(by()),
        Act.CONFIRM_RELATION: lambda: recording.confirm_relation(by(CARER)),
        Act.DECLARE_EMERGENCY: lambda: recording.declare_emergency(by(CARER), Obstacle.UNCONSCIOUS),
    }.items():
        with pytest.raises(NotAllowed) as caught:
            record()
        assert caught.value.act is act
    assert not AccessEvent.objects.filter(view_id=None).exclude(seq__in=before).exists()
    assert not Dossier.objects.exists()


def test_relation_is_the_readers_own_and_lasts_a_day(organisations):
    recording.confirm_relation(by())
    relation = CareRelation.objects.get()
    assert relation.ends_at == relation.recorded_at + timedelta(hours=24)
    assert ask().permit is not None
    assert ask(COLLEAGUE).permit is None


# Consent and refusal. ------------------------------------------------------------------------------


def test_consent_is_for_the_unit_until_a_swedish_day_is_over(related):
    consenting.give_consent(by(), until=date(2027, 3, 27))
    assert Consent.objects.get().ends_at == end_of_day(date(2027, 3, 27))
    assert isinstance(at_vard(COLLEAGUE), Basis)
    assert isinstance(at_vard(reader(PSYKIATRI)), Refusal)


@pytest.mark.parametrize(("day", "ends"), [
    (date(2026, 3, 28), "2026-03-29T00:00:00+01:00"),
    (date(2026, 3, 29), "2026-03-30T00:00:00+02:00"),
    (date(2026, 10, 25), "2026-10-26T00:00:00+01:00"),
    (date(2028, 2, 28), "2028-02-29T00:00:00+01:00"),
    (date(2026, 12, 31), "2027-01-01T00:00:00+01:00"),
])  # fmt: skip
def test_days_end_at_swedish_midnight(day, ends):
    assert end_of_day(day).isoformat() == ends


def test_personal_consent_is_for_the_reader_alone(related):
    consenting.give_consent(by(), is_personal=True)
    assert isinstance(at_vard(), Basis)
    assert isinstance(at_vard(COLLEAGUE), Refusal)


def test_consent_for_a_group_of_the_providers_units(related):
    consenting.give_consent(by(), unit_ids=[PSYKIATRI.hsa_id, PSYKIATRI.hsa_id])
    assert Consent.objects.get().unit_ids == [AKUTEN.hsa_id, PSYKIATRI.hsa_id]
    assert last_row().detail["units"] == [AKUTEN.hsa_id, PSYKIATRI.hsa_id]


@pytest.mark.parametrize("unit", [HEMSJUKVARD.hsa_id, "nowhere", "x" * 400])
def test_units_of_others_are_neither_consented_for_nor_chosen(related, unit):
    with pytest.raises(NotAllowed):
        consenting.give_consent(by(), unit_ids=[unit])
    with pytest.raises(NotAllowed):
        recording.choose_units(by(), [unit])
    with pytest.raises(NotAllowed):
        recording.choose_units(by(), [])


def test_consent_until_a_day_that_is_over_is_none(related):
    consenting.refuse_consent(by())
    with pytest.raises(NotAllowed):
        consenting.give_consent(by(), until=date(2020, 1, 1))
    assert at_vard().reason is Reason.PATIENT_REFUSED


def test_new_consent_ends_the_refusal_of_its_units(related):
    consenting.refuse_consent(by())
    assert at_vard().reason is Reason.PATIENT_REFUSED
    consenting.give_consent(by())
    refusal = ConsentRefusal.objects.get()
    assert (refusal.ended_by, refusal.end_reason, refusal.annulled_at) == (
        NURSE.hsa_id,
        "nytt samtycke",
        None,
    )
    assert isinstance(at_vard(), Basis)


def test_personal_consent_leaves_the_no_for_colleagues(related):
    consenting.refuse_consent(by())
    consenting.give_consent(by(), is_personal=True)
    assert isinstance(at_vard(), Basis)
    assert at_vard(COLLEAGUE).reason is Reason.PATIENT_REFUSED
    consenting.end_consent(by(), "patienten återkallar")
    assert at_vard().reason is Reason.PATIENT_REFUSED


def test_mistaken_no_is_undone_in_one_step(related):
    consenting.give_consent(by())
    consenting.refuse_consent(by())
    assert at_vard().reason is Reason.PATIENT_REFUSED
    consenting.annul_refusal(by(), "felregistrerat")
    assert isinstance(at_vard(), Basis)
    refusal = ConsentRefusal.objects.get()
    assert (refusal.annulled_by, refusal.annul_reason) == (NURSE.hsa_id, "felregistrerat")


def test_no_at_one_unit_leaves_the_other_units_their_consent(related):
    psykiatri = reader(PSYKIATRI)
    recording.confirm_relation(by(psykiatri))
    consenting.give_consent(by(), unit_ids=[PSYKIATRI.hsa_id])
    consenting.refuse_consent(by())
    assert at_vard().reason is Reason.PATIENT_REFUSED
    assert isinstance(at_vard(psykiatri), Basis)


def test_consent_from_before_a_no_never_comes_back_by_itself(related):
    consenting.give_consent(by())
    consenting.refuse_consent(by())
    consenting.give_consent(by(), until=date(2099, 1, 1))
    Consent.objects.filter(ends_at__isnull=False).update(ends_at=open_dossier(GUNHILD).now)
    assert at_vard().reason is Reason.NO_CONSENT


def test_ended_consent_stays_ended_and_is_kept(related):
    consenting.give_consent(by())
    consenting.end_consent(by(), "  patienten\x00 återkallar " + "x" * 500)
    consent = Consent.objects.get()
    assert (consent.ended_by, len(consent.end_reason)) == (NURSE.hsa_id, 300)
    assert consent.end_reason.startswith("patienten återkallar")
    assert at_vard().reason is Reason.NO_CONSENT
    with pytest.raises(NotAllowed):
        consenting.end_consent(by(), "igen")


def test_ending_leaves_a_colleagues_personal_consent(related):
    consenting.give_consent(by(COLLEAGUE), is_personal=True)
    consenting.give_consent(by())
    consenting.end_consent(by(), "patienten återkallar")
    assert isinstance(at_vard(COLLEAGUE), Basis)
    assert isinstance(at_vard(), Refusal)


def test_nobody_consents_for_a_child_that_cannot_decide(organisations):
    child = replace(by(patient=MILO), person=CHILD)
    recording.confirm_relation(child)
    for record in (consenting.give_consent, consenting.refuse_consent):
        with pytest.raises(NotAllowed):
            record(child)


def test_nothing_is_consented_to_for_the_dead(related):
    dead = replace(
        by(), person=Person(GUNHILD, is_known=True, died=date(2026, 1, 1), protection=Protection.NONE)
    )
    for record in (consenting.give_consent, consenting.refuse_consent):
        with pytest.raises(NotAllowed):
            record(dead)
    with pytest.raises(NotAllowed):
        recording.declare_emergency(dead, Obstacle.UNCONSCIOUS)


# Choices and emergency. ----------------------------------------------------------------------------


def test_chosen_units_are_logged_one_by_one(related):
    recording.choose_units(by(), [MEDICIN.hsa_id, PSYKIATRI.hsa_id])
    assert set(UnitChoice.objects.values_list("target_unit_id", flat=True)) == {
        MEDICIN.hsa_id,
        PSYKIATRI.hsa_id,
    }
    assert last_row().detail["units"] == [MEDICIN.hsa_id, PSYKIATRI.hsa_id]
    recording.choose_units(by())
    assert last_row().detail["units"] == [ANY]


def test_emergency_makes_a_relation_shows_names_and_then_opens(organisations):
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    assert last_row().activity == "Nödöppning"
    assert last_row().detail["danger"] is True
    assert last_row().detail["obstacle"] == "unconscious"
    assert ask().standing.person_may_be_named
    assert at_vard().reason is Reason.NAMES_ONLY
    recording.open_emergency(by())
    assert last_row().detail["indispensable"] is True
    assert isinstance(at_vard(), Basis)
    opening = EmergencyOpening.objects.get()
    assert opening.ends_at == opening.recorded_at + timedelta(hours=24)


def test_emergency_is_personal(related):
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    recording.open_emergency(by())
    assert at_vard(COLLEAGUE).reason is Reason.NO_CONSENT
    with pytest.raises(NotAllowed):
        recording.open_emergency(by(COLLEAGUE))


@pytest.mark.parametrize(("obstacle", "may"), [
    (Obstacle.UNCONSCIOUS, True), (Obstacle.TOO_ILL, False), (Obstacle.OTHER, False)
])  # fmt: skip
def test_after_a_no_only_the_unconscious_are_opened(related, obstacle, may):
    consenting.refuse_consent(by())
    if not may:
        with pytest.raises(NotAllowed):
            recording.declare_emergency(by(), obstacle)
        return
    recording.declare_emergency(by(), obstacle)
    recording.open_emergency(by())
    assert isinstance(at_vard(), Basis)


def test_opening_declared_before_a_no_cannot_be_opened_after_it(related):
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    consenting.refuse_consent(by())
    with pytest.raises(NotAllowed):
        recording.open_emergency(by())
    assert at_vard().reason is Reason.PATIENT_REFUSED


def test_setting_may_forbid_emergency_after_a_no(related, settings):

    settings.LEGAL = LegalSettings(emergency_after_refusal=False)
    consenting.refuse_consent(by())
    with pytest.raises(NotAllowed):
        recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)


def test_switch_of_assignment_ends_ones_own_openings_by_the_databases_clock(related, time_machine):
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    recording.open_emergency(by())
    recording.choose_units(by())
    recording.declare_emergency(by(COLLEAGUE), Obstacle.UNCONSCIOUS)
    recording.declare_emergency(by(patient=MILO), Obstacle.UNCONSCIOUS)
    before = version()
    time_machine.move_to(ask().at + timedelta(days=1))
    recording.end_openings(NURSE, TRACE, Event.SIGNED_OUT)
    assert version() == before + 1
    assert last_row().detail == {"openings_ended": 2}
    now = ask()
    assert now.standing.emergency is None
    assert not now.standing.has_all_units
    assert ask(patient=MILO).standing.emergency is None
    assert ask(COLLEAGUE).standing.emergency is not None
    for row in (*EmergencyOpening.objects.filter(employee_id=NURSE.hsa_id), *UnitChoice.objects.all()):
        assert row.ended_at is not None
        assert row.ended_at <= now.at
        assert row.end_reason == "uppdraget avslutades"


def test_act_of_another_patient_raises_only_its_own_version(related):
    before = version()
    recording.confirm_relation(by(patient=MILO))
    assert version() == before


def test_settings_decide_how_long_an_opening_lasts_and_whether_a_switch_ends_it(organisations, settings):
    settings.LEGAL = LegalSettings(opening_lasts=timedelta(hours=2), openings_end_at_switch=False)
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    opening = EmergencyOpening.objects.get()
    assert opening.ends_at == opening.starts_at + timedelta(hours=2)
    recording.end_openings(NURSE, TRACE, Event.ASSIGNMENT_CHOSEN)
    opening.refresh_from_db()
    assert opening.ended_at is None
    recording.end_openings(NURSE, TRACE, Event.SIGNED_OUT)
    opening.refresh_from_db()
    assert opening.ended_at is not None


def test_consent_for_another_providers_unit_only_where_the_setting_allows_it(related, settings):
    with pytest.raises(NotAllowed):
        consenting.give_consent(by(), unit_ids=[HEMSJUKVARD.hsa_id])
    settings.LEGAL = LegalSettings(records_for_other_providers=True)
    consenting.give_consent(by(), unit_ids=[HEMSJUKVARD.hsa_id])
    assert HEMSJUKVARD.hsa_id in Consent.objects.get().unit_ids
