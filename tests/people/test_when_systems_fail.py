"""Whatever a system does to us, its buttons never read as empty, and its neighbours are unaffected."""

import json
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from connectors.base.breaker import BREAKER
from connectors.models import Source
from demo.people import BY_LETTER
from tests.reading import OverviewPage
from tests.walking import Reader

if TYPE_CHECKING:
    from demo.seed import Addresses

pytestmark = [pytest.mark.demo, pytest.mark.network]

# How a simulator can misbehave without being empty. "slow" is slower than the deadline set here.
MISBEHAVIOUR = (
    "slow",
    "hang",
    "drip",
    "malformed",
    "html",
    "unauthorized",
    "unavailable",
    "foreign",
    "reset",
)
DEADLINE_S = 1.5
EMPTY_WORDS = ("Inget registrerat", "Inget hos anslutna", "Inga vårdbegränsningar")
SOCIAL, COSMIC_ONLY = "social_service", ("vaccination", "diagnosis", "medication", "care_contact")


def order(address: str, mode: str, **more: Any) -> None:
    """Tell a simulator how to behave from now on."""
    body = json.dumps({"mode": mode, **more}).encode()
    request = urllib.request.Request(
        f"{address}/_control", data=body, headers={"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request).close()


@pytest.fixture
def short_people(people: "Addresses") -> "Iterator[Addresses]":
    """Short deadlines for short tests; every system well-behaved before and after."""
    Source.objects.exclude(slug="population").update(deadline_s=DEADLINE_S)
    yield people
    for address in (people.population, people.cosmic, people.viva):
        order(address, "ok")


def opened(letter: str) -> Reader:
    """The emergency department with everything open to it."""
    reader = Reader().sign_in("akuten")
    reader.search(BY_LETTER[letter].number)
    reader.act("choose_units", unit="*")
    reader.act("give_consent", period="open")
    return reader


def look(letter: str) -> OverviewPage:
    return opened(letter).overview()


def assert_unknown(page: OverviewPage, *keys: str) -> None:
    for key in keys:
        assert page.states[key] == "unknown", (key, page.states[key])
        assert not any(words in page.tiles[key].text for words in EMPTY_WORDS)
        assert "Kunde inte hämtas" in page.tiles[key].text


@pytest.mark.parametrize("mode", MISBEHAVIOUR)
def test_a_municipality_that_fails_is_unknown_and_the_region_unaffected(
    short_people: "Addresses", mode: str
) -> None:
    """M has a safety alarm in the municipality and visits in the region; B has nothing anywhere."""
    order(short_people.viva, mode, seconds=5.0)
    page = look("M")
    assert_unknown(page, SOCIAL, "home_care")
    assert page.lit == {"care_contact"}
    assert "Inte komplett" in page.text
    assert not any(words in page.safety.text for words in EMPTY_WORDS)
    empty = look("B")
    if mode != "foreign":
        assert_unknown(empty, SOCIAL, "home_care")
    assert empty.states["diagnosis"] == "empty"


@pytest.mark.parametrize("mode", MISBEHAVIOUR)
def test_a_region_that_fails_is_unknown_and_the_municipality_unaffected(
    short_people: "Addresses", mode: str
) -> None:
    order(short_people.cosmic, mode, seconds=5.0)
    page = look("M")
    assert_unknown(page, *COSMIC_ONLY)
    assert page.lit == {SOCIAL}
    assert page.states["care_limitation"] == "unknown"
    assert "okänt" in page.safety.text.lower()
    assert not any(words in page.safety.text for words in EMPTY_WORDS)


ALERTS = ("care_limitation", "warning")


@pytest.mark.parametrize("mode", [*MISBEHAVIOUR, "throttled"])
def test_signals_that_fail_are_unknown_and_the_rest_of_the_region_unaffected(
    short_people: "Addresses", mode: str
) -> None:
    """A region whose FHIR has no alerts: nobody says "none" for the signals, not even for B who has none."""
    order(short_people.cosmic, mode, seconds=5.0, path="/api/open/attentionsignals")
    page = look("B")
    assert_unknown(page, *ALERTS)
    assert not any(words in page.safety.text for words in EMPTY_WORDS)
    if mode != "foreign":  # one foreign record and nothing of that source is believed
        assert page.states["diagnosis"] == "empty"


def test_a_link_that_fails_is_no_patient_without_a_case(short_people: "Addresses") -> None:
    """M is known in the region and has no case; B nobody knows. Only Link may say so."""
    assert look("M").states["coordination"] == "empty"
    order(short_people.cosmic, "unavailable", path="/fhir/CarePlan")
    assert_unknown(look("M"), "coordination")
    order(short_people.cosmic, "ok")
    Source.objects.filter(slug="cosmic-link").update(base_url="http://127.0.0.1:9")
    assert_unknown(look("B"), "coordination")


def test_the_discharge_case_is_told_with_its_notes(people: object) -> None:
    body = opened("A").detail("coordination").body
    for told in ("Cosmic Link", "Utskrivningsklar", "SIP kallad (Hemsjukvården)", "Hjälp vid dusch"):
        assert told in body, told


def test_a_refused_connection_is_unknown(short_people: "Addresses") -> None:
    Source.objects.filter(slug="viva-sol").update(base_url="http://127.0.0.1:9")
    page = look("M")
    assert_unknown(page, SOCIAL)
    assert page.states["home_care"] == "empty"


def test_when_everything_fails_safety_says_unknown_and_nothing_reads_as_empty(
    short_people: "Addresses",
) -> None:
    for address in (short_people.cosmic, short_people.viva):
        order(address, "unavailable")
    page = look("M")
    assert set(page.states.values()) == {"unknown"}
    assert not any(words in page.text for words in EMPTY_WORDS)


def test_an_empty_complete_answer_is_the_only_way_to_empty(short_people: "Addresses") -> None:
    for address in (short_people.cosmic, short_people.viva):
        order(address, "empty")
    page = look("M")
    assert set(page.states.values()) <= {"empty", "empty_among_connected"}
    assert "Inga vårdbegränsningar" in page.safety.text


@pytest.mark.parametrize("mode", ["hang", "unavailable", "malformed", "unauthorized"])
def test_without_population_facts_the_number_stands_alone_and_counts_as_protected(
    short_people: "Addresses", mode: str
) -> None:
    order(short_people.population, mode)
    page = look("M")
    assert BY_LETTER["M"].family_name not in page.html
    assert "19121212-1212" in page.html
    assert "behandlas som skyddade" in page.text
    assert "care_contact" in page.lit


def test_without_redis_pages_work_and_a_failing_source_is_still_left_alone(
    short_people: "Addresses", settings: Any
) -> None:
    """The breaker is each process's own: it needs nobody to remember for it."""
    gone = "redis://127.0.0.1:9"
    settings.REDIS_URL = gone
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": gone}
    }
    order(short_people.viva, "unavailable")
    reader = opened("M")
    pages = [reader.overview() for _ in range(BREAKER.faults_before_rest + 1)]
    for page in pages:
        assert_unknown(page, SOCIAL)
        assert page.lit == {"care_contact"}
    assert not BREAKER.may_ask("viva-sol")
    assert "Tillfrågades inte" in pages[-1].text
    order(short_people.viva, "ok")
    BREAKER.conditions["viva-sol"].rests_until = 1e-9
    assert SOCIAL in reader.overview().lit


def test_who_answered_says_how_far_each_connector_has_come(short_people: "Addresses") -> None:
    reader = opened("M")
    body = reader.get(f"/p/{reader.handle}/kallor/").body
    assert "Kvalitetsnivå: brons · Antaget gränssnitt" in body


@pytest.mark.parametrize("mode", ["hang", "malformed", "unavailable", "foreign"])
def test_the_list_of_a_failing_button_is_unknown_too(short_people: "Addresses", mode: str) -> None:
    order(short_people.viva, mode, seconds=5.0)
    reader = opened("M")
    body = reader.detail(SOCIAL).body
    assert "Kunde inte hämtas" in body
    assert not any(words in body for words in EMPTY_WORDS)


@pytest.mark.parametrize("path", ["", "atkomst/", "kallor/", "uppgifter/diagnosis/", "search", "refuse"])
@pytest.mark.django_db(transaction=True)
def test_where_nothing_can_be_logged_nothing_is_shown(lasting_people: object, path: str) -> None:
    reader = Reader().sign_in("akuten")
    reader.search(BY_LETTER["M"].number)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consent_accessevent RENAME TO put_away")
    try:
        if path == "search":
            reply = reader.search(BY_LETTER["M"].number)
        elif path == "refuse":
            reply = reader.act("refuse_consent")
        else:
            reply = reader.get(f"/p/{reader.handle}/{path}")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE put_away RENAME TO consent_accessevent")
    assert reply.status == 503
    assert "Loggning fungerar inte" in reply.body
    assert "data-button" not in reply.body
    assert BY_LETTER["M"].family_name not in reply.body
