"""Guessing passwords for the administration: everybody's own door, the same limits, the same answers."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

TOLD = "För många"
GUESSES = 100
PASSWORD = "ett-riktigt-langt-losen"


@pytest.fixture(autouse=True)
def no_earlier_guesses() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("admin", password=PASSWORD)


def guess(client: Client, name: str, password: str) -> tuple[int, bool]:
    """The answer's status, and whether it let anybody in."""
    response = client.post(reverse("account_login"), {"login": name, "password": password})
    return response.status_code, "_auth_user_id" in client.session


def test_administration_has_no_sign_in_of_its_own(client, admin):
    where = reverse("admin:login")
    for response in (client.get(where), client.post(where, {"username": "admin", "password": PASSWORD})):
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session
    assert (
        client.get(reverse("admin:index"), follow=True).redirect_chain[-1][0].startswith("/konto/logga-in/")
    )


def test_hundred_and_first_guess_is_refused_even_if_right(client, admin):
    answers = [guess(client, "admin", f"fel-{n}") for n in range(GUESSES)]
    assert not any(is_in for _status, is_in in answers)
    assert guess(client, "admin", PASSWORD) != (302, True)
    assert "_auth_user_id" not in client.session
    assert answers[-1][0] == 429 or TOLD in refused_page(client)


def refused_page(client: Client) -> str:
    response = client.post(reverse("account_login"), {"login": "admin", "password": PASSWORD})
    return response.content.decode()


def test_limit_comes_long_before_the_hundredth(client, admin):
    for n in range(12):
        guess(client, "admin", f"fel-{n}")
    assert not guess(client, "admin", PASSWORD)[1]


def test_unknown_name_gets_the_very_same_answers(admin):
    known, unknown = Client(), Client()
    theirs = [guess(known, "admin", f"fel-{n}") for n in range(40)]
    cache.clear()
    assert [guess(unknown, "nobody", f"fel-{n}") for n in range(40)] == theirs


def test_right_password_lets_in_when_nobody_has_guessed(client, admin):
    assert guess(client, "admin", PASSWORD) == (302, True)
    assert client.get(reverse("admin:index")).status_code == 200


def test_guessing_one_name_does_not_lock_out_another_from_elsewhere(admin):
    """Per name and address: nobody can keep an administrator out by guessing from somewhere else."""
    for n in range(40):
        guess(Client(REMOTE_ADDR="192.0.2.1"), "admin", f"fel-{n}")
    User.objects.create_user("ola", password=PASSWORD)
    assert guess(Client(REMOTE_ADDR="192.0.2.2"), "ola", PASSWORD) == (302, True)
