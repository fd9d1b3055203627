"""The first active choice (row 2): which other units of the own provider hold something, by name alone."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from connectors.models import Source
from consent.dossiers import open_dossier
from consent.models import AccessEvent, Block
from consent.terms import PersonId
from demo.people import BY_LETTER
from demo.people import places as at
from tests.people.test_when_systems_fail import order
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader, Reply

__all__ = ["_django_db_helper", "module_people", "people"]

if TYPE_CHECKING:
    from demo.seed import Addresses

pytestmark = [pytest.mark.demo, pytest.mark.network]


@pytest.fixture
def cosmic(people: "Addresses") -> "Iterator[Addresses]":
    """The region's record system, to be told to fail; well-behaved before and after."""
    Source.objects.filter(pk="cosmic").update(deadline_s=1.0)
    yield people
    order(people.cosmic, "ok")


def of(letter: str, persona: str = "distrikt") -> Reader:
    reader = Reader().sign_in(persona)
    assert reader.search(BY_LETTER[letter].number).status == 302
    return reader


def ask(reader: Reader) -> Reply:
    return reader.get(f"/p/{reader.handle}/atkomst/enheter/med-uppgifter/")


def holding(body: str) -> set[str]:
    """Names of the units said to have something."""
    told = body.partition("Har uppgifter")[2].partition("<details")[0]
    return set(re.findall(r'name="unit" value="[^"]*"> ([^<]*)</label>', told))


def test_units_with_something_to_choose_are_named(people: object) -> None:
    assert holding(ask(of("H")).body) == {"Medicin", "Psykiatri"}
    assert holding(ask(of("K")).body) == {"Medicin", "Ambulans"}


def test_where_no_other_unit_has_anything_it_says_so(people: object) -> None:
    body = ask(of("B")).body
    assert "Ingen annan enhet har uppgifter att välja." in body
    assert holding(body) == set()


def test_a_unit_blocked_altogether_is_not_named_as_having_anything(people: object) -> None:
    dossier = open_dossier(PersonId(BY_LETTER["H"].number)).dossier
    Block.objects.create(
        dossier=dossier,
        provider_id=at.REGION.hsa,
        unit_id=at.PSYKIATRI.hsa,
        kind="inner",
        recorded_by="test",
    )
    assert holding(ask(of("H")).body) == {"Medicin"}


def test_names_alone_are_shown(people: object) -> None:
    body = ask(of("H")).body
    assert "data-button" not in body
    for clinical in ("Krisplan", "krisplan", "Besök", "besök"):
        assert clinical not in body


def test_only_the_own_provider_is_asked_and_the_log_says_what_was_told(people: object) -> None:
    ask(of("H"))
    intent, shown = AccessEvent.objects.filter(event__in=("intent", "shown")).order_by("-seq")[:2][::-1]
    assert (intent.event, shown.event) == ("intent", "shown")
    assert intent.view_id == shown.view_id
    assert (intent.action, set(intent.outcomes)) == (
        "access",
        {"cosmic", "cosmic-link", "katalog-r001", "mobimed"},
    )
    assert shown.outcomes == dict.fromkeys(("cosmic", "cosmic-link", "katalog-r001", "mobimed"), "answered")
    assert shown.detail["counts"] == {"units": 2}
    assert (shown.origins, shown.kinds) == ([], [])


def test_the_ticked_unit_opens_and_the_others_stay_shut(people: object) -> None:
    reader = of("H")
    assert reader.act("choose_units", unit=[at.MEDICIN.hsa]).status == 302
    page = reader.overview()
    assert "care_contact" in page.lit
    assert "choose" in page.flags("warning") or page.states["warning"] == "choose"
    assert holding(ask(reader).body) == {"Psykiatri"}


def test_choosing_nothing_is_explained(people: object) -> None:
    reply = of("H").act("choose_units")
    assert (reply.status, "Välj minst en enhet." in reply.body) == (422, True)


@pytest.mark.parametrize("mode", ["hang", "malformed", "unavailable"])
def test_a_system_that_fails_is_not_a_system_without_units(cosmic: "Addresses", mode: str) -> None:
    order(cosmic.cosmic, mode, seconds=3.0)
    body = ask(of("H")).body
    assert "Cosmic svarade inte fullständigt. Fler enheter kan ha uppgifter." in body
    assert "Ingen annan enhet har uppgifter" not in body
    assert "<details open>" in body
    assert "Psykiatri" in body


def test_without_a_relation_no_unit_is_named(people: object) -> None:
    body = ask(of("B", "hemtjanst")).body
    assert "Ni har ingen pågående insats" in body
    assert "Biståndsenheten" not in body
