"""The recorded acts of one patient, read as facts in one query, and the dossier they hang on."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F, JSONField, Value
from django.db.models.functions import JSONObject, Now

from consent import facts, terms
from consent.encryption import lookup_key
from consent.models import (
    Block,
    BlockLift,
    CareRelation,
    ChildAssessment,
    Consent,
    ConsentRefusal,
    Dossier,
    EmergencyOpening,
    Inability,
    RecordedAct,
    UnitChoice,
)
from consent.vocabulary import BlockKind

# What a fact needs beyond the shared columns, per sort of act.
_EXTRA: dict[type[RecordedAct], tuple[str, ...]] = {
    Consent: ("unit_ids",),
    ConsentRefusal: (),
    CareRelation: ("ground",),
    EmergencyOpening: ("is_danger", "obstacle", "opened_at"),
    Inability: ("is_lasting", "is_needed", "is_attitude_clarified", "is_no_objection_known"),
    ChildAssessment: ("ability",),
    UnitChoice: ("target_unit_id",),
    Block: ("kind", "first_day", "last_day", "excluded_types"),
    BlockLift: ("block_id",),
}

SOCIAL_GROUNDS = frozenset({CareRelation.Ground.SERVICE.value, CareRelation.Ground.ASSESSMENT.value})


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the ledger: the shared columns as attributes, the rest in ``extra``."""

    sort: str
    id: UUID
    provider_id: str
    unit_id: str
    employee_id: str
    recorded_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    annulled_at: datetime | None
    extra: Any

    @property
    def stopped_at(self) -> datetime | None:
        """When it was ended or annulled, whichever came first."""
        return min((t for t in (self.ended_at, self.annulled_at) if t is not None), default=None)

    @property
    def until(self) -> datetime:
        """The end of an act that must have one: without, it never stood."""
        return self.ends_at or self.starts_at

    def stands(self, at: datetime) -> bool:
        started = self.starts_at <= at and (self.ends_at is None or at < self.ends_at)
        return started and (self.stopped_at is None or at < self.stopped_at)


_COLUMNS = [field.name for field in fields(Act)]
Acts = dict[str, list[Act]]


def open_dossier(person: terms.PersonId) -> tuple[Dossier, datetime]:
    """The patient's row, made at the first ask, and the database's time. One query where it exists."""
    lookup = lookup_key(person)
    row = Dossier.objects.annotate(now=Now()).filter(lookup=lookup).first()
    if row is None:
        Dossier.objects.bulk_create(
            [Dossier(lookup=lookup, number=person.number, number_type=person.type.value)],
            ignore_conflicts=True,
        )
        row = Dossier.objects.annotate(now=Now()).get(lookup=lookup)
    return row, row.now


def acts_of(dossier: Dossier) -> Acts:
    """Every act of the dossier, by sort (model name), in one query."""
    first, *rest = [_rows(model, dossier) for model in _EXTRA]
    acts: Acts = defaultdict(list)
    for values in first.union(*rest, all=True):
        act = Act(*values)
        acts[act.sort].append(act)
    return acts


def _rows(model: type[RecordedAct], dossier: Dossier) -> Any:
    extra = (
        JSONObject(**{name: F(name) for name in _EXTRA[model]}) if _EXTRA[model] else Value({}, JSONField())
    )
    return (
        model.objects.filter(dossier=dossier)  # type: ignore[attr-defined]
        .order_by()
        .annotate(sort=Value(model.__name__.lower()), extra=extra)
        .values_list(*_COLUMNS)
    )


def facts_from(
    acts: Acts,
    person: facts.Person,
    actor: terms.Actor,
    at: datetime,
    journal_relation: bool | None = None,
    remote_blocks: Iterable[terms.Block] | None = (),
    legal: facts.LegalSettings | None = None,
) -> facts.Facts:
    """The facts that one reader's decision rests on. ``remote_blocks`` None: they could not be read."""
    relations = [
        r
        for r in acts["carerelation"]
        if r.unit_id == actor.unit.hsa_id and r.employee_id in ("", actor.hsa_id) and r.stands(at)
    ]
    own_blocks = tuple(_block(b) for b in acts["block"] if b.stands(at))
    assessed = [c for c in acts["childassessment"] if c.unit_id == actor.unit.hsa_id and c.stands(at)]
    child = max(assessed, key=lambda c: c.recorded_at, default=None)
    return facts.Facts(
        person=person,
        has_relation=True if relations else journal_relation,
        has_social_need=any(r.extra["ground"] in SOCIAL_GROUNDS for r in relations),
        consents=tuple(map(_consent, acts["consent"])),
        refusals=tuple(map(_refusal, acts["consentrefusal"])),
        emergencies=tuple(map(_emergency, acts["emergencyopening"])),
        inabilities=tuple(_inability(a) for a in acts["inability"] if a.extra["is_lasting"] and a.stands(at)),
        is_temporarily_unable=any(
            not a.extra["is_lasting"] and a.unit_id == actor.unit.hsa_id and a.stands(at)
            for a in acts["inability"]
        ),
        child_ability=facts.ChildAbility(child.extra["ability"]) if child else None,
        choices=tuple(_choice(a) for a in acts["unitchoice"] if a.stands(at)),
        blocks=None if remote_blocks is None else (*own_blocks, *remote_blocks),
        lifts=tuple(_lift(a) for a in acts["blocklift"] if a.stands(at)),
        legal=legal or getattr(settings, "LEGAL", None) or facts.LegalSettings(),
    )


def next_change(acts: Acts, at: datetime) -> datetime | None:
    """When the first recorded act after this moment begins or ends by itself; None where none does."""
    times = [t for sort in acts.values() for a in sort if not a.stopped_at for t in (a.starts_at, a.ends_at)]
    return min((t for t in times if t is not None and t > at), default=None)


def _consent(a: Act) -> facts.ConsentFact:
    units = _listed(a.extra["unit_ids"])
    return facts.ConsentFact(
        str(a.id), units, a.recorded_at, a.starts_at, a.ends_at, a.stopped_at, a.employee_id
    )


def _refusal(a: Act) -> facts.RefusalFact:
    return facts.RefusalFact(str(a.id), a.unit_id, a.recorded_at, a.stopped_at, a.annulled_at is not None)


def _emergency(a: Act) -> facts.EmergencyFact:
    return facts.EmergencyFact(
        id=str(a.id),
        employee_id=a.employee_id,
        unit_id=a.unit_id,
        declared_at=a.starts_at,
        ends_at=a.until,
        is_danger=bool(a.extra["is_danger"]),
        obstacle=facts.Obstacle(a.extra["obstacle"]),
        is_indispensable=a.extra["opened_at"] is not None,
        stopped_at=a.stopped_at,
    )


def _inability(a: Act) -> facts.InabilityFact:
    return facts.InabilityFact(
        id=str(a.id),
        unit_id=a.unit_id,
        recorded_at=a.recorded_at,
        review_at=a.until,
        is_needed=bool(a.extra["is_needed"]),
        is_attitude_clarified=bool(a.extra["is_attitude_clarified"]),
        is_no_objection_known=bool(a.extra["is_no_objection_known"]),
        stopped_at=a.stopped_at,
    )


def _choice(a: Act) -> facts.ChoiceFact:
    return facts.ChoiceFact(a.employee_id, a.unit_id, a.extra["target_unit_id"], a.until)


def _lift(a: Act) -> facts.LiftFact:
    block_id = str(UUID(a.extra["block_id"]))
    return facts.LiftFact(str(a.id), block_id, a.unit_id, a.until, a.employee_id, a.stopped_at)


def _block(a: Act) -> terms.Block:
    return terms.Block(
        id=str(a.id),
        kind=BlockKind(a.extra["kind"]),
        provider_id=a.provider_id,
        unit_id=a.unit_id,
        first_day=_day(a.extra["first_day"]),
        last_day=_day(a.extra["last_day"]),
        excluded_types=_listed(a.extra["excluded_types"]),
    )


def _listed(value: list[str] | str) -> frozenset[str]:
    """SQLite hands a JSON column inside a JSON object back as text."""
    return frozenset(json.loads(value) if isinstance(value, str) else value)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def raise_version(*dossiers: Dossier) -> None:
    """In the transaction of the act it belongs to: whatever rests on the old version shows nothing more.

    Several are locked in one order, so that two who do this never wait for each other.
    """
    rows = Dossier.objects.filter(pk__in=[d.pk for d in dossiers])
    if len(dossiers) > 1 and connection.features.has_select_for_update:
        list(rows.order_by("pk").select_for_update().values_list("pk"))
    rows.update(version=F("version") + 1)


def lock_dossier(person: terms.PersonId) -> tuple[Dossier, datetime]:
    """Open and lock the row for a change; on SQLite the transaction's own lock does it."""
    row, now = open_dossier(person)
    if connection.features.has_select_for_update:
        row = Dossier.objects.annotate(now=Now()).select_for_update().get(pk=row.pk)
        now = row.now
    return row, now
