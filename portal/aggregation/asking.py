"""Which sources may be asked, for which kinds, and what the decisions leave out.

Rests on the decisions alone, never on what a source holds: two patients under the same decisions get the
same division, so nothing here can tell a full record from an empty one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connectors.base.contract import SourceProfile
from consent.terms import ANY, Actor, Basis, Block, Decision, Reach, Refusal
from consent.vocabulary import EVERY_KIND, CareKind, Distance, InformationType, Kind, Reason, Row
from portal.aggregation.outcomes import Refused

Decisions = Mapping[Reach, Decision]

HEALTH = frozenset({CareKind.HEALTH_CARE})
EITHER = frozenset(CareKind)
# Which sort of owner may turn out to hold a kind. Only needed where a source answers for many owners.
OWNERS_OF_KIND: Mapping[Kind, frozenset[CareKind]] = {
    Kind.SOCIAL_SERVICE: frozenset({CareKind.SOCIAL_CARE}),
    Kind.CONTACT: EITHER,
    Kind.COORDINATION: EITHER,
    Kind.CARE_PLAN: EITHER,
}
# A block may leave out these information types; a kind that only comes as such a type is then untouched.
TYPE_OF_KIND: Mapping[Kind, InformationType] = {
    Kind.CARE_LIMITATION: InformationType.ALERT,
    Kind.WARNING: InformationType.ALERT,
    Kind.MEDICATION: InformationType.MEDICATION,
}
# Where a source is closed for several reasons, the reader is told the one she can do something about.
TELLING_ORDER = (
    Reason.BLOCKS_UNKNOWN,
    Reason.NOT_CHOSEN,
    Reason.NOT_IN_EMERGENCY,
    Reason.NAMES_ONLY,
    Reason.PATIENT_REFUSED,
    Reason.NO_CONSENT,
    Reason.TEMPORARILY_UNABLE,
    Reason.MAY_ASK_TO_LIFT,
    Reason.BLOCKED,
)


@dataclass(frozen=True, slots=True)
class Question:
    """One source that may be asked, and for what."""

    source: SourceProfile
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class Division:
    asked: tuple[Question, ...]
    refused: tuple[Refused, ...]


def divide(
    actor: Actor,
    decisions: Decisions,
    profiles: Iterable[SourceProfile],
    kinds: frozenset[Kind] = EVERY_KIND,
) -> Division:
    """Split the sources that feed these kinds into those to ask and those refused."""
    asked: list[Question] = []
    refused: list[Refused] = []
    for profile in profiles:
        wanted = profile.kinds & kinds
        if not wanted:
            continue
        permitted = wanted & permitted_kinds(actor, decisions, profile)
        if permitted:
            asked.append(Question(profile, permitted))
        else:
            refused.append(Refused(profile, wanted, reason_told(closed_reasons(actor, decisions, profile))))
    return Division(tuple(asked), tuple(refused))


def bearing_on(actor: Actor, decisions: Decisions, profile: SourceProfile) -> dict[Reach, Decision]:
    """The decisions that may concern what a source holds. A reach nobody decided on is refused."""
    owner = profile.owner
    if owner is None:
        found = {r: d for r, d in decisions.items() if r.distance is Distance.OTHER_PROVIDER}
        return found or {Reach(Distance.OTHER_PROVIDER, CareKind.HEALTH_CARE): UNDECIDED}
    if owner.hsa_id == actor.provider.hsa_id:
        found = {r: d for r, d in decisions.items() if r.provider_id == owner.hsa_id}
        return found or {Reach(Distance.OWN_PROVIDER, owner.kind, owner.hsa_id): UNDECIDED}
    for provider_id in (owner.hsa_id, ANY):
        reach = Reach(Distance.OTHER_PROVIDER, owner.kind, provider_id)
        if reach in decisions:
            return {reach: decisions[reach]}
    return {Reach(Distance.OTHER_PROVIDER, owner.kind, owner.hsa_id): UNDECIDED}


UNDECIDED = Refusal(Row.NOTHING, Reason.NO_CONSENT)


def permitted_kinds(actor: Actor, decisions: Decisions, profile: SourceProfile) -> frozenset[Kind]:
    """Every kind that some decision opens at this source."""
    opened: set[Kind] = set()
    for reach, decision in bearing_on(actor, decisions, profile).items():
        if isinstance(decision, Basis):
            opened |= {kind for kind in decision.kinds if may_hold(profile, reach, kind)}
    return frozenset(opened)


def may_hold(profile: SourceProfile, reach: Reach, kind: Kind) -> bool:
    return profile.owner is not None or reach.kind in OWNERS_OF_KIND.get(kind, HEALTH)


def closed_reasons(
    actor: Actor, decisions: Decisions, profile: SourceProfile, kind: Kind | None = None
) -> frozenset[Reason]:
    """Why some of what the source may hold (of one kind, or at all) stays hidden; empty where none does."""
    reasons: set[Reason] = set()
    for reach, decision in bearing_on(actor, decisions, profile).items():
        if kind is not None and not may_hold(profile, reach, kind):
            continue
        if isinstance(decision, Refusal):
            reasons.add(decision.reason)
        elif kind is not None and kind not in decision.kinds:
            reasons.add(Reason.KIND_NOT_FOR_READER)
        elif kind is not None and any(may_hide(b, kind) for b in blocks_told(reach, decision, decisions)):
            reasons.add(Reason.SILENT_BLOCK if decision.hides_silently else Reason.BLOCKED)
    return frozenset(reasons)


def blocks_told(reach: Reach, decision: Basis, decisions: Decisions) -> tuple[Block, ...]:
    """The blocks that a reach speaks for. That of owners nobody could name holds everybody's, so that no
    record slips through; each named owner's are told of under its own kind, or not at all (row 16)."""
    if reach.provider_id != ANY:
        return decision.blocks
    named = {other.provider_id for other in decisions if other.distance is Distance.OTHER_PROVIDER}
    return tuple(block for block in decision.blocks if block.provider_id not in named)


def may_hide(block: Block, kind: Kind) -> bool:
    """Whether a block may cover records of a kind. Asked of the block alone: which kinds are in fact
    blocked is more than the law lets the reader know."""
    information_type = TYPE_OF_KIND.get(kind)
    return information_type is None or information_type not in block.excluded_types


def reason_told(reasons: frozenset[Reason]) -> Reason:
    for reason in TELLING_ORDER:
        if reason in reasons:
            return reason
    return min(reasons, default=Reason.KIND_NOT_FOR_READER)
