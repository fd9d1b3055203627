"""Fifteen idle minutes end a session. Looking moves the end; an open page that asks if it holds does not."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from demo.people import BY_LETTER
from tests.walking import Reader

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.sqlite]

IDLE_S = settings.SESSION_COOKIE_AGE


def _opened() -> Reader:
    reader = Reader().sign_in("akuten")
    reader.search(BY_LETTER["M"].number)
    return reader


def _is_in(reader: Reader) -> bool:
    return reader.get("/").status == 200


def test_looking_moves_the_end(people: object) -> None:
    begun = timezone.now()
    reader = _opened()
    for minutes in (10, 20, 30):
        with time_machine.travel(begun + timedelta(minutes=minutes), tick=True):
            assert _is_in(reader)


def test_sixteen_idle_minutes_end_the_session(people: object) -> None:
    reader = _opened()
    with time_machine.travel(timezone.now() + timedelta(seconds=IDLE_S + 60), tick=True):
        assert not _is_in(reader)


def test_the_open_page_asking_does_not_move_the_end(people: object) -> None:
    begun = timezone.now()
    reader = _opened()
    for minutes in (5, 10, 14):
        with time_machine.travel(begun + timedelta(minutes=minutes), tick=True):
            reader.get(f"/p/{reader.handle}/giltig/?v=x")
    with time_machine.travel(begun + timedelta(seconds=IDLE_S + 60), tick=True):
        assert not _is_in(reader)
