"""What a launch opens is what a typed number opens, about everybody: it adds nothing and skips nothing."""

import pytest

from consent.models import AccessEvent
from demo.people import BY_LETTER
from demo.people.facts import CANARY_ADDRESS, CANARY_PHONE, CANARY_RELATIVE
from demo.people.personas import BY_SIGN_IN
from tests.launching.conftest import journal, keys_of_the_journal
from tests.launching.journal import Journal
from tests.launching.test_by_token import follow, post
from tests.walking import Reader

__all__ = ["journal", "keys_of_the_journal"]
pytestmark = [pytest.mark.django_db, pytest.mark.demo, pytest.mark.network]


def launched(journal: Journal, persona: str, letter: str) -> Reader:
    """Signed in as the persona, come by a launch to the person; no assignment has been chosen before."""
    who, reader = BY_SIGN_IN[persona], Reader()
    reader.sign_in(persona)
    unit = who.assignments[0].unit.hsa
    said = {"employeeHsaId": who.hsa, "healthCareUnitHsaId": unit, "patient": BY_LETTER[letter].number}
    reply = follow(reader, post(reader, journal.token(**said)))
    assert reply.status == 302, reply.body[:1000]
    reader.handle = reply.location.strip("/").split("/")[1]
    return reader


def searched(persona: str, letter: str) -> Reader:
    reader = Reader().sign_in(persona, unit=BY_SIGN_IN[persona].assignments[0].unit.hsa)
    reader.search(BY_LETTER[letter].number)
    return reader


@pytest.mark.parametrize(("persona", "letter"), [
    ("akuten", "C"), ("distrikt", "H"), ("akuten", "L"),
])  # fmt: skip
def test_the_same_stands_on_the_page(people, journal, persona, letter):
    by_launch = launched(journal, persona, letter).overview()
    by_search = searched(persona, letter).overview()
    assert by_launch.states == by_search.states
    assert by_launch.lit == by_search.lit
    assert by_launch.html.count("Samtycke behövs") == by_search.html.count("Samtycke behövs")


def test_protected_identity_is_asked_about_here(people, journal):
    """No launch carries the mark; the register is asked."""
    page = launched(journal, "akuten", "E").overview()
    assert "Skyddade personuppgifter" in page.html
    for canary in (CANARY_ADDRESS, CANARY_PHONE, CANARY_RELATIVE):
        assert canary not in page.html


def test_who_is_let_in_nowhere_is_denied_after_a_launch_too(people, journal):
    launched(journal, "hemtjanst", "B").overview()
    assert AccessEvent.objects.filter(event="refused").exists()
    assert not AccessEvent.objects.filter(event="shown").exists()
