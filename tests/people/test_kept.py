"""What is kept of pages has nothing in it of any of the people, nor of those who read."""

import pytest
from django.conf import settings

from consent.identity import display_number
from consent.terms import PersonId
from demo.people import BY_LETTER
from demo.people.expected import EXPECTED
from demo.people.personas import PERSONAS
from portal.overview.templatetags.kept import KEPT
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]


def test_everybodys_pages_leave_nothing_of_anybody_in_what_is_kept(people: object) -> None:
    """Each person before somebody who may look, in one language or the other. That a page is to the letter
    what it is with nothing kept, ``tests/conftest.py`` holds in every test."""
    KEPT.clear()
    readers: dict[str, Reader] = {}
    handles, pages = set(), 0
    for letter, persona in {row.person: row.persona for row in EXPECTED}.items():
        reader = readers.get(persona) or readers.setdefault(persona, Reader().sign_in(persona))
        assert reader.search(BY_LETTER[letter].number).status == 302
        handles.add(reader.handle)
        reader.client.cookies[settings.LANGUAGE_COOKIE_NAME] = ("sv", "en")[pages % 2]
        reply = reader.get(f"/p/{reader.handle}/")
        assert reply.status == 200
        assert display_number(PersonId(BY_LETTER[letter].number)) in reply.body
        pages += 1
    assert pages == len(BY_LETTER)
    about = handles | {persona.name for persona in PERSONAS}
    for one in BY_LETTER.values():
        about |= {one.number, display_number(PersonId(one.number)), one.given_name, one.family_name}
        about |= {words for words in (one.address, one.phone) if words}
    kept = "".join(f"{key[1:]}{cut}" for key, cut in KEPT.items())
    assert len(KEPT) > 50
    assert not {words for words in about if words in kept}
