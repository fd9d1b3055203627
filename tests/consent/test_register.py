"""What the screens list of one patient's consents: whose, in which state, and who may put an end to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from consent import consenting, recording
from consent.dossiers import link_numbers, open_dossier
from consent.models import CareUnit, Consent, InformationText, LogEpoch, UnitGroup
from consent.register import Entry, Sort, State, entries_of
from consent.terms import PersonId
from consent.vocabulary import ConsentForm, IdType, Purpose, RaisedAt, Right
from tests.consent.doings import by, statements
from tests.consent.examples import AKUTEN, FJALL, GUNHILD, HEMSJUKVARD, MEDICIN, NURSE, PSYKIATRI, reader

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

COLLEAGUE = reader(hsa_id="SE2321000016-P002")
ELSEWHERE = reader(PSYKIATRI, hsa_id="SE2321000016-P003")
ADMINISTRATOR = replace(
    reader(MEDICIN, Purpose.ADMINISTRATION), rights=frozenset({Right.ADMINISTER_CONSENTS})
)


@pytest.fixture(autouse=True)
def related(organisations: None) -> None:
    for actor in (NURSE, COLLEAGUE, ELSEWHERE, reader(HEMSJUKVARD)):
        recording.confirm_relation(by(actor))


def only(actor=NURSE) -> Entry:
    (entry,) = entries_of(actor, GUNHILD)
    return entry


def test_everything_that_was_said_of_a_consent_is_told():
    text = InformationText.objects.create(language="sv", version=7, title="Om delning", body="…")
    group = UnitGroup.objects.create(name="Dygnet runt", provider_id=FJALL.hsa_id)
    group.units.set(CareUnit.objects.filter(pk__in=[AKUTEN.hsa_id, MEDICIN.hsa_id]))
    consenting.give_consent(
        by(),
        group_id=group.pk,
        until=date.today() + timedelta(days=9),
        raised_at=RaisedAt.HOME_CARE,
        form=ConsentForm.WRITTEN,
        through_interpreter=True,
        information_id=text.pk,
    )
    entry = only()
    assert (entry.sort, entry.state, entry.group_name) == (Sort.CONSENT, State.HOLDS, "Dygnet runt")
    assert set(entry.units) == {"Akuten", "Medicin"}
    assert (entry.raised_at, entry.form) == (RaisedAt.HOME_CARE, ConsentForm.WRITTEN)
    assert (entry.through_interpreter, entry.text) == (True, "Om delning (sv, 7)")
    assert entry.recorded_by == NURSE.hsa_id


def _run_out() -> None:
    Consent.objects.update(ends_at=open_dossier(GUNHILD).now)


STEPS: dict[str, tuple[Callable[[], None], State]] = {
    "holds": (lambda: None, State.HOLDS),
    "ended": (lambda: consenting.end_consent(by(), "patienten tar tillbaka"), State.ENDED),
    "annulled": (lambda: consenting.annul_consent(by(), "fel person"), State.ANNULLED),
    "undone": (lambda: consenting.refuse_consent(by()), State.UNDONE),
    "untrusted": (lambda: LogEpoch.objects.create(number=2).save(), State.UNTRUSTED),
    "run out": (_run_out, State.EXPIRED),
}


@pytest.mark.parametrize("step", STEPS)
def test_an_entry_says_where_in_its_life_it_is(step):
    consenting.give_consent(by())
    act, state = STEPS[step]
    act()
    (entry,) = [e for e in entries_of(NURSE, GUNHILD) if e.sort is Sort.CONSENT]
    assert entry.state is state
    assert entry.may_be_stopped_by(NURSE) is (state is State.HOLDS)
    if state in (State.ENDED, State.ANNULLED):
        assert entry.reason in ("patienten tar tillbaka", "fel person")
        assert (entry.stopped_by, entry.stopped_at is not None) == (NURSE.hsa_id, True)


def test_what_begins_later_says_so_and_can_be_stopped():
    consenting.give_consent(by(), starts=date.today() + timedelta(days=3))
    assert only().state is State.AHEAD
    assert only().may_be_stopped_by(NURSE)


def test_a_no_at_one_unit_of_several_leaves_the_others():
    consenting.give_consent(by(), unit_ids=[PSYKIATRI.hsa_id])
    consenting.refuse_consent(by(ELSEWHERE))
    (entry,) = [e for e in entries_of(NURSE, GUNHILD) if e.sort is Sort.CONSENT]
    assert (entry.state, entry.undone_units) == (State.HOLDS, ("Psykiatri",))


@pytest.mark.parametrize(("then", "state"), [
    (lambda: None, State.HOLDS),
    (lambda: consenting.give_consent(by()), State.ENDED),
    (lambda: consenting.annul_refusal(by(), "feltryck"), State.ANNULLED),
    (lambda: consenting.give_consent(by(), is_personal=True), State.UNDONE),
])  # fmt: skip
def test_a_no_is_listed_until_it_goes(then, state):
    consenting.refuse_consent(by())
    then()
    (entry,) = [e for e in entries_of(NURSE, GUNHILD) if e.sort is Sort.REFUSAL]
    assert entry.state is state


def test_other_units_entries_are_seen_by_who_administers_alone():
    """That she said something at the psychiatric clinic tells that she is known there."""
    consenting.give_consent(by(ELSEWHERE))
    consenting.refuse_consent(by(ELSEWHERE))
    assert entries_of(NURSE, GUNHILD) == ()
    assert len(entries_of(ELSEWHERE, GUNHILD)) == 2
    assert len(entries_of(ADMINISTRATOR, GUNHILD)) == 2


def test_other_providers_entries_are_seen_by_nobody_here():
    consenting.give_consent(by(reader(HEMSJUKVARD)))
    assert entries_of(NURSE, GUNHILD) == entries_of(ADMINISTRATOR, GUNHILD) == ()


def test_a_personal_consent_is_ended_by_its_owner_or_an_administrator():
    consenting.give_consent(by(COLLEAGUE), is_personal=True)
    entry = only()
    assert entry.state is State.HOLDS
    who = {actor.hsa_id: entry.may_be_stopped_by(actor) for actor in (NURSE, COLLEAGUE)}
    assert who == {NURSE.hsa_id: False, COLLEAGUE.hsa_id: True}
    assert entry.may_be_stopped_by(ADMINISTRATOR)


def test_a_sip_consent_is_the_providers_own_and_kept_apart():
    consenting.give_sip_consent(by(ELSEWHERE))
    assert only().sort is Sort.SIP
    consenting.end_sip_consent(by(), "vill inte längre")
    assert (only().state, only().reason) == (State.ENDED, "vill inte längre")


def test_what_was_recorded_under_another_number_is_listed_too():
    other = PersonId("199602752389", IdType.SAMORDNINGSNUMMER)
    recording.confirm_relation(by(NURSE, other))
    consenting.give_consent(by(NURSE, other))
    assert link_numbers(open_dossier(GUNHILD).dossier, [other], by="register")
    assert only().state is State.HOLDS


def test_the_list_costs_the_same_however_long_it_is():
    def look() -> None:
        entries_of(NURSE, GUNHILD)

    consenting.give_consent(by())
    few = len(statements(look))
    for _ in range(5):
        consenting.give_consent(by())
        consenting.refuse_consent(by())
    assert len(statements(look)) == few
