"""Ending a consent against showing what rests on it, on real PostgreSQL with two connections.

A display is inside an acknowledged revocation when its row was written after the one who ended the consent
was told that it is done.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import datetime

import pytest
from django.db import connection

from consent import consenting, recording
from consent.accesslog.events import Action
from consent.accesslog.model import AccessEvent
from consent.models import Dossier
from consent.release import NotReleased, Shown, release_now
from consent.terms import Permit
from consent.vocabulary import Kind
from tests.consent.doings import TRACE, ask, by
from tests.consent.examples import HEMSJUKVARD, origin
from tests.factories.permits import altered

OTHERS = Shown([(origin(HEMSJUKVARD), Kind.HOME_CARE)], {"viva-hsl": "answered"})
INTERLEAVINGS = 10_000 if os.environ.get("SOAK") else 200
Results = Generator[tuple[bool, bool], None, None]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"),
]


def guarded(permit: Permit) -> None:
    """As the product does it."""
    release_now(permit, OTHERS, Action.OVERVIEW, TRACE)


def check_then_show(permit: Permit) -> None:
    """The mistake: first look whether it holds, then write the row. Proves that the test can see it."""
    current = Dossier.objects.get(pk=permit.dossier_id)
    if current.version != permit.dossier_version:
        raise NotReleased
    # Longer than an act takes, even on a busy machine: what a slow source does to a page.
    time.sleep(random.uniform(0, 0.05))
    version = Dossier.objects.get(pk=permit.dossier_id).version
    release_now(altered(permit, dossier_version=version), OTHERS, Action.OVERVIEW, TRACE)


class Race:
    """Two threads that meet again and again: one ends the consent, the other shows."""

    def __init__(self, show: Callable[[Permit], None]) -> None:
        self.show = show
        self.start, self.finish = threading.Barrier(3), threading.Barrier(3)
        self.permit: Permit | None = None
        self.acknowledged: datetime | None = None
        self.failures: list[BaseException] = []
        self.threads = [threading.Thread(target=self.run, args=(part,)) for part in (self.end, self.display)]

    def run(self, part: Callable[[], None]) -> None:
        try:
            while True:
                self.start.wait(30)
                if self.permit is None:
                    return
                time.sleep(random.uniform(0, 0.003))
                part()
                self.finish.wait(30)
        except BaseException as failure:  # noqa: BLE001 (told to the test's own thread)
            self.failures.append(failure)
            self.finish.abort()
        finally:
            connection.close()

    def end(self) -> None:
        consenting.end_consent(by(), "patienten återkallar")
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            self.acknowledged = cursor.fetchone()[0]

    def display(self) -> None:
        assert self.permit is not None
        try:
            self.show(self.permit)
        except NotReleased:
            return

    def rounds(self, count: int) -> Results:
        """For each meeting: whether it was shown, and whether that was after the end was acknowledged."""
        for thread in self.threads:
            thread.start()
        try:
            for _ in range(count):
                consenting.give_consent(by())
                self.permit = ask().permit
                assert self.permit is not None
                self.start.wait(30)
                self.finish.wait(30)
                assert self.acknowledged is not None
                shown = AccessEvent.objects.filter(view_id=self.permit.view_id, event="shown").first()
                yield shown is not None, shown is not None and shown.at > self.acknowledged
        finally:
            self.permit = None
            if not self.failures:
                self.start.wait(30)
            for thread in self.threads:
                thread.join(30)


def race(show: Callable[[Permit], None], count: int) -> Results:
    recording.confirm_relation(by())
    running = Race(show)
    with closing(running.rounds(count)) as rounds:
        yield from rounds
    assert running.failures == []


def test_nothing_is_shown_inside_an_acknowledged_revocation(lasting_organisations):
    results = list(race(guarded, INTERLEAVINGS))
    assert [late for _, late in results if late] == []
    # Both outcomes must have been met, or the threads did not race at all.
    assert 0 < sum(shown for shown, _ in results) < INTERLEAVINGS


def test_checking_first_and_showing_then_is_seen_to_fail(lasting_organisations):
    with closing(race(check_then_show, INTERLEAVINGS)) as results:
        assert any(late for _, late in results)
