"""Telephones of a protected person's units: only a view that asks for them has them, and the log says so."""

import pytest
from asgiref.sync import async_to_sync

from consent import gate, recording
from consent.accesslog.events import Action
from consent.gate import Ask
from tests.consent.doings import TRACE, by, rows
from tests.consent.examples import GUNHILD, NURSE

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.mark.parametrize("action", Action)
def test_only_asking_for_them_gives_them(organisations: None, action: Action) -> None:
    recording.confirm_relation(by())
    ruling = async_to_sync(gate.ask)(Ask(NURSE, GUNHILD, action, TRACE))
    assert ruling.permit is not None
    assert ruling.permit.hides_phones is (action is not Action.PHONE)
    (row,) = rows(ruling)
    assert row.action == action.value
