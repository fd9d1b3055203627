"""Language and light or dark: chosen on any page, without a script, and remembered by the browser alone."""

import re
from pathlib import Path

import pytest
from django.test import RequestFactory

from portal.appearance import THEME_COOKIE, has_search_key
from tests.walking import Reader

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

ROOT = Path(__file__).resolve().parents[2]
SIGN_IN = "/konto/logga-in/"


def test_sign_in_can_be_read_in_english_and_stays_so() -> None:
    reader = Reader()
    assert 'name="language" value="en" lang="en" aria-pressed="false"' in reader.get(SIGN_IN).body
    chosen = reader.post("/utseende/", {"language": "en", "next": SIGN_IN})
    assert (chosen.status, chosen.location) == (302, SIGN_IN)
    page = reader.get(SIGN_IN).body
    assert '<html lang="en">' in page
    assert "Sign in" in page
    assert reader.get("/finns-inte/").body.count('<html lang="en">') == 1


@pytest.mark.parametrize(
    ("theme", "sheet", "wish"),
    [
        ("dark", 'media="screen"', 'content="dark"'),
        ("light", "", 'content="light"'),
        ("system", 'media="screen and (prefers-color-scheme: dark)"', 'content="light dark"'),
    ],
)
def test_dark_is_the_devices_wish_until_somebody_chooses(theme: str, sheet: str, wish: str) -> None:
    reader = Reader()
    reader.post("/utseende/", {"theme": theme, "next": "/"})
    page = reader.get(SIGN_IN).body
    assert f'<meta name="color-scheme" {wish}>' in page
    assert ("css/dark" in page) == bool(sheet)
    assert sheet in page
    assert f'name="theme" value="{theme}" aria-pressed="true"' in page


def test_the_dark_sheet_changes_colours_and_nothing_else() -> None:
    sheet = re.sub(r"/\*.*?\*/", "", (ROOT / "static/css/dark.css").read_text("utf-8"), flags=re.DOTALL)
    rule = re.fullmatch(r"\s*:root \{(.*)\}\s*", sheet, re.DOTALL)
    assert rule is not None
    for declared in filter(None, map(str.strip, rule[1].split(";"))):
        assert re.fullmatch(r"--[\w-]+: #[0-9a-f]{3,6}|color-scheme: dark", declared), declared


def test_paper_is_never_dark() -> None:
    reader = Reader()
    reader.post("/utseende/", {"theme": "dark", "next": "/"})
    assert "print" not in reader.get(SIGN_IN).body.partition("css/dark")[2].partition(">")[0]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(elsewhere: str) -> None:
    assert Reader().post("/utseende/", {"theme": "dark", "next": elsewhere}).location == "/"


def test_what_is_not_offered_is_not_remembered() -> None:
    reader = Reader()
    reader.post("/utseende/", {"theme": "<script>", "language": "de", "next": "/"})
    assert THEME_COOKIE not in reader.client.cookies
    assert '<html lang="sv">' in reader.get(SIGN_IN).body


def test_the_cookies_tell_the_choice_and_nothing_else() -> None:
    reader = Reader()
    reader.post("/utseende/", {"theme": "dark", "language": "en", "next": "/"})
    kept = {
        name: (morsel.value, morsel["httponly"], morsel["samesite"])
        for name, morsel in reader.client.cookies.items()
    }
    assert kept == {"theme": ("dark", True, "Lax"), "django_language": ("en", True, "Lax")}


@pytest.mark.parametrize(("choice", "kept"), [("on", "on"), ("off", "off"), ("<script>", None)])
def test_the_key_to_the_search_field_is_there_unless_switched_off(choice: str, kept: str | None) -> None:
    reader = Reader()
    reader.post("/utseende/", {"search_key": choice, "next": "/"})
    assert [morsel.value for morsel in reader.client.cookies.values()] == ([kept] if kept else [])
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in reader.client.cookies.items()}
    assert has_search_key(request) is (kept != "off")
