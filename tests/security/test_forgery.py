"""Requests that somebody else's page makes the browser send, and links that lead elsewhere."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from tests.architecture.test_urls import ROUTES

pytestmark = [pytest.mark.django_db]
PASSWORD = "ett-riktigt-langt-losen"
# Called by programs, each with a proof of its own instead of a cookie.
BY_TOKEN = {"oidc_back_channel", "feed_push", "feed_notice", "api_token"}
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:evil",
]


def exempt_names() -> set[str]:
    """Names of the URLs whose views Django does not ask for a token."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def walk(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern) and getattr(pattern.callback, "csrf_exempt", False):
                yield pattern.name or str(pattern.pattern)

    return set(walk(get_resolver().url_patterns))


def test_every_url_asks_for_the_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("chef"))
    exempt = exempt_names()
    let_through = set()
    for path, name in ROUTES:
        if "(?P" in path or name in exempt:
            continue
        for method in ("post", "put", "patch", "delete"):
            if getattr(client, method)(path).status_code != 403:
                let_through.add((method, path))
    assert let_through == set()


def test_who_is_exempt_is_a_closed_list():
    assert exempt_names() <= BY_TOKEN


@pytest.mark.parametrize("wished", ELSEWHERE)
def test_sign_in_leads_nowhere_else(wished):
    User.objects.create_user("alva", password=PASSWORD)
    sent = {"login": "alva", "password": PASSWORD, "next": wished}
    response = Client().post(f"{reverse('account_login')}?next={wished}", sent)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/")
    assert not response.headers["Location"].startswith(("//", "/\\"))


@pytest.mark.parametrize("wished", ELSEWHERE)
def test_administrations_sign_in_leads_nowhere_else(wished):
    response = Client().get(reverse("admin:login"), {"next": wished})
    assert response.headers["Location"].startswith("/konto/logga-in/")


def test_proxy_headers_do_not_name_the_host():
    """A forged host would stand in links and callbacks."""
    client = Client()
    for name in ("X-Forwarded-Host", "X-Host", "X-Original-URL", "Forwarded"):
        body = client.get(reverse("account_login"), headers={name: "evil.example"}).content.decode()
        assert "evil.example" not in body
