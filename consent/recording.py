"""Recording what bears on access. Each act locks the dossier, raises its version and writes the log, in one
transaction: whatever was about to be shown under the old version is not.

All functions are for a database thread. They raise acts.NotAllowed, LogUnavailable.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from consent import ledger
from consent.accesslog.events import Event
from consent.accesslog.write import Entry, Trace, write
from consent.acts import Act, NotAllowed, allowed_acts, emergency_may_be_declared
from consent.facts import Facts, Obstacle, Person
from consent.models import (
    CareRelation,
    Consent,
    ConsentRefusal,
    Dossier,
    EmergencyOpening,
    UnitChoice,
)
from consent.terms import ANY, SWEDISH_TIME, Actor

OPENING_LASTS = timedelta(hours=24)
CONSENT_DAYS = 365


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records, about whom, and what is known of the person and of the relation elsewhere."""

    actor: Actor
    person: Person
    trace: Trace
    journal_relation: bool | None = False


@dataclass(frozen=True, slots=True)
class _Open:
    dossier: Dossier
    now: datetime
    facts: Facts
    shared: dict[str, Any]


def confirm_relation(by: Recorder) -> None:
    """The reader attests a care relation for 24 hours; sampled in review."""
    with _recording(by, Act.CONFIRM_RELATION, Event.RELATION_CONFIRMED) as (opened, _):
        _relate(by, opened)


def give_consent(
    by: Recorder, *, is_personal: bool = False, until: date | None = None, unit_ids: Sequence[str] = ()
) -> None:
    """The patient consents: to the reader's unit (and units named with it) or to the reader alone.

    ``until`` is the last day it holds, in Sweden; None: until further notice. Ends a refusal at the same unit.
    """
    with _recording(by, Act.GIVE_CONSENT, Event.CONSENT_GIVEN) as (opened, detail):
        consent = Consent.objects.create(
            **opened.shared,
            employee_id=by.actor.hsa_id if is_personal else "",
            unit_ids=list(dict.fromkeys([by.actor.unit.hsa_id, *unit_ids])),
            ends_at=end_of_day(until) if until else None,
        )
        _standing_refusals(opened, by).update(
            ended_at=opened.now, ended_by=by.actor.hsa_id, end_reason="nytt samtycke"
        )
        detail.update(act=str(consent.id), personal=is_personal, until=until.isoformat() if until else None)


def refuse_consent(by: Recorder) -> None:
    """The patient says no, to this unit. Consents of the unit end with it."""
    with _recording(by, Act.REFUSE_CONSENT, Event.CONSENT_REFUSED) as (opened, detail):
        refusal = ConsentRefusal.objects.create(**opened.shared)
        detail.update(act=str(refusal.id), ended=_end_consents(opened, by, "patienten nekar"))


def annul_refusal(by: Recorder, reason: str) -> None:
    """A mis-tapped no, made undone in one step (makulera, felregistrerat)."""
    with _recording(by, Act.ANNUL_REFUSAL, Event.REFUSAL_ANNULLED, reason) as (opened, detail):
        count = _standing_refusals(opened, by).update(
            annulled_at=opened.now, annulled_by=by.actor.hsa_id, annul_reason=reason
        )
        detail.update(count=count)


def end_consent(by: Recorder, reason: str) -> None:
    """The patient takes the consent back (avsluta): it holds no longer than to the next byte."""
    with _recording(by, Act.END_CONSENT, Event.CONSENT_ENDED, reason) as (opened, detail):
        detail.update(count=_end_consents(opened, by, reason))


def choose_units(by: Recorder, unit_ids: Sequence[str] = (ANY,)) -> None:
    """Open other units of the own provider for this reader (aktivt val), for 24 hours. Each unit is logged."""
    with _recording(by, Act.CHOOSE_UNITS, Event.UNITS_CHOSEN) as (opened, detail):
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
    with _recording(by, Act.DECLARE_EMERGENCY, Event.EMERGENCY_DECLARED) as (opened, detail):
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
    with _recording(by, Act.OPEN_EMERGENCY, Event.EMERGENCY_OPENED) as (opened, detail):
        standing = EmergencyOpening.objects.filter(
            dossier=opened.dossier,
            employee_id=by.actor.hsa_id,
            unit_id=by.actor.unit.hsa_id,
            ends_at__gt=opened.now,
            ended_at=None,
            annulled_at=None,
        )
        standing.update(opened_at=opened.now)
        detail.update(indispensable=True)


def end_openings(actor: Actor, trace: Trace) -> None:
    """Switch of assignment or sign-out: personal openings of this reader under this assignment end."""
    for model in (EmergencyOpening, UnitChoice):
        rows = model.objects.filter(
            employee_id=actor.hsa_id, unit_id=actor.unit.hsa_id, ended_at=None, annulled_at=None
        )
        with transaction.atomic():
            dossiers = {row.dossier_id for row in rows}
            for dossier in Dossier.objects.filter(pk__in=dossiers):
                ledger.raise_version(dossier)
            for row in rows:
                row.ended_at = datetime.now(SWEDISH_TIME)
                row.ended_by, row.end_reason = actor.hsa_id, "uppdraget avslutades"
                row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    write(Entry(Event.ASSIGNMENT_CHOSEN, actor, trace, detail={"openings": "ended"}))


def end_of_day(day: date) -> datetime:
    """The first moment after a day in Sweden; days of 23 and 25 hours included."""
    return datetime.combine(day + timedelta(days=1), time(), SWEDISH_TIME)


@contextmanager
def _recording(
    by: Recorder, act: Act, event: Event, reason: str = ""
) -> Iterator[tuple[_Open, dict[str, Any]]]:
    with transaction.atomic():
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
        yield _Open(dossier, now, facts, shared), detail
        ledger.raise_version(dossier)
        write(Entry(event, by.actor, by.trace, patient=by.person.id, detail=detail, reason=reason))


def _relate(by: Recorder, opened: _Open) -> None:
    CareRelation.objects.create(
        **opened.shared,
        employee_id=by.actor.hsa_id,
        ground=CareRelation.Ground.ATTESTED,
        ends_at=opened.now + OPENING_LASTS,
    )


def _standing_refusals(opened: _Open, by: Recorder) -> Any:
    return ConsentRefusal.objects.filter(
        dossier=opened.dossier, unit_id=by.actor.unit.hsa_id, ended_at=None, annulled_at=None
    )


def _end_consents(opened: _Open, by: Recorder, reason: str) -> int:
    """Every standing consent that covers the reader's unit, picked here: databases search JSON lists differently."""
    rows = Consent.objects.filter(dossier=opened.dossier, ended_at=None, annulled_at=None)
    mine = [
        c.pk for c in rows if by.actor.unit.hsa_id in c.unit_ids and c.employee_id in ("", by.actor.hsa_id)
    ]
    return Consent.objects.filter(pk__in=mine).update(
        ended_at=opened.now, ended_by=by.actor.hsa_id, end_reason=reason
    )
