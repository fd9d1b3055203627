"""Before consent one sentence says whether others hold anything (row 5), and nothing else tells it.

Not a byte more or less, not another question to any system, whoever and however many hold something.
"""

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from connectors.models import Source
from connectors.openfeed.models import HeldRecord
from consent.encryption import lookup_key
from consent.models import AccessEvent, CareProvider
from consent.terms import PersonId
from demo.people import BY_LETTER
from demo.people.places import REGION
from portal.access.notices import EXISTENCE_TOLD, NOTICE_WORDS
from portal.accounts.models import Assignment
from tests.api.systems import system_for
from tests.feed.vendor import Vendor, make_source, service
from tests.people.test_when_systems_fail import order
from tests.people.worlds import _django_db_helper, module_people, people, steady
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

if TYPE_CHECKING:
    from demo.seed import Addresses

pytestmark = [pytest.mark.demo, pytest.mark.network]

YES = "Andra vårdgivare eller omsorgsgivare: uppgifter finns."
NO = "Andra vårdgivare eller omsorgsgivare: inga uppgifter hos anslutna."
UNKNOWN = "Andra vårdgivare eller omsorgsgivare: går inte att se."
SENTENCE = re.compile(r"Andra vårdgivare eller omsorgsgivare: [^<]+")
TELLING = ("", "atkomst/")
PATHS = ("", "atkomst/", "kallor/", "uppgifter/social_service/", "uppgifter/care_limitation/")


def reader(letter: str, persona: str) -> Reader:
    found = Reader().sign_in(persona)
    assert found.search(BY_LETTER[letter].number).status == 302
    return found


@pytest.mark.parametrize(
    ("letter", "persona", "sentence"),
    [
        ("B", "akuten", NO),
        ("B", "distrikt", NO),
        ("B", "hemsjukvard", NO),
        ("G", "hemsjukvard", YES),
        ("G", "akuten", YES),
        ("M", "akuten", YES),
        ("M", "hemsjukvard", YES),
        ("C", "akuten", YES),
        ("D", "hemtjanst", YES),
        ("K", "akuten", NO),
        ("K", "hemsjukvard", YES),
    ],
)
def test_each_reader_is_told_of_others_than_the_own_provider(
    people: object, letter: str, persona: str, sentence: str
) -> None:
    """K is the region's alone: nothing with others to one who works there, something to everybody else."""
    assert sentence in reader(letter, persona).overview().text
    asked = AccessEvent.objects.filter(event="intent").latest("seq")
    assert asked.detail["existence"] == ("yes" if sentence == YES else "no")


def test_the_patient_who_refused_gets_no_emergency_while_conscious(people: object) -> None:
    found = reader("G", "hemsjukvard")
    assert YES in found.overview().text
    assert found.act("emergency", obstacle="too_ill").status == 409


@pytest.mark.parametrize("persona", ["hemtjanst", "granskare"])
def test_one_who_could_not_be_given_consent_is_told_nothing(people: object, persona: str) -> None:
    found = reader("B", persona)
    for path in PATHS[:2]:
        body = found.get(f"/p/{found.handle}/{path}").body
        assert "Andra vårdgivare eller omsorgsgivare" not in body


def test_nor_is_anybody_told_after_a_death(people: object) -> None:
    assert "Andra vårdgivare eller omsorgsgivare" not in reader("L", "akuten").overview().html


def test_what_the_index_does_not_answer_is_not_no(people: "Addresses") -> None:
    order(people.facts, "unavailable", path="/index")
    try:
        text = reader("B", "akuten").overview().text
    finally:
        order(people.facts, "ok")
    assert UNKNOWN in text
    assert NO not in text


# A source that the index was never told of. --------------------------------------------------------------


def connect_vendor() -> Vendor:
    """In use since a moment ago; the index knows nothing of it."""
    return Vendor(make_source("nya"))


def told(persona: str = "akuten") -> tuple[str, str]:
    """Of B: what the page says, and the lamp."""
    number = BY_LETTER["B"].number
    cache.clear()
    lamp = system_for(Assignment.objects.filter(user__username=persona).order_by("pk")[0])
    return reader("B", persona).overview().text, lamp.post("/lamp", {"number": number}).json["existence"]


def test_a_no_is_not_said_while_a_source_is_in_use_that_the_index_does_not_know(people: object) -> None:
    page, lamp = told()
    assert NO in page
    assert lamp == "missing"
    connect_vendor()
    page, lamp = told()
    assert UNKNOWN in page
    assert NO not in page
    assert lamp == "unknown"
    index_knows("nya")
    page, lamp = told()
    assert NO in page
    assert lamp == "missing"


def test_what_was_delivered_to_the_portal_goes_before_an_index_that_is_behind(people: object) -> None:
    vendor = connect_vendor()
    index_knows("nya")
    assert vendor.outcomes(service(patient=BY_LETTER["B"].number)) == ["accepted"]
    page, lamp = told()
    assert YES in page
    assert NO not in page
    assert lamp == "present"


def test_no_button_of_anothers_is_lit_below_a_no(people: object) -> None:
    """The index says no all the time, and the delivery comes between two looks: what is open speaks."""
    vendor = connect_vendor()
    vendor.push(service(patient=BY_LETTER["B"].number), complete=True)
    index_knows("nya")
    mine = HeldRecord.objects.filter(source_id="nya")
    mine.update(patient=lookup_key(PersonId(BY_LETTER["M"].number)))  # not delivered yet
    assert NO in told()[0]
    found = reader("B", "akuten")
    found.act("give_consent", scope="unit", period="open")
    assert SENTENCE.search(found.overview().text) is None
    assert SENTENCE.search(found.get(f"/p/{found.handle}/atkomst/").body) is None
    mine.update(patient=lookup_key(PersonId(BY_LETTER["B"].number)))
    page = found.overview()
    assert "social_service" in page.lit
    assert NO not in page.text


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_three_sentences_are_equally_long_in_every_language(people: object, language: str) -> None:
    from portal.access.notices import _even

    with translation.override(language):
        lengths = {len(_even(notice).encode()) for notice in EXISTENCE_TOLD}
        words = {str(NOTICE_WORDS[notice][1]) for notice in EXISTENCE_TOLD}
    assert len(lengths) == 1
    assert len(words) == 3


# Two worlds that differ in nothing but what others hold. -------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """One page and everything it cost: status, headers, the bytes but for what is new each time, calls."""

    status: int
    headers: dict[str, str]
    body: str
    size: int
    chunks: int
    calls: list[list[Any]]


def calls_to(address: str) -> list[Any]:
    with urllib.request.urlopen(f"{address}/_requests") as reply:
        return sorted(json.load(reply), key=json.dumps)


def forget(address: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{address}/_requests", method="DELETE")).close()


def look(people: "Addresses", path: str) -> Seen:
    """M at the emergency department: nothing chosen, nobody asked for consent."""
    systems = (people.population, people.cosmic, people.viva, people.facts)
    found = reader("M", "akuten")
    for address in systems:
        forget(address)
    reply = found.get(f"/p/{found.handle}/{path}")
    body = steady(reply.body)
    headers = {k: v for k, v in reply.headers.items() if k not in ("Expires", "Set-Cookie")}
    size = len(steady(reply.body).encode())
    return Seen(reply.status, headers, body, size, len(reply.chunks), [calls_to(a) for a in systems])


@pytest.fixture
def others(people: "Addresses") -> "Iterator[Addresses]":
    """One system of the own provider: with several, who answers first would order the stream."""
    of_region = Source.objects.filter(owner_id=REGION.hsa)
    of_region.exclude(connector__in=("cosmic", "accessfacts")).delete()
    yield people
    order(people.facts, "ok")
    order(people.viva, "ok")


def emptied(people: "Addresses") -> None:
    """Nobody else holds anything of her, and the index says so."""
    order(people.facts, "empty", path="/index")
    order(people.viva, "empty")


def six_owners() -> None:
    """Five more owners, each with a source that would answer."""
    viva = Source.objects.get(slug="viva-sol")
    for number in range(5):
        owner = CareProvider.objects.create(
            hsa_id=f"SE2120000035-O00{number}", name=f"Omsorg {number}", kind="social_care"
        )
        source = Source(
            slug=f"viva-{number}",
            label=f"Viva {number}",
            connector="viva",
            owner=owner,
            base_url=viva.base_url,
            settings={"area": "sol"},
        )
        source.write_secrets(viva.read_secrets())
        source.save()
    index_knows("viva-0", "viva-1", "viva-2", "viva-3", "viva-4")


def index_knows(*slugs: str) -> None:
    """Those who run the index say that it counts these sources too."""
    index = Source.objects.get(slug="index")
    index.settings["answers_for"] += " " + " ".join(slugs)
    index.save()


@pytest.mark.parametrize("owners", [1, 6])
@pytest.mark.parametrize("path", PATHS)
def test_full_and_empty_differ_in_the_one_sentence_alone(others: "Addresses", path: str, owners: int) -> None:
    if owners == 6:
        six_owners()
    full = look(others, path)
    emptied(others)
    empty = look(others, path)
    if path in TELLING:
        assert YES in full.body
        assert NO in empty.body
    assert full.size == empty.size
    assert SENTENCE.sub("SENTENCE", full.body) == SENTENCE.sub("SENTENCE", empty.body)
    assert (full.status, full.headers, full.chunks) == (empty.status, empty.headers, empty.chunks)
    assert full.calls == empty.calls
    assert full.calls[2] == [], "the municipality is not asked"


@pytest.mark.parametrize("path", PATHS)
def test_one_holder_and_six_holders_look_the_same(others: "Addresses", path: str) -> None:
    """The systems of all six hold her alarm; then five of them cannot even be reached. The index says yes."""
    six_owners()
    six = look(others, path)
    Source.objects.filter(slug__regex=r"^viva-\d$").update(base_url="http://127.0.0.1:9")
    assert look(others, path) == six


def test_an_unknown_answer_is_as_long_as_the_others(others: "Addresses") -> None:
    known = look(others, "")
    order(others.facts, "malformed", path="/index")
    unknown = look(others, "")
    assert UNKNOWN in unknown.body
    assert (known.size, known.calls) == (unknown.size, unknown.calls)


def test_the_numbers_are_in_no_address_that_was_asked(others: "Addresses") -> None:
    seen = look(others, "")
    number = BY_LETTER["M"].number
    asked = [call for calls in seen.calls for call in calls]
    assert {call["path"] for call in seen.calls[3]} == {
        "/blocks/search",
        "/relations/check",
        "/index/check",
    }
    assert all(number not in call["path"] for call in asked)
    assert reverse("home") == "/"
