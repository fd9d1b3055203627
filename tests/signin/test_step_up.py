"""Proving again: before an emergency opening after an hour, before an extract and weighty changes always."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from consent.acts import Act, must_prove_again
from consent.models import AccessEvent, EmergencyOpening
from portal.accounts.models import User
from portal.accounts.oidc.refusals import Why
from tests.signin.test_oidc import AKUTEN, ANNA, anna, is_in, refused, walk
from tests.walking import Reader

BY_LETTER = pytest.importorskip("demo.people").BY_LETTER

pytestmark = [pytest.mark.django_db, pytest.mark.network]
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
PASSWORD = "ett-riktigt-langt-losen"


@pytest.mark.parametrize("act", [Act.DECLARE_EMERGENCY, Act.OPEN_EMERGENCY])
@pytest.mark.parametrize(("ago", "again"), [
    (timedelta(0), False),
    (timedelta(minutes=60), False),
    (timedelta(minutes=60, seconds=1), True),
    (timedelta(seconds=-1), True),
    (None, True),
])  # fmt: skip
def test_an_emergency_wants_a_proof_within_the_hour(act, ago, again):
    assert must_prove_again(act, None if ago is None else NOW - ago, NOW) is again


def test_other_acts_want_none():
    for act in set(Act) - {Act.DECLARE_EMERGENCY, Act.OPEN_EMERGENCY}:
        assert not must_prove_again(act, None, NOW)


def keep_awake(reader: Reader, hours: float, time_machine) -> None:
    """Work goes on: the session is used every ten minutes until then."""
    begun = time.time()
    for minute in range(10, int(hours * 60) + 1, 10):
        time_machine.move_to(begun + minute * 60)
        assert reader.get("/").status == 200


@pytest.mark.demo
def test_emergency_after_an_hour_asks_first_and_then_opens(people, time_machine):
    reader = Reader().sign_in("akuten")
    keep_awake(reader, 1.2, time_machine)
    reader.search(BY_LETTER["C"].number)
    reply = reader.act("emergency", obstacle="unconscious")
    where = urlsplit(reply.location)
    assert where.path == reverse("confirm")
    assert not EmergencyOpening.objects.exists()
    back = parse_qs(where.query)["next"][0]
    assert back == reverse("emergency", args=[reader.handle])
    assert "Bekräfta att det är du" in reader.get(reply.location).body
    assert reader.post(reverse("demo_confirm"), {"next": back}).location == back
    assert reader.get(back).status == 200
    reader.act("emergency", obstacle="unconscious")
    assert EmergencyOpening.objects.count() == 1
    proved = AccessEvent.objects.filter(event="signed_in").latest("seq")
    assert proved.detail == {"method": "one_click", "again": True}


@pytest.mark.demo
def test_second_step_asks_too(people, time_machine):
    reader = Reader().sign_in("akuten")
    reader.search(BY_LETTER["C"].number)
    reader.act("emergency", obstacle="unconscious")
    keep_awake(reader, 1.2, time_machine)
    assert reader.act("emergency_names").location.startswith(reverse("confirm"))
    assert EmergencyOpening.objects.get().opened_at is None


@pytest.mark.demo
def test_emergency_within_the_hour_asks_nothing(people, time_machine):
    reader = Reader().sign_in("akuten")
    keep_awake(reader, 0.9, time_machine)
    reader.search(BY_LETTER["C"].number)
    assert reader.act("emergency", obstacle="unconscious").location == reverse(
        "emergency_names", args=[reader.handle]
    )


@pytest.mark.demo
def test_an_extract_asks_after_five_minutes(people, time_machine):
    reader = Reader().sign_in("granskare")
    assert reader.get(reverse("extract_order")).status == 200
    time_machine.move_to(time.time() + 6 * 60)
    assert reader.get(reverse("extract_order")).location.startswith(reverse("confirm"))


@pytest.mark.demo
@pytest.mark.parametrize("path", [
    "/admin/connectors/source/add/", "/admin/openfeed/token/add/", "/admin/accounts/user/add/",
    "/admin/accounts/assignment/add/", "/admin/connectors/source/1/change/",
])  # fmt: skip
def test_weighty_changes_ask_after_five_minutes(people, time_machine, path):
    reader = Reader().sign_in("admin")
    time_machine.move_to(time.time() + 6 * 60)
    where = urlsplit(reader.get(path).location)
    assert (where.path, parse_qs(where.query)["next"]) == (reverse("confirm"), [path])
    assert reader.get("/admin/connectors/source/").status == 200
    reader.post(reverse("demo_confirm"), {"next": path})
    assert not reader.get(path).location.startswith(reverse("confirm"))


@pytest.mark.demo
def test_a_form_that_took_ten_minutes_to_fill_in_is_taken(people, time_machine):
    reader = Reader().sign_in("admin")
    time_machine.move_to(time.time() + 10 * 60)
    assert reader.post("/admin/connectors/source/add/", {"slug": ""}).status == 200
    reader.get("/admin/")
    time_machine.move_to(time.time() + 6 * 60)
    assert reader.post("/admin/connectors/source/add/", {}).location.startswith(reverse("confirm"))


def test_every_weighty_page_is_known_by_its_name():
    """Names that no page has would guard nothing."""
    from django.contrib import admin

    from portal.accounts.admin_door import WEIGHTY

    names = {
        pattern.name for model in admin.site._registry.values() for pattern in model.urls if pattern.name
    }
    names |= {f"{m._meta.app_label}_{m._meta.model_name}_change" for m in admin.site._registry}
    assert [begin for begin in WEIGHTY if not any(name.startswith(begin) for name in names)] == []


def test_proving_again_by_card(idp, units, time_machine):
    idp.meet(**anna(AKUTEN))
    reader = Reader()
    walk(idp, reader)
    key = reader.client.cookies["sessionid"].value
    before = reader.client.session["sign_in"]["proved_at"]
    assert "Visa kortet igen" in reader.get(reverse("confirm")).body
    asked = parse_qs(urlsplit(reader.get("/konto/logga-in/siths/igen/").location).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert (
        walk(idp, reader, "/konto/logga-in/siths/igen/?next=/mina-visningar/").location == "/mina-visningar/"
    )
    assert reader.client.session["sign_in"]["proved_at"] > before
    assert reader.client.cookies["sessionid"].value != key
    proved = AccessEvent.objects.filter(event="signed_in").latest("seq")
    assert (proved.user_hsa_id, proved.detail) == (ANNA, {"method": "oidc", "again": True})


def test_somebody_elses_card_proves_nothing(idp, units):
    idp.meet(**anna(AKUTEN))
    reader = Reader()
    walk(idp, reader)
    before = reader.client.session["sign_in"]["proved_at"]
    idp.meet(**{**anna(AKUTEN), "employeeHsaId": "SE2321000016-A009"})
    assert refused(walk(idp, reader, "/konto/logga-in/siths/igen/"), Why.ANOTHER)
    assert reader.client.session["sign_in"]["proved_at"] == before
    assert not User.objects.filter(hsa_id="SE2321000016-A009").exists()


def test_a_card_shown_yesterday_proves_nothing(idp, units):
    idp.meet(**anna(AKUTEN))
    reader = Reader()
    walk(idp, reader)
    idp.meet(**anna(AKUTEN), fault="old_login")
    assert refused(walk(idp, reader, "/konto/logga-in/siths/igen/"), Why.WEAK)


def test_proving_again_is_for_those_who_are_signed_in(idp, db):
    assert Reader().get("/konto/logga-in/siths/igen/").location.startswith(reverse("account_login"))
    assert Reader().get(reverse("confirm")).location.startswith(reverse("account_login"))


@pytest.mark.parametrize("wished", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_by_proving(db, wished):
    User.objects.create_user("alva", password=PASSWORD)
    reader = Reader()
    reader.post(reverse("account_login"), {"login": "alva", "password": PASSWORD})
    assert is_in(reader)
    assert reader.post(reverse("confirm"), {"password": PASSWORD, "next": wished}).location == "/"


def test_a_wrong_password_proves_nothing_and_guessing_ends(db):
    User.objects.create_user("alva", password=PASSWORD)
    reader = Reader()
    reader.post(reverse("account_login"), {"login": "alva", "password": PASSWORD})
    before = reader.client.session["sign_in"]["proved_at"]
    for n in range(12):
        assert reader.post(reverse("confirm"), {"password": f"fel-{n}"}).status == 422
    assert reader.post(reverse("confirm"), {"password": PASSWORD}).status == 422
    assert reader.client.session["sign_in"]["proved_at"] == before
