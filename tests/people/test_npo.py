"""What comes by way of the national overview: told once beside its own journal, and as fresh as it is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from connectors.base.breaker import BREAKER
from connectors.models import Source
from demo.people import BY_LETTER
from tests.people.test_when_systems_fail import order
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

if TYPE_CHECKING:
    from demo.seed import Addresses

pytestmark = [pytest.mark.demo, pytest.mark.network]
LIMITATION = "care_limitation"
JOURNAL = "Cosmic, Region Fjäll"
TEXT = "Ej HLR. Ställningstagande av Petra Lavander"


@pytest.fixture
def npo(people: "Addresses") -> Iterator[str]:
    """The simulated national overview, well-behaved before and after; the ambulance hangs as it should."""
    order(people.mobimed, "hang", patient=BY_LETTER["J"].number)
    Source.objects.exclude(slug="population").update(deadline_s=1.5)
    BREAKER.conditions.clear()
    yield people.npo
    order(people.npo, "ok")
    BREAKER.conditions.clear()


def knut() -> Reader:
    """Akuten with Knut Hedvall before it, his consent on record and the region's units chosen."""
    reader = Reader().sign_in("akuten")
    reader.search(BY_LETTER["J"].number)
    reader.act("choose_units", unit="*")
    return reader


def test_the_duplicate_stands_once_beside_the_source_that_differs(npo: str) -> None:
    page = knut().overview()
    strip = page.safety.text
    assert strip.count(TEXT) == 1
    assert "Cosmic + NPÖ, hämtat" in strip
    assert "Tidigare begränsning upphävd, full vård." in strip
    assert "Källorna skiljer sig" in strip
    assert page.states["prehospital"] == "unknown"
    assert page.lit == {LIMITATION}


def test_its_list_says_both_where_it_is_from(npo: str) -> None:
    page = knut().detail(LIMITATION)
    articles = page.body.split("<article")[1:]
    assert [TEXT in article for article in articles].count(True) == 1
    assert len(articles) == 2
    assert "Finns även i" in page.body
    assert "NPÖ, Region Fjäll, Medicin, hämtat" in page.body


def test_it_is_told_by_npo_alone_while_its_own_journal_is_away(npo: str, people: "Addresses") -> None:
    order(people.cosmic, "unavailable")
    try:
        page = knut().overview()
    finally:
        order(people.cosmic, "ok")
    assert page.safety.text.count(TEXT) == 1
    assert "NPÖ, hämtat" in page.safety.text
    assert "Cosmic: Är ur drift." in page.safety.text


def test_its_own_journal_tells_it_alone_where_npo_has_nothing(npo: str) -> None:
    order(npo, "empty")
    strip = knut().overview().safety.text
    assert strip.count(TEXT) == 1
    assert "Cosmic, hämtat" in strip


@pytest.mark.parametrize(
    ("mode", "flag", "line"),
    [
        ("cached", "Kopia från", f"NPÖ ({JOURNAL}): Kopia från"),
        ("stale", "Kopia från", f"NPÖ ({JOURNAL}): Kopia från"),
        ("silent", "av 3 källor", f"NPÖ ({JOURNAL}): Svarade inte. Okänt om uppgifter finns."),
    ],
)
def test_button_and_strip_say_how_the_journal_behind_did(npo: str, mode: str, flag: str, line: str) -> None:
    order(npo, mode)
    page = knut().overview()
    assert flag in page.tiles[LIMITATION].text
    assert line in page.safety.text
    assert page.states[LIMITATION] == "ongoing"


@pytest.mark.parametrize(
    ("mode", "part", "words"),
    [
        ("ok", "ok", "Svarade"),
        ("cached", "copy", "Kopia från"),
        ("stale", "part", "Svarade inte nu, nyare uppgifter kan finnas."),
        ("silent", "failed", "Svarade inte. Okänt om uppgifter finns."),
    ],
)
def test_who_has_answered_has_a_line_for_the_journal_behind(
    npo: str, mode: str, part: str, words: str
) -> None:
    order(npo, mode)
    reader = knut()
    body = reader.get(f"/p/{reader.handle}/kallor/").body
    after = body.partition('data-source="npo"')[2].partition("data-source=")[0]
    assert f'data-part="{part}"' in after
    assert JOURNAL in after
    assert words in after


def test_silent_journal_never_makes_a_button_empty(npo: str) -> None:
    """Elof has nothing anywhere: all is empty until the journal behind the overview falls silent."""
    reader = Reader().sign_in("akuten")
    reader.search(BY_LETTER["B"].number)
    reader.act("choose_units", unit="*")
    reader.act("give_consent", scope="unit", period="open")
    assert reader.overview().states["diagnosis"] == "empty"
    order(npo, "silent")
    page = reader.overview()
    assert page.states["diagnosis"] == "unknown"
    assert "Inget registrerat" not in page.tiles["diagnosis"].text


def test_one_contract_that_fails_leaves_the_others_standing(npo: str) -> None:
    path = "/clinicalprocess/healthcond/description/GetDiagnosis/2/rivtabp21"
    order(npo, "malformed", path=path)
    page = knut().overview()
    assert page.states["diagnosis"] == "unknown"
    assert page.states["medication"] == "empty"
    assert "Cosmic + NPÖ" in page.safety.text


def test_before_consent_npo_is_not_asked(npo: str, people: "Addresses") -> None:
    from tests.people.worlds import forget_questions, questions_to

    forget_questions(npo)
    reader = Reader().sign_in("distrikt")
    reader.search(BY_LETTER["J"].number)
    reader.overview()
    assert questions_to(npo) == []
