"""The recorded acts of one patient, read as facts in one query, and the dossier they hang on."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, JSONField, QuerySet, Value
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

_COLUMNS = (
    "id",
    "provider_id",
    "unit_id",
    "employee_id",
    "recorded_at",
    "starts_at",
    "ends_at",
    "ended_at",
    "annulled_at",
)

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


class Act:
    """One row of the ledger: the shared columns as attributes, the rest in ``extra``."""

    def __init__(self, values: tuple[Any, ...]) -> None:
        self.sort, *shared, self.extra = values
        self.id: UUID
        (
            self.id,
            self.provider_id,
            self.unit_id,
            self.employee_id,
            self.recorded_at,
            self.starts_at,
            self.ends_at,
            self.ended_at,
            self.annulled_at,
        ) = shared

    @property
    def stopped_at(self) -> datetime | None:
        """When it was ended or annulled, whichever came first."""
        return min((t for t in (self.ended_at, self.annulled_at) if t is not None), default=None)

    def stands(self, at: datetime) -> bool:
        started = self.starts_at <= at and (self.ends_at is None or at < self.ends_at)
        return started and (self.stopped_at is None or at < self.stopped_at)


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
        act = Act(values)
        acts[act.sort].append(act)
    return acts


def _rows(model: type[RecordedAct], dossier: Dossier) -> QuerySet[Any, tuple[Any, ...]]:
    extra = (
        JSONObject(**{name: F(name) for name in _EXTRA[model]}) if _EXTRA[model] else Value({}, JSONField())
    )
    return (
        model.objects.filter(dossier=dossier)  # type: ignore[attr-defined]
        .order_by()
        .annotate(sort=Value(model._meta.model_name), extra=extra)
        .values_list("sort", *_COLUMNS, "extra")
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
    relations = [r for r in acts["carerelation"] if r.unit_id == actor.unit.hsa_id and r.stands(at)]
    recorded = any(r.employee_id in ("", actor.hsa_id) for r in relations)
    blocks = None if remote_blocks is None else (*map(_block, acts["block"]), *remote_blocks)
    if blocks is not None:
        stopped = {str(b.id) for b in acts["block"] if not b.stands(at)}
        blocks = tuple(b for b in blocks if b.id not in stopped)
    child = max(
        (c for c in acts["childassessment"] if c.unit_id == actor.unit.hsa_id and c.stands(at)),
        key=lambda c: c.recorded_at,
        default=None,
    )
    return facts.Facts(
        person=person,
        has_relation=True if recorded else journal_relation,
        has_social_need=any(r.extra["ground"] in SOCIAL_GROUNDS for r in relations),
        consents=tuple(map(_consent, acts["consent"])),
        refusals=tuple(map(_refusal, acts["consentrefusal"])),
        emergencies=tuple(map(_emergency, acts["emergencyopening"])),
        inabilities=tuple(_inability(a) for a in acts["inability"] if a.extra["is_lasting"] and a.ends_at),
        is_temporarily_unable=any(
            not a.extra["is_lasting"] and a.unit_id == actor.unit.hsa_id and a.stands(at)
            for a in acts["inability"]
        ),
        child_ability=facts.ChildAbility(child.extra["ability"]) if child else None,
        choices=tuple(_choice(a) for a in acts["unitchoice"] if a.ends_at and a.stopped_at is None),
        blocks=blocks,
        lifts=tuple(_lift(a) for a in acts["blocklift"] if a.ends_at),
        legal=legal or facts.LegalSettings(),
    )


def _consent(a: Act) -> facts.ConsentFact:
    return facts.ConsentFact(
        str(a.id),
        _listed(a.extra["unit_ids"]),
        a.recorded_at,
        a.starts_at,
        a.ends_at,
        a.stopped_at,
        a.employee_id,
    )


def _refusal(a: Act) -> facts.RefusalFact:
    return facts.RefusalFact(str(a.id), a.unit_id, a.recorded_at, a.stopped_at)


def _emergency(a: Act) -> facts.EmergencyFact:
    return facts.EmergencyFact(
        id=str(a.id),
        employee_id=a.employee_id,
        unit_id=a.unit_id,
        declared_at=a.starts_at,
        ends_at=a.ends_at,
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
        review_at=a.ends_at,
        is_needed=bool(a.extra["is_needed"]),
        is_attitude_clarified=bool(a.extra["is_attitude_clarified"]),
        is_no_objection_known=bool(a.extra["is_no_objection_known"]),
        stopped_at=a.stopped_at,
    )


def _choice(a: Act) -> facts.ChoiceFact:
    return facts.ChoiceFact(a.employee_id, a.unit_id, a.extra["target_unit_id"], a.ends_at)


def _lift(a: Act) -> facts.LiftFact:
    block_id = str(UUID(a.extra["block_id"]))
    return facts.LiftFact(str(a.id), block_id, a.unit_id, a.ends_at, a.employee_id, a.stopped_at)


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


def raise_version(dossier: Dossier) -> None:
    """In the transaction of the act it belongs to: whatever rests on the old version shows nothing more."""
    Dossier.objects.filter(pk=dossier.pk).update(version=F("version") + 1)


def lock_dossier(person: terms.PersonId) -> tuple[Dossier, datetime]:
    """Open and lock the row for a change; on SQLite the transaction's own lock does it."""
    row, now = open_dossier(person)
    if connection.features.has_select_for_update:
        row = Dossier.objects.annotate(now=Now()).select_for_update().get(pk=row.pk)
        now = row.now
    return row, now
