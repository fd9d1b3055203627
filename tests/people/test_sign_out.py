"""Signing out, or working somewhere else, ends what a reader had opened for herself."""

import pytest

from consent.models import AccessEvent, EmergencyOpening, UnitChoice
from demo.people import BY_LETTER
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]


def _opened(persona: str) -> Reader:
    reader = Reader().sign_in(persona)
    reader.search(BY_LETTER["C"].number)
    reader.act("choose_units", unit="*")
    reader.act("emergency", obstacle="unconscious")
    return reader


def _standing() -> int:
    choices = UnitChoice.objects.filter(ended_at=None).count()
    return choices + EmergencyOpening.objects.filter(ended_at=None).count()


def test_sign_out_ends_personal_openings_and_clears_the_browser(people: object) -> None:
    reader = _opened("akuten")
    assert _standing() == 2
    reply = reader.post("/konto/logga-ut/")
    assert reply.status == 302
    assert reply.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert _standing() == 0
    last = AccessEvent.objects.order_by("-seq").first()
    assert last is not None
    assert (last.event, last.detail) == ("signed_out", {"openings_ended": 1})
    assert reader.get(f"/p/{reader.handle}/").status == 302


def test_another_assignment_ends_them_even_after_a_new_sign_in(people: object) -> None:
    _opened("hemsjukvard")
    assert _standing() == 2
    Reader().sign_in("hemsjukvard", unit="SE2120000019-V0NP")
    assert _standing() == 0


def test_the_same_assignment_again_keeps_them(people: object) -> None:
    _opened("hemsjukvard")
    Reader().sign_in("hemsjukvard", unit="SE2120000019-V0HS")
    assert _standing() == 2
