"""The recorded acts of one patient, read as facts in one query."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, JSONField, Q, UUIDField, Value
from django.db.models.functions import JSONObject

from consent import facts, models, terms
from consent.models import Dossier, RecordedAct
from consent.questions import Question, Slot
from consent.vocabulary import BlockKind, LiftAnswer, RelationGround

# What a fact needs beyond the shared columns, per sort of act.
_EXTRA: dict[type[RecordedAct], tuple[str, ...]] = {
    models.Consent: ("unit_ids",),
    models.ConsentRefusal: (),
    models.CareRelation: ("ground",),
    models.EmergencyOpening: ("is_danger", "obstacle", "opened_at"),
    models.Inability: ("is_lasting", "is_needed", "is_attitude_clarified", "is_no_objection_known"),
    models.ChildAssessment: ("ability",),
    models.UnitChoice: ("target_unit_id",),
    models.Block: ("kind", "first_day", "last_day", "excluded_types"),
    models.BlockLift: ("block_ref",),
    models.LiftRequest: ("asked_provider_id", "answer"),
    models.SipConsent: (),
    models.Following: (),
}

SOCIAL_GROUNDS = frozenset({RelationGround.SERVICE, RelationGround.ASSESSMENT})


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


def acts_of(dossier: Dossier) -> Acts:
    """Every act of the person, by sort (model name), in one query; one more where she has several numbers."""
    ids = ids_of(dossier)
    acts: Acts = defaultdict(list)
    for values in _every_act(len(ids)).ask(**{f"dossier{n}": pk for n, pk in enumerate(ids)}):
        act = Act(*values)
        acts[act.sort].append(act)
    return acts


def ids_of(dossier: Dossier) -> tuple[UUID, ...]:
    """The person's rows: this one, and those of other numbers that lead to it."""
    if not dossier.is_linked:
        return (dossier.pk,)
    return (dossier.pk, *Dossier.objects.filter(main=dossier).values_list("pk", flat=True))


@cache
def _every_act(numbers: int) -> Question:
    """Each sort of act as the same columns, of a person with so many rows."""
    hers = reduce(or_, (Q(dossier=Slot(f"dossier{n}", UUIDField())) for n in range(numbers)))

    def make() -> Any:
        first, *rest = [_rows(model).filter(hers) for model in _EXTRA]
        return first.union(*rest, all=True)

    return Question(make)


def _rows(model: type[RecordedAct]) -> Any:
    names = _EXTRA[model]
    extra = JSONObject(**{name: F(name) for name in names}) if names else Value({}, JSONField())
    return (
        model.objects.order_by()  # type: ignore[attr-defined]
        .annotate(sort=Value(model.__name__.lower()), extra=extra)
        .values_list(*_COLUMNS)
    )


def facts_from(
    acts: Acts,
    person: facts.Person,
    actor: terms.Actor,
    at: datetime,
    journal: RelationGround | None = RelationGround.NONE,
    remote_blocks: Iterable[terms.Block] | None = (),
    distrusted_before: datetime | None = None,
    legal: facts.LegalSettings | None = None,
) -> facts.Facts:
    """The facts that one reader's decision rests on. ``remote_blocks`` None: they could not be read;
    ``journal`` None: whether there is a relation could not be found out."""
    relations = [
        r
        for r in acts["carerelation"]
        if r.unit_id == actor.unit.hsa_id and r.employee_id in ("", actor.hsa_id) and r.stands(at)
    ]
    grounds = {RelationGround(r.extra["ground"]) for r in relations}
    if journal is not None:
        grounds |= {journal} - {RelationGround.NONE}
    own_blocks = tuple(_block(b) for b in acts["block"] if b.stands(at))
    assessed = [c for c in acts["childassessment"] if c.unit_id == actor.unit.hsa_id and c.stands(at)]
    child = max(assessed, key=lambda c: c.recorded_at, default=None)
    return facts.Facts(
        person=person,
        has_relation=True if grounds else None if journal is None else False,
        has_social_need=bool(grounds & SOCIAL_GROUNDS),
        relation_grounds=frozenset(grounds),
        consents=tuple(map(_consent, acts["consent"])),
        refusals=tuple(map(_refusal, acts["consentrefusal"])),
        emergencies=tuple(map(_emergency, acts["emergencyopening"])),
        inabilities=tuple(
            _inability(a) for a in acts["inability"] if a.extra["is_lasting"] and a.starts_at <= at
        ),
        is_temporarily_unable=any(
            not a.extra["is_lasting"] and a.unit_id == actor.unit.hsa_id and a.stands(at)
            for a in acts["inability"]
        ),
        child_ability=facts.ChildAbility(child.extra["ability"]) if child else None,
        choices=tuple(_choice(a) for a in acts["unitchoice"] if a.stands(at)),
        blocks=None if remote_blocks is None else (*own_blocks, *remote_blocks),
        lifts=tuple(_lift(a) for a in acts["blocklift"] if a.stands(at)),
        lift_requests=tuple(_lift_request(a) for a in acts["liftrequest"] if a.stands(at)),
        sip_consents=tuple(
            facts.SipConsentFact(str(a.id), a.provider_id, a.recorded_at, a.stopped_at)
            for a in acts["sipconsent"]
        ),
        distrusted_before=distrusted_before,
        is_followed=any(f.unit_id == actor.unit.hsa_id and f.stands(at) for f in acts["following"]),
        legal=legal or legal_settings(),
    )


def legal_settings() -> facts.LegalSettings:
    return getattr(settings, "LEGAL", None) or facts.LegalSettings()


def next_change(acts: Acts, at: datetime) -> datetime | None:
    """When the first recorded act after this moment begins or ends by itself; None where none does."""
    times = [t for sort in acts.values() for a in sort if not a.stopped_at for t in (a.starts_at, a.ends_at)]
    return min((t for t in times if t is not None and t > at), default=None)


def _consent(a: Act) -> facts.ConsentFact:
    units = _listed(a.extra["unit_ids"])
    when = a.recorded_at, a.starts_at, a.ends_at, a.stopped_at
    return facts.ConsentFact(str(a.id), units, *when, a.employee_id)


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
    block_id = a.extra["block_ref"]
    return facts.LiftFact(str(a.id), block_id, a.unit_id, a.until, a.employee_id, a.stopped_at, a.recorded_at)


def _lift_request(a: Act) -> facts.LiftRequestFact:
    asked, answer = a.extra["asked_provider_id"], a.extra["answer"]
    said = bool(answer), answer == LiftAnswer.LIFTED
    return facts.LiftRequestFact(str(a.id), a.employee_id, a.unit_id, asked, a.recorded_at, *said)


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
