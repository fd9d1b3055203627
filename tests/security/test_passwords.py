"""Local accounts' passwords: length and known bad ones count, composition does not, and nobody is there from
the beginning."""

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from consent.models import CareProvider
from portal.accounts.models import User
from portal.settings import base

pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize("password", ["elva tecken", "password1234", "1q2w3e4r5t6y"])
def test_short_and_common_ones_are_refused(password: str):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    ["bara små bokstäver", "UTAN SIFFROR ALLS", "98237450918273", "ä" * 3 + "😀 blandat ihop", "x7" * 60],
    ids=["lower", "upper", "digits", "letters of any sort", "120 long"],
)
def test_no_composition_is_asked_for_and_long_ones_are_taken(password: str):
    validate_password(password)
    user = User(username="chef")
    user.set_password(password)
    assert user.check_password(password)
    assert not user.check_password(password[:-1])
    assert not user.check_password(password.swapcase()) or password.swapcase() == password


def test_the_field_is_masked_and_takes_what_a_keeper_of_passwords_fills_in():
    page = Client().get(reverse("account_login")).content.decode()
    (field,) = re.findall(r"<input[^>]*name=\"password\"[^>]*>", page)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page


def test_passwords_are_hashed_by_djangos_own_first_choice_and_nobody_is_there_from_the_beginning():
    assert not hasattr(base, "PASSWORD_HASHERS")
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    "password", ["RegionFjäll2026!", "patientoversikt1", "VårdKommunen123", "fjall-region-sommar"]
)
def test_one_made_of_the_houses_own_words_is_refused(password: str):
    CareProvider.objects.create(hsa_id="SE2321000016-R", name="Region Fjäll", kind="health_care")
    with pytest.raises(ValidationError, match="tjänstens namn"):
        validate_password(password)


def test_one_that_names_the_house_among_much_else_is_taken():
    CareProvider.objects.create(hsa_id="SE2321000016-R", name="Region Fjäll", kind="health_care")
    validate_password("på fjället blåser det alltid snö")
