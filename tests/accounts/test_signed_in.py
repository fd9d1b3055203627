"""Whoever is signed in comes with the session, in one statement, and is still read anew by each request."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, get_user
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client

from portal.accounts.models import PortalSession, User
from portal.accounts.sessions import SessionStore
from portal.accounts.signed_in import user_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def nurse() -> User:
    return User.objects.create_user("bo", password="correct horse battery", hsa_id="SE2321000016-0001")


@pytest.fixture
def key(nurse: User, client: Client) -> str:
    client.force_login(nurse)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def request_with(key: str) -> HttpRequest:
    request = HttpRequest()
    request.session = SessionStore(key)
    return request


def test_session_and_user_are_one_statement(key, nurse, django_assert_num_queries):
    with django_assert_num_queries(1):
        user = user_of(request_with(key))
    assert user == nurse
    assert user == get_user(request_with(key))


def forget_password(user: User) -> None:
    user.set_password("something else")
    user.save()


CHANGES: dict[str, Callable[[User], Any]] = {
    "inactive": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    "another password": forget_password,
    "session ended": lambda _: PortalSession.objects.all().delete(),
    "account gone": lambda user: user.delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_ends_it_ends_it_in_the_next_request(key, nurse, change):
    assert user_of(request_with(key)) == nurse
    CHANGES[change](nurse)
    assert user_of(request_with(key)) == AnonymousUser()


def test_way_to_sign_in_that_is_no_longer_offered(key, settings):
    settings.AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
    assert user_of(request_with(key)) == AnonymousUser()


def test_way_to_sign_in_with_a_word_of_its_own_is_asked(key, settings):
    """One that finds users by itself is never passed by."""
    path = f"{__name__}.Refusing"
    settings.AUTHENTICATION_BACKENDS = [path]
    request = request_with(key)
    request.session[BACKEND_SESSION_KEY] = path
    request.session.save()
    assert user_of(request_with(key)) == AnonymousUser()


class Refusing(ModelBackend):
    def get_user(self, user_id: Any) -> None:
        return None


def test_nobody_without_a_session():
    assert user_of(request_with("")) == AnonymousUser()
    assert user_of(request_with("unknown")) == AnonymousUser()
