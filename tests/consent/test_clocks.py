"""Which moment counts, and whose clock: days of 23 and 25 hours, the leap day, one microsecond either way.

The database's clock decides; here it is set.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from connectors.base.kinds import CareContact
from connectors.base.records import When
from consent import consenting, incapacity, lifting, recording
from consent.accesslog.events import Action
from consent.facts import ChildAbility, Obstacle, Person, Protection
from consent.gate import RemoteFacts, Ruling
from consent.models import Block, CareRelation, Consent, Dossier, EmergencyOpening, Inability, UnitChoice
from consent.recording import Recorder
from consent.release import NotReleased, Shown, release_now
from consent.terms import ANY, Actor, Basis, PersonId, Reach
from consent.vocabulary import BlockKind, CareKind, Distance, Kind, LiftGround, Right
from portal.accounts.actors import assignments_of
from portal.accounts.models import Assignment, User
from portal.aggregation.protection import shield
from portal.dates import today
from tests.aggregation.examples import record
from tests.consent.database_time import DatabaseClock, database_clock
from tests.consent.doings import TRACE, ask
from tests.consent.examples import (
    AKUTEN,
    FJALL,
    GUNHILD,
    HEMSJUKVARD,
    MILO,
    NURSE,
    PSYKIATRI,
    VARD,
    origin,
    other,
)
from tests.consent.reference import SWEDEN

__all__ = ["database_clock"]

pytestmark = pytest.mark.usefixtures("organisations")
MICROSECOND, SECOND = timedelta(microseconds=1), timedelta(seconds=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EDGES = (-SECOND, -MICROSECOND, 0 * DAY, MICROSECOND, SECOND)
START = datetime(2026, 6, 1, 10, 30, 15, 250_001, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
OFFICER = replace(NURSE, rights=frozenset({Right.LIFT_BLOCKS}))
OF_VARD = other(VARD)
OWN_PSYKIATRI = Reach(Distance.OWN_PROVIDER, CareKind.HEALTH_CARE, FJALL.hsa_id, PSYKIATRI.hsa_id)
GROWN = Person(GUNHILD, is_known=True, born=date(1939, 8, 13), protection=Protection.NONE)
CHILD = Person(MILO, is_known=True, born=date(2017, 10, 3), protection=Protection.NONE)
YOUTH = replace(CHILD, born=date(2011, 3, 1))
OTHERS = Shown([(origin(HEMSJUKVARD), Kind.HOME_CARE)], {"viva-hsl": "answered"})


@dataclass
class Register:
    """Knows one person."""

    person: Person

    async def find(self, person: PersonId) -> Person:
        return self.person


def look(person: Person = GROWN, actor: Actor = NURSE) -> Ruling:
    return ask(actor, person.id, remote=RemoteFacts(person=Register(person)))


def by(person: Person = GROWN, actor: Actor = NURSE) -> Recorder:
    return Recorder(actor, person, TRACE)


def is_open(ruling: Ruling, reach: Reach = OF_VARD) -> bool:
    """A unit that nothing is known of is decided on with the unlisted ones."""
    decision = ruling.decisions.get(reach) or ruling.decisions[replace(reach, unit_id=ANY)]
    return isinstance(decision, Basis)


def swedish(year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, fold: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SWEDEN, fold=fold).astimezone(UTC)


def row(model: Any, person: Person = GROWN, **values: Any) -> Any:
    """An act that no screen records, or not with these times."""
    look(person)
    shared = {"provider_id": FJALL.hsa_id, "unit_id": AKUTEN.hsa_id, "recorded_by": "X"}
    dossier = Dossier.objects.order_by("-opened_at").first()
    times = dict.fromkeys(("recorded_at", "starts_at"), LONG_AGO)
    return model.objects.create(dossier=dossier, **{**shared, **times, **values})


def relate(person: Person = GROWN) -> None:
    row(CareRelation, person, ground="journal")


# One microsecond either way. ------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """Something that begins or ends by itself: how it is recorded, when, and what it opens or closes."""

    record: Callable[[], object]
    at: datetime
    opens: bool
    reach: Reach = OF_VARD
    person: Person = GROWN


def _emergency() -> None:
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    recording.open_emergency(by())


def _inability() -> None:
    incapacity.record_inability(by())
    said = dict.fromkeys(("is_needed", "is_attitude_clarified", "is_no_objection_known"), True)
    incapacity.assert_inability(by(), **said)


def _lift() -> None:
    recording.choose_units(by())
    UnitChoice.objects.update(ends_at=START + 30 * DAY)
    block = row(Block, kind="inner", unit_id=PSYKIATRI.hsa_id)
    lifting.lift_blocks(
        by(actor=OFFICER),
        [str(block.pk)],
        LiftGround.CONSENT,
        "patienten vill",
        START + 3 * HOUR,
    )


def _relation_of_a_day() -> None:
    CareRelation.objects.all().delete()
    recording.confirm_relation(by())


def _block_after_consent() -> None:
    consenting.give_consent(by())
    row(Block, kind="outer", provider_id=VARD.hsa_id, unit_id="", starts_at=START + 5 * HOUR)


def _choice_and_block(**times: Any) -> None:
    recording.choose_units(by())
    UnitChoice.objects.update(ends_at=START + 30 * DAY)
    row(Block, kind="inner", unit_id=PSYKIATRI.hsa_id, **times)


LIMITS = {
    "consent, end": Limit(
        lambda: consenting.give_consent(by(), until=date(2026, 6, 3)), swedish(2026, 6, 4), opens=False
    ),
    "consent, begin": Limit(
        lambda: consenting.give_consent(by(), starts=date(2026, 6, 3)), swedish(2026, 6, 3), opens=True
    ),
    "relation, end": Limit(
        _relation_of_a_day,
        START + DAY,
        opens=False,
        reach=Reach(Distance.OWN_UNIT, CareKind.HEALTH_CARE, FJALL.hsa_id, AKUTEN.hsa_id),
    ),
    "choice, end": Limit(
        lambda: recording.choose_units(by(), [PSYKIATRI.hsa_id]),
        START + DAY,
        opens=False,
        reach=OWN_PSYKIATRI,
    ),
    "emergency, end": Limit(_emergency, START + DAY, opens=False),
    "inability, review": Limit(_inability, START + incapacity.REVIEW_AFTER, opens=False),
    "child found unable, end": Limit(
        lambda: incapacity.assess_child(by(YOUTH), ChildAbility.UNABLE),
        START + incapacity.CHILD_ASSESSMENT_LASTS,
        opens=False,
        person=YOUTH,
    ),
    "lift, end": Limit(_lift, START + 3 * HOUR, opens=False, reach=OWN_PSYKIATRI),
    "inner block, begin": Limit(
        lambda: _choice_and_block(starts_at=START + 5 * HOUR),
        START + 5 * HOUR,
        opens=False,
        reach=OWN_PSYKIATRI,
    ),
    "inner block, end": Limit(
        lambda: _choice_and_block(ends_at=START + 5 * HOUR),
        START + 5 * HOUR,
        opens=True,
        reach=OWN_PSYKIATRI,
    ),
    "outer block, begin": Limit(
        _block_after_consent,
        START + 5 * HOUR,
        opens=False,
    ),
}


@pytest.mark.parametrize("off", EDGES, ids=lambda off: f"{off / MICROSECOND:+.0f} µs")
@pytest.mark.parametrize("what", LIMITS)
def test_an_act_counts_from_its_first_moment_up_to_its_last(
    database_clock: DatabaseClock, what: str, off: timedelta
) -> None:
    limit = LIMITS[what]
    database_clock.set(START)
    relate(limit.person)
    limit.record()
    database_clock.set(limit.at + off)
    is_past = off >= timedelta()
    assert is_open(look(limit.person), limit.reach) is (is_past is limit.opens)


@pytest.mark.parametrize("what", LIMITS)
def test_no_permit_reaches_past_the_moment(database_clock: DatabaseClock, what: str) -> None:
    """A page opened ten seconds before ends there: what was permitted then is not released after."""
    limit = LIMITS[what]
    database_clock.set(START)
    relate(limit.person)
    limit.record()
    database_clock.set(limit.at - 10 * SECOND)
    permit = look(limit.person).permit
    assert permit is not None
    assert permit.expires_at == limit.at
    for off in (0 * DAY, MICROSECOND):
        database_clock.set(limit.at + off)
        with pytest.raises(NotReleased):
            release_now(permit, Shown(), Action.OVERVIEW, TRACE)
    database_clock.set(limit.at - MICROSECOND)
    release_now(permit, Shown(), Action.OVERVIEW, TRACE)


# Days in Sweden. ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        (date(2026, 3, 29), "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
        (date(2026, 10, 25), "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
        (date(2028, 2, 29), "2028-02-28T23:00Z", "2028-02-29T23:00Z"),
        (date(2026, 12, 31), "2026-12-30T23:00Z", "2026-12-31T23:00Z"),
    ],
    ids=["23 hours", "25 hours", "leap day", "last of the year"],
)
def test_a_consent_for_a_day_holds_all_of_that_swedish_day(
    database_clock: DatabaseClock, day: date, begins: str, ends: str
) -> None:
    first, last = (datetime.fromisoformat(text.replace("Z", ":00+00:00")) for text in (begins, ends))
    database_clock.set(first - 3 * DAY)
    relate()
    consenting.give_consent(by(), starts=day, until=day)
    for at, holds in (
        (first - MICROSECOND, False),
        (first, True),
        (last - MICROSECOND, True),
        (last, False),
    ):
        database_clock.set(at)
        assert is_open(look()) is holds, at


@pytest.mark.parametrize(
    "at",
    [
        swedish(2026, 3, 28, 14),
        swedish(2026, 3, 29, 1, 59),
        swedish(2026, 10, 24, 14),
        swedish(2026, 10, 25, 2, 30),
        swedish(2026, 10, 25, 2, 30, fold=1),
        swedish(2028, 2, 28, 23, 59),
    ],
    ids=str,
)
def test_an_opening_lasts_24_hours_by_the_clock_on_the_wall_or_not(
    database_clock: DatabaseClock, at: datetime
) -> None:
    """24 real hours: 23 or 25 by the clock where it was changed between."""
    database_clock.set(at)
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    recording.choose_units(by())
    incapacity.record_temporary(by())
    for model in (EmergencyOpening, CareRelation, UnitChoice, Inability):
        assert model.objects.get().ends_at == at + 24 * HOUR
    database_clock.set(at + 24 * HOUR - MICROSECOND)
    assert look().standing.emergency is not None
    database_clock.set(at + 24 * HOUR)
    assert look().standing.emergency is None


@pytest.mark.parametrize("last_word", ["yes", "no"])
def test_half_past_two_comes_twice_and_the_second_is_later(
    database_clock: DatabaseClock, last_word: str
) -> None:
    first, second = swedish(2026, 10, 25, 2, 30), swedish(2026, 10, 25, 2, 30, fold=1)
    assert second - first == HOUR
    database_clock.set(first - DAY)
    relate()
    words = [consenting.refuse_consent, consenting.give_consent]
    for at, say in zip((first, second), words if last_word == "yes" else reversed(words), strict=True):
        database_clock.set(at)
        say(by())  # type: ignore[operator]
    database_clock.set(second + SECOND)
    assert is_open(look()) is (last_word == "yes")


@pytest.mark.parametrize(
    ("born", "age", "grows_up"),
    [
        (date(2017, 10, 3), 13, swedish(2030, 10, 3)),
        (date(2016, 2, 29), 13, swedish(2029, 3, 1)),
        (date(2017, 3, 29), 13, swedish(2030, 3, 29)),
        (date(2017, 10, 25), 13, swedish(2030, 10, 25)),
    ],
    ids=str,
)
def test_a_child_is_asked_from_the_midnight_of_its_birthday(
    database_clock: DatabaseClock, born: date, age: int, grows_up: datetime
) -> None:
    child = replace(CHILD, born=born)
    database_clock.set(grows_up - 10 * SECOND)
    relate(child)
    permit = look(child).permit
    assert permit is not None
    assert permit.expires_at == grows_up
    database_clock.set(grows_up - MICROSECOND)
    assert is_open(look(child))
    database_clock.set(grows_up)
    assert not is_open(look(child))


def test_one_found_unable_is_a_child_until_the_midnight_of_the_eighteenth_birthday(
    database_clock: DatabaseClock,
) -> None:
    midnight = swedish(2029, 3, 1)
    database_clock.set(midnight - 40 * DAY)
    relate(YOUTH)
    incapacity.assess_child(by(YOUTH), ChildAbility.UNABLE)
    database_clock.set(midnight - MICROSECOND)
    assert is_open(look(YOUTH))
    database_clock.set(midnight)
    assert not is_open(look(YOUTH))


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)], ids=str)
def test_a_block_of_one_day_covers_what_was_documented_in_all_of_its_hours(
    database_clock: DatabaseClock, day: date
) -> None:
    midnight = datetime.combine(day, time(), SWEDEN)
    first = midnight.astimezone(UTC)
    last = datetime.combine(day + DAY, time(), SWEDEN).astimezone(UTC) - MICROSECOND
    database_clock.set(START)
    relate()
    consenting.give_consent(by())
    row(Block, kind="outer", provider_id=VARD.hsa_id, unit_id="", first_day=day, last_day=day)
    permit = look().permit
    assert permit is not None
    for at, is_hidden in (
        (first - MICROSECOND, False),
        (first, True),
        (first + 12 * HOUR, True),
        (last, True),
        (last + MICROSECOND, False),
    ):
        assert permit.covers(origin(HEMSJUKVARD, at=at), Kind.HOME_CARE) is not is_hidden, at


# Whose clock. ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", [-DAY, DAY, -400 * DAY, 400 * DAY], ids=lambda wrong: f"{wrong.days:+d} days"
)
def test_the_clock_of_this_process_changes_no_decision(
    database_clock: DatabaseClock, wrong: timedelta
) -> None:
    """Everything has ended a second ago or begins or ends in a second, whatever the process believes."""
    now = timezone.now()
    database_clock.set(now)
    relate()
    row(Consent, unit_ids=[AKUTEN.hsa_id], ends_at=now + SECOND)
    row(Block, kind=BlockKind.OUTER.value, provider_id=VARD.hsa_id, unit_id="", ends_at=now - SECOND)
    row(Block, kind=BlockKind.INNER.value, unit_id=PSYKIATRI.hsa_id, starts_at=now + SECOND)
    row(UnitChoice, target_unit_id="*", employee_id=NURSE.hsa_id, ends_at=now + SECOND)
    row(EmergencyOpening, obstacle="other", is_danger=True, employee_id=NURSE.hsa_id, ends_at=now - SECOND)
    right = look()
    assert right.permit is not None
    with time_machine.travel(now + wrong):
        ruling = look()
        assert ruling.permit is not None
        release_now(ruling.permit, OTHERS, Action.OVERVIEW, TRACE)
    assert ruling.at == right.at == now
    assert ruling.permit.expires_at == right.permit.expires_at == now + SECOND
    assert ruling.decisions == right.decisions
    assert (ruling.standing, ruling.acts, ruling.notices) == (right.standing, right.acts, right.notices)


@pytest.mark.parametrize("wrong", [-DAY, DAY], ids=["a day behind", "a day ahead"])
def test_what_is_recorded_has_the_databases_time(database_clock: DatabaseClock, wrong: timedelta) -> None:
    database_clock.set(START)
    with time_machine.travel(START + wrong):
        relate()
        consenting.give_consent(by(), until=date(2026, 6, 1))
        recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    given, opening = Consent.objects.get(), EmergencyOpening.objects.get()
    assert (given.recorded_at, given.starts_at, given.ends_at) == (START, START, swedish(2026, 6, 2))
    assert (opening.starts_at, opening.ends_at) == (START, START + DAY)


@pytest.mark.xfail(strict=True, reason="aggregation.protection asks this process's clock")
def test_a_protected_persons_coming_visit_stays_hidden_where_this_process_is_days_ahead() -> None:
    tomorrow = When.on(today() + DAY)
    visit = record(CareContact, start=tomorrow)
    assert shield(visit) is None
    with time_machine.travel(timezone.now() + 3 * DAY):
        assert shield(visit) is None


@pytest.mark.xfail(strict=True, reason="accounts.actors asks this process's clock")
def test_an_assignment_that_has_ended_stays_so_where_this_process_is_a_day_behind() -> None:
    nurse = User.objects.create_user("nurse", hsa_id="SE2321000016-P001")
    Assignment.objects.create(user=nurse, unit_id=AKUTEN.hsa_id, valid_until=today() - DAY)
    assert not assignments_of(nurse, today()).exists()
    with time_machine.travel(timezone.now() - DAY):
        assert not assignments_of(nurse, today()).exists()
