"""Whom somebody should ask about consent: by what the reader's own provider has recorded, and nothing else.

Triggers are relations at units where consent is raised, and consents to a SIP. A health care reader is never
given a list by social care services (PDL 2:8), and nobody another unit's patients. For a database thread.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now

from consent import standing
from consent.acts import administers_consents
from consent.facts import ConsentFact, Facts, InabilityFact, Person, RefusalFact
from consent.ledger import SOCIAL_GROUNDS
from consent.models import (
    CareRelation,
    CareUnit,
    Consent,
    ConsentRefusal,
    Dossier,
    Inability,
    LogEpoch,
    RecordedAct,
    SipConsent,
)
from consent.terms import Actor, PersonId, Unit
from consent.vocabulary import CareKind, Purpose, RaisedAt

SOON = timedelta(days=30)
NOBODY = Person(PersonId(""))


class Why(StrEnum):
    """What there is to do, the most pressing first."""

    RELATION_ENDED = "relation_ended"
    MISSING = "missing"
    EXPIRING = "expiring"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Task:
    """One patient to ask, at one unit. ``since``: the relation, the no or the consent; ``until``: its end."""

    dossier_id: UUID
    unit: Unit
    why: Why
    raised_at: RaisedAt
    since: datetime
    until: datetime | None = None


@dataclass(slots=True)
class _Case:
    """What is recorded of one patient, at one unit."""

    raised_at: RaisedAt
    since: datetime | None = None
    left_at: datetime | None = None


@dataclass(slots=True)
class _Kept:
    consents: list[ConsentFact] = field(default_factory=list)
    refusals: list[RefusalFact] = field(default_factory=list)
    inabilities: list[InabilityFact] = field(default_factory=list)


Place = tuple[int, str, str, str]


def place_of(task: Task) -> Place:
    """Where a task stands in the list: what presses most first, then what has waited longest."""
    when = task.until or task.since
    return list(Why).index(task.why), when.isoformat(), task.dossier_id.hex, task.unit.hsa_id


def may_be_listed(person: Person, at: datetime) -> bool:
    """Not who is protected, or could not be looked up and so counts as protected; nor one who is dead, or a
    child too young to be asked."""
    is_open = person.is_known and not person.is_protected and person.died is None
    return is_open and not standing.is_child_unable_to_consent(Facts(person, has_relation=None), at)


def may_be_read_by(actor: Actor) -> bool:
    """Staff for their own unit's patients; who administers consents for the provider's."""
    return actor.purpose is Purpose.CARE or administers_consents(actor)


def tasks_for(actor: Actor) -> tuple[Task, ...]:
    """Everything there is to do, in the order to do it: eight queries, however many patients."""
    if not may_be_read_by(actor):
        return ()
    now: datetime = CareUnit.objects.annotate(now=Now()).values_list("now", flat=True)[0]
    units = {row.pk: row for row in _units_of(actor)}
    relations, sips = _relations(actor, units, now), _sip_consents(units)
    cases = _cases(relations, sips, units, now)
    kept = _kept(actor, relations, sips)
    distrusted = LogEpoch.objects.filter(replayed_at=None).order_by("-started_at").first()
    found = []
    for (dossier_id, unit_id), case in cases.items():
        mine = kept.get(dossier_id, _Kept())
        facts = Facts(
            person=NOBODY,
            has_relation=True,
            consents=tuple(mine.consents),
            refusals=tuple(mine.refusals),
            inabilities=tuple(mine.inabilities),
            distrusted_before=distrusted.started_at if distrusted else None,
        )
        task = _judge(dossier_id, units[unit_id].as_value(), case, facts, actor, now)
        if task is not None:
            found.append(task)
    return tuple(sorted(found, key=place_of))


def people_of(tasks: Iterable[Task]) -> dict[UUID, PersonId]:
    """Whom they are about: opened for those that are about to be shown, never for all."""
    rows = Dossier.objects.filter(pk__in={task.dossier_id for task in tasks})
    return {row.pk: row.as_person() for row in rows}


def _judge(
    dossier_id: UUID, unit: Unit, case: _Case, facts: Facts, actor: Actor, at: datetime
) -> Task | None:
    """What there is to do about one patient, by the rules that the gate goes by."""
    reader = replace(actor, unit=unit)
    consent, refusal = standing.consent_of(reader, facts, at), standing.refusal_of(reader, facts, at)
    if case.since is None:
        is_left_open = consent is not None and case.left_at is not None
        since = case.left_at or at
        return Task(dossier_id, unit, Why.RELATION_ENDED, case.raised_at, since) if is_left_open else None
    if refusal is not None:
        return Task(dossier_id, unit, Why.REFUSED, case.raised_at, refusal.recorded_at)
    if consent is not None:
        ends = consent.ends_at
        if ends is None or ends > at + SOON or _goes_on(ends, reader, facts):
            return None
        return Task(dossier_id, unit, Why.EXPIRING, case.raised_at, consent.recorded_at, ends)
    cannot = standing.inability_of(reader, facts, at)
    if standing.consent_ahead_of(reader, facts, at) or (cannot and cannot.is_asserted):
        return None
    return Task(dossier_id, unit, Why.MISSING, case.raised_at, case.since)


def _goes_on(ends: datetime, reader: Actor, facts: Facts) -> bool:
    """Whether another consent takes over in the moment that one runs out."""
    return standing.consent_of(reader, facts, ends) is not None


def _units_of(actor: Actor) -> QuerySet[CareUnit]:
    rows = CareUnit.objects.filter(provider_id=actor.provider.hsa_id).select_related("provider")
    return rows if actor.purpose is Purpose.ADMINISTRATION else rows.filter(pk=actor.unit.hsa_id)


_PERSON = Coalesce("dossier__main_id", "dossier_id")


def _relations(actor: Actor, units: dict[str, CareUnit], at: datetime) -> QuerySet[CareRelation]:
    """Those at units where consent is raised; to health care nothing that a social care service tells."""
    asking = {unit_id for unit_id, unit in units.items() if unit.consent_raised_at}
    rows = CareRelation.objects.annotate(person=_PERSON).filter(annulled_at=None, starts_at__lte=at)
    if actor.kind is CareKind.HEALTH_CARE:
        asking -= {u for u, unit in units.items() if unit.consent_raised_at == RaisedAt.SOCIAL_SERVICE.value}
        rows = rows.exclude(ground__in=[ground.value for ground in SOCIAL_GROUNDS])
    return rows.filter(unit_id__in=asking).order_by()


def _sip_consents(units: dict[str, CareUnit]) -> QuerySet[SipConsent]:
    rows = SipConsent.objects.annotate(person=_PERSON)
    return rows.filter(unit_id__in=units, ended_at=None, annulled_at=None).order_by()


def _cases(
    relations: QuerySet[Any], sips: QuerySet[Any], units: dict[str, CareUnit], at: datetime
) -> dict[tuple[UUID, str], _Case]:
    """One that was attested for a day says nothing when the day is over."""
    cases: dict[tuple[UUID, str], _Case] = {}
    for row in _read(relations, "ground"):
        raised_at = RaisedAt(units[row.unit_id].consent_raised_at)
        stop = min((t for t in (row.ends_at, row.ended_at) if t is not None), default=None)
        if stop is None or stop > at:
            case = cases.setdefault((row.person, row.unit_id), _Case(raised_at))
            case.since = min(case.since or row.starts_at, row.starts_at)
        elif row.ended_at is not None or row.ground != CareRelation.Ground.ATTESTED.value:
            case = cases.setdefault((row.person, row.unit_id), _Case(raised_at))
            case.left_at = max(case.left_at or stop, stop)
    for sip in _read(sips):
        case = cases.setdefault((sip.person, sip.unit_id), _Case(RaisedAt.SIP))
        case.since = case.since or sip.starts_at
    return cases


def _kept(actor: Actor, relations: QuerySet[Any], sips: QuerySet[Any]) -> dict[UUID, _Kept]:
    def about(model: type[RecordedAct]) -> QuerySet[Any]:
        rows: QuerySet[Any] = model.objects.annotate(person=_PERSON)  # type: ignore[attr-defined]
        listed = Q(person__in=relations.values("person")) | Q(person__in=sips.values("person"))
        return rows.filter(listed, provider_id=actor.provider.hsa_id).order_by()

    kept: defaultdict[UUID, _Kept] = defaultdict(_Kept)
    for row in _read(about(Consent), "unit_ids", "employee_id"):
        when = (row.recorded_at, row.starts_at, row.ends_at, _stopped_at(row))
        units = frozenset(row.unit_ids)
        kept[row.person].consents.append(ConsentFact(str(row.id), units, *when, row.employee_id))
    for row in _read(about(ConsentRefusal)):
        said_no = RefusalFact(str(row.id), row.unit_id, row.recorded_at, _stopped_at(row))
        kept[row.person].refusals.append(replace(said_no, is_annulled=row.annulled_at is not None))
    asserted = ("is_needed", "is_attitude_clarified", "is_no_objection_known")
    for row in _read(about(Inability).filter(is_lasting=True, ends_at__isnull=False), *asserted):
        said = (row.is_needed, row.is_attitude_clarified, row.is_no_objection_known, _stopped_at(row))
        kept[row.person].inabilities.append(
            InabilityFact(str(row.id), row.unit_id, row.recorded_at, row.ends_at, *said)
        )
    return kept


_SHARED = ("id", "person", "unit_id", "recorded_at", "starts_at", "ends_at", "ended_at", "annulled_at")


def _read(rows: QuerySet[Any], *more: str) -> Iterable[Any]:
    """Only what is needed, without a model's weight: a large unit has thousands."""
    return rows.values_list(*_SHARED, *more, named=True)


def _stopped_at(row: Any) -> datetime | None:
    return min((t for t in (row.ended_at, row.annulled_at) if t is not None), default=None)
