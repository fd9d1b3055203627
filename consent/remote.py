"""What others know that the rules need: person, blocks, relation, existence. Asked for in each view.

Every number of the person is asked about: what is recorded under one of them holds for all.
"""

import asyncio
from dataclasses import dataclass

from consent.person import (
    BlockSource,
    ExistenceSource,
    HeldSource,
    Person,
    PersonSource,
    RelationSource,
    UnknownPerson,
)
from consent.terms import Actor, Block, PersonId
from consent.vocabulary import BlockKind, RelationGround


@dataclass(frozen=True, slots=True)
class RemoteFacts:
    """The fact sources of this installation; what is not configured is None. ``held``: the portal's own
    store, which weighs against the "no" of an existence source."""

    person: PersonSource | None = None
    blocks: BlockSource | None = None
    relation: RelationSource | None = None
    existence: ExistenceSource | None = None
    held: HeldSource | None = None


NOTHING_REMOTE = RemoteFacts()


@dataclass(frozen=True, slots=True)
class Known:
    """What the sources said. None: could not be found out; one that is not configured knows of nothing."""

    person: Person
    blocks: tuple[Block, ...] | None
    relation: RelationGround | None
    holds: bool | None


async def know(remote: RemoteFacts, actor: Actor, patient: PersonId) -> Known:
    """Ask all of them, the register first: the others are asked about every number it names."""
    person = await find_person(remote, patient)
    numbers = (person.id, *aliases_of(patient, person))
    blocks, relation, holds, is_held = await asyncio.gather(
        _blocks(remote.blocks, numbers),
        _relation(remote.relation, numbers, actor.unit.hsa_id),
        _existence(remote.existence, numbers),
        _held(remote.held, numbers),
    )
    return Known(person, blocks, relation, told_of_others(holds, blocks, is_held=is_held))


async def recognise(remote: RemoteFacts, actor: Actor, patient: PersonId) -> Known:
    """The person and her relation to the reader's unit, for a list; neither blocks nor who holds anything."""
    person = await find_person(remote, patient)
    numbers = (person.id, *aliases_of(patient, person))
    return Known(person, None, await _relation(remote.relation, numbers, actor.unit.hsa_id), None)


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


def aliases_of(asked: PersonId, person: Person) -> tuple[PersonId, ...]:
    """Every other number of the person, the one that was typed among them."""
    return tuple(dict.fromkeys(i for i in (asked, *person.aliases) if i != person.id))


async def _blocks(source: BlockSource | None, numbers: tuple[PersonId, ...]) -> tuple[Block, ...] | None:
    if source is None:
        return ()
    found = await asyncio.gather(*(source.blocks_of(number) for number in numbers))
    known = [blocks for blocks in found if blocks is not None]
    return tuple(block for blocks in known for block in blocks) if len(known) == len(found) else None


async def _relation(
    source: RelationSource | None, numbers: tuple[PersonId, ...], unit_id: str
) -> RelationGround | None:
    """Unknown where one number could not be asked about and none of the others gave a relation."""
    if source is None:
        return RelationGround.NONE
    said = await asyncio.gather(*(source.relation_of(number, unit_id) for number in numbers))
    found = [ground for ground in said if ground not in (None, RelationGround.NONE)]
    return found[0] if found else None if None in said else RelationGround.NONE


async def _existence(source: ExistenceSource | None, numbers: tuple[PersonId, ...]) -> bool | None:
    """Yes if one says so; unknown if one could not be had; else no."""
    if source is None:
        return None
    answers = await asyncio.gather(*(source.holds(number) for number in numbers))
    return True if True in answers else None if None in answers else False


async def _held(source: HeldSource | None, numbers: tuple[PersonId, ...]) -> bool:
    return source is not None and await source.is_held(numbers)


def told_of_others(holds: bool | None, blocks: tuple[Block, ...] | None, *, is_held: bool) -> bool | None:
    """An index that says no about what lies here is behind (SVOD 2:4: that unblocked data exist).

    Where an outer block stands its word holds, for then what lies here may be what is blocked (rows 12, 16);
    where blocks are unknown nobody can tell.
    """
    if holds is not False or not is_held:
        return holds
    if blocks is None:
        return None
    return not any(block.kind is BlockKind.OUTER for block in blocks)
