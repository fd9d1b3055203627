"""The fact sources the gate asks, found among the configured sources: person, blocks, relation, existence.

Nothing is kept: what a view rests on was asked for in that view. Whatever goes wrong is ``None``, which the
rules read as the answer that shows less; it never becomes "none" or "no".
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from connectors.base.breaker import BREAKER
from connectors.base.contract import Fact, Fault, SourceFault, SourceProfile
from connectors.base.registry import connector_classes
from connectors.openfeed.holding import is_anything_held
from connectors.openfeed.terms import receives
from connectors.sources import connector_for
from consent.database import on_database_thread
from consent.facts import Person, PersonSource, UnknownPerson
from consent.remote import RemoteFacts
from consent.terms import Block, PersonId, Provider, Unit
from consent.vocabulary import RelationGround

# A reader waits for the facts before the first byte, whatever a source was configured with.
LONGEST_WAIT_S = 2.0
# What a journal can answer, what says most first. That a user attests a relation no system may say for her.
FROM_JOURNALS = (
    RelationGround.SERVICE,
    RelationGround.ASSESSMENT,
    RelationGround.JOURNAL,
    RelationGround.NONE,
)

T = TypeVar("T")

_log = structlog.get_logger(__name__)


def remote_facts(profiles: Iterable[SourceProfile], reader: Unit) -> RemoteFacts:
    """The fact sources of this installation, for a reader at this unit.

    Blocks: all of them together. Relation: those that the reader's own provider owns, nobody else's journal.
    Existence: asked about others than the reader's provider, and of no weight as a "no" beyond the sources it
    speaks of; what those others delivered here is looked up. None where no source is configured.
    """
    profiles = tuple(profiles)
    blocks, relation, existence = (
        _answering(fact, profiles) for fact in (Fact.BLOCKS, Fact.RELATION, Fact.EXISTENCE)
    )
    own = tuple(p for p in relation if _is_of(p, reader.provider))
    others = tuple(p for p in profiles if p.kinds and not _is_of(p, reader.provider))
    receiving = frozenset(p.slug for p in others if p.connector == "openfeed" and receives(p.settings))
    return RemoteFacts(
        person=person_source(profiles),
        blocks=_Blocks(blocks) if blocks else None,
        relation=_Relation(own) if own else None,
        existence=_Existence(existence, reader.provider.hsa_id, frozenset(p.slug for p in others))
        if existence
        else None,
        held=_Held(receiving) if existence and receiving else None,
    )


def _is_of(profile: SourceProfile, provider: Provider) -> bool:
    return profile.owner is not None and profile.owner.hsa_id == provider.hsa_id


def person_source(profiles: Iterable[SourceProfile]) -> PersonSource | None:
    """The population facts' source, or None where none is configured (or, by mistake, more than one)."""
    found = _answering(Fact.PERSON, profiles)
    return _Person(found[0]) if len(found) == 1 else None


def _answering(fact: Fact, profiles: Iterable[SourceProfile]) -> tuple[SourceProfile, ...]:
    """The sources that answer for a fact, each within the time a reader can wait."""
    classes = connector_classes()
    return tuple(
        replace(p, deadline_s=min(p.deadline_s, LONGEST_WAIT_S))
        for p in profiles
        if p.connector in classes and fact in classes[p.connector].facts_of(p.settings)
    )


@dataclass(frozen=True, slots=True)
class _Person:
    profile: SourceProfile

    async def find(self, person: PersonId) -> Person:
        """Raises UnknownPerson."""
        found = await _ask(self.profile, Fact.PERSON, person)
        return found if isinstance(found, Person) else Person(person)


@dataclass(frozen=True, slots=True)
class _Blocks:
    profiles: tuple[SourceProfile, ...]

    async def blocks_of(self, person: PersonId) -> tuple[Block, ...] | None:
        """Every source's; unknown where one is, or where two blocks of different content share an id."""
        said = await _ask_all(self.profiles, Fact.BLOCKS, person)
        blocks: dict[str, Block] = {}
        for answer in said:
            if not isinstance(answer, tuple):
                return None
            for block in answer:
                if not isinstance(block, Block) or blocks.setdefault(block.id, block) != block:
                    return None
        return tuple(blocks.values())


@dataclass(frozen=True, slots=True)
class _Relation:
    profiles: tuple[SourceProfile, ...]

    async def relation_of(self, person: PersonId, unit_id: str) -> RelationGround | None:
        """What one of them knows; unknown where none knows of any and one could not tell."""
        said = await _ask_all(self.profiles, Fact.RELATION, person, unit_id)
        known = [ground for ground in FROM_JOURNALS if any(answer is ground for answer in said)]
        if known and known[0] is not RelationGround.NONE:
            return known[0]
        return RelationGround.NONE if all(answer is RelationGround.NONE for answer in said) else None


@dataclass(frozen=True, slots=True)
class _Existence:
    """``others``: the sources in use that may hold something of another provider's (short names)."""

    profiles: tuple[SourceProfile, ...]
    apart_from: str
    others: frozenset[str]

    async def holds(self, person: PersonId) -> bool | None:
        """Yes if one says so; unknown where none does and one could not tell, or where a source is in use
        that none of them speaks of: silence about it is not its "no"."""
        said = await _ask_all(self.profiles, Fact.EXISTENCE, person, self.apart_from)
        if any(answer is True for answer in said):
            return True
        spoken_of = frozenset[str]().union(*(_answers_for(profile) for profile in self.profiles))
        is_no = all(answer is False for answer in said) and self.others <= spoken_of
        return False if is_no else None


def _answers_for(profile: SourceProfile) -> frozenset[str]:
    return connector_classes()[profile.connector].answers_for(profile.settings)


@dataclass(frozen=True, slots=True)
class _Held:
    """What other providers' sources delivered to the portal's own store (short names)."""

    sources: frozenset[str]

    async def is_held(self, people: tuple[PersonId, ...]) -> bool:
        return await on_database_thread(is_anything_held, self.sources, people)


async def _ask_all(profiles: Iterable[SourceProfile], fact: Fact, *about: object) -> list[object]:
    return await asyncio.gather(*(_ask(profile, fact, *about) for profile in profiles))


async def _ask(profile: SourceProfile, fact: Fact, *about: object) -> object:
    """What one source answers, through the running loop's own connector; None for whatever went wrong.

    One that keeps failing is left alone for a while: else every reader waits for it before the first byte.
    Raises UnknownPerson.
    """
    try:
        if not BREAKER.may_ask(profile.slug):
            raise SourceFault(Fault.NOT_ASKED)
        async with asyncio.timeout(profile.deadline_s):
            connector = await connector_for(profile)
            said = await getattr(connector, fact.value)(*about)
    except UnknownPerson:
        BREAKER.note_answer(profile.slug)
        raise
    except (SourceFault, TimeoutError) as error:
        told = error if isinstance(error, SourceFault) else SourceFault(Fault.TIMED_OUT)
        BREAKER.note_fault(profile.slug, told.fault, told.retry_after_s)
        _log.warning("fact_unknown", source=profile.slug, fact=fact.name, fault=told.fault.value)
    except Exception:  # noqa: BLE001 (whatever a connector raises, the fact is unknown)
        _log.exception("fact_bug", source=profile.slug, fact=fact.name)
    else:
        BREAKER.note_answer(profile.slug)
        return said
    return None
