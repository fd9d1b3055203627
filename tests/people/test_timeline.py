"""The timeline of invented people: across sources, narrowed by keys, its gaps said, its view logged."""

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from consent.accesslog.model import AccessEvent
from demo.people import BY_LETTER
from tests.people.test_when_systems_fail import order
from tests.people.worlds import _django_db_helper, module_people, questions_to, signed_in, systems
from tests.walking import Reader, Reply

if TYPE_CHECKING:
    from demo.seed import Addresses

__all__ = ["_django_db_helper", "module_people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db]


def opened(letter: str = "A", persona: str = "akuten") -> Reader:
    reader = signed_in(persona, BY_LETTER[letter].number)
    assert reader.act("choose_units", unit="*").status == 302
    assert reader.act("give_consent", period="open").status == 302
    return reader


def timeline(reader: Reader, query: str = "") -> Reply:
    return reader.get(reverse("timeline", args=[reader.handle]) + query)


def days(body: str) -> list[str]:
    return re.findall(r'<p class="day"><span>([^<]+)</span>', body)


def headings(body: str) -> list[str]:
    return re.findall(r"<h3>([^<]+)</h3>", body)


def test_all_sources_stand_in_one_order_of_time() -> None:
    body = timeline(opened()).body
    dated = [day for day in days(body) if day[:2] == "20"]
    assert len(dated) > 20
    assert dated == sorted(dated, reverse=True)
    for source in ("Cosmic", "MobiMed", "Viva hälso- och sjukvård", "Hemtjänst Myrten"):
        assert re.search(rf"· ([^<]* \+ )?{source}( \+ [^<]*)?</p>", body), source
    assert headings(body)[0] == "Kommande"
    assert "Utan säkert datum" in headings(body)
    assert "Utskrivningsklar" in body


def test_what_is_older_than_asked_for_is_counted_and_reached_by_one_link() -> None:
    reader = opened()
    short, whole = timeline(reader, "?tid=3").body, timeline(reader, "?tid=alla").body
    older = re.search(r"(\d+) äldre visas inte", short)
    assert older is not None
    assert len(days(whole)) == len(days(short)) + int(older[1])
    assert "äldre visas inte" not in whole
    assert 'href="?tid=alla"' in short


def test_narrowing_asks_only_the_sources_that_are_left(module_people: "Addresses") -> None:
    reader = opened()
    for address in systems(module_people).values():
        questions_to(address)
    before = AccessEvent.objects.latest("seq").seq
    body = timeline(reader, "?tid=alla&knapp=home_care&knapp=diagnosis").body
    assert set(re.findall(r'class="whence">([^·<]+) ·', body)) == {"Hemsjukvård", "Diagnoser"}
    intent = AccessEvent.objects.filter(seq__gt=before, event="intent").get()
    assert set(intent.kinds) == {"home_care", "diagnosis"}
    assert "viva-sol" not in intent.outcomes
    one = timeline(reader, "?tid=alla&kalla=viva-hsl").body
    assert re.findall(r'data-source="([^"]+)"', one) == ["viva-hsl"]
    assert AccessEvent.objects.filter(event="intent").latest("seq").outcomes == {"viva-hsl": "asked"}


@pytest.mark.parametrize("query", ["?knapp=nonsense", "?kalla=nonsense", "?tid=99", "?knapp=' OR 1=1"])
def test_a_key_of_nobodys_opens_nothing_and_asks_nobody(query: str) -> None:
    reader = opened()
    before = AccessEvent.objects.latest("seq").seq
    assert timeline(reader, query).status == 404
    assert not AccessEvent.objects.filter(seq__gt=before).exists()


def test_one_view_in_the_log_that_says_what_stood_on_the_page() -> None:
    reader = opened()
    before = AccessEvent.objects.latest("seq").seq
    body = timeline(reader, "?tid=3&knapp=diagnosis&knapp=care_contact").body
    rows = list(AccessEvent.objects.filter(seq__gt=before).order_by("seq"))
    assert [(row.event, row.action) for row in rows] == [("intent", "timeline"), ("shown", "timeline")]
    assert len({row.view_id for row in rows}) == 1
    assert sum(rows[1].detail["counts"].values()) == len(days(body))


def test_a_system_that_does_not_answer_is_said_to_be_missing(module_people: "Addresses") -> None:
    reader = opened()
    order(module_people.mobimed, "unavailable")
    try:
        body = timeline(reader).body
        alone = timeline(reader, "?kalla=mobimed").body
    finally:
        order(module_people.mobimed, "ok")
    assert "MobiMed saknas här:" in body
    assert "Inte komplett:" in body
    assert "1 av" in body
    assert "Inget registrerat" not in alone
    assert "Inget att visa i det som svarade" in alone


def test_nothing_is_only_said_where_everybody_answered() -> None:
    reader = opened("B")
    body = timeline(reader, "?tid=alla").body
    assert days(body) == []
    assert ("Inget registrerat." in body) is ('data-gap="' not in body)


def test_before_consent_the_gap_is_said_in_the_words_of_the_buttons() -> None:
    reader = signed_in("akuten", BY_LETTER["C"].number)
    body = timeline(reader).body
    assert "Samtycke behövs: " in body
    assert "Annan enhet: välj: " in body
    assert "Omvårdnad 6 gånger om dagen" not in body


def test_without_a_relation_it_is_the_access_step() -> None:
    reader = signed_in("granskare", BY_LETTER["A"].number)
    reply = timeline(reader)
    assert reply.status == 200
    assert days(reply.body) == []
    assert AccessEvent.objects.latest("seq").event == "refused"
