"""Så läser du knapparna and the accessibility statement: whole, true to the code, and open to everybody."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.utils import translation

from portal.aggregation.buttons import BUTTONS, Button
from portal.aggregation.states import Flag, State
from portal.guide.presenters import FLAG_HELP, STATE_HELP
from portal.guide.views import ASSESSED
from portal.overview.presenters.words import FLAG_WORDS, STATE_WORDS
from tests.walking import Reader

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def test_every_state_and_every_flag_is_explained_beside_its_own_component() -> None:
    page = Reader().get("/hjalp/").body
    assert re.findall(r'data-state="(\w+)"', page)[: len(State)] == [state.value for state in State]
    assert re.findall(r'data-flag="(\w+)"', page) == [flag.value for flag in Flag]
    for words in (*STATE_HELP.values(), *FLAG_HELP.values(), *(w.word for w in STATE_WORDS.values())):
        assert str(words) in page
    assert set(FLAG_HELP) == set(Flag) == set(FLAG_WORDS)
    assert set(STATE_HELP) == set(State)


@pytest.mark.parametrize("button", BUTTONS, ids=lambda b: b.key)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_lights_a_button_is_told_with_the_thresholds_that_hold(button: Button, language: str) -> None:
    with translation.override(language):
        named = set(re.findall(r"%\((\w+)\)d", str(button.lights)))
        told = button.told
    assert named == set(button.days), "a threshold that is not told, or told of and not there"
    assert sorted(int(n) for n in re.findall(r"(?<![-\w])\d+(?![-\w])", told)) == sorted(button.days.values())


def test_the_page_tells_them_all() -> None:
    page = Reader().get("/hjalp/").body
    for button in BUTTONS:
        assert button.told in page


def test_nothing_on_it_can_be_pressed_as_if_it_were_about_somebody() -> None:
    page = Reader().get("/hjalp/").body.partition("<main")[2].partition("</main>")[0]
    assert "href=" not in page.replace("sprite", "").replace('<use href="', "")
    assert "<form" not in page


def test_the_statement_has_what_the_law_asks_for() -> None:
    page = Reader().get("/tillganglighet/").body
    for part in (
        settings.SERVICE_OWNER,
        "delvis förenlig",
        "Kända brister",
        "Ring supporten",
        "Myndigheten för digital förvaltning (Digg)",
        f"senast gjord {ASSESSED.isoformat()}",
        settings.SUPPORT_PHONE,
    ):
        assert part in page
    assert date(2026, 1, 1) < ASSESSED


@pytest.mark.parametrize("path", ["/hjalp/", "/tillganglighet/"])
def test_every_page_leads_there_and_both_can_be_read_in_english(path: str) -> None:
    reader = Reader()
    assert f'href="{path}"' in reader.get("/konto/logga-in/").body
    assert f'href="{path}"' in reader.get("/finns-inte/").body
    reader.post("/utseende/", {"language": "en", "next": "/"})
    assert '<html lang="en">' in reader.get(path).body


def test_the_home_screen_gets_a_name_and_icons_that_are_there() -> None:
    from django.contrib.staticfiles import finders

    reply = Reader().get("/manifest.webmanifest")
    assert reply.headers["Content-Type"] == "application/manifest+json"
    assert "no-store" in reply.headers["Cache-Control"]
    icons = re.findall(r'"/static/(icons/[\w-]+\.png)"', reply.body)
    assert len(icons) == 3
    assert all(finders.find(name) for name in icons)
    assert '"maskable"' in reply.body
    assert "manifest.webmanifest" in Reader().get("/konto/logga-in/").body
