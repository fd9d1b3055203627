"""Recording what bears on access. Each act locks the dossier, raises its version and writes the log, in one
transaction: whatever was about to be shown under the old version is not.

All functions are for a database thread. They raise acts.NotAllowed, LogUnavailable.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import Error, transaction
from django.db.models import Q
from django.db.models.functions import Now

from consent import dossiers, ledger, standing
from consent.accesslog.events import Event
from consent.accesslog.write import Entry, LogUnavailable, Trace, write
from consent.acts import Act, NotAllowed, allowed_acts, emergency_may_be_declared
from consent.facts import Facts, Obstacle, Person
from consent.models import (
    CareRelation,
    CareUnit,
    Dossier,
    EmergencyOpening,
    UnitChoice,
)
from consent.terms import ANY, Actor, Block
from consent.vocabulary import Purpose, RelationGround

OPENING_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records, about whom, and what is known elsewhere: of the person, the relation, the blocks."""

    actor: Actor
    person: Person
    trace: Trace
    journal: RelationGround | None = RelationGround.NONE
    remote_blocks: tuple[Block, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A locked dossier: the database's time, what stands, and what every new act shares.

    ``ids``: the rows that the person's acts hang on, more than one where she has several numbers.
    """

    dossier: Dossier
    now: datetime
    facts: Facts
    shared: dict[str, Any]
    ids: tuple[UUID, ...]


def confirm_relation(by: Recorder) -> None:
    """The reader attests a care relation for 24 hours; sampled in review."""
    with recorded(by, Act.CONFIRM_RELATION, Event.RELATION_CONFIRMED) as (opened, _):
        _relate(by, opened)


def choose_units(by: Recorder, unit_ids: Sequence[str] = (ANY,)) -> None:
    """Open other units of the own provider for this reader (aktivt val), for 24 hours. Each is logged."""
    with recorded(by, Act.CHOOSE_UNITS, Event.UNITS_CHOSEN) as (opened, detail):
        if not unit_ids or not are_own(by.actor, unit_ids):
            raise NotAllowed(Act.CHOOSE_UNITS)
        for unit_id in dict.fromkeys(unit_ids):
            UnitChoice.objects.create(
                **opened.shared,
                employee_id=by.actor.hsa_id,
                target_unit_id=unit_id,
                ends_at=opened.now + OPENING_LASTS,
            )
        detail.update(units=list(unit_ids))


def declare_emergency(by: Recorder, obstacle: Obstacle) -> None:
    """First step: danger to life or serious risk to health, and why consent cannot be obtained (SVOD 3:6).

    Names of vårdgivare may show after this, nothing else. Receiving the patient is a relation, so it is
    recorded too where none was.
    """
    with recorded(by, Act.DECLARE_EMERGENCY, Event.EMERGENCY_DECLARED) as (opened, detail):
        if not emergency_may_be_declared(by.actor, opened.facts, opened.now, obstacle):
            raise NotAllowed(Act.DECLARE_EMERGENCY)
        if not opened.facts.has_relation:
            _relate(by, opened)
        opening = EmergencyOpening.objects.create(
            **opened.shared,
            employee_id=by.actor.hsa_id,
            is_danger=True,
            obstacle=obstacle.value,
            ends_at=opened.now + opened.facts.legal.opening_lasts,
        )
        detail.update(act=str(opening.id), danger=True, obstacle=obstacle.value)


def open_emergency(by: Recorder) -> None:
    """Second step: what is there is judged indispensable for the care the patient absolutely needs."""
    with recorded(by, Act.OPEN_EMERGENCY, Event.EMERGENCY_OPENED) as (opened, detail):
        declared = standing.emergency_of(by.actor, opened.facts, opened.now)
        if declared is None:
            raise NotAllowed(Act.OPEN_EMERGENCY)
        EmergencyOpening.objects.filter(pk=declared.id).update(opened_at=opened.now)
        detail.update(act=declared.id, indispensable=True)


def end_openings(actor: Actor, trace: Trace, event: Event, keep_unit: str = "") -> None:
    """Choice of assignment or sign-out: the reader's personal openings end, but for those at ``keep_unit``
    (or, where the setting keeps them over a switch, all of them).

    At the database's time, with the versions raised and the log written in the same transaction.
    """
    with in_one_transaction():
        mine = Q(employee_id=actor.hsa_id, ends_at__gt=Now(), ended_at=None, annulled_at=None)
        mine &= ~Q(unit_id=keep_unit)
        stays = event is Event.ASSIGNMENT_CHOSEN and not ledger.legal_settings().openings_end_at_switch
        models = () if stays else (EmergencyOpening, UnitChoice)
        found = {pk for m in models for pk in m.objects.filter(mine).values_list("dossier", flat=True)}
        dossiers.raise_version(*Dossier.objects.filter(pk__in=found))
        for model in models:
            model.objects.filter(mine, dossier__in=found).update(
                ended_at=Now(), ended_by=actor.hsa_id, end_reason="uppdraget avslutades"
            )
        write(Entry(event, actor, trace, detail={"openings_ended": len(found)}))


def plain(text: str) -> str:
    """What a user wrote as a reason, as the tables take it."""
    return text.replace("\0", "").strip()[:300]


@contextmanager
def in_one_transaction() -> Iterator[None]:
    """All of it or nothing. A database that fails is a log that fails: LogUnavailable."""
    try:
        with transaction.atomic():
            yield
    except Error as error:
        raise LogUnavailable from error


@contextmanager
def recorded(
    by: Recorder, act: Act, event: Event, reason: str = "", *, bears_on_access: bool = True
) -> Iterator[tuple[Opened, dict[str, Any]]]:
    """One act, if it may be recorded now: what is found, and the details to log. ``NotAllowed`` otherwise.

    One that bears on no access leaves the version, and so every open page, as it is.
    """
    with in_one_transaction():
        found = dossiers.lock_dossier(by.person.id)
        dossier, now = found.dossier, found.now
        facts = ledger.facts_from(
            ledger.acts_of(dossier),
            by.person,
            by.actor,
            now,
            by.journal,
            by.remote_blocks,
            found.distrusted_before,
        )
        if act not in allowed_acts(by.actor, facts, now):
            raise NotAllowed(act)
        shared = {
            "dossier": dossier,
            "provider_id": by.actor.provider.hsa_id,
            "unit_id": by.actor.unit.hsa_id,
            "recorded_by": by.actor.hsa_id,
            "recorded_at": now,
            "starts_at": now,
        }
        detail: dict[str, Any] = {"dossier": str(dossier.pk)}
        yield Opened(dossier, now, facts, shared, ledger.ids_of(dossier)), detail
        if bears_on_access:
            dossiers.raise_version(dossier)
        write(Entry(event, by.actor, by.trace, patient=by.person.id, detail=detail, reason=plain(reason)))


def _relate(by: Recorder, opened: Opened) -> None:
    CareRelation.objects.create(
        **opened.shared,
        employee_id=by.actor.hsa_id,
        ground=CareRelation.Ground.ATTESTED,
        ends_at=opened.now + OPENING_LASTS,
    )


def are_own(actor: Actor, unit_ids: Sequence[str], *, any_provider: bool = False) -> bool:
    """Whether all are units of the reader's own provider (ANY is); for another's nobody records here, unless
    the setting lets consent be (``any_provider``)."""
    others = set(unit_ids) - {actor.unit.hsa_id, ANY}
    known = CareUnit.objects.filter(pk__in=others)
    if not any_provider:
        known = known.filter(provider_id=actor.provider.hsa_id)
    return not others or known.count() == len(others)


def unit_meant(by: Recorder, unit_id: str, act: Act) -> str:
    """The unit that an act is for: the reader's own; an administrator names any of the same provider."""
    if unit_id in ("", by.actor.unit.hsa_id):
        return by.actor.unit.hsa_id
    if by.actor.purpose is not Purpose.ADMINISTRATION or unit_id == ANY or not are_own(by.actor, [unit_id]):
        raise NotAllowed(act)
    return unit_id
