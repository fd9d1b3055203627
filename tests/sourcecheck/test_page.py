"""The page that asks a running system calls nobody for a stranger, and keeps nothing."""

from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.urls import reverse

from connectors.openfeed.scenarios import PATIENT, flat, records
from portal.accounts.models import User
from portal.sourcecheck.views import CALLS
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


def call(client, address, **more):
    data = {"action": "address", "connector": "openfeed", "base_url": address, "key": KEY, **more}
    return client.post(reverse("source_check"), data)


def test_page_leads_to_where_files_are_tried(client):
    body = client.get(reverse("source_check")).content.decode()
    assert reverse("feed_check") in body
    assert "patientoversikt-check" in body


def test_page_speaks_the_language_it_is_asked_for(client):
    said = client.get(reverse("source_check") + "?sprak=en").content.decode()
    assert '<html lang="en">' in said
    assert "Prövning" not in said
    assert f"{reverse('feed_home')}?sprak=en" in said
    assert 'href="?sprak=sv"' in said
    assert '<html lang="sv">' in client.get(reverse("source_check")).content.decode()


def test_what_was_found_is_told_in_that_language_too(administrator):
    with serving(Feed()) as address:
        where = reverse("source_check") + "?sprak=en"
        data = {"connector": "openfeed", "base_url": f"{address}/feed", "key": KEY}
        said = administrator.post(where, data).content.decode()
    assert '<html lang="en">' in said
    assert "Att se över" not in said
    assert "Only trials on one’s own computer are exempt" in unescape(said)


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
