"""Taking access back against showing what rests on it, on real PostgreSQL with two connections for each pair.

A display is inside an acknowledged revocation when its row was written after the one who took access back was
told that it is done. Several pairs meet at once, each about a patient of their own.
"""

import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from consent import administering, consenting, recording
from consent.accesslog.events import Action
from consent.accesslog.model import AccessEvent
from consent.models import Block, CareRelation, Consent, ConsentRefusal, Dossier
from consent.release import NotReleased, Shown, release_now
from consent.terms import Permit, PersonId
from consent.vocabulary import BlockKind, Kind, Purpose, Right
from tests.consent.doings import TRACE, ask, by
from tests.consent.examples import HEMSJUKVARD, origin, reader
from tests.factories.permits import altered

OTHERS = Shown([(origin(HEMSJUKVARD), Kind.HOME_CARE)], {"viva-hsl": "answered"})
PATIENTS = [PersonId(n) for n in ("193908139060", "193405178967", "194202269207", "195803193258")]
CLERK = administering.Clerk(
    replace(
        reader(HEMSJUKVARD, Purpose.ADMINISTRATION, "SE2120000019-P007"),
        rights=frozenset({Right.ADMINISTER_CONSENTS}),
    ),
    TRACE,
)
SOAK = bool(os.environ.get("SOAK"))
MEETINGS = {
    "consent ended": 10_000 if SOAK else 2000,
    "consent refused": 2000 if SOAK else 200,
    "relation ended": 2000 if SOAK else 200,
    "block recorded": 2000 if SOAK else 200,
}
WAIT_S = 60
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"),
]


@dataclass(frozen=True)
class TakingBack:
    """An act after which nothing may be shown, and how the test puts things back for the next meeting."""

    act: Callable[[PersonId], object]
    put_back: Callable[[Dossier], object]


def _end_nothing(dossier: Dossier) -> None:
    for model in (CareRelation, Consent):
        model.objects.filter(dossier=dossier).update(ended_at=None, ended_by="", end_reason="")


ACTS = {
    "consent ended": TakingBack(
        lambda person: consenting.end_consent(by(patient=person), "patienten återkallar"), _end_nothing
    ),
    "consent refused": TakingBack(
        lambda person: consenting.refuse_consent(by(patient=person)),
        lambda dossier: ConsentRefusal.objects.filter(dossier=dossier).delete(),
    ),
    "relation ended": TakingBack(
        lambda person: consenting.end_relation(by(patient=person), "utskriven"), _end_nothing
    ),
    "block recorded": TakingBack(
        lambda person: administering.record_block(
            CLERK, person, administering.BlockTerms(BlockKind.OUTER), "patienten begär spärr"
        ),
        lambda dossier: Block.objects.filter(dossier=dossier).delete(),
    ),
}


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


@dataclass
class Pair:
    """Two threads that meet again and again over one patient: one takes access back, the other shows."""

    patient: PersonId
    taking_back: TakingBack
    show: Callable[[Permit], None]
    count: int
    meetings: list[tuple[UUID, datetime]] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    act_lasts_s: float = 0.02
    is_over: bool = False

    def __post_init__(self) -> None:
        self.start, self.finish = threading.Barrier(2), threading.Barrier(2)
        parts = (self.run_reader, self.run_revoker)
        self.threads = [threading.Thread(target=self.guard, args=(part,)) for part in parts]

    def guard(self, part: Callable[[], None]) -> None:
        try:
            part()
        except BaseException as failure:  # noqa: BLE001 (told to the test's own thread)
            self.failures.append(failure)
            self.start.abort()
            self.finish.abort()
        finally:
            connection.close()

    def run_reader(self) -> None:
        recording.confirm_relation(by(patient=self.patient))
        consenting.give_consent(by(patient=self.patient))
        first = ask(patient=self.patient).permit
        assert first is not None
        dossier = Dossier.objects.get(pk=first.dossier_id)
        for number in range(self.count):
            permit = self.permit(first, number)
            self.start.wait(WAIT_S)
            # Anywhere from before the act to after it.
            time.sleep(random.uniform(0, 1.2 * self.act_lasts_s))
            with suppress(NotReleased):
                self.show(permit)
            self.finish.wait(WAIT_S)
            self.meetings.append((permit.view_id, self.acknowledged))
            self.taking_back.put_back(dossier)
        self.is_over = True
        self.start.wait(WAIT_S)

    def permit(self, first: Permit, number: int) -> Permit:
        """As the gate gives it; between times only its version and moment are made new, which is quicker."""
        if number % 10 == 0:
            asked = ask(patient=self.patient).permit
            assert asked is not None
            return asked
        version = Dossier.objects.values_list("version", flat=True).get(pk=first.dossier_id)
        soon = datetime.now(UTC) + timedelta(minutes=1)
        return altered(first, dossier_version=version, view_id=uuid4(), expires_at=soon)

    def run_revoker(self) -> None:
        while True:
            self.start.wait(WAIT_S)
            if self.is_over:
                return
            begun = time.perf_counter()
            self.taking_back.act(self.patient)
            with connection.cursor() as cursor:
                cursor.execute("SELECT clock_timestamp()")
                self.acknowledged: datetime = cursor.fetchone()[0]
            self.act_lasts_s = 0.9 * self.act_lasts_s + 0.1 * (time.perf_counter() - begun)
            self.finish.wait(WAIT_S)


def race(what: str, show: Callable[[Permit], None], count: int) -> tuple[int, int]:
    """So many meetings: how many ended with a display, how many displays came too late."""
    pairs = [Pair(patient, ACTS[what], show, count // len(PATIENTS)) for patient in PATIENTS]
    for pair in pairs:
        for thread in pair.threads:
            thread.start()
    for pair in pairs:
        for thread in pair.threads:
            thread.join()
    assert [failure for pair in pairs for failure in pair.failures] == []
    acknowledged = dict(meeting for pair in pairs for meeting in pair.meetings)
    assert len(acknowledged) == count
    rows = AccessEvent.objects.filter(event="shown", view_id__in=acknowledged).values_list("view_id", "at")
    shown = [(acknowledged[view_id], at) for view_id, at in rows if view_id is not None]
    return len(shown), sum(at > done for done, at in shown)


@pytest.fixture(autouse=True)
def short_turns() -> Iterator[None]:
    """Threads take turns more often than Python's usual 5 ms: more ways to meet."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("what", MEETINGS)
def test_nothing_is_shown_inside_an_acknowledged_revocation(lasting_organisations: None, what: str) -> None:
    shown, late = race(what, guarded, MEETINGS[what])
    assert late == 0
    # Both outcomes must have been met, or the threads did not race at all.
    assert 0.02 * MEETINGS[what] < shown < 0.98 * MEETINGS[what], shown


@pytest.mark.parametrize("what", MEETINGS)
def test_checking_first_and_showing_then_is_seen_to_fail(lasting_organisations: None, what: str) -> None:
    _, late = race(what, check_then_show, 80)
    assert late > 0
