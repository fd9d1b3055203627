"""Signing in with a local account: in, out of luck, and on to the assignment."""

import pytest
from django.urls import reverse

from consent.models import AccessEvent
from portal.accounts.models import User
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader, Reply

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]


def _sign_in(reader: Reader, name: str, password: str) -> Reply:
    return reader.post(reverse("account_login"), {"login": name, "password": password})


def test_name_and_password_lead_to_the_search(people: object) -> None:
    reader = Reader()
    assert _sign_in(reader, "akuten", "akuten").status == 302
    reader.get(reverse("choose_assignment"))
    page = reader.get("/")
    assert page.status == 200
    assert "Rasmus Tärnfors" in page.body
    assert "Akuten, Region Fjäll" in page.body.replace('<span class="owner">', "")
    assert "vårdgivare" in page.body
    chosen = AccessEvent.objects.get(event="assignment_chosen")
    assert chosen.user_hsa_id == "SE2321000016-2A01"


@pytest.mark.parametrize("name", ["akuten", "nobody"])
def test_wrong_password_and_unknown_name_get_the_same_answer(people: object, name: str) -> None:
    reply = _sign_in(Reader(), name, "wrong")
    assert reply.status == 200
    assert "Namnet eller lösenordet stämmer inte" in reply.body
    assert f'value="{name}"' in reply.body


def test_who_has_several_assignments_chooses(people: object) -> None:
    reader = Reader()
    _sign_in(reader, "hemsjukvard", "hemsjukvard")
    assert reader.get("/").location == reverse("choose_assignment")
    page = reader.get(reverse("choose_assignment"))
    assert "Nattpatrullen" in page.body
    assert "Hemsjukvården" in page.body


def test_who_has_no_assignment_reads_nothing(people: object) -> None:
    User.objects.get(username="akuten").assignments.update(is_active=False)
    reader = Reader()
    _sign_in(reader, "akuten", "akuten")
    page = reader.get(reverse("choose_assignment"))
    assert page.status == 403
    assert "inget giltigt uppdrag" in page.body


def test_who_only_administers_is_led_to_the_administration(people: object) -> None:
    reader = Reader()
    _sign_in(reader, "admin2", "admin2")
    assert reader.get("/").location == reverse("choose_assignment")
    assert reader.get(reverse("choose_assignment")).location == reverse("admin:index")


def test_ended_assignment_ends_at_once(people: object) -> None:
    reader = Reader().sign_in("akuten")
    assert reader.get("/").status == 200
    User.objects.get(username="akuten").assignments.update(is_active=False)
    assert reader.get("/").location == reverse("choose_assignment")


def test_disabled_account_ends_at_once(people: object) -> None:
    reader = Reader().sign_in("akuten")
    User.objects.filter(username="akuten").update(is_active=False)
    assert reader.get("/").location.startswith(reverse("account_login"))
