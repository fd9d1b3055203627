"""The one door. Awaits remote facts, then in one transaction reads own facts, decides and logs.

Everything that shows anything about a patient begins with ``ask``. No log, no display: where the intent
row cannot be written LogUnavailable is raised and nothing may be shown.
"""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, transaction

from consent import ledger, policy
from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, LogUnavailable, Trace, write
from consent.acts import allowed_acts
from consent.database import on_database_thread
from consent.facts import (
    BlockSource,
    ExistenceSource,
    Facts,
    Person,
    PersonSource,
    RelationSource,
    UnknownPerson,
)
from consent.ruling import Notice, Ruling, Standing, bases_of, notices_of, standing_of
from consent.terms import (
    ANY,
    Actor,
    Basis,
    Block,
    Decision,
    Permit,
    PersonId,
    Provider,
    Reach,
)
from consent.vocabulary import EVERY_KIND, CareKind, Distance, Kind

VIEW_LASTS_S = 60.0


@dataclass(frozen=True, slots=True)
class RemoteFacts:
    """The fact sources of this installation; what is not configured is None."""

    person: PersonSource | None = None
    blocks: BlockSource | None = None
    relation: RelationSource | None = None
    existence: ExistenceSource | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One view of one patient. ``owners``: whose information the configured sources hold."""

    actor: Actor
    patient: PersonId
    action: Action
    trace: Trace
    owners: tuple[Provider, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: frozenset[Kind] = EVERY_KIND
    remote: RemoteFacts = RemoteFacts()


async def ask(request: Ask) -> Ruling:
    """Decide what this reader may see of this patient now, and log that it was asked.

    Raises LogUnavailable where nothing may be shown. A number that the register does not know is ruled on like
    any other: before a relation nobody can tell the two apart.
    """
    person, blocks, relation, holds = await asyncio.gather(
        _person(request), _blocks(request), _relation(request), _existence(request)
    )
    try:
        return await on_database_thread(_decide_and_log, request, person, blocks, relation, holds)
    except DatabaseError as error:
        raise LogUnavailable from error


async def _person(request: Ask) -> Person:
    return await find_person(request.remote, request.patient)


async def find_person(remote: RemoteFacts, patient: PersonId) -> Person:
    """Population facts; where no source is configured or it knows nobody, the number alone."""
    if remote.person is None:
        return Person(patient)
    try:
        return await remote.person.find(patient)
    except UnknownPerson:
        return Person(patient, is_missing=True)


async def _blocks(request: Ask) -> tuple[Block, ...] | None:
    source = request.remote.blocks
    return () if source is None else await source.blocks_of(request.patient)


async def _relation(request: Ask) -> bool | None:
    source = request.remote.relation
    return False if source is None else await source.has_relation(request.patient, request.actor.unit.hsa_id)


async def _existence(request: Ask) -> bool | None:
    source = request.remote.existence
    return None if source is None else await source.holds(request.patient)


def _decide_and_log(
    request: Ask, person: Person, blocks: tuple[Block, ...] | None, relation: bool | None, holds: bool | None
) -> Ruling:
    with transaction.atomic():
        dossier, now = ledger.open_dossier(person.id)
        acts = ledger.acts_of(dossier)
        facts = ledger.facts_from(acts, person, request.actor, now, relation, blocks)
        decisions = decide_everywhere(request.actor, facts, request.owners, now)
        view_id = uuid.uuid4()
        permit = None
        if any(isinstance(d, Basis) for d in decisions.values()):
            permit = Permit(
                actor=request.actor,
                patient=person.id,
                aliases=_aliases(request.patient, person),
                view_id=view_id,
                dossier_id=dossier.id,
                dossier_version=dossier.version,
                expires_at=_expiry(decisions, now),
                kinds=request.kinds,
                decisions=decisions,
            )
        write(_entry(request, person, permit, decisions, view_id))
    return Ruling(
        view_id=view_id,
        at=now,
        actor=request.actor,
        person=person,
        permit=permit,
        decisions=decisions,
        standing=standing_of(request.actor, facts, now),
        acts=allowed_acts(request.actor, facts, now),
        notices=notices_of(
            request.actor, facts, now, holds, existence_is_asked=request.remote.existence is not None
        ),
    )


def decide_everywhere(
    actor: Actor, facts: Facts, owners: tuple[Provider, ...], at: datetime
) -> dict[Reach, Decision]:
    """One decision per reach: own unit, own provider's units that matter, every other owner, owners unknown."""
    own = actor.provider
    units = {c.target_unit_id for c in facts.choices} | {b.unit_id for b in facts.blocks or () if b.unit_id}
    units = (units | {ANY}) - {actor.unit.hsa_id, ""}
    others = {p for p in owners if p.hsa_id != own.hsa_id}
    reaches = [
        Reach(Distance.OWN_UNIT, own.kind, own.hsa_id, actor.unit.hsa_id),
        *(Reach(Distance.OWN_PROVIDER, own.kind, own.hsa_id, unit) for unit in sorted(units)),
        *(Reach(Distance.OTHER_PROVIDER, p.kind, p.hsa_id) for p in sorted(others, key=lambda p: p.hsa_id)),
        *(Reach(Distance.OTHER_PROVIDER, kind) for kind in CareKind),
    ]
    ask_now = policy.Ask(actor, at)
    return {reach: policy.decide(ask_now, facts, reach) for reach in reaches}


def _aliases(asked: PersonId, person: Person) -> tuple[PersonId, ...]:
    """Every other number of the person, the one that was typed among them."""
    return tuple(dict.fromkeys(i for i in (asked, *person.aliases) if i != person.id))


def _expiry(decisions: Mapping[Reach, Decision], now: datetime) -> datetime:
    """A permit lasts as long as its view, and no longer than the first of what it rests on."""
    ends = [d.expires_at for d in decisions.values() if isinstance(d, Basis) and d.expires_at is not None]
    return min([now + timedelta(seconds=VIEW_LASTS_S), *ends])


def _entry(
    request: Ask, person: Person, permit: Permit | None, decisions: Mapping[Reach, Decision], view_id: UUID
) -> Entry:
    refused = sorted({d.reason.value for d in decisions.values() if not isinstance(d, Basis)})
    aliases = [a.type.value for a in _aliases(request.patient, person)]
    return Entry(
        event=Event.REFUSED if permit is None else Event.INTENT,
        actor=request.actor,
        trace=request.trace,
        patient=person.id,
        view_id=view_id,
        action=request.action,
        kinds=request.kinds,
        outcomes={} if permit is None else dict.fromkeys(request.sources, "asked"),
        bases=bases_of(decisions),
        detail={"refusals": refused, "other_id_types": aliases},
    )


__all__ = ["Ask", "Notice", "RemoteFacts", "Ruling", "Standing", "ask", "decide_everywhere", "find_person"]
