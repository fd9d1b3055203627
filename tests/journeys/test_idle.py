"""Fifteen idle minutes end a session. Looking moves the end; an open page that asks if it holds does not.
Who signs in again soon is back with the same patient; nobody else is."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from consent.accesslog.events import Event
from consent.models import AccessEvent
from consent.terms import PersonId
from demo.people import BY_LETTER
from portal.accounts.models import Assignment
from portal.patients.models import ReturnTicket
from portal.patients.returning import sweep
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.sqlite]

NAME = "Tolvansson, Tolvan"
NIGHT_PATROL = "SE2120000019-V0NP"
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


def _later(seconds: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=True)


def _left(reader: Reader, *, by_staying: bool = False) -> int:
    reply = (reader.post if by_staying else reader.get)("/konto/session/")
    return int(json.loads(reply.body)["left_s"])


def test_how_long_is_left_is_told_and_asking_moves_nothing(people: object) -> None:
    begun = timezone.now()
    reader = _opened()
    with time_machine.travel(begun + timedelta(minutes=12), tick=True):
        left = _left(reader)
        assert 2 * 60 <= left <= 3 * 60 + 30
        assert _left(reader) <= left
    with time_machine.travel(begun + timedelta(seconds=IDLE_S + 60), tick=True):
        assert reader.get("/konto/session/").status == 401
        assert not _is_in(reader)


def test_one_key_begins_the_time_anew(people: object) -> None:
    begun = timezone.now()
    reader = _opened()
    with time_machine.travel(begun + timedelta(minutes=13), tick=True):
        assert _left(reader, by_staying=True) >= IDLE_S - 2
    with time_machine.travel(begun + timedelta(minutes=27), tick=True):
        assert _is_in(reader)


def test_every_page_of_somebody_signed_in_can_warn(people: object) -> None:
    reader = _opened()
    for path in ("/", "/uppdrag/", f"/p/{reader.handle}/", f"/p/{reader.handle}/uppgifter/diagnosis/"):
        page = reader.get(path).body
        if path != "/uppdrag/":
            assert 'id="idle"' in page
            assert 'data-left="900"' in page or 'data-left="89' in page
    assert 'id="idle"' not in Reader().get("/konto/logga-in/").body


def test_signing_in_again_brings_back_the_same_patient_once(people: object) -> None:
    reader = _opened()
    path = f"/p/{reader.handle}/"
    assert NAME in reader.get(path).body
    with _later(IDLE_S + 60):
        away = reader.get(path)
        assert away.location.startswith("/konto/logga-in/?next=/p/")
        reader.sign_in("akuten")
        back = reader.get(path)
        assert back.status == 302
        assert back.location != path
        assert NAME in reader.get(back.location).body
        assert reader.get(path).status == 404
    [row] = AccessEvent.objects.filter(event=Event.SEARCH, detail__returned=True)
    assert row.patient() == PersonId(BY_LETTER["M"].number)


def test_a_list_behind_a_button_comes_back_as_itself(people: object) -> None:
    reader = _opened()
    reader.get(f"/p/{reader.handle}/")
    with _later(IDLE_S + 60):
        reader.sign_in("akuten")
        back = reader.get(f"/p/{reader.handle}/uppgifter/care_contact/")
        assert back.location.endswith("/uppgifter/care_contact/")


def test_the_way_back_leads_through_the_choice_of_assignment(people: object) -> None:
    reader = Reader().sign_in("hemsjukvard")
    reader.search(BY_LETTER["A"].number)
    path = f"/p/{reader.handle}/"
    reader.get(path)
    first = reader.get("/").body
    with _later(IDLE_S + 60):
        chosen = reader.post("/demo/logga-in/", {"persona": "hemsjukvard", "next": path})
        assert chosen.location == f"/uppdrag/?next={path}"
        page = reader.get(chosen.location).body
        assert f'name="next" value="{path}"' in page
        unit = re.search(r"<span>([^,<]*)<span class=\"owner\">, Fjällviks kommun, Vård", first)
        assert unit is not None
        mine = Assignment.objects.get(user__username="hemsjukvard", unit__name=unit[1].strip())
        taken = reader.post("/uppdrag/", {"assignment": mine.pk, "next": path})
        assert taken.location == path
        assert reader.get(path).status == 302


def test_nobody_else_and_no_other_assignment_gets_anything(people: object) -> None:
    reader = Reader().sign_in("hemsjukvard")
    reader.search(BY_LETTER["A"].number)
    path = f"/p/{reader.handle}/"
    reader.get(path)
    with _later(IDLE_S + 60):
        bodies = []
        for other in (Reader().sign_in("akuten"), Reader().sign_in("hemsjukvard", NIGHT_PATROL)):
            reply, dead = other.get(path), other.get(f"/p/{'x' * 90}/")
            assert (reply.status, dead.status) == (404, 404)
            bodies += [re.sub(r"[0-9a-f]{12}|/p/[\w-]+/|value=\"[^\"]*\"", "", r.body) for r in (reply, dead)]
        assert bodies[0] == bodies[1]
        assert bodies[2] == bodies[3]
        assert ReturnTicket.objects.count() == 1


@pytest.mark.parametrize("minutes", [9, 11])
def test_the_way_back_is_open_for_ten_minutes(people: object, minutes: int) -> None:
    reader = _opened()
    path = f"/p/{reader.handle}/"
    reader.get(path)
    with _later(IDLE_S + minutes * 60):
        reader.sign_in("akuten")
        assert reader.get(path).status == (302 if minutes < 10 else 404)


def test_a_session_that_lives_lends_its_links_to_no_other(people: object) -> None:
    reader = _opened()
    path = f"/p/{reader.handle}/"
    reader.get(path)
    assert Reader().sign_in("akuten").get(path).status == 404
    assert reader.get(path).status == 200


def test_whoever_signs_out_leaves_for_good(people: object) -> None:
    reader = _opened()
    path = f"/p/{reader.handle}/"
    reader.get(path)
    assert ReturnTicket.objects.count() == 1
    reader.post("/konto/logga-ut/")
    assert not ReturnTicket.objects.exists()
    assert reader.sign_in("akuten").get(path).status == 404


def test_tickets_that_lead_nowhere_are_swept_and_none_holds_a_number(people: object) -> None:
    reader = _opened()
    reader.get(f"/p/{reader.handle}/")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {ReturnTicket._meta.db_table}")
        assert BY_LETTER["M"].number not in repr(cursor.fetchall())
    assert sweep() == 0
    with _later(IDLE_S + 5 * 60):
        assert sweep() == 0
    with _later(IDLE_S + 11 * 60):
        assert sweep() == 1
