"""Local accounts: a password alone opens nothing, a second factor does, and guessing is limited."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.management import CommandError, call_command
from django.urls import reverse

from consent.models import AccessEvent, CareUnit
from portal.accounts.models import Assignment, User
from tests.walking import Reader

pytestmark = [pytest.mark.django_db]
PASSWORD = "ett-riktigt-langt-losen"


@pytest.fixture(autouse=True)
def required(settings) -> None:
    settings.MFA_REQUIRED = True


@pytest.fixture
def nurse(units: dict[str, CareUnit]) -> User:
    user = User.objects.create_user("alva", password=PASSWORD, hsa_id="SE2321000016-A002", first_name="Alva")
    Assignment.objects.create(user=user, unit=units["Akuten"])
    return user


def sign_in(name: str = "alva") -> Reader:
    reader = Reader()
    reader.post(reverse("account_login"), {"login": name, "password": PASSWORD})
    return reader


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def set_up_app(reader: Reader) -> str:
    """Connect an app to the account; its secret."""
    reader.get(reverse("mfa_activate_totp"))
    secret = str(reader.client.session["mfa.totp.secret"])
    done = reader.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert done.status == 302, done.body
    return secret


def test_password_alone_opens_no_patient(nurse):
    reader = sign_in()
    assert reader.get("/").location == reverse("choose_assignment")
    assert reader.get(reverse("choose_assignment")).location == reverse("security")
    page = reader.get(reverse("security"))
    assert "Med enbart lösenord öppnas varken patienter eller administration" in page.body


def test_password_alone_opens_no_administration(nurse):
    User.objects.create_superuser("chef", password=PASSWORD)
    reader = sign_in("chef")
    assert reader.get(reverse("admin:index")).status == 302
    assert reader.get(reverse("admin:login")).location == reverse("security")
    secret = set_up_app(reader)
    assert reader.get(reverse("admin:index")).status == 302
    time_moves_on(secret)
    reader.post(reverse("confirm"), {"code": code_of(secret)})
    assert reader.get(reverse("admin:index")).status == 200


def time_moves_on(secret: str) -> None:
    """A code counts once. The test does not wait for the next one."""
    from django.core.cache import cache

    del secret
    cache.clear()


def test_an_app_is_set_up_and_opens(nurse):
    reader = sign_in()
    secret = set_up_app(reader)
    codes = reader.get(reverse("mfa_view_recovery_codes"))
    assert codes.body.count("<code>") == 10
    time_moves_on(secret)
    assert reader.post(reverse("confirm"), {"code": code_of(secret)}).status == 302
    assert reader.get(reverse("choose_assignment")).location == "/"
    assert "Alva" in reader.get("/").body


def test_the_next_sign_in_asks_for_the_code(nurse):
    secret = set_up_app(sign_in())
    time_moves_on(secret)
    reader = Reader()
    asked = reader.post(reverse("account_login"), {"login": "alva", "password": PASSWORD})
    assert asked.location == reverse("mfa_authenticate")
    assert "_auth_user_id" not in reader.client.session
    assert reader.post(reverse("mfa_authenticate"), {"code": "000000"}).status == 200
    assert "_auth_user_id" not in reader.client.session
    assert reader.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status == 302
    assert reader.get(reverse("choose_assignment")).location == "/"
    row = AccessEvent.objects.filter(event="signed_in").latest("seq")
    assert (row.user_hsa_id, row.detail) == ("SE2321000016-A002", {"method": "password+totp"})


def test_a_reserve_code_counts_once(nurse):
    reader = sign_in()
    set_up_app(reader)
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    assert reader.post(reverse("confirm"), {"code": codes[0]}).status == 302
    assert reader.post(reverse("confirm"), {"code": codes[0]}).status == 422


def test_guessing_codes_is_limited(nurse):
    secret = set_up_app(sign_in())
    time_moves_on(secret)
    reader = Reader()
    reader.post(reverse("account_login"), {"login": "alva", "password": PASSWORD})
    for n in range(30):
        reader.post(reverse("mfa_authenticate"), {"code": f"{n:06}"})
    reader.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "_auth_user_id" not in reader.client.session


def test_secrets_are_kept_encrypted(nurse):
    secret = set_up_app(sign_in())
    kept = [str(row) for row in Authenticator.objects.values_list("data", flat=True)]
    assert len(kept) == 2
    assert not any(secret in row for row in kept)
    from allauth.mfa.adapter import get_adapter

    assert get_adapter().decrypt(Authenticator.objects.get(type="totp").data["secret"]) == secret


def test_the_picture_is_of_ones_own_session(nurse):
    reader = sign_in()
    assert reader.get(reverse("totp_picture")).status == 404
    reader.get(reverse("mfa_activate_totp"))
    picture = reader.get(reverse("totp_picture"))
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert 'fill="white"' in picture.body


def test_changing_a_factor_needs_a_fresh_proof(nurse, time_machine):
    reader = sign_in()
    set_up_app(reader)
    for name in ("mfa_add_webauthn", "mfa_deactivate_totp", "mfa_generate_recovery_codes"):
        assert reader.get(reverse(name)).status == 200
    time_machine.move_to(time.time() + 6 * 60)
    for name in ("mfa_add_webauthn", "mfa_deactivate_totp", "mfa_generate_recovery_codes"):
        assert reader.get(reverse(name)).location.startswith(reverse("confirm"))


def test_ones_own_password_is_changed_with_the_present_one_and_ends_the_other_sessions(nurse):
    elsewhere = sign_in()
    secret = set_up_app(elsewhere)
    time_moves_on(secret)
    reader = sign_in()
    assert reader.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status == 302
    new = "häst batteri häftklammer"
    form = {"old_password": "fel", "new_password1": new, "new_password2": new}
    refused = reader.post(reverse("change_password"), form)
    assert "Lösenordet är inte bytt" in refused.body
    assert not AccessEvent.objects.filter(event="admin_changed").exists()
    assert reader.post(reverse("change_password"), {**form, "old_password": PASSWORD}).status == 302
    nurse.refresh_from_db()
    assert nurse.check_password(new)
    assert reader.get(reverse("security")).status == 200
    assert elsewhere.get(reverse("security")).location.startswith(reverse("account_login"))
    (row,) = AccessEvent.objects.filter(event="admin_changed")
    assert (row.detail["fields"], row.detail["own"]) == (["password"], True)
    assert new not in str(row.detail)


def test_changing_ones_password_needs_a_second_factor_and_a_fresh_proof(nurse, time_machine):
    reader = sign_in()
    set_up_app(reader)
    assert reader.get(reverse("change_password")).status == 200
    time_machine.move_to(time.time() + 6 * 60)
    assert reader.get(reverse("change_password")).location.startswith(reverse("confirm"))


def test_who_has_lost_every_factor_gets_none_of_them_back_alone(nurse):
    reader = sign_in()
    set_up_app(reader)
    assert reader.get(reverse("security")).status == 200
    given = {"reason": "visade sin legitimation", "by": "SE2321000016-DRIFT"}
    for other in ("SE2321000016-DRIFT", nurse.hsa_id, " "):
        with pytest.raises(CommandError, match="two people"):
            call_command("forget_factors", "alva", seen_by=other, **given)
    assert Authenticator.objects.filter(user=nurse).exists()
    call_command("forget_factors", "alva", seen_by="SE2321000016-CHEF", **given)
    assert not Authenticator.objects.filter(user=nurse).exists()
    assert reader.get(reverse("security")).location.startswith(reverse("account_login"))
    assert sign_in().get(reverse("choose_assignment")).location == reverse("security")
    row = AccessEvent.objects.filter(event="admin_changed").latest("seq")
    assert (row.user_hsa_id, row.detail["seen_by"]) == ("SE2321000016-DRIFT", "SE2321000016-CHEF")
    with pytest.raises(CommandError, match="no such account"):
        call_command("forget_factors", "ingen", seen_by="SE2321000016-CHEF", **given)


def test_unknown_user_and_wrong_password_look_the_same(nurse):
    answers = []
    for name in ("alva", "nobody"):
        reader = Reader()
        page = reader.post(reverse("account_login"), {"login": name, "password": "wrong"})
        answers.append((page.status, _without_noise(page.body).replace(name, "…")))
    assert answers[0] == answers[1]


def _without_noise(body: str) -> str:
    import re

    return re.sub(r'value="[A-Za-z0-9]{64}"', "", body)


def test_sign_in_moves_to_a_new_session(nurse):
    reader = Reader()
    reader.client.cookies["sessionid"] = "chosen-by-somebody-else-0123456"
    reader.post(reverse("account_login"), {"login": "alva", "password": PASSWORD})
    assert "_auth_user_id" in reader.client.session
    assert reader.client.cookies["sessionid"].value != "chosen-by-somebody-else-0123456"


def test_what_a_password_let_in_is_dated(nurse):
    session: Any = sign_in().client.session
    assert abs(session["sign_in"]["at"] - time.time()) < 60
