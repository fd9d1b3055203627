"""Samtycken att göra, as the invented people's staff meet it: numbers, what to do, and nobody protected."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from connectors.models import Source
from consent.identity import display_number
from consent.models import AccessEvent
from consent.terms import PersonId
from demo.people import BY_LETTER
from portal.access import worklist
from tests.people.test_when_systems_fail import order
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

if TYPE_CHECKING:
    from demo.seed import Addresses

pytestmark = [pytest.mark.demo, pytest.mark.network]

ADDRESS = "/samtycken/"
NOTHING = "Inget att göra just nu."


@pytest.fixture
def register(people: "Addresses") -> "Iterator[Addresses]":
    """A register that may be told to fail, with a short deadline; well-behaved afterwards."""
    Source.objects.filter(pk="population").update(deadline_s=0.6)
    yield people
    order(people.population, "ok")


def number(letter: str) -> str:
    return display_number(PersonId(BY_LETTER[letter].number))


def listed(body: str) -> list[str]:
    """Letters of the people on the page, in its order."""
    shown = re.findall(r'<a class="number" href="[^"]*">([^<]*)</a>', body)
    letters = {number(letter): letter for letter in BY_LETTER}
    return [letters[one] for one in shown]


def test_a_unit_sees_its_own_who_were_never_asked_or_said_no(people: object) -> None:
    """E is protected, F a child, L dead; A and H have consented; G refused and comes last."""
    body = Reader().sign_in("hemsjukvard").get(ADDRESS).body
    assert sorted(listed(body)) == ["B", "C", "D", "G", "I", "J", "K", "M"]
    assert listed(body)[-1] == "G"
    assert body.count("Samtycke saknas, sedan") == 7
    assert "Fråga igen bara om något har ändrats." in body
    assert "Hemsjukvård börjar" in body


def test_no_name_and_no_count_stands_on_it(people: object) -> None:
    body = Reader().sign_in("hemsjukvard").get(ADDRESS).body
    for person in BY_LETTER.values():
        assert person.family_name not in body
        assert person.given_name not in body
    main = body.partition("<main")[2].partition(">")[2]
    text = re.sub(r"<[^>]*>|19\d{6}-\d{4}|\d{4}-\d{2}-\d{2}", " ", main)
    assert re.findall(r"\b\d+\b", text) == []


def test_social_care_staff_see_their_own_and_health_care_none_of_it(people: object) -> None:
    carers = Reader().sign_in("hemtjanst").get(ADDRESS).body
    assert "SoL-insats börjar" in carers
    assert "C" in listed(carers)
    nurses = Reader().sign_in("hemsjukvard").get(ADDRESS).body
    assert "SoL-insats" not in nurses


def test_a_unit_where_nothing_raises_the_question_has_nothing_to_do(people: object) -> None:
    assert NOTHING in Reader().sign_in("akuten").get(ADDRESS).body


def test_who_administers_sees_the_whole_provider_with_its_units(people: object) -> None:
    body = Reader().sign_in("samtycke").get(ADDRESS).body
    assert "Gäller patienter och brukare hos Fjällviks kommun, Vård." in body
    assert "· Hemsjukvården" in body
    assert "Hemtjänsten" not in body


def test_who_neither_cares_nor_administers_has_no_list(people: object) -> None:
    reader = Reader().sign_in("granskare")
    reply = reader.get(ADDRESS)
    assert (reply.status, listed(reply.body)) == (403, [])
    assert "Byt uppdrag" in reply.body
    assert ADDRESS not in reader.get("/").body


def test_each_patient_shown_leaves_a_row_of_the_log(people: object) -> None:
    body = Reader().sign_in("hemsjukvard").get(ADDRESS).body
    rows = AccessEvent.objects.filter(event="search", detail__list="worklist")
    logged = [person.number for row in rows if (person := row.patient()) is not None]
    assert sorted(logged) == sorted(BY_LETTER[letter].number for letter in listed(body))
    assert {row.activity for row in rows} == {"Läsa"}


def test_an_empty_list_leaves_a_row_too(people: object) -> None:
    Reader().sign_in("akuten").get(ADDRESS)
    row = AccessEvent.objects.filter(event="search").latest("seq")
    assert (row.detail, row.patient_sealed) == ({"list": "worklist", "shown": 0}, None)


def test_a_line_leads_to_the_patients_consents(people: object) -> None:
    reader = Reader().sign_in("hemsjukvard")
    body = reader.get(ADDRESS).body
    links = re.findall(r'<a class="number" href="([^"]*)"', body)
    shown = reader.get(links[listed(body).index("M")]).body
    assert "Tolvansson, Tolvan" in shown
    assert "Nytt samtycke" in shown


def test_pages_follow_each_other_without_gaps_or_doubles(
    people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page is full, though protected people stand between."""
    reader = Reader().sign_in("hemsjukvard")
    everybody = listed(reader.get(ADDRESS).body)
    monkeypatch.setattr(worklist, "AT_ONCE", 3)
    found, address = [], ADDRESS
    while address:
        body = reader.get(address).body
        found.append(listed(body))
        rest = re.search(r'href="[^"]*efter=([^"]*)">Nästa', body)
        address = f"{ADDRESS}?efter={rest[1]}" if rest else ""
    assert [len(page) for page in found] == [3, 3, 2]
    assert [letter for page in found for letter in page] == everybody


def test_another_session_cannot_go_on_from_a_place(people: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "AT_ONCE", 3)
    first = Reader().sign_in("hemsjukvard").get(ADDRESS).body
    rest = re.search(r'href="[^"]*efter=([^"]*)">Nästa', first)
    assert rest is not None
    other = Reader().sign_in("hemsjukvard")
    for place in (rest[1], "x", "AAAA"):
        assert listed(other.get(f"{ADDRESS}?efter={place}").body) == listed(first)


def test_one_reason_at_a_time(people: object) -> None:
    reader = Reader().sign_in("hemsjukvard")
    assert listed(reader.get(f"{ADDRESS}?visa=refused").body) == ["G"]
    assert NOTHING in reader.get(f"{ADDRESS}?visa=expiring").body
    assert len(listed(reader.get(f"{ADDRESS}?visa=nonsense").body)) == 8


@pytest.mark.parametrize("mode", ["hang", "malformed", "unavailable"])
def test_where_the_register_is_silent_nobody_is_listed_and_it_says_so(
    register: "Addresses", mode: str
) -> None:
    order(register.population, mode)
    body = Reader().sign_in("hemsjukvard").get(ADDRESS).body
    assert listed(body) == []
    assert "Folkbokföringen svarade inte för alla. Listan är inte komplett." in body
    assert NOTHING not in body


def test_without_a_register_nobody_is_listed_and_it_says_why(people: object) -> None:
    Source.objects.filter(pk="population").update(enabled=False)
    body = Reader().sign_in("hemsjukvard").get(ADDRESS).body
    assert listed(body) == []
    assert "Folkbokföringen är inte ansluten." in body
    assert NOTHING not in body


def test_a_relation_that_ended_leaves_the_list_and_its_consents_end(people: object) -> None:
    reader = Reader().sign_in("hemsjukvard")
    assert reader.search(BY_LETTER["M"].number).status == 302
    reply = reader.act("end_relation")
    assert reply.location.endswith("/atkomst/?klart=relation")
    assert "M" not in listed(reader.get(ADDRESS).body)
