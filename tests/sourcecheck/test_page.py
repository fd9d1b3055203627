"""The self-check page judges what is pasted, calls nobody for a stranger, and keeps nothing."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.urls import reverse

from connectors.openfeed.scenarios import PATIENT, flat, records
from portal.accounts.models import User
from portal.sourcecheck.views import CALLS, REVIEWS
from tests.connectors.test_selfcheck import CANARY, KEY, Feed
from tests.connectors.threads import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.network]


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def administrator(client):
    user = User.objects.create_user(username="forvaltare", password="x" * 16, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_source"))
    client.force_login(user)
    return client


def paste(client, content):
    return client.post(
        reverse("source_check"), {"action": "records", "connector": "openfeed", "records": content}
    )


def call(client, address, **more):
    data = {"action": "address", "connector": "openfeed", "base_url": address, "key": KEY, **more}
    return client.post(reverse("source_check"), data)


def test_anybody_may_have_records_judged(client):
    assert client.get(reverse("source_check")).status_code == 200
    reply = paste(client, json.dumps(records()))
    assert reply.status_code == 200
    assert "Alla kontroller är godkända." in reply.content.decode()


def test_what_is_wrong_is_told_by_place_and_field(client):
    reply = paste(client, json.dumps([flat(1, "service", status="klart")]))
    body = reply.content.decode()
    assert "1 kontroll är underkänd." in body
    assert "post 1: status" in body


def test_in_english_too(client):
    client.cookies["django_language"] = "en"
    reply = paste(client, "{")
    assert "1 check failed." in reply.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "Klistra in poster."), ("x" * 500_001, "Det är för mycket på en gång."), ("\x00", "giltig JSON")],
)
def test_what_cannot_be_judged_is_said_beside_the_field(client, content, words):
    reply = paste(client, content)
    assert reply.status_code in (200, 400)
    assert words in reply.content.decode()


def test_markup_in_what_is_pasted_stays_text(client):
    reply = paste(client, '[{"type": "<script>alert(1)</script>"}]')
    assert "<script>alert" not in reply.content.decode()


def test_it_may_be_used_so_often_and_no_more(client):
    statuses = [paste(client, "{").status_code for _ in range(REVIEWS + 1)]
    assert set(statuses[:REVIEWS]) == {200}
    assert statuses[REVIEWS] == 429


def test_where_nobody_can_count_nobody_is_let_in(client, monkeypatch):
    def failing(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "add", failing)
    reply = paste(client, "{")
    assert reply.status_code == 429
    assert "Försök igen" in reply.content.decode()


def test_a_stranger_and_a_reader_call_no_address(client):
    feed = Feed()
    reader = User.objects.create_user(username="lasare", password="x" * 16)
    with serving(feed) as address:
        assert call(client, f"{address}/feed").status_code == 403
        client.force_login(reader)
        assert call(client, f"{address}/feed").status_code == 403
        assert 'name="base_url"' not in client.get(reverse("source_check")).content.decode()
    assert feed.asked == []


def test_an_administrator_of_sources_asks_a_running_system_about_test_persons(administrator):
    feed = Feed([*records(), flat(99, "service", data={"kind": "alarm"}, title=CANARY)])
    with serving(feed) as address:
        body = call(administrator, f"{address}/feed").content.decode()
    assert "Inget är underkänt, men något är värt att se över." in body
    assert 'data-check="credentials"' in body
    assert {asked.json["patient"] for asked in feed.asked if asked.body} == {PATIENT.number, "189002149806"}
    assert CANARY not in body
    assert KEY not in body


def test_nobody_does_in_production(administrator, settings):
    settings.SPECIMEN_PERMITS = False
    feed = Feed()
    with serving(feed) as address:
        assert call(administrator, f"{address}/feed").status_code == 403
    assert feed.asked == []


@pytest.mark.parametrize(
    ("address", "more", "words"),
    [
        ("http://169.254.169.254/latest", {}, "Portalen får inte anropa det här nätet"),
        ("ftp://prov.example", {}, "fullständig adress"),
        ("", {}, "Ange adressen."),
        ("https://prov.example", {"patient": "198507171234"}, "reserverat för prov"),
        ("https://prov.example", {"settings": "nonsens"}, "namn=värde"),
        (
            "https://prov.example",
            {"settings": "token_url=http://169.254.169.254/"},
            "Portalen får inte anropa",
        ),
    ],
)
def test_what_may_not_be_called_is_refused_beside_the_field(administrator, address, more, words):
    reply = call(administrator, address, **more)
    assert reply.status_code == 400
    assert words in reply.content.decode()


def test_stored_secrets_stay_where_they_are(administrator):
    """What is typed is sent, and nothing that a configured source holds."""
    from connectors.models import Source

    source = Source(slug="nordliden", label="N", connector="openfeed", base_url="https://n.example")
    source.write_secrets({"token": "lagrad-hemlighet"})
    source.save()
    feed = Feed(checks_key=False)
    with serving(feed) as address:
        call(administrator, f"{address}/feed")
    assert feed.asked
    assert all("lagrad-hemlighet" not in str(asked.headers) for asked in feed.asked)


def test_calls_are_few(administrator):
    statuses = [call(administrator, "ftp://x").status_code for _ in range(CALLS + 1)]
    assert statuses == [400] * CALLS + [429]
