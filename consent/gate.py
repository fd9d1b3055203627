"""The one door. Awaits remote facts, then in one transaction reads own facts, decides and logs.

Everything that shows anything about a patient begins with ``ask``. No log, no display: where the intent
row cannot be written LogUnavailable is raised and nothing may be shown.
"""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from django.db import Error, transaction

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

    Raises LogUnavailable where nothing may be shown. A number that the register does not know is ruled on
    like any other: before a relation nobody can tell the two apart.
    """
    person = await find_person(request.remote, request.patient)
    blocks, relation, holds = await asyncio.gather(
        _blocks(request, person), _relation(request, person), _existence(request, person)
    )
    try:
        return await on_database_thread(_decide_and_log, request, person, blocks, relation, holds)
    except Error as error:
        raise LogUnavailable from error


async def find_person(remote: RemoteFacts, patient: PersonId) -> Person:
    """Population facts; where no source is configured or it knows nobody, the number alone.

    Contact data of a protected person go no further, whatever the source sent.
    """
    if remote.person is None:
        return Person(patient)
    try:
        person = await remote.person.find(patient)
    except UnknownPerson:
        return Person(patient, is_missing=True)
    return person.without_contacts() if person.is_protected else person


def _numbers(request: Ask, person: Person) -> tuple[PersonId, ...]:
    """Every number the person has: what is recorded under one of them holds for all."""
    return (person.id, *_aliases(request.patient, person))


async def _blocks(request: Ask, person: Person) -> tuple[Block, ...] | None:
    source = request.remote.blocks
    if source is None:
        return ()
    found = await asyncio.gather(*(source.blocks_of(number) for number in _numbers(request, person)))
    known = [blocks for blocks in found if blocks is not None]
    return tuple(block for blocks in known for block in blocks) if len(known) == len(found) else None


async def _relation(request: Ask, person: Person) -> bool | None:
    source = request.remote.relation
    if source is None:
        return False
    unit = request.actor.unit.hsa_id
    return _any(
        await asyncio.gather(*(source.has_relation(number, unit) for number in _numbers(request, person)))
    )


async def _existence(request: Ask, person: Person) -> bool | None:
    source = request.remote.existence
    if source is None:
        return None
    return _any(await asyncio.gather(*(source.holds(number) for number in _numbers(request, person))))


def _any(answers: list[bool | None]) -> bool | None:
    """Yes if one says so; unknown if one could not be had; else no."""
    return True if True in answers else None if None in answers else False


def _decide_and_log(
    request: Ask, person: Person, blocks: tuple[Block, ...] | None, relation: bool | None, holds: bool | None
) -> Ruling:
    with transaction.atomic():
        # The version is read before the acts: what is recorded in between makes it an old one.
        dossier, now = ledger.open_dossier(person.id)
        acts = ledger.acts_of(dossier)
        changes_at = ledger.next_change(acts, now)
        facts = ledger.facts_from(acts, person, request.actor, now, relation, blocks)
        decisions = MappingProxyType(decide_everywhere(request.actor, facts, request.owners, now))
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
                expires_at=_expiry(decisions, now, changes_at),
                kinds=request.kinds,
                decisions=decisions,
                is_protected=person.is_protected,
            )
        write(_entry(request, person, permit, decisions, view_id, holds))
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
            request.actor,
            facts,
            now,
            holds,
            existence_is_asked=request.remote.existence is not None,
            social_care=frozenset(o.hsa_id for o in request.owners if o.kind is CareKind.SOCIAL_CARE),
        ),
        changes_at=changes_at,
    )


def decide_everywhere(
    actor: Actor, facts: Facts, owners: tuple[Provider, ...], at: datetime
) -> dict[Reach, Decision]:
    """One decision per reach: own unit, own provider's units that matter, other owners known and unknown."""
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


def _expiry(decisions: Mapping[Reach, Decision], now: datetime, changes_at: datetime | None) -> datetime:
    """A permit lasts as long as its view, no longer than the first of what it rests on, and never past the
    moment when a recorded act (a relation that ends, a block that begins) would have made another ruling."""
    ends = [d.expires_at for d in decisions.values() if isinstance(d, Basis)]
    return min([now + timedelta(seconds=VIEW_LASTS_S), *(t for t in (*ends, changes_at) if t is not None)])


def _entry(
    request: Ask,
    person: Person,
    permit: Permit | None,
    decisions: Mapping[Reach, Decision],
    view_id: UUID,
    holds: bool | None,
) -> Entry:
    detail: dict[str, object] = {
        "refusals": sorted({d.reason.value for d in decisions.values() if not isinstance(d, Basis)})
    }
    if permit is not None:
        detail["version"] = permit.dossier_version
    if request.remote.existence is not None:
        detail["existence"] = {True: "yes", False: "no", None: "unknown"}[holds]
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
        detail=detail,
        aliases=_aliases(request.patient, person),
    )


__all__ = ["Ask", "Notice", "RemoteFacts", "Ruling", "Standing", "ask", "decide_everywhere", "find_person"]
