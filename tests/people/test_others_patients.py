"""Somebody else's link is no link: every URL about a patient answers others as it answers nonsense."""

import os
import re
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.urls import reverse
from structlog.testing import capture_logs

from consent.accesslog.model import AccessEvent
from demo.people import BY_LETTER
from portal.patients import counting
from tests.architecture.test_urls import EXAMPLES, ROUTES
from tests.walking import Reader, Reply

pytestmark = [pytest.mark.django_db, pytest.mark.demo, pytest.mark.network]

NONSENSE = EXAMPLES["handle"]
PROBES = 1000 if os.environ.get("SOAK") else 120
ABOUT_PATIENTS = [(path, name) for path, name in ROUTES if NONSENSE in path]
# What differs between two answers to the very same question.
NOISE = re.compile(r'value="[A-Za-z0-9]{64}"|Fel-id (?:<b>)?[0-9a-f]{12}|"error_id": "[0-9a-f]{12}"')


def shape(reply: Reply, handle: str) -> tuple[int, str, str]:
    return reply.status, reply.location.replace(handle, "…"), NOISE.sub("", reply.body).replace(handle, "…")


def test_there_are_urls_to_try():
    assert len(ABOUT_PATIENTS) > 25


@pytest.mark.parametrize("persona", ["hemsjukvard", "bistand", "granskare", "admin"])
def test_every_url_as_another_user(people, persona):
    owner = Reader().sign_in("akuten")
    owner.search(BY_LETTER["C"].number)
    other = Reader().sign_in(persona)
    before = AccessEvent.objects.exclude(patient_sealed=None).count()
    for path, _name in ABOUT_PATIENTS:
        for ask in (other.get, other.post):
            theirs = shape(ask(path.replace(NONSENSE, owner.handle)), owner.handle)
            assert theirs == shape(ask(path), NONSENSE), path
            assert theirs[0] != 200 or theirs[2] == '{"valid": false}', path
    assert AccessEvent.objects.exclude(patient_sealed=None).count() == before


def test_ones_own_link_of_another_session(people):
    owner = Reader().sign_in("akuten")
    owner.search(BY_LETTER["C"].number)
    again = Reader().sign_in("akuten")
    reply = again.get(reverse("overview", args=[owner.handle]))
    assert shape(reply, owner.handle) == shape(again.get(reverse("overview", args=[NONSENSE])), NONSENSE)
    assert reply.status == 404


def test_another_assignment_closes_every_patient(people):
    reader = Reader().sign_in("hemsjukvard", unit="SE2120000019-V0HS")
    reader.search(BY_LETTER["C"].number)
    key = reader.client.cookies["sessionid"].value
    assert reader.get(reverse("overview", args=[reader.handle])).status == 200
    from portal.accounts.models import Assignment

    other = Assignment.objects.get(user__username="hemsjukvard", unit_id="SE2120000019-V0NP")
    reader.post(reverse("choose_assignment"), {"assignment": other.pk})
    assert reader.get(reverse("overview", args=[reader.handle])).status == 404
    assert reader.client.cookies["sessionid"].value != key


def test_probes_tell_nothing_and_raise_one_alarm(people, monkeypatch):
    """Numbers that exist and numbers that do not: the same status, bytes and queries."""
    # All within one hour, also where the hour strikes meanwhile.
    monkeypatch.setattr(counting, "time", SimpleNamespace(time=lambda: 1_800_000_000.0))
    cache.clear()
    reader = Reader().sign_in("akuten")
    known, unknown = BY_LETTER["C"].number, "191212121212"
    reader.search(known)
    reader.search(unknown)
    seen = set()
    with capture_logs() as lines:
        for n in range(PROBES):
            reply = reader.search(known if n % 2 else unknown)
            seen.add((reply.status, len(reply.location), reply.body, tuple(sorted(reply.headers))))
    assert len(seen) == 1
    alarms = [line for line in lines if line["event"] == "many_searches"]
    assert [line["hsa_id"] for line in alarms] == ["SE2321000016-2A01"]
    assert all(known not in str(line) and unknown not in str(line) for line in lines)


def test_queries_are_the_same_for_who_exists_and_who_does_not(people):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    reader = Reader().sign_in("akuten")
    counts = []
    for number in (BY_LETTER["C"].number, "191212121212", BY_LETTER["A"].number):
        reader.search(number)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            reader.search(number)
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_without_a_cache_searching_goes_on(people, monkeypatch):
    def fail(*_args: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", fail)
    assert Reader().sign_in("akuten").search(BY_LETTER["C"].number).status == 302
