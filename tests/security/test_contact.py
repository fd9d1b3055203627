"""security.txt: whom to tell, until when, and nothing where nobody is named."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db]
WHERE = "/.well-known/security.txt"


def test_it_names_whom_to_tell_and_for_how_long(settings):
    settings.SECURITY_CONTACT = "mailto:security@portal.example"
    response = Client().get(WHERE, secure=True)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    said = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert said["Contact"] == "mailto:security@portal.example"
    assert said["Canonical"] == f"https://testserver{WHERE}"
    ends = datetime.fromisoformat(said["Expires"])
    assert timedelta(days=30) < ends - datetime.now(UTC) < timedelta(days=365)


def test_without_anybody_there_is_no_page(settings):
    settings.SECURITY_CONTACT = ""
    assert Client().get(WHERE).status_code == 404
