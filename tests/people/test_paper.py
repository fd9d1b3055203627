"""Paper and meeting over HTTP: what is logged, what is asked afresh, and what no reader gets."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
from asgiref.sync import async_to_sync
from django.urls import reverse

from connectors.base.breaker import BREAKER
from connectors.base.session import close_session
from connectors.models import Source
from consent.accesslog.model import AccessEvent
from consent.vocabulary import Kind
from demo.people import BY_LETTER
from demo.people.facts import CANARY_ADDRESS, CANARY_PHONE, CANARY_RELATIVE
from portal.overview.paper import views
from portal.overview.paper.press import PRESS, NotPressed, Press, Trouble
from tests.people.test_when_systems_fail import order
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader, Reply

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]
EVERYTHING = [kind.value for kind in Kind]


def opened(letter: str, persona: str = "akuten") -> Reader:
    reader = Reader().sign_in(persona)
    assert reader.search(BY_LETTER[letter].number).status == 302
    reader.act("choose_units", unit="*")
    return reader


def printed(reader: Reader, *lists: str, name: str = "print", way: str = "sida") -> Reply:
    return reader.post(reverse(name, args=[reader.handle]), {"knapp": list(lists), "som": way})


def pdf_from(reader: Reader, *lists: str, name: str = "print") -> tuple[pypdf.PdfReader, dict[str, str]]:
    async def fetch() -> Any:
        try:
            return await reader.client.post(
                reverse(name, args=[reader.handle]), {"knapp": list(lists), "som": "pdf"}
            )
        finally:
            await close_session()

    response = async_to_sync(fetch)()
    assert response.status_code == 200, response.content[:500]
    return pypdf.PdfReader(io.BytesIO(response.content)), dict(response.headers)


def rows(**found: Any) -> list[AccessEvent]:
    return list(AccessEvent.objects.filter(**found).order_by("seq"))


@pytest.fixture(autouse=True)
def _patient_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests may have all of the machine."""
    monkeypatch.setattr(PRESS, "longest_s", 180.0)


@pytest.fixture
def short_people(people: Any) -> Iterator[Any]:
    Source.objects.exclude(slug="population").update(deadline_s=1.5)
    yield people
    for address in (people.cosmic, people.viva):
        order(address, "ok")
    BREAKER.conditions.clear()


def test_printing_is_one_view_logged_as_utskrift_with_its_intent_before(people: object) -> None:
    reader = opened("A")
    body = printed(reader, "diagnosis").body
    assert body.count('data-button="') == 13
    intent, shown = rows(action="print")
    assert (intent.event, shown.event) == ("intent", "shown")
    assert intent.view_id == shown.view_id
    assert {intent.activity, shown.activity} == {"Utskrift"}
    assert set(intent.kinds) == set(EVERYTHING)
    assert set(shown.outcomes) >= {"cosmic", "mobimed"}
    assert shown.origins


def test_the_choice_asks_no_source_and_says_whom_it_is_about(people: object) -> None:
    reader = opened("A")
    for name in ("print", "handover", "meeting"):
        body = reader.get(reverse(name, args=[reader.handle])).body
        assert "Myrberg" in body
    prepared = rows(action="prepare")
    assert [row.event for row in prepared] == ["intent"] * 3
    assert all(row.outcomes == {} and row.activity == "Läsa" for row in prepared)
    assert rows(action="print") == []


def test_a_link_followed_by_a_machine_prints_nothing(people: object) -> None:
    reader = opened("A")
    reader.get(reverse("print", args=[reader.handle]) + "?knapp=diagnosis&som=pdf")
    assert rows(action="print") == []


def test_from_a_list_skriv_ut_comes_with_that_list_ticked(people: object) -> None:
    reader = opened("A")
    link = re.search(r'class="tool print" href="([^"]+)"', reader.detail("diagnosis").body)
    assert link is not None
    body = reader.get(link[1]).body
    assert re.findall(r'value="(\w+)" checked', body) == ["diagnosis"]


def test_a_key_that_is_no_button_is_not_found(people: object) -> None:
    reader = opened("A")
    assert printed(reader, "diagnosis", "shoe_size").status == 404
    assert reader.get(reverse("meeting_room", args=[reader.handle]) + "?knapp=x").status == 404


def test_a_protected_persons_canaries_are_on_no_paper_and_no_wall(people: object) -> None:
    reader = opened("E")
    pdf, _ = pdf_from(reader, *EVERYTHING)
    room = reader.get(
        reverse("meeting_room", args=[reader.handle]) + "?" + "&".join(f"knapp={k}" for k in EVERYTHING)
    )
    everywhere = [
        printed(reader, *EVERYTHING).body,
        printed(reader, *EVERYTHING, name="handover").body,
        room.body,
        "\n".join(page.extract_text() for page in pdf.pages),
    ]
    for text in everywhere:
        assert "19930207-2385" in text
        assert "Skyddade personuppgifter" in text
        for canary in (CANARY_ADDRESS, CANARY_RELATIVE, CANARY_PHONE):
            assert canary not in text


def test_a_system_that_fails_is_named_on_the_paper_and_nothing_reads_as_none(short_people: Any) -> None:
    reader = opened("A")
    order(short_people.cosmic, "unavailable")
    body = printed(reader, "diagnosis").body
    assert "INTE KOMPLETT" in body
    assert "<b><bdi>Cosmic</bdi></b>" in body
    assert re.search(r'class="row unknown"\s+data-button="diagnosis"', body)
    assert "Inga vårdbegränsningar" not in body
    room = reader.get(reverse("meeting_room", args=[reader.handle]) + "?knapp=diagnosis").body
    assert "Inte komplett:" in room
    assert 'data-state="unknown"' in room


def test_whoever_may_read_nothing_gets_the_access_step_and_a_refusal_in_the_log(people: object) -> None:
    reader = Reader().sign_in("hemtjanst")
    reader.search(BY_LETTER["B"].number)
    for way in ("sida", "pdf"):
        reply = printed(reader, way=way)
        assert 'class="sheet"' not in reply.body
    assert {row.event for row in rows(action="print")} == {"refused"}
    room = reader.get(reverse("meeting_room", args=[reader.handle]) + "?knapp=diagnosis")
    assert room.status == 409
    assert "Inget kan visas just nu" in room.body
    for private in ("relation", "amtyck", "spärr"):
        assert private not in room.body


def test_the_pdf_is_a_file_without_a_number_in_its_name_and_is_kept_nowhere(people: object) -> None:
    reader = opened("A")
    pdf, headers = pdf_from(reader)
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r'attachment; filename="utskrift-\d{8}-\d{4}\.pdf"', headers["Content-Disposition"])
    assert len(pdf.pages) == 1
    text = pdf.pages[0].extract_text()
    for told in ("Myrberg, Gunhild", "19390813-9060", "1/1", "Ej intensivvård", "Rasmus Tärnfors"):
        assert told in text, told
    assert [row.event for row in rows(action="print")] == ["intent", "shown"]


@pytest.mark.parametrize("letter", ["A", "C", "J", "K"])
def test_a_hand_over_sheet_is_two_pages_for_whoever_it_is(people: object, letter: str) -> None:
    reader = opened(letter)
    pdf, _ = pdf_from(reader, *(k.value for k in views.HANDOVER.ticked), name="handover")
    assert len(pdf.pages) <= 2
    assert {row.activity for row in rows(action="print")} == {"Utskrift"}
    (shown,) = rows(action="print", event="shown")
    assert set(shown.kinds) <= {k.value for k in views.HANDOVER.ticked}


@pytest.mark.parametrize("way", ["sida", "pdf"])
def test_access_that_changes_meanwhile_lets_nothing_out(
    people: object, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The version is raised while the sources answer: as when a consent ends in another room."""
    from consent import dossiers
    from consent.database import on_database_thread
    from consent.models import Dossier
    from portal.overview.gathering import collect

    reader = opened("A")

    async def meanwhile(visit: Any, exchange: Any = None) -> Any:
        found = await collect(visit, exchange)
        await on_database_thread(
            lambda: dossiers.raise_version(Dossier.objects.get(pk=visit.ruling.permit.dossier_id))
        )
        return found

    monkeypatch.setattr(views, "collect", meanwhile)
    reply = printed(reader, way=way)
    assert reply.status == 409
    assert "Myrberg" not in reply.body
    assert [row.event for row in rows(action="print")] == ["intent", "refused"]


def test_a_pdf_that_could_not_be_made_was_never_shown(
    people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Press):
        async def is_there(self) -> bool:
            return True

        async def pdf_of(self, html: str) -> bytes:
            raise NotPressed(Trouble.FAILED, "0123456789ab")

    monkeypatch.setattr(views, "PRESS", Broken())
    reader = opened("A")
    reply = printed(reader, "diagnosis", way="pdf")
    assert reply.status == 500
    assert "PDF:en kunde inte göras" in reply.body
    assert "0123456789ab" in reply.body
    assert re.findall(r'value="(\w+)" checked', reply.body) == ["diagnosis"]
    _, told = rows(action="print")
    assert (told.origins, bool(told.outcomes)) == ([], True)


def test_a_server_without_the_engine_offers_no_pdf_and_still_prints(
    people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Missing(Press):
        async def is_there(self) -> bool:
            return False

    monkeypatch.setattr(views, "PRESS", Missing())
    reader = opened("A")
    body = reader.get(reverse("print", args=[reader.handle])).body
    assert "Hämta PDF" not in body
    assert "Den här servern kan inte göra PDF." in body
    assert printed(reader, way="pdf").status == 503
    assert 'class="sheet"' in printed(reader).body


def test_a_meeting_is_a_view_of_its_own_of_the_chosen_kinds(people: object) -> None:
    reader = opened("A")
    page = reader.get(
        reverse("meeting_room", args=[reader.handle]) + "?knapp=social_service&knapp=coordination"
    )
    assert page.status == 200
    assert re.findall(r'data-button="(\w+)"', page.body) == ["social_service", "coordination"]
    for absent in ("Byt uppdrag", "Logga ut", "Rasmus", "access-panel", "Sök patient", 'class="tool '):
        assert absent not in page.body, absent
    assert "Skogsvägen" not in page.body
    intent, shown = rows(action="meeting")
    assert (intent.event, shown.event) == ("intent", "shown")
    assert shown.activity == "Läsa"
    assert sorted(intent.kinds) == ["coordination", "social_service"]
    assert set(shown.kinds) <= set(intent.kinds)
    assert "knapp" not in str(dict(reader.client.cookies))


def test_nothing_chosen_for_a_meeting_is_asked_again(people: object) -> None:
    reader = opened("A")
    reply = reader.get(reverse("meeting_room", args=[reader.handle]))
    assert reply.status == 422
    assert "Välj minst en knapp." in reply.body
    assert printed(reader, name="handover").status == 422


def test_a_long_life_prints_in_bounded_space(people: object) -> None:
    """Five thousand visits: as many as paper holds, and how many are left."""
    reader = opened("K")
    body = printed(reader, "care_contact", "prehospital").body
    assert body.count('class="item ') <= 80
    assert re.search(r"\d{3,} till finns i listan på skärmen\.", body)


def test_it_is_said_in_english_too(people: object) -> None:
    from django.conf import settings
    from django.utils import translation

    reader = opened("A")
    reader.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    body = printed(reader, "diagnosis").body
    translation.deactivate()
    for told in ("Printed 20", "Shred after use.", "Care limitations", '<html lang="en">'):
        assert told in body
