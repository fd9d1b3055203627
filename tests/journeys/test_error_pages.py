"""Every error page: what happened, what it means, what to do, whom to ring, an id; and no database needed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, connection
from django.test import RequestFactory
from django.utils import translation

from consent.accesslog.write import LogUnavailable
from portal import errors
from tests.walking import Reader

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def no_database() -> Iterator[None]:
    def refuse(*_arguments: Any) -> None:
        raise AssertionError("an error page asked the database")

    with connection.execute_wrapper(refuse):
        yield


def request_of(path: str = "/") -> Any:
    request = RequestFactory().get(path)
    request.trace_id = "0123456789abcdef"  # type: ignore[attr-defined]
    return request


@pytest.mark.sqlite
@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", errors.STATUS)
def test_each_says_what_it_must(name: str, language: str, no_database: None) -> None:
    with translation.override(language):
        response = errors.error_page(request_of(), name)
    page = response.content.decode()
    assert response.status_code == errors.STATUS[name]
    assert page.count("<h1>") == 1
    assert "0123456789ab" in page
    assert "0123456789abc" not in page
    assert f"tel:{settings.SUPPORT_PHONE.replace('-', '')}" in page
    assert ("Gör så här:" if language == "sv" else "What to do:") in page
    assert 'action="/utseende/"' in page
    assert ("Retry-After" in response) == (response.status_code in (429, 503))


@pytest.mark.sqlite
def test_every_page_in_the_folder_is_one_that_is_shown() -> None:
    pages = {path.stem for path in (ROOT / "templates/errors").glob("*.html")} - {"error"}
    assert pages == set(errors.STATUS)


@pytest.mark.sqlite
def test_no_failure_reads_as_nothing(no_database: None) -> None:
    for name in ("500", "503", "database_down", "log_down"):
        page = errors.error_page(request_of(), name).content.decode()
        assert re.search(r"Utgå inte från att uppgifter saknas|säger inget om vad som finns", page), name
        assert "Inget registrerat" not in page


@pytest.mark.sqlite
@pytest.mark.parametrize("failed", [OperationalError, InterfaceError, LogUnavailable, ValueError])
def test_what_is_away_is_said_to_be(failed: type[Exception], no_database: None) -> None:
    try:
        raise failed
    except failed:
        page = errors.server_error(request_of())
    assert page.status_code == (500 if failed is ValueError else 503)
    assert ("Loggning fungerar inte" in page.content.decode()) == (failed is LogUnavailable)
    assert ("når inte sin databas" in page.content.decode()) == issubclass(
        failed, OperationalError | InterfaceError
    )


@pytest.mark.sqlite
def test_what_is_too_large_is_told_apart_from_what_cannot_be_read() -> None:
    assert errors.bad_request(request_of(), RequestDataTooBig()).status_code == 413
    assert errors.bad_request(request_of(), ValueError()).status_code == 400


@pytest.mark.django_db
def test_too_many_attempts_get_our_page() -> None:
    reader = Reader()
    replies = [
        reader.post("/konto/logga-in/", {"login": "nobody", "password": "not the one"}) for _ in range(7)
    ]
    last = replies[-1]
    assert last.status == 429 or "Försök igen" in last.body
    if last.status == 429:
        assert "För många försök" in last.body


@pytest.mark.django_db
def test_a_page_without_a_database_says_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever query it is that fails, from inside a view."""

    def away(*_arguments: Any) -> None:
        raise OperationalError("no route to the database at 10.0.0.1")

    monkeypatch.setattr("portal.patients.views.actor_of", away)
    monkeypatch.setattr("portal.accounts.doors.actor_of", away)
    reply = Reader().get("/")
    assert reply.status == 503
    assert "når inte sin databas" in reply.body
    assert "10.0.0.1" not in reply.body
