"""Which assignment Enter takes: the last used, and none where another provider's is among them."""

import re

import pytest
from django.urls import reverse

from portal.accounts.models import Assignment, User
from tests.walking import Reader

pytestmark = [pytest.mark.django_db]
PASSWORD = "ett-riktigt-langt-losen"


def sign_in() -> Reader:
    reader = Reader()
    reader.post(reverse("account_login"), {"login": "alva", "password": PASSWORD})
    return reader


def default_of(page: str) -> list[str]:
    """Values of the buttons that hold the focus when the page opens."""
    return re.findall(r'name="assignment" value="(\d+)"[^>]* autofocus', page)


@pytest.fixture
def alva(units) -> User:
    return User.objects.create_user("alva", password=PASSWORD, hsa_id="SE2321000016-A001")


def test_the_last_used_is_remembered_within_a_provider(alva, units):
    first, second = (Assignment.objects.create(user=alva, unit=units[n]) for n in ("Akuten", "Medicin"))
    choose = reverse("choose_assignment")
    assert default_of(sign_in().get(choose).body) == []
    for taken in (second, first, second):
        sign_in().post(choose, {"assignment": taken.pk})
        assert default_of(sign_in().get(choose).body) == [str(taken.pk)]


def test_enter_never_takes_one_where_there_are_two_providers(alva, units):
    care = Assignment.objects.create(user=alva, unit=units["Akuten"])
    Assignment.objects.create(user=alva, unit=units["Hemtjänsten"])
    choose = reverse("choose_assignment")
    sign_in().post(choose, {"assignment": care.pk})
    assert default_of(sign_in().get(choose).body) == []


def test_somebody_elses_assignment_is_not_taken(alva, units):
    other = User.objects.create_user("bo", hsa_id="SE2321000016-A002")
    Assignment.objects.create(user=alva, unit=units["Akuten"])
    Assignment.objects.create(user=alva, unit=units["Medicin"])
    theirs = Assignment.objects.create(user=other, unit=units["Akuten"], may_review_log=True)
    reader = sign_in()
    reader.post(reverse("choose_assignment"), {"assignment": theirs.pk})
    assert "assignment" not in reader.client.session
