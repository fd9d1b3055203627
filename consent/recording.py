"""Recording what bears on access. Each act locks the dossier, raises its version and writes the log, in one
transaction: whatever was about to be shown under the old version is not.

All functions are for a database thread. They raise acts.NotAllowed, LogUnavailable.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import Error, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from consent import ledger, standing
from consent.accesslog.events import Event
from consent.accesslog.write import Entry, LogUnavailable, Trace, write
from consent.acts import Act, NotAllowed, allowed_acts, emergency_may_be_declared
from consent.facts import Facts, Obstacle, Person
from consent.models import (
    CareRelation,
    CareUnit,
    Consent,
    ConsentRefusal,
    Dossier,
    EmergencyOpening,
    UnitChoice,
)
from consent.terms import ANY, Actor

OPENING_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records, about whom, and what is known of the person and of the relation elsewhere."""

    actor: Actor
    person: Person
    trace: Trace
    journal_relation: bool | None = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A locked dossier: the database's time, what stands, and what every new act shares."""

    dossier: Dossier
    now: datetime
    facts: Facts
    shared: dict[str, Any]


def confirm_relation(by: Recorder) -> None:
    """The reader attests a care relation for 24 hours; sampled in review."""
    with recorded(by, Act.CONFIRM_RELATION, Event.RELATION_CONFIRMED) as (opened, _):
        _relate(by, opened)


def give_consent(
    by: Recorder, *, is_personal: bool = False, until: date | None = None, unit_ids: Sequence[str] = ()
) -> None:
    """The patient consents: to the reader's unit (and units named with it) or to the reader alone.

    ``until`` is the last day it holds, in Sweden; None: until further notice. It ends the refusals of its
    units; a personal one only goes past them for the reader, for the colleagues the no still stands.
    """
    with recorded(by, Act.GIVE_CONSENT, Event.CONSENT_GIVEN) as (opened, detail):
        units = list(dict.fromkeys([by.actor.unit.hsa_id, *unit_ids]))
        ends_at = standing.end_of_day(until) if until else None
        if not _are_own(by.actor, units) or (ends_at is not None and ends_at <= opened.now):
            raise NotAllowed(Act.GIVE_CONSENT)
        consent = Consent.objects.create(
            **opened.shared,
            employee_id=by.actor.hsa_id if is_personal else "",
            unit_ids=units,
            ends_at=ends_at,
        )
        if not is_personal:
            _standing_refusals(opened, units).update(
                ended_at=opened.now, ended_by=by.actor.hsa_id, end_reason="nytt samtycke"
            )
        last = until.isoformat() if until else None
        detail.update(act=str(consent.id), personal=is_personal, units=units, until=last)


def refuse_consent(by: Recorder) -> None:
    """The patient says no, to this unit. Consents given here before hold no longer (``standing`` sees to it).

    Their rows stay as they are: other units named in them keep theirs, and a no that was a mistake can be
    annulled as if it had never been.
    """
    with recorded(by, Act.REFUSE_CONSENT, Event.CONSENT_REFUSED) as (opened, detail):
        detail.update(act=str(ConsentRefusal.objects.create(**opened.shared).id))


def annul_refusal(by: Recorder, reason: str) -> None:
    """A mis-tapped no, made undone in one step (makulera, felregistrerat)."""
    with recorded(by, Act.ANNUL_REFUSAL, Event.REFUSAL_ANNULLED, reason) as (opened, detail):
        count = _standing_refusals(opened, [by.actor.unit.hsa_id]).update(
            annulled_at=opened.now, annulled_by=by.actor.hsa_id, annul_reason=plain(reason)
        )
        detail.update(count=count)


def end_consent(by: Recorder, reason: str) -> None:
    """The patient takes the consent back (avsluta): it holds no longer than to the next byte."""
    with recorded(by, Act.END_CONSENT, Event.CONSENT_ENDED, reason) as (opened, detail):
        detail.update(count=_end_consents(opened, by, reason))


def choose_units(by: Recorder, unit_ids: Sequence[str] = (ANY,)) -> None:
    """Open other units of the own provider for this reader (aktivt val), for 24 hours. Each is logged."""
    with recorded(by, Act.CHOOSE_UNITS, Event.UNITS_CHOSEN) as (opened, detail):
        if not unit_ids or not _are_own(by.actor, unit_ids):
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
            ends_at=opened.now + OPENING_LASTS,
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
    """Choice of assignment or sign-out: the reader's personal openings end, but for those at ``keep_unit``.

    At the database's time, with the versions raised and the log written in the same transaction.
    """
    with _in_one_transaction():
        mine = Q(employee_id=actor.hsa_id, ends_at__gt=Now(), ended_at=None, annulled_at=None)
        mine &= ~Q(unit_id=keep_unit)
        models = (EmergencyOpening, UnitChoice)
        found = {pk for m in models for pk in m.objects.filter(mine).values_list("dossier", flat=True)}
        ledger.raise_version(*Dossier.objects.filter(pk__in=found))
        for model in models:
            model.objects.filter(mine, dossier__in=found).update(
                ended_at=Now(), ended_by=actor.hsa_id, end_reason="uppdraget avslutades"
            )
        write(Entry(event, actor, trace, detail={"openings_ended": len(found)}))


def plain(text: str) -> str:
    """What a user wrote as a reason, as the tables take it."""
    return text.replace("\0", "").strip()[:300]


@contextmanager
def _in_one_transaction() -> Iterator[None]:
    """All of it or nothing. A database that fails is a log that fails: LogUnavailable."""
    try:
        with transaction.atomic():
            yield
    except Error as error:
        raise LogUnavailable from error


@contextmanager
def recorded(
    by: Recorder, act: Act, event: Event, reason: str = ""
) -> Iterator[tuple[Opened, dict[str, Any]]]:
    """One act, if it may be recorded now: what is found, and the details to log. ``NotAllowed`` otherwise."""
    with _in_one_transaction():
        dossier, now = ledger.lock_dossier(by.person.id)
        facts = ledger.facts_from(ledger.acts_of(dossier), by.person, by.actor, now, by.journal_relation)
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
        detail: dict[str, Any] = {}
        yield Opened(dossier, now, facts, shared), detail
        ledger.raise_version(dossier)
        write(Entry(event, by.actor, by.trace, patient=by.person.id, detail=detail, reason=plain(reason)))


def _relate(by: Recorder, opened: Opened) -> None:
    CareRelation.objects.create(
        **opened.shared,
        employee_id=by.actor.hsa_id,
        ground=CareRelation.Ground.ATTESTED,
        ends_at=opened.now + OPENING_LASTS,
    )


def _are_own(actor: Actor, unit_ids: Sequence[str]) -> bool:
    """Whether all are units of the reader's own provider (ANY is); for another's nobody records here."""
    others = set(unit_ids) - {actor.unit.hsa_id, ANY}
    known = CareUnit.objects.filter(pk__in=others, provider_id=actor.provider.hsa_id)
    return not others or known.count() == len(others)


def _standing_refusals(opened: Opened, unit_ids: Sequence[str]) -> QuerySet[ConsentRefusal]:
    return ConsentRefusal.objects.filter(
        dossier=opened.dossier, unit_id__in=unit_ids, ended_at=None, annulled_at=None
    )


def _end_consents(opened: Opened, by: Recorder, reason: str) -> int:
    """Every consent that covers the reader's unit. Picked here: databases search JSON lists differently."""
    rows = Consent.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=opened.now), dossier=opened.dossier, ended_at=None, annulled_at=None
    )
    mine = [
        c.pk for c in rows if by.actor.unit.hsa_id in c.unit_ids and c.employee_id in ("", by.actor.hsa_id)
    ]
    return Consent.objects.filter(pk__in=mine).update(
        ended_at=opened.now, ended_by=by.actor.hsa_id, end_reason=plain(reason)
    )
