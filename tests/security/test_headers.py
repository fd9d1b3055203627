"""Headers on every URL and every error: what a browser is told, whoever asks and however it goes."""

import pytest
from django.conf import settings as current
from django.core.exceptions import SuspiciousOperation
from django.test import Client, override_settings
from django.urls import Resolver404, path, resolve

from consent.accesslog.write import LogUnavailable
from portal.accounts.models import User
from tests.architecture.test_urls import ROUTES

pytestmark = [pytest.mark.django_db]

NOWHERE = "'none'"
OURS = {
    *("default-src", "script-src", "style-src", "img-src", "font-src", "connect-src", "manifest-src"),
    *("form-action", "base-uri", "frame-ancestors"),
}
LOOSE = ("unsafe", "data:", "blob:", "http:", "https:", "*")


def policy_of(headers) -> dict[str, list[str]]:
    parts = headers["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for part in parts if (words := part.split())}


def is_exempt(path: str) -> bool:
    try:
        return resolve(path).view_name.startswith(current.TRUSTED_TYPES_EXEMPT)
    except Resolver404:
        return False


def check(path: str, response) -> None:
    headers = response.headers
    policy = policy_of(headers)
    assert set(policy) >= OURS, path
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == [NOWHERE], path
    if not is_exempt(path):
        assert policy["require-trusted-types-for"] == ["'script'"], path
        assert policy["trusted-types"] == [NOWHERE], path
        for directive, sources in policy.items():
            assert not [s for s in sources if s.startswith(LOOSE) or "unsafe" in s], (path, directive)
    assert "Content-Security-Policy-Report-Only" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff", path
    assert headers["Referrer-Policy"] == "same-origin", path
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
    assert "camera=()" in headers["Permissions-Policy"], path
    assert headers["Cache-Control"] == "no-store", path
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload", path


@pytest.fixture
def over_tls(settings) -> None:
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SECURE_HSTS_PRELOAD = True


@pytest.fixture(params=["nobody", "staff"])
def client(request, db) -> Client:
    made = Client(raise_request_exception=False)
    if request.param == "staff":
        made.force_login(User.objects.create_superuser("chef"))
    return made


def test_every_url_by_every_method(over_tls, client):
    for path_, _name in ROUTES:
        for method in ("get", "post"):
            check(path_, getattr(client, method)(path_, secure=True))


@pytest.mark.parametrize("path_", ["/finns-inte/", "/p/x/", "/admin/finns-inte/", "/static/finns-inte.css/"])
def test_what_is_not_there(over_tls, client, path_):
    response = client.get(path_, secure=True)
    if not path_.startswith("/static/"):
        check(path_, response)


def fail(request):
    raise RuntimeError


def suspect(request):
    raise SuspiciousOperation


def unlogged(request):
    raise LogUnavailable


urlpatterns: list[object] = [path("fel/", fail), path("misstankt/", suspect), path("ologgat/", unlogged)]


@pytest.mark.parametrize(("where", "status"), [("/fel/", 500), ("/misstankt/", 400), ("/ologgat/", 503)])
def test_errors(over_tls, where, status):
    from portal import urls

    class Broken:
        urlpatterns = [*globals()["urlpatterns"], *urls.urlpatterns]
        handler400, handler403 = urls.handler400, urls.handler403
        handler404, handler500 = urls.handler404, urls.handler500

    with override_settings(ROOT_URLCONF=Broken):
        response = Client(raise_request_exception=False).get(where, secure=True)
    assert response.status_code == status
    check(where, response)


def test_a_form_without_its_token(over_tls):
    response = Client(enforce_csrf_checks=True).post("/konto/logga-in/", {}, secure=True)
    assert response.status_code == 403
    check("/konto/logga-in/", response)


def test_a_host_that_is_not_ours(over_tls):
    response = Client(raise_request_exception=False).get("/", secure=True, headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


def test_who_is_exempt_from_trusted_types_is_a_list_of_three():
    assert current.TRUSTED_TYPES_EXEMPT == ("admin:", "feed_viewer", "api_docs")


def test_static_files_alone_are_kept():
    """Hashed names never change what they hold; that they are immutable is WhiteNoise's and tested there."""
    response = Client().get("/static/css/page.css")
    assert "no-store" not in response.headers.get("Cache-Control", "")
