"""During a whole journey no number of a person stands in a URL, title, header, log line or cache key."""

import logging
import re
from itertools import chain

import pytest
from django.core.cache import cache
from django.db import connection

from consent.identity import display_number
from consent.terms import PersonId
from demo.people import BY_LETTER
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader, Reply

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]

NUMBER = BY_LETTER["A"].number
SPELLINGS = (NUMBER, display_number(PersonId(NUMBER)), NUMBER[2:], display_number(PersonId(NUMBER))[2:])
KINDS = ("care_limitation", "contact", "social_service", "diagnosis", "medication")


def walk() -> list[Reply]:
    """Search, choose, open everything, ask again, look who answered, take the consent back."""
    reader = Reader().sign_in("akuten")
    replies = [reader.search(NUMBER), reader.act("choose_units", unit="*")]
    paths = ("", "kallor/", "atkomst/", "giltig/?v=x", *(f"uppgifter/{k}/" for k in KINDS))
    replies += [reader.get(f"/p/{reader.handle}/{path}") for path in paths]
    replies.append(reader.act("end_consent"))
    return replies


def test_no_number_in_addresses_titles_headers_or_logs(
    people: object, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        replies = walk()
    printed = capfd.readouterr()
    titles = chain.from_iterable(re.findall(r"<title>(.*?)</title>", r.body, re.DOTALL) for r in replies)
    links = chain.from_iterable(
        re.findall(r"(?:href|action|src|data-[a-z]+)=\"([^\"]*)\"", r.body) for r in replies
    )
    headers = chain.from_iterable(chain.from_iterable(r.headers.items()) for r in replies)
    # Statements carry values only while DEBUG shows them; what is logged otherwise must be clean.
    lines = [r.getMessage() for r in caplog.records if not r.name.startswith("django.db")]
    keys = cache_keys()
    for text in chain(titles, links, headers, lines, keys, (printed.out, printed.err)):
        assert not any(spelling in text for spelling in SPELLINGS), text[:200]


def cache_keys() -> list[str]:
    """Every key in the cache, whichever it is: Redis in the full run, memory otherwise."""
    inner = cache._cache  # type: ignore[attr-defined]
    if hasattr(inner, "get_client"):
        return [key.decode("latin-1") for key in inner.get_client().keys("*")]
    return list(inner)


def test_no_number_in_clear_in_any_table(people: object) -> None:
    """Sessions, dossier, acts and log: searched as the database holds them."""
    walk()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                held = " ".join(
                    bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row
                )
                assert not any(spelling in held for spelling in SPELLINGS), table
