"""What is recorded of one patient's consents at the reader's own provider, as the screens list it.

History is part of it: what was ended, annulled, undone by a later no or has run out is kept, and shown so.
For a database thread. Whether the reader may see it is the gate's answer, which comes first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from consent import dossiers, ledger, standing
from consent.facts import Facts, Person
from consent.models import CareUnit, Consent, ConsentRefusal, RecordedAct, SipConsent
from consent.terms import Actor, PersonId, Unit
from consent.vocabulary import ConsentForm, Purpose, RaisedAt


class Sort(StrEnum):
    CONSENT = "consent"
    REFUSAL = "refusal"
    SIP = "sip"


class State(StrEnum):
    """Where in its life an entry is. UNDONE: a later no. UNTRUSTED: from before a restored backup."""

    HOLDS = "holds"
    AHEAD = "ahead"
    UNTRUSTED = "untrusted"
    UNDONE = "undone"
    EXPIRED = "expired"
    ENDED = "ended"
    ANNULLED = "annulled"


CAN_STILL_STOP = frozenset({State.HOLDS, State.AHEAD})


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded yes, no or consent to a SIP. ``units`` and ``undone_units`` are names; ``ends_at``,
    ``stopped_at``: the first moment at which it no longer holds."""

    sort: Sort
    id: str
    state: State
    recorded_at: datetime
    recorded_by: str
    starts_at: datetime
    ends_at: datetime | None
    unit_ids: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    undone_units: tuple[str, ...] = ()
    employee_id: str = ""
    group_name: str = ""
    raised_at: RaisedAt | None = None
    form: ConsentForm | None = None
    through_interpreter: bool = False
    text: str = ""
    is_reconfirmation: bool = False
    stopped_at: datetime | None = None
    stopped_by: str = ""
    reason: str = ""

    def may_be_stopped_by(self, actor: Actor) -> bool:
        """A reader stops what holds for her own unit, a personal consent only its owner; an administrator
        reaches all of the provider's."""
        if self.state not in CAN_STILL_STOP:
            return False
        is_own = actor.unit.hsa_id in self.unit_ids and self.employee_id in ("", actor.hsa_id)
        return is_own or self.sort is Sort.SIP or actor.purpose is Purpose.ADMINISTRATION


def entries_of(actor: Actor, patient: PersonId) -> tuple[Entry, ...]:
    """Newest first: those of the reader's own unit; all of the provider's for an administrator. A consent to
    a SIP is the provider's."""
    found = dossiers.open_dossier(patient)
    acts, ids = ledger.acts_of(found.dossier), ledger.ids_of(found.dossier)
    facts = ledger.facts_from(
        acts, Person(found.dossier.as_person()), actor, found.now, distrusted_before=found.distrusted_before
    )
    names = dict(CareUnit.objects.filter(provider_id=actor.provider.hsa_id).values_list("pk", "name"))
    page = _Page(actor, facts, found.now, names)
    entries = [
        *map(page.consent, _rows(Consent, ids, actor).select_related("information")),
        *map(page.refusal, _rows(ConsentRefusal, ids, actor)),
        *map(page.sip, _rows(SipConsent, ids, actor)),
    ]
    mine = [e for e in entries if _concerns(e, actor)]
    return tuple(sorted(mine, key=lambda e: (e.recorded_at, e.id), reverse=True))


def _rows(model: type[RecordedAct], ids: Iterable[UUID], actor: Actor) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(  # type: ignore[attr-defined]
        dossier__in=ids, provider_id=actor.provider.hsa_id
    )
    return rows


def _concerns(entry: Entry, actor: Actor) -> bool:
    """That a patient said yes or no at another unit tells that she is known there, which is a choice to
    learn (row 2); only the one who administers consents sees the whole provider's."""
    if entry.sort is Sort.SIP or actor.purpose is Purpose.ADMINISTRATION:
        return True
    return actor.unit.hsa_id in entry.unit_ids


@dataclass(frozen=True, slots=True)
class _Page:
    """Rows into entries, as things stand for one patient at one moment."""

    actor: Actor
    facts: Facts
    at: datetime
    names: Mapping[str, str]

    def consent(self, row: Consent) -> Entry:
        state, undone = self.by_time(row), ()
        if state in CAN_STILL_STOP:
            holding = self.units_held_by(row)
            undone = tuple(unit_id for unit_id in row.unit_ids if holding and unit_id not in holding)
            if not holding:
                state = State.UNTRUSTED if self.is_untrusted(row) else State.UNDONE
        return replace(
            self.plain(row, Sort.CONSENT, state),
            unit_ids=tuple(row.unit_ids),
            units=self.named(row.unit_ids),
            undone_units=self.named(undone),
            group_name=row.group_name,
            raised_at=RaisedAt(row.raised_at) if row.raised_at else None,
            form=ConsentForm(row.form),
            through_interpreter=row.through_interpreter,
            text=str(row.information) if row.information else "",
            is_reconfirmation=row.reconfirms_id is not None,
        )

    def units_held_by(self, row: Consent) -> set[str]:
        """Where it holds, or will once its day has come."""
        fact = next(c for c in self.facts.consents if c.id == str(row.pk))
        moment = max(self.at, row.starts_at)
        return {
            unit_id
            for unit_id in row.unit_ids
            if standing.consent_stands(fact, self.reader_at(unit_id, row.employee_id), self.facts, moment)
        }

    def refusal(self, row: ConsentRefusal) -> Entry:
        state = self.by_time(row)
        if state is State.HOLDS and not standing.refusal_of(self.reader_at(row.unit_id), self.facts, self.at):
            state = State.UNDONE
        return self.plain(row, Sort.REFUSAL, state)

    def sip(self, row: SipConsent) -> Entry:
        return self.plain(row, Sort.SIP, self.by_time(row))

    def plain(self, row: RecordedAct, sort: Sort, state: State) -> Entry:
        is_annulled = row.annulled_at is not None
        return Entry(
            sort=sort,
            id=str(row.pk),
            state=state,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            unit_ids=(row.unit_id,),
            units=self.named((row.unit_id,)),
            employee_id=row.employee_id,
            stopped_at=row.annulled_at or row.ended_at,
            stopped_by=row.annulled_by if is_annulled else row.ended_by,
            reason=row.annul_reason if is_annulled else row.end_reason,
        )

    def by_time(self, row: RecordedAct) -> State:
        if row.annulled_at is not None:
            return State.ANNULLED
        if row.ended_at is not None:
            return State.ENDED
        if row.ends_at is not None and row.ends_at <= self.at:
            return State.EXPIRED
        return State.AHEAD if row.starts_at > self.at else State.HOLDS

    def is_untrusted(self, row: Consent) -> bool:
        before = self.facts.distrusted_before
        return before is not None and row.recorded_at < before

    def reader_at(self, unit_id: str, employee_id: str = "") -> Actor:
        """Somebody at one of the provider's units, for whom the entry would hold."""
        unit = Unit(unit_id, "", self.actor.provider)
        return replace(self.actor, unit=unit, hsa_id=employee_id or self.actor.hsa_id)

    def named(self, unit_ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.names.get(unit_id, unit_id) for unit_id in unit_ids)
