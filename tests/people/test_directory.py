"""The contact directory on the page: who answers at the units that Gunhild's sources name."""

import pytest

from consent.models import AccessEvent
from demo.people import BY_LETTER
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]


def opened(letter: str) -> Reader:
    reader = Reader().sign_in("akuten")
    reader.search(BY_LETTER[letter].number)
    reader.act("choose_units", unit="*")
    reader.act("give_consent", period="open")
    return reader


def test_the_units_her_sources_name_are_told_how_to_reach(people: object) -> None:
    body = opened("A").detail("contact").body
    for told in ("Medicinjouren", "Maja Tjärnås", "0980-319231", "Nattpatrullen"):
        assert told in body, told
    assert "Kontaktkatalogen Region Fjäll, kontrollerad" in body
    shown = AccessEvent.objects.filter(event="shown").latest("seq")
    assert shown.outcomes["katalog-r001"] == "answered"


def test_somebody_nobody_knows_has_no_contacts(people: object) -> None:
    reader = opened("B")
    assert reader.overview().states["contact"] == "empty"
    assert "0980-319231" not in reader.detail("contact").body


def test_before_consent_the_municipalitys_directory_is_as_closed_as_all_else(people: object) -> None:
    reader = Reader().sign_in("akuten")
    reader.search(BY_LETTER["M"].number)
    body = reader.detail("contact").body
    assert "Nattpatrullen" not in body
    assert AccessEvent.objects.filter(event="shown").latest("seq").outcomes["katalog-v001"] == "no_consent"
