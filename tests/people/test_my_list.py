"""Min lista, Senaste and the way between the patients of a list, as the invented people's staff meet them."""

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from connectors.models import Source
from consent.accesslog.events import Event
from consent.identity import display_number
from consent.models import AccessEvent
from consent.terms import PersonId
from demo.people import BY_LETTER
from portal.accounts.models import PortalSession
from tests.people.test_when_systems_fail import order
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.seed import Addresses

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]

LIST = "/min-lista/"
NIGHT_PATROL = "SE2120000019-V0NP"
ADD = "Lägg i Min lista"
REMOVE = "I Min lista: ta bort"


def number(letter: str) -> str:
    return display_number(PersonId(BY_LETTER[letter].number))


def name(letter: str) -> str:
    return f"{BY_LETTER[letter].family_name}, {BY_LETTER[letter].given_name}"


def rows(body: str) -> list[tuple[str, str]]:
    """(name, number) of each line, in order."""
    found = re.findall(r'<a class="choice" href="[^"]*">(.*?)</a>', body, re.DOTALL)
    texts = [re.sub(r"<[^>]*>", "|", one) for one in found]
    return [
        (text.strip("|").split("|")[0] if "," in text else "", re.findall(r"\d{8}-\d{4}", text)[0])
        for text in texts
    ]


def open_patient(reader: Reader, letter: str) -> str:
    reader.search(BY_LETTER[letter].number)
    return reader.get(reverse("overview", args=[reader.handle])).body


def follow(reader: Reader, *letters: str) -> None:
    for letter in letters:
        assert ADD in open_patient(reader, letter)
        assert reader.act("follow").status == 302


@pytest.fixture
def register(people: "Addresses") -> "Iterator[Addresses]":
    Source.objects.filter(pk="population").update(deadline_s=0.6)
    yield people
    order(people.population, "ok")


def test_a_nurse_lists_patients_and_walks_between_them(people: object) -> None:
    nurse = Reader().sign_in("hemsjukvard")
    follow(nurse, "A", "D", "B")
    body = nurse.get(LIST).body
    assert rows(body) == [(name(x), number(x)) for x in ("D", "A", "B")]
    assert rows(body) == sorted(rows(body))
    first = re.findall(r'<a class="choice" href="([^"]*)"', body)[0]
    page = nurse.get(first).body
    assert "1 av 3" in page
    assert REMOVE in page
    assert "Föregående i Min lista" not in page
    following = re.search(r'rel="next" href="([^"]*)"', page)
    assert following is not None
    second = nurse.get(following[1]).body
    assert name("A") in second
    assert "2 av 3" in second
    assert nurse.get(re.search(r'rel="prev" href="([^"]*)"', second)[1]).body.count(name("D"))  # type: ignore[index]


def test_a_list_holds_nothing_of_care(people: object) -> None:
    nurse = Reader().sign_in("hemsjukvard")
    follow(nurse, "A")
    main = nurse.get(LIST).body.partition("<main")[2].partition("</main>")[0]
    for word in ("data-state", "SoL", "insats", "Penicillin", "lyser", "Adress"):
        assert word not in main


def test_it_is_the_units_and_no_other_units(people: object) -> None:
    follow(Reader().sign_in("hemsjukvard"), "A")
    night = Reader().sign_in("hemsjukvard", NIGHT_PATROL)
    assert rows(night.get(LIST).body) == []
    assert rows(Reader().sign_in("akuten").get(LIST).body) == []


@pytest.mark.parametrize("persona", ["hemtjanst", "bistand", "samtycke", "granskare"])
def test_nobody_else_has_one(people: object, persona: str) -> None:
    reader = Reader().sign_in(persona)
    assert reader.get(LIST).status == 403
    assert 'href="/min-lista/"' not in reader.get("/").body


def test_social_care_cannot_put_anybody_on_one(people: object) -> None:
    carer = Reader().sign_in("hemtjanst")
    assert ADD not in open_patient(carer, "A")
    assert carer.act("follow").status == 409
    assert not AccessEvent.objects.filter(event=Event.LIST_ADDED).exists()


def test_a_protected_person_is_on_no_list(people: object) -> None:
    doctor = Reader().sign_in("akuten")
    assert ADD not in open_patient(doctor, "E")
    assert doctor.act("follow").status == 409
    open_patient(doctor, "M")
    assert [number for _, number in rows(doctor.get("/").body)] == [number("M")]


def test_without_the_register_the_number_stands_alone_and_it_is_said(register: "Addresses") -> None:
    nurse = Reader().sign_in("hemsjukvard")
    follow(nurse, "A")
    order(register.population, "hang")
    body = nurse.get(LIST).body
    assert rows(body) == [("", number("A"))]
    assert "Alla namn kunde inte hämtas." in body
    assert BY_LETTER["A"].family_name not in body


def test_each_who_is_shown_is_logged(people: object) -> None:
    nurse = Reader().sign_in("hemsjukvard")
    follow(nurse, "A", "D")
    before = AccessEvent.objects.count()
    nurse.get(LIST)
    logged = AccessEvent.objects.filter(event=Event.SEARCH, detail__list="unit")
    assert AccessEvent.objects.count() == before + 2
    assert {row.patient().number for row in logged} == {BY_LETTER[x].number for x in "AD"}  # type: ignore[union-attr]


def test_a_relation_that_ends_ends_the_place_on_the_list(people: object) -> None:
    nurse = Reader().sign_in("hemsjukvard")
    follow(nurse, "A")
    nurse.act("end_relation")
    assert rows(nurse.get(LIST).body) == []


def test_one_tap_takes_off(people: object) -> None:
    nurse = Reader().sign_in("hemsjukvard")
    follow(nurse, "A")
    assert nurse.act("unfollow").status == 302
    assert ADD in nurse.get(reverse("overview", args=[nurse.handle])).body
    assert rows(nurse.get(LIST).body) == []


def test_recent_are_those_opened_the_latest_first_and_ten_at_most(people: object) -> None:
    doctor = Reader().sign_in("akuten")
    for letter in "ABCDFGHIJKLMA":
        open_patient(doctor, letter)
    shown = [n for _, n in rows(doctor.get("/").body)]
    assert shown == [number(x) for x in "AMLKJIHGFD"]


def test_recent_are_gone_with_the_assignment_and_with_the_session(people: object) -> None:
    nurse = Reader().sign_in("hemsjukvard")
    open_patient(nurse, "A")
    assert rows(nurse.get("/").body)
    from portal.accounts.models import Assignment

    other = Assignment.objects.filter(user__username="hemsjukvard").order_by("-pk").first()
    assert other is not None
    nurse.post(reverse("choose_assignment"), {"assignment": other.pk})
    assert rows(nurse.get("/").body) == []
    open_patient(nurse, "A")
    nurse.post(reverse("account_logout"))
    assert rows(nurse.sign_in("hemsjukvard").get("/").body) == []


def test_the_sessions_table_tells_of_nobody(people: object) -> None:
    nurse = Reader().sign_in("hemsjukvard")
    follow(nurse, "A")
    nurse.get(LIST)
    for session in PortalSession.objects.all():
        kept = str(session.get_decoded())
        assert BY_LETTER["A"].number not in kept
        assert BY_LETTER["A"].family_name not in kept
