"""Chosen English reaches every word of ours on the pages of a visit; what sources say stays in Swedish."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from tests.people.worlds import _django_db_helper, module_people, people
from tests.reading import elements_of
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]

TOLVAN = "19121212-1212"
SPOKEN = (
    "aria-label",
    "alt",
    "placeholder",
    "title",
    "data-offline",
    "data-blanked",
    "data-reload",
    "data-final",
)
# Ours, and none of the invented people's data: a unit's name or a record's text may hold any other word.
SWEDISH = re.compile(
    r"\b(Allt du öppnar|Byt uppdrag|Enhet|Från|Född|Hemsjukvård|Hoppa|Hämta|Hämtar|Hämtat|Inget registrerat"
    r"|Kontakter|Kunde inte|Källa|Källor|Kön|Logga|Läs in|Lösenord|Numret|Nytt|Okänt|Personnummer|Prova"
    r"|Pågår|Samtycke|Spärr|Svarade|Sök|Tidigare|Till och med|Uppdaterat|Vårdbegränsningar|Vårdplaner"
    r"|Vem har svarat|Väntar|Åtkomst|Ägare|Översikt|finns|lyser)\b"
)


@pytest.fixture
def reader() -> Iterator[Reader]:
    """Nobody signed in yet, at a screen set to English."""
    reader = Reader()
    reader.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    yield reader
    translation.deactivate()


def words_of(html: str) -> str:
    """All that is read or read aloud on a page, once it says that it is in English."""
    elements = elements_of(html)
    page = next(element for element in elements if element.tag == "html")
    assert page.attributes["lang"] == "en"
    labels = [
        element.attributes[name] for element in elements for name in SPOKEN if name in element.attributes
    ]
    words = " ".join([page.text, *labels])
    assert SWEDISH.findall(words) == []
    return words


def test_sign_in_is_in_english(people: object, reader: Reader) -> None:
    words = words_of(reader.get(reverse("account_login")).body)
    for expected in ("Sign in", "Password", "Try as", "Everything you open is logged."):
        assert expected in words


def test_a_flawed_number_is_explained_in_english(people: object, reader: Reader) -> None:
    words = words_of(reader.sign_in("hemsjukvard").search("19121212-1213").body)
    for expected in ("Find patient", "Number is invalid. Check the digits.", "Change assignment", "Sign out"):
        assert expected in words


def test_overview_before_and_after_consent_is_in_english(people: object, reader: Reader) -> None:
    reader.sign_in("hemsjukvard").search(TOLVAN)
    page = reader.overview()
    words = words_of(page.html)
    for expected in ("Patient consents", "Only me", "Others may hold data. Consent needed.", "Fetch again"):
        assert expected in words
    assert "Consent needed" in page.tiles["social_service"].text

    reader.act("give_consent", scope="unit", period="open")
    page = reader.overview()
    words = words_of(page.html)
    for expected in ("Care limitations", "Who answered", "Nothing recorded", "5 recorded doses", "113 years"):
        assert expected in words
    assert "Ongoing" in page.tiles["social_service"].text
    assert "Trygghetslarm" in page.tiles["social_service"].text


def test_a_detail_page_is_in_english_but_for_what_the_source_wrote(people: object, reader: Reader) -> None:
    reader.sign_in("hemsjukvard").search(TOLVAN)
    reader.act("give_consent", scope="unit", period="open")
    words = words_of(reader.detail("social_service").body)
    for expected in ("Social services (SoL, LSS)", "Updated", "Law", "Performed by", "Owner", "Fetched"):
        assert expected in words
    for verbatim in ("Trygghetslarm", "Larm dygnet runt", "biståndshandläggare"):
        assert verbatim in words


def test_without_a_choice_the_same_pages_are_swedish(people: object) -> None:
    body = Reader().get(reverse("account_login"), **{"Accept-Language": "en"}).body
    assert '<html lang="sv">' in body
    assert "Lösenord" in body
