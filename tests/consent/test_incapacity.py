"""A patient who cannot consent: two steps, three assertions, a review date; nothing opens before the last."""

from datetime import timedelta

import pytest

from consent import consenting, incapacity, recording
from consent.acts import NotAllowed
from consent.dossiers import open_dossier
from consent.facts import ChildAbility
from consent.models import Inability
from consent.terms import Basis, Refusal
from consent.vocabulary import Reason, Row
from tests.consent.doings import ask, by, last_row
from tests.consent.examples import GUNHILD, NURSE, VARD, other

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
ALL_THREE = {"is_needed": True, "is_attitude_clarified": True, "is_no_objection_known": True}


@pytest.fixture
def related(organisations: None) -> None:
    recording.confirm_relation(by())


def decision() -> Basis | Refusal:
    return ask(NURSE).decisions[other(VARD)]


def test_first_step_gives_names_and_the_second_opens_until_review(related: None) -> None:
    incapacity.record_inability(by())
    first = decision()
    assert isinstance(first, Refusal)
    assert (first.row, first.reason) == (Row.LASTING_INABILITY, Reason.NAMES_ONLY)
    incapacity.assert_inability(by(), **ALL_THREE)
    opened = decision()
    assert isinstance(opened, Basis)
    row = Inability.objects.get()
    assert row.ends_at is not None
    assert opened.row is Row.LASTING_INABILITY
    assert opened.expires_at == row.ends_at
    assert row.ends_at - row.starts_at == incapacity.REVIEW_AFTER


@pytest.mark.parametrize("left_out", ALL_THREE)
def test_two_assertions_of_three_open_nothing(related: None, left_out: str) -> None:
    incapacity.record_inability(by())
    with pytest.raises(NotAllowed):
        incapacity.assert_inability(by(), **{**ALL_THREE, left_out: False})
    assert isinstance(decision(), Refusal)


def test_assertions_need_the_first_step(related: None) -> None:
    with pytest.raises(NotAllowed):
        incapacity.assert_inability(by(), **ALL_THREE)


def test_each_step_raises_the_version_and_is_logged_with_its_facts(related: None) -> None:
    before = open_dossier(GUNHILD).dossier.version
    incapacity.record_inability(by())
    assert last_row().detail["step"] == "names"
    incapacity.assert_inability(by(), **ALL_THREE)
    assert last_row().detail["no_objection_known"] is True
    assert open_dossier(GUNHILD).dossier.version == before + 2


def test_unable_for_now_opens_nothing_and_ends_by_itself(related: None) -> None:
    incapacity.record_temporary(by())
    waiting = decision()
    assert isinstance(waiting, Refusal)
    assert (waiting.row, waiting.reason) == (Row.TEMPORARY_INABILITY, Reason.TEMPORARILY_UNABLE)
    row = Inability.objects.get()
    assert row.ends_at is not None
    assert row.ends_at - row.starts_at == timedelta(hours=24)


def test_who_has_answered_is_not_called_unable(related: None) -> None:
    consenting.refuse_consent(by())
    with pytest.raises(NotAllowed):
        incapacity.record_inability(by())


def test_nobody_assesses_a_grown_up_as_a_child(related: None) -> None:
    with pytest.raises(NotAllowed):
        incapacity.assess_child(by(), ChildAbility.UNABLE)
