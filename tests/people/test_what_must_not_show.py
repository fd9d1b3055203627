"""What the invented people must never see on their pages: canaries, others' data, a lamp before its time."""

import pytest

from consent.vocabulary import Kind
from demo.people import BY_LETTER
from demo.people.facts import CANARY_ADDRESS, CANARY_PHONE, CANARY_RELATIVE
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]

FOREIGN_FED = (Kind.SOCIAL_SERVICE, Kind.HOME_CARE)


def _before(letter: str, persona: str = "akuten") -> Reader:
    reader = Reader().sign_in(persona)
    assert reader.search(BY_LETTER[letter].number).status == 302
    return reader


def test_other_units_read_annan_enhet_until_they_are_chosen(people: object) -> None:
    """Whether they hold anything or not: K's visits lie in another unit, B has none."""
    for letter in ("K", "B"):
        page = _before(letter, "distrikt").overview()
        assert page.states["diagnosis"] == "choose", letter
        assert "Annan enhet: välj" in page.tiles["diagnosis"].text


def test_before_consent_a_full_and_an_empty_patient_have_the_same_foreign_buttons(people: object) -> None:
    """M has social services, C home care as well, B nothing: the bytes are the same."""
    tiles = {}
    for letter in ("B", "C", "M"):
        page = _before(letter).overview()
        tiles[letter] = [page.tiles[kind.value].text for kind in FOREIGN_FED]
        assert {page.states[kind.value] for kind in FOREIGN_FED} == {"consent"}
    assert tiles["B"] == tiles["C"] == tiles["M"]


def test_before_consent_no_source_of_another_owner_is_asked(people: object) -> None:
    """Not even called: what is not fetched cannot leak."""
    import json
    import urllib.request

    address = people.viva  # type: ignore[attr-defined]
    urllib.request.urlopen(urllib.request.Request(f"{address}/_requests", method="DELETE")).close()
    _before("M").overview()
    with urllib.request.urlopen(f"{address}/_requests") as reply:
        assert json.load(reply) in ([], {"requests": []})


@pytest.mark.parametrize("path", ["", "kallor/", "atkomst/", *(f"uppgifter/{kind.value}/" for kind in Kind)])
def test_a_protected_persons_canaries_stay_hidden(people: object, path: str) -> None:
    reader = _before("E")
    reader.act("choose_units", unit="*")
    body = reader.get(f"/p/{reader.handle}/{path}").body
    assert BY_LETTER["E"].family_name in body
    for canary in (CANARY_ADDRESS, CANARY_RELATIVE, CANARY_PHONE):
        assert canary not in body


def test_the_deceased_offer_no_consent_and_no_emergency(people: object) -> None:
    for persona in ("akuten", "hemsjukvard"):
        page = _before("L", persona).overview()
        assert page.lit == frozenset()
        assert "Patienten samtycker" not in page.html
        assert "Nödsituation" not in page.html


def test_a_refusal_is_corrected_in_one_step(people: object) -> None:
    reader = _before("M")
    assert reader.act("refuse_consent").status == 302
    assert "Patienten nekade samtycke" in reader.overview().text
    assert reader.act("annul_refusal").status == 302
    page = reader.overview()
    assert "Patienten nekade" not in page.text
    assert page.states["social_service"] == "consent"


def test_while_a_refusal_stands_only_the_unconscious_can_be_opened(people: object) -> None:
    reader = _before("G", "hemsjukvard")
    assert reader.act("emergency", obstacle="other").status == 409
    assert reader.act("emergency", obstacle="unconscious").status == 302
