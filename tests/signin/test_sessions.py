"""Sessions: how long they last, whose they are, and all the ways they end at once."""

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from consent.models import AccessEvent, EmergencyOpening
from portal.accounts.models import PortalSession, User
from tests.signin.test_oidc import AKUTEN, ANNA, anna, is_in, walk
from tests.walking import Reader

BY_LETTER = pytest.importorskip("demo.people").BY_LETTER

pytestmark = [pytest.mark.django_db, pytest.mark.network]
PASSWORD = "ett-riktigt-langt-losen"


def sign_in(name: str = "alva") -> Reader:
    reader = Reader()
    reader.post(reverse("account_login"), {"login": name, "password": PASSWORD})
    assert is_in(reader)
    return reader


@pytest.fixture
def alva(db: None) -> User:
    return User.objects.create_user("alva", password=PASSWORD, hsa_id=ANNA)


def is_open(reader: Reader) -> bool:
    return reader.get(reverse("security")).status == 200


def test_ten_hours_end_a_session_however_it_is_used(alva, time_machine):
    begun = time.time()
    reader = sign_in()
    for minute in range(10, 600, 10):
        time_machine.move_to(begun + minute * 60)
        assert is_open(reader), minute
    time_machine.move_to(begun + 10 * 3600 + 60)
    assert not is_open(reader)


def test_proving_again_does_not_make_a_session_longer(alva, time_machine):
    begun = time.time()
    reader = sign_in()
    for minute in range(10, 600, 10):
        time_machine.move_to(begun + minute * 60)
        assert reader.post(reverse("confirm"), {"password": PASSWORD}).status == 302
    time_machine.move_to(begun + 10 * 3600 + 60)
    assert not is_open(reader)


def test_a_row_says_whose_it_is_and_since_when(alva):
    reader = sign_in()
    row = PortalSession.objects.get(user=alva)
    assert (row.method, row.address) == ("password", "127.0.0.1")
    assert row.started_at is not None
    assert abs(row.started_at.timestamp() - time.time()) < 60
    reader.get("/")
    assert PortalSession.objects.filter(user=alva).count() == 1


def test_rotation_takes_the_row_along(alva):
    reader = sign_in()
    before = PortalSession.objects.get(user=alva)
    reader.post(reverse("confirm"), {"password": PASSWORD})
    after = PortalSession.objects.get(user=alva)
    assert after.session_key != before.session_key
    assert (after.public_id, after.started_at) == (before.public_id, before.started_at)


def test_one_sees_and_ends_ones_own_elsewhere(alva):
    here, elsewhere = sign_in(), sign_in()
    page = here.get(reverse("security")).body
    assert page.count("Sedan ") == 2
    assert page.count("Den här") == 1
    other = elsewhere.client.session["sign_in"]["id"]
    here.post(reverse("end_session", args=[other]))
    assert is_open(here)
    assert not is_open(elsewhere)


def test_ending_wants_a_proof_of_late(alva, time_machine):
    here, elsewhere = sign_in(), sign_in()
    other = elsewhere.client.session["sign_in"]["id"]
    begun = time.time()
    for minute in (8, 16):
        time_machine.move_to(begun + minute * 60)
        assert is_open(here)
        assert is_open(elsewhere)
    reply = here.post(reverse("end_session", args=[other]))
    assert reply.location.startswith(reverse("confirm"))
    assert is_open(elsewhere)


def test_nobody_ends_somebody_elses(alva):
    User.objects.create_user("bo", password=PASSWORD)
    mine, theirs = sign_in(), sign_in("bo")
    other = theirs.client.session["sign_in"]["id"]
    assert mine.post(reverse("end_session", args=[other])).status == 404
    assert is_open(theirs)
    assert theirs.get(reverse("end_session", args=[other])).status == 405


def test_keys_are_never_on_the_page(alva):
    here, elsewhere = sign_in(), sign_in()
    page = here.get(reverse("security")).body
    for reader in (here, elsewhere):
        assert reader.client.cookies["sessionid"].value not in page


def test_an_administrator_ends_all_at_once(alva):
    User.objects.create_superuser("chef", password=PASSWORD, hsa_id="SE2321000016-A00C")
    phones = [sign_in(), sign_in()]
    chief = sign_in("chef")
    where = reverse("admin:accounts_user_sessions", args=[alva.pk])
    assert "Sedan " in chief.get(where).body
    assert chief.post(where, {}).status == 200
    assert all(is_open(reader) for reader in phones)
    assert chief.post(where, {"change_reason": "kortet är borttappat"}).status == 302
    assert not any(is_open(reader) for reader in phones)
    assert is_open(chief)
    told = AccessEvent.objects.filter(event="admin_changed").latest("seq")
    assert (told.reason, told.detail["sessions_ended"]) == ("kortet är borttappat", 2)


def test_who_may_not_change_users_ends_nothing(alva):
    User.objects.create_user("bo", password=PASSWORD, is_staff=True)
    reader, nobody = sign_in(), sign_in("bo")
    where = reverse("admin:accounts_user_sessions", args=[alva.pk])
    assert nobody.post(where, {"change_reason": "x"}).status == 404
    assert is_open(reader)


@pytest.mark.parametrize("change", [
    lambda user: user.set_password("ett-annat-langt-losen"),
    lambda user: setattr(user, "is_active", False),
], ids=["new password", "closed account"])  # fmt: skip
def test_what_changes_an_account_ends_its_sessions(alva, change):
    reader = sign_in()
    change(alva)
    alva.save()
    assert not is_open(reader)


def test_a_session_that_ended_is_not_revived_by_its_cookie(alva):
    reader = sign_in()
    key = reader.client.cookies["sessionid"].value
    reader.post("/konto/logga-ut/")
    stolen = Reader()
    stolen.client.cookies["sessionid"] = key
    assert not is_open(stolen)


@pytest.mark.demo
def test_an_ended_sessions_open_page_blanks(people):
    """The page asks every ten seconds whether it still holds; the answer is no, and nothing else."""
    reader = Reader().sign_in("akuten")
    reader.search(BY_LETTER["C"].number)
    reader.act("emergency", obstacle="unconscious")
    validity = reverse("validity", args=[reader.handle])
    PortalSession.objects.filter(user__username="akuten").delete()
    assert json.loads(reader.get(validity).body) == {"valid": False}
    assert EmergencyOpening.objects.filter(ended_at=None).count() == 1


@pytest.mark.demo
def test_ending_ends_personal_openings(people):
    from consent.accesslog.write import Trace
    from portal.accounts.ending import end_all

    reader = Reader().sign_in("akuten")
    reader.search(BY_LETTER["C"].number)
    reader.act("emergency", obstacle="unconscious")
    end_all(User.objects.get(username="akuten"), Trace())
    assert not EmergencyOpening.objects.filter(ended_at=None).exists()


def test_signing_out_leads_out_of_the_identity_provider_too(idp, units):
    idp.meet(**anna(AKUTEN))
    reader = Reader()
    walk(idp, reader)
    reply = reader.post("/konto/logga-ut/")
    assert reply.location == reverse("signed_out", args=["siths"])
    page = reader.get(reply.location).body
    assert "Du är fortfarande inloggad i SITHS" in page
    onwards = page.split('class="button primary" href="')[1].split('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(onwards).query)
    assert onwards.startswith(idp.address)
    assert asked == {
        "client_id": ["portal"],
        "post_logout_redirect_uri": ["http://testserver/konto/logga-in/"],
    }


def test_the_provider_ends_its_sessions_here(idp, units):
    idp.meet(**anna(AKUTEN))
    first, second, other = Reader(), Reader(), sign_in_locally(units)
    walk(idp, first)
    walk(idp, second)
    sid = first.client.session["sign_in"]["idp_session"]
    assert sid
    assert back_channel(idp, sid=sid).status == 200
    assert (is_open(first), is_open(second), is_open(other)) == (False, True, True)
    assert back_channel(idp, sub="somebody").status == 200
    assert (is_open(second), is_open(other)) == (False, True)


def sign_in_locally(units: Any) -> Reader:
    User.objects.create_user("bo", password=PASSWORD)
    return sign_in("bo")


def back_channel(idp: Any, fault: str = "", **whom: str) -> Any:
    token = idp.logout_token(fault, **whom)
    return Reader().post("/konto/logga-in/siths/utloggning/", {"logout_token": token})


@pytest.mark.parametrize("fault", ["signature", "audience", "issuer", "nonce", "no_event", "expired"])
def test_a_logout_token_that_is_wrong_ends_nothing(idp, units, fault):
    idp.meet(**anna(AKUTEN))
    reader = Reader()
    walk(idp, reader)
    assert back_channel(idp, fault, sub="somebody").status == 400
    assert is_open(reader)


def test_a_logout_token_counts_once_and_names_somebody(idp, units):
    idp.meet(**anna(AKUTEN))
    token = idp.logout_token(sub="somebody")
    where = "/konto/logga-in/siths/utloggning/"
    assert Reader().post(where, {"logout_token": token}).status == 200
    reader = Reader()
    walk(idp, reader)
    assert Reader().post(where, {"logout_token": token}).status == 400
    assert back_channel(idp).status == 400
    assert Reader().post(where, {}).status == 400
    assert is_open(reader)
