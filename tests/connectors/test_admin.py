"""The admin makes a source in two steps, never shows a secret, and tells how a test of it went."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from connectors.base.faultserver import json_reply
from connectors.models import ExpectedDelivery, Source
from tests.connectors.threads import serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    users: Any = get_user_model()
    user = users.objects.create_superuser(username="admin", password="x" * 16)
    client.force_login(user)
    return client


@pytest.fixture
def viva(provider):
    source = Source(
        slug="viva-hsl", label="Viva HSL", connector="viva", base_url="http://127.0.0.1:1", owner=provider
    )
    source.settings = {"area": "hsl"}
    source.write_secrets({"api_key": "mycket-hemlig"})
    source.save()
    return source


def page(client, source):
    return client.get(reverse("admin:connectors_source_change", args=[source.pk])).content.decode()


def test_new_source_goes_on_to_its_settings(admin, provider):
    form = {"label": "Cosmic", "slug": "cosmic", "connector": "cosmic", "base_url": "https://c.invalid/fhir",
            "owner": provider.pk, "change_reason": "nytt system"}  # fmt: skip
    response = admin.post(reverse("admin:connectors_source_add"), form)
    assert response.url == reverse("admin:connectors_source_change", args=["cosmic"])
    assert not Source.objects.get().enabled
    content = admin.get(response.url).content.decode()
    assert "setting_token_url" in content
    assert "Klienthemlighet" in content


def test_source_without_owner_is_refused_beside_the_field(admin):
    form = {"label": "Cosmic", "slug": "cosmic", "connector": "cosmic", "base_url": "https://c.invalid/fhir",
            "change_reason": "nytt system"}  # fmt: skip
    response = admin.post(reverse("admin:connectors_source_add"), form)
    assert "Ange vem som äger informationen" in response.content.decode()


def test_day_and_clock_of_a_planned_stop_each_have_a_name(admin, viva):
    """Django gives the two inputs of one field no label that says whose they are."""
    inputs = re.findall(r'<input[^>]* name="downtime_(\w+)"[^>]*>', page(admin, viva))
    assert sorted(inputs) == ["from_0", "from_1", "until_0", "until_1"]
    names = re.findall(r'<input[^>]* name="downtime_\w+"[^>]* aria-label="([^"]+)"', page(admin, viva))
    assert names[:2] == ["Planerat avbrott från, datum", "Planerat avbrott från, tid"]
    assert len(set(names)) == 4


def test_secret_is_never_shown(admin, viva):
    content = page(admin, viva)
    assert "mycket-hemlig" not in content
    assert "Sparad. Lämna tomt för att behålla." in content


def change(admin, source, **fields):
    form = {"label": source.label, "base_url": source.base_url, "owner": source.owner_id, "enabled": "on",
            "deadline_s": "4", "setting_area": "hsl", "setting_api_key": "", "change_reason": "prov",
            **fields}  # fmt: skip
    response = admin.post(reverse("admin:connectors_source_change", args=[source.pk]), form)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return Source.objects.get(pk=source.pk)


def test_empty_secret_keeps_the_old_one(admin, viva):
    changed = change(admin, viva, label="Nytt namn")
    assert changed.label == "Nytt namn"
    assert changed.read_secrets() == {"api_key": "mycket-hemlig"}


def test_chosen_kinds_are_kept(admin, viva):
    assert change(admin, viva, kinds=["home_care"]).kinds == ["home_care"]


def test_assumed_interface_is_said_in_list_and_form(admin, viva):
    assert "Antaget gränssnitt" in page(admin, viva)
    assert "Antaget gränssnitt" in admin.get(reverse("admin:connectors_source_changelist")).content.decode()


@pytest.mark.parametrize("query", ["?q=viva", "?connector=viva", "?enabled__exact=1"])
def test_list_is_searched_and_filtered(admin, viva, query):
    assert "Viva HSL" in admin.get(reverse("admin:connectors_source_changelist") + query).content.decode()


def probe(admin, source):
    form = {"action": "test_connections", "_selected_action": [source.pk]}
    return admin.post(reverse("admin:connectors_source_changelist"), form, follow=True).content.decode()


@pytest.mark.network
def test_connection_that_works_is_told(admin, viva):
    with serving(lambda _: json_reply({"status": "ok"})) as url:
        Source.objects.filter(pk=viva.pk).update(base_url=url)
        assert "Viva HSL svarar." in probe(admin, viva)


@pytest.mark.network
def test_refused_credentials_are_told(admin, viva):
    with serving(lambda _: json_reply({}, 401)) as url:
        Source.objects.filter(pk=viva.pk).update(base_url=url)
        assert "Källan godkänner inte våra uppgifter" in probe(admin, viva)


@pytest.mark.network
def test_nobody_there_is_told(admin, viva):
    assert "Ingen svarar på adressen" in probe(admin, viva)


def test_expected_deliveries_say_whether_a_source_delivers(admin, provider, viva):
    ExpectedDelivery.objects.create(provider=provider, kind="home_care")
    content = admin.get(reverse("admin:connectors_expecteddelivery_changelist")).content.decode()
    assert "Hemsjukvård" in content
    assert admin.get(reverse("admin:connectors_expecteddelivery_add")).status_code == 200


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://169.254.169.254/latest", "Portalen får inte anropa det här nätet"),
        ("http://10.1.2.3/fhir", "lägger till det i SOURCE_NETWORKS"),
        ("http://user:pw@c.example/fhir", "användarnamn eller lösenord"),
    ],
)
def test_address_that_can_never_be_called_is_refused_beside_the_field(admin, provider, address, words):
    form = {"label": "Cosmic", "slug": "cosmic", "connector": "cosmic", "base_url": address,
            "owner": provider.pk, "change_reason": "nytt system"}  # fmt: skip
    response = admin.post(reverse("admin:connectors_source_add"), form)
    assert response.status_code == 200
    assert words in " ".join(response.context["adminform"].form.errors["base_url"])
    assert not Source.objects.exists()


def test_address_among_the_settings_is_looked_at_too(admin, provider):
    source = Source.objects.create(
        slug="cosmic", label="Cosmic", connector="cosmic", base_url="https://c.example/fhir", owner=provider
    )
    form = {"label": "Cosmic", "base_url": source.base_url, "owner": provider.pk, "deadline_s": "4",
            "setting_token_url": "http://169.254.169.254/token", "change_reason": "prov"}  # fmt: skip
    response = admin.post(reverse("admin:connectors_source_change", args=["cosmic"]), form)
    assert "setting_token_url" in response.context["adminform"].form.errors


def test_quality_is_told_for_each_source(admin, viva):
    content = page(admin, viva)
    assert "Kvalitetsnivå: brons · Antaget gränssnitt" in content
    assert "granskad av någon som kan systemet" in content
