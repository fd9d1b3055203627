"""Sök i journalen: found and marked, honest about the rest, and what was looked for is written nowhere."""

import re
from typing import TYPE_CHECKING

import pytest
import structlog
from django.urls import reverse

from consent.accesslog.model import AccessEvent
from demo.people import BY_LETTER
from tests.people.test_timeline import opened
from tests.people.test_when_systems_fail import order
from tests.people.worlds import _django_db_helper, module_people, questions_to, signed_in, systems
from tests.walking import Reader, Reply

if TYPE_CHECKING:
    from demo.seed import Addresses

__all__ = ["_django_db_helper", "module_people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db]


def look_for(reader: Reader, words: str) -> Reply:
    return reader.post(reverse("record_search", args=[reader.handle]), {"ord": words})


def test_found_under_its_button_with_the_word_marked() -> None:
    body = look_for(opened(), "hjartsvikt").body
    assert "<mark>Hjärtsvikt</mark>, ospecificerad" in body
    headings = re.findall(r'<h3><svg.*?<a href="[^"]+">([^<]+)</a>', body)
    assert "Diagnoser" in headings
    assert headings.index("Vårdkontakter") < headings.index("Diagnoser")


def test_what_was_looked_for_is_in_no_address_title_log_or_question(
    module_people: "Addresses", caplog: pytest.LogCaptureFixture
) -> None:
    reader, words = opened(), "krepitationer ovanligtord"
    before = AccessEvent.objects.latest("seq").seq
    with structlog.testing.capture_logs() as lines:
        reply = look_for(reader, words)
    rows = list(AccessEvent.objects.filter(seq__gt=before).order_by("seq"))
    assert [(row.event, row.action) for row in rows] == [("intent", "search"), ("shown", "search")]
    said = f"{[row.__dict__ for row in rows]} {lines} {caplog.text} {reply.headers}"
    said += str([questions_to(address) for address in systems(module_people).values()])
    said += str(re.findall(r"<title>.*?</title>", reply.body, flags=re.DOTALL))
    assert "ovanligtord" not in said
    assert reply.headers["Cache-Control"] == "no-store"
    assert 'value="krepitationer ovanligtord"' in reply.body


def test_it_is_another_thing_in_the_log_than_a_search_for_a_number() -> None:
    reader = opened()
    look_for(reader, "hjärtsvikt")
    numbers = AccessEvent.objects.filter(event="search")
    assert all(row.view_id is None for row in numbers)
    assert AccessEvent.objects.filter(event="shown", action="search").latest("seq").view_id is not None
    assert "Sökte i uppgifterna" in reader.get(reverse("own_views")).body


def test_the_log_counts_what_was_shown_and_no_more() -> None:
    reader = opened()
    body = look_for(reader, "furosemid").body
    shown = AccessEvent.objects.filter(event="shown").latest("seq")
    assert sum(shown.detail["counts"].values()) == body.count(' hit">')
    look_for(reader, "ordsomingenharskrivit")
    assert AccessEvent.objects.filter(event="shown").latest("seq").detail.get("counts", {}) == {}


def test_nothing_found_never_says_that_it_is_not_there(module_people: "Addresses") -> None:
    reader = opened()
    order(module_people.mobimed, "unavailable")
    try:
        body = look_for(reader, "ordsomingenharskrivit").body
    finally:
        order(module_people.mobimed, "ok")
    assert "Hittade inget i det som svarade." in body
    assert "finns inte" not in body
    assert "Inget registrerat" not in body
    assert "MobiMed saknas här:" in body


def test_before_consent_others_are_said_to_be_closed_in_the_words_of_the_buttons() -> None:
    body = look_for(signed_in("akuten", BY_LETTER["C"].number), "omvårdnad").body
    assert "Samtycke behövs: " in body
    assert "Hittade inget i det som svarade." in body


@pytest.mark.parametrize("words", ["", " ", "x", "\u0301", "y" * 101])
def test_too_little_or_too_much_is_explained_and_nobody_asked(words: str) -> None:
    reader = opened()
    reply = look_for(reader, words)
    assert reply.status == 422
    assert 'role="alert"' in reply.body
    assert AccessEvent.objects.latest("seq").outcomes == {}


def test_the_words_never_come_in_an_address() -> None:
    reader = opened()
    reply = reader.get(reverse("record_search", args=[reader.handle]) + "?ord=furosemid")
    assert "<mark>" not in reply.body
    # What was typed into the address stands in the choice of language alone, which leads back to it.
    body = reply.body.casefold().replace("/sok/?ord=furosemid", "")
    assert "furosemid" not in body
