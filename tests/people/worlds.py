"""One seeded database for a whole module, and what a page costs: its bytes, its questions, its statements.

A module that imports ``module_people`` and ``_django_db_helper`` is seeded once, inside a transaction that is
rolled back after its last test; each test has a transaction of its own within it, as ``django_db`` gives.
With ``people`` imported too, its tests ask for the people as everywhere else.
"""

import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from connectors.sources import configuration
from tests.walking import Reader, Reply

if TYPE_CHECKING:
    from demo.seed import Addresses


UNHURRIED_S = 60.0


@pytest.fixture(scope="module")
def module_people(
    simulators: "Addresses", django_db_setup: None, django_db_blocker: Any
) -> "Iterator[Addresses]":
    """The demo's organisations, personas, sources and records, for all tests of the module."""
    from demo.seed import seed

    with django_db_blocker.unblock(), transaction.atomic():
        seed(simulators)
        yield simulators
        transaction.set_rollback(True)


@contextmanager
def unhurried() -> Iterator[None]:
    """Every system may take its time: what a busy machine makes late is not what is looked at here."""
    from connectors.models import Source

    Source.objects.update(deadline_s=UNHURRIED_S)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.aggregation.fanout.LONGEST_WAIT_S", UNHURRIED_S)
        patch.setattr("connectors.facts.LONGEST_WAIT_S", UNHURRIED_S)
        yield


@pytest.fixture
def _django_db_helper(module_people: "Addresses") -> Iterator[None]:
    """Takes the place of pytest-django's own: what the test does to the database is undone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def people(module_people: "Addresses", db: None) -> "Addresses":
    """The module's people."""
    return module_people


@dataclass(frozen=True)
class Look:
    """One page and everything it cost. ``chunks``: its text but for what is new each time; ``calls``: what
    each system was asked; ``statements``: how many went to the database.
    """

    status: int
    location: str
    headers: dict[str, str]
    chunks: tuple[str, ...]
    calls: dict[str, list[Any]]
    statements: int

    @property
    def body(self) -> str:
        return "".join(self.chunks)

    @property
    def sizes(self) -> list[int]:
        return [len(chunk.encode()) for chunk in self.chunks]


# The length is told by ``sizes``, without what is new each time.
NEW_EACH_TIME = {"Expires", "Set-Cookie", "Date", "Content-Length"}


def systems(people: "Addresses") -> dict[str, str]:
    names = ("population", "cosmic", "viva", "mobimed", "nordliden", "npo", "facts")
    return {name: address for name in names if (address := getattr(people, name, ""))}


def look(
    people: "Addresses",
    reader: Reader,
    path: str,
    data: dict[str, Any] | None = None,
    *,
    is_json: bool = False,
) -> Look:
    """GET, or with ``data`` POST, as a form or as JSON; the whole of the answer."""
    found = systems(people)
    for address in found.values():
        forget_questions(address)
    # Read again after each change, by whoever comes first, whoever the page is about.
    configuration()
    with CaptureQueriesContext(connection) as captured:
        if data is None:
            reply = reader.get(path)
        else:
            reply = reader.send(path, data) if is_json else reader.post(path, data)
    return Look(
        status=reply.status,
        location=steady(reply.location),
        headers={name: steady(value) for name, value in reply.headers.items() if name not in NEW_EACH_TIME},
        chunks=tuple(steady(chunk.decode()) for chunk in reply.chunks),
        calls={name: questions_to(address) for name, address in found.items()},
        statements=len(captured.captured_queries),
    )


def steady(text: str) -> str:
    """Without what is new in every request: handles, the form's token, the seal of validity, the clock, and
    the number by which an error page can be found in the log."""
    text = re.sub(r"(?<=/p/)[\w-]{60,}(?=/)", "HANDLE", text)
    text = re.sub(r'((?:name="handle" value|data-handle)=")[\w-]{60,}', r"\1HANDLE", text)
    text = re.sub(r'("handle": "|/oppna/)[\w-]{60,}', r"\1HANDLE", text)
    text = re.sub(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]*\+\d\d:\d\d", "MOMENT", text)
    text = re.sub(r"\b[0-9a-f]{12,32}\b", "TRACE", text)
    text = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1TOKEN", text)
    text = re.sub(r"\?v=[^\"]+", "?v=SEAL", text)
    text = re.sub(r'(data-left=")\d+', r"\1LEFT", text)
    return re.sub(r"\b\d\d\.\d\d\b", "00.00", text)


def questions_to(address: str) -> list[Any]:
    """What a simulator was asked, in no order: they are asked at once."""
    with urllib.request.urlopen(f"{address}/_requests") as reply:
        return sorted(json.load(reply), key=json.dumps)


def forget_questions(address: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{address}/_requests", method="DELETE")).close()


def signed_in(persona: str, number: str, unit: str = "") -> Reader:
    """At work, with the patient before her."""
    reader = Reader().sign_in(persona, unit)
    found: Reply = reader.search(number)
    assert found.status == 302, found.body[:500]
    return reader
