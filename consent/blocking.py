"""Which blocks (spärrar) bear on a reach, and which of them an authorised lifting has set aside. Pure."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from consent import standing
from consent.facts import Facts, LiftFact, LiftRequestFact
from consent.terms import ANY, Actor, Block, Provider, Reach
from consent.vocabulary import BlockKind, CareKind, Distance, Purpose, Right


def inner_blocks(facts: Facts, reach: Reach) -> tuple[Block, ...]:
    """Inner blocks within the reach's provider (PDL 4:4)."""
    return tuple(
        b for b in facts.blocks or () if b.kind is BlockKind.INNER and b.provider_id == reach.provider_id
    )


def lifted_blocks(actor: Actor, at: datetime, facts: Facts) -> frozenset[str]:
    """Ids of the blocks that an authorised officer has set aside for this reader, for now."""
    return frozenset(x.block_id for x in facts.lifts if standing.lift_stands(x, actor, facts, at))


def standing_inner_blocks(actor: Actor, at: datetime, facts: Facts, reach: Reach) -> tuple[Block, ...]:
    lifted = lifted_blocks(actor, at, facts)
    return tuple(b for b in inner_blocks(facts, reach) if b.id not in lifted)


def lift_bearing_on(actor: Actor, at: datetime, facts: Facts, reach: Reach) -> LiftFact | None:
    """The standing lift of a block on this reach, or None; the one that ends first if several."""
    if reach.distance is Distance.OTHER_PROVIDER:
        here = {b.id for b in outer_blocks(facts, reach)}
    else:
        here = {b.id for b in inner_blocks(facts, reach) if bears_on(b, reach)}
    found = [x for x in facts.lifts if x.block_id in here and standing.lift_stands(x, actor, facts, at)]
    return min(found, key=lambda x: x.ends_at, default=None)


def outer_blocks(facts: Facts, reach: Reach) -> tuple[Block, ...]:
    """Outer blocks that bear on the reach; for owners not yet known, every one there is (SVOD 2:3)."""
    return tuple(
        b
        for b in facts.blocks or ()
        if b.kind is BlockKind.OUTER and reach.provider_id in (b.provider_id, ANY)
    )


def standing_outer_blocks(actor: Actor, at: datetime, facts: Facts, reach: Reach) -> tuple[Block, ...]:
    """Those that their provider has not lifted for this reader (SVOD 3:5)."""
    lifted = lifted_blocks(actor, at, facts)
    return tuple(b for b in outer_blocks(facts, reach) if b.id not in lifted)


def bears_on(block: Block, reach: Reach) -> bool:
    return not block.unit_id or block.unit_id == reach.unit_id


def covers_all(block: Block, reach: Reach) -> bool:
    """Whether the block leaves nothing of the reach: no days, no types left out, and all of its units."""
    if block.provider_id != reach.provider_id or block.first_day or block.last_day or block.excluded_types:
        return False
    return not block.unit_id or (reach.distance is Distance.OWN_PROVIDER and block.unit_id == reach.unit_id)


def closes_inside(actor: Actor, at: datetime, facts: Facts, reach: Reach) -> bool:
    """Whether a standing inner block leaves nothing of the reach."""
    return any(covers_all(block, reach) for block in standing_inner_blocks(actor, at, facts, reach))


def closes_outside(actor: Actor, at: datetime, facts: Facts, reach: Reach) -> bool:
    """Whether a standing outer block leaves nothing of the reach."""
    return any(covers_all(block, reach) for block in standing_outer_blocks(actor, at, facts, reach))


def hides_silently(actor: Actor, facts: Facts, reach: Reach) -> bool:
    """Only a vårdgivare may know of a vårdgivare's block (SVOD 2:5), and only while the setting allows it."""
    both_health = actor.kind is CareKind.HEALTH_CARE and reach.kind is CareKind.HEALTH_CARE
    return not (both_health and facts.legal.blocks_are_visible)


def of_own_provider(actor: Actor, facts: Facts) -> tuple[Block, ...]:
    """The blocks that the reader's own provider keeps, inner and outer: what its officer may lift."""
    return tuple(b for b in facts.blocks or () if b.provider_id == actor.provider.hsa_id)


def is_own_lift(lift: LiftFact, actor: Actor, facts: Facts) -> bool:
    """Whether the lift is of a block that the reader, an authorised officer, may set in force again."""
    own = {b.id for b in of_own_provider(actor, facts)}
    return Right.LIFT_BLOCKS in actor.rights and lift.block_id in own and lift.stopped_at is None


def requests_to(actor: Actor, facts: Facts) -> tuple[LiftRequestFact, ...]:
    """Requests to the reader's own provider that nobody has answered."""
    own = actor.provider.hsa_id
    return tuple(r for r in facts.lift_requests if r.asked_provider_id == own and not r.is_answered)


def own_lifts(actor: Actor, facts: Facts) -> tuple[LiftFact, ...]:
    """What an authorised officer may set in force again, for whomever it was lifted."""
    return tuple(lift for lift in facts.lifts if is_own_lift(lift, actor, facts))


def to_ask_about(actor: Actor, facts: Facts, at: datetime, provider_id: str) -> tuple[Block, ...]:
    """A vårdgivare's outer blocks that stand against the reader, where blocks may be seen (row 13)."""
    if not facts.legal.blocks_are_visible or actor.kind is not CareKind.HEALTH_CARE:
        return ()
    lifted = lifted_blocks(actor, at, facts)
    return tuple(
        b
        for b in facts.blocks or ()
        if b.kind is BlockKind.OUTER
        and b.provider_id == provider_id != actor.provider.hsa_id
        and b.id not in lifted
    )


def blockers(
    actor: Actor, facts: Facts, at: datetime, known: Mapping[str, Provider] = MappingProxyType({})
) -> tuple[Provider, ...]:
    """Row 13: in the reader's own emergency, the vårdgivare whose outer block stands, by name (SVOD 3:5).

    Of ``known`` providers, by HSA-id. Who is not known to be a vårdgivare is not named (row 16).
    """
    if facts.person.died is not None or standing.emergency_of(actor, facts, at) is None:
        return ()
    named = (known[hsa_id] for hsa_id in sorted({b.provider_id for b in facts.blocks or ()} & set(known)))
    return tuple(
        p for p in named if p.kind is CareKind.HEALTH_CARE and to_ask_about(actor, facts, at, p.hsa_id)
    )


def are_noticed(actor: Actor, at: datetime, facts: Facts, social_care: frozenset[str] = frozenset()) -> bool:
    """Whether the page may say that blocked data exist (rows 3 and 12).

    Only vårdgivare's blocks that stand against the reader (``social_care``: providers known to be something
    else, row 16). After a death only the own provider's (row 21).
    """
    if not may_be_told(actor, facts):
        return False
    lifted = lifted_blocks(actor, at, facts)
    outer = facts.person.died is None and any(
        b.kind is BlockKind.OUTER
        and b.provider_id != actor.provider.hsa_id
        and b.provider_id not in social_care
        and b.id not in lifted
        for b in facts.blocks or ()
    )
    return outer or are_noticed_inside(actor, at, facts)


def are_noticed_inside(actor: Actor, at: datetime, facts: Facts) -> bool:
    """Whether the page may say that another unit of the own provider has blocked data (row 3, PDL 4:4)."""
    if not may_be_told(actor, facts):
        return False
    lifted = lifted_blocks(actor, at, facts)
    return any(
        b.kind is BlockKind.INNER
        and b.provider_id == actor.provider.hsa_id
        and b.unit_id != actor.unit.hsa_id
        and b.id not in lifted
        for b in facts.blocks or ()
    )


def may_be_told(actor: Actor, facts: Facts) -> bool:
    """Only a vårdgivare with a relation, reading for care, may know of blocks, and only where the setting
    allows it: EHDS (EU) 2025/327 art. 8 will not let the use of a restriction be visible."""
    reads_care = actor.kind is CareKind.HEALTH_CARE and actor.purpose in (Purpose.CARE, Purpose.CERTIFICATE)
    return reads_care and facts.legal.blocks_are_visible and bool(facts.has_relation)
