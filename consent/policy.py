"""May this reader see what lies within this reach, now? Pure: no database, clock or settings.

The decision table of docs/decision-table.md, rows 1–21. ``decide`` walks an ordered list of rules;
the first that speaks decides, and where none speaks the answer is no.
"""

# Every rule has the same three arguments, whether it needs them or not.
# ruff: noqa: ARG001

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from consent import blocking, standing
from consent.facts import Facts
from consent.terms import ANY, Actor, Basis, Decision, Reach, Refusal
from consent.vocabulary import CareKind, Distance, Purpose, Reason, Row


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, and when by the database's clock."""

    actor: Actor
    at: datetime


Rule = Callable[[Ask, Facts, Reach], Decision | None]


def decide(ask: Ask, facts: Facts, reach: Reach) -> Decision:
    """The basis for showing what lies within ``reach``, or the refusal with its row and reason."""
    for rule in _rules_for(ask.actor.kind, reach):
        decision = rule(ask, facts, reach)
        if decision is not None:
            return decision
    return Refusal(Row.NO_CONSENT, Reason.NO_CONSENT)


# Rules for every reach. ---------------------------------------------------------------------------


def purpose_must_be_care(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """PDL 4:1 and SVOD 3:1; certificates may read other providers' data, by consent only."""
    if ask.actor.purpose is Purpose.CARE or ask.actor.purpose is Purpose.CERTIFICATE:
        return None
    return Refusal(Row.NOTHING, Reason.WRONG_PURPOSE)


def relation_must_be_known(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """SVOD 3:1 and 3:7: without a current relation nothing, even with express consent."""
    if facts.has_relation is None:
        return Refusal(Row.NOTHING, Reason.RELATION_UNKNOWN)
    return None if facts.has_relation else Refusal(Row.NOTHING, Reason.NO_RELATION)


def social_reader_must_have_a_case(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """SVOD 3:2: the recipient has insatser, or is being assessed for them (utredning suffices)."""
    return None if facts.has_social_need else Refusal(Row.NOTHING, Reason.NO_SOCIAL_NEED)


# Own provider: rows 1–4 and 19. -------------------------------------------------------------------


def own_unit_reads_all(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    social = ask.actor.kind is CareKind.SOCIAL_CARE
    return Basis(_own_row(facts, Row.SOCIAL_OWN if social else Row.OWN_UNIT))


def inner_blocks_hold(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 3. A block that covers all of a unit refuses; one that leaves something out is kept in the basis."""
    if ask.actor.kind is CareKind.SOCIAL_CARE:
        return None
    if facts.blocks is None:
        return Refusal(Row.INNER_BLOCK, Reason.BLOCKS_UNKNOWN)
    total = any(
        blocking.covers_all(block, reach)
        for block in blocking.standing_inner_blocks(ask.actor, ask.at, facts, reach)
    )
    return Refusal(Row.INNER_BLOCK, Reason.BLOCKED) if total else None


def other_unit_must_be_chosen(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 2: two active choices; the second is recorded per reader and unit (or for all units at once)."""
    for choice in facts.choices:
        if standing.choice_stands(choice, ask.actor, ask.at) and choice.target_unit_id in (
            reach.unit_id,
            ANY,
        ):
            return None
    return Refusal(Row.OWN_PROVIDER, Reason.NOT_CHOSEN)


def chosen_unit_is_open(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    social = ask.actor.kind is CareKind.SOCIAL_CARE
    row = _own_row(facts, Row.SOCIAL_OWN if social else Row.OWN_PROVIDER)
    if social:
        return Basis(row)
    blocks = blocking.standing_inner_blocks(ask.actor, ask.at, facts, reach)
    lift = blocking.lift_bearing_on(ask.actor, ask.at, facts, reach)
    if lift is None:
        return Basis(row, blocks=blocks)
    return Basis(Row.INNER_BLOCK_LIFTED, blocks=blocks, reference=lift.id, expires_at=lift.ends_at)


# Other providers: rows 5–18, 20, 21. ----------------------------------------------------------------


def deceased_closes_others(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 21: 3:1–3:6 presuppose care or consent."""
    return Refusal(Row.DECEASED, Reason.DECEASED) if facts.person.died is not None else None


def outer_blocks_hold(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Rows 12, 13 and 16."""
    if facts.blocks is None:
        return Refusal(Row.OUTER_BLOCK, Reason.BLOCKS_UNKNOWN)
    if not any(blocking.covers_all(block, reach) for block in blocking.outer_blocks(facts, reach)):
        return None
    if reach.kind is CareKind.SOCIAL_CARE:
        return Refusal(Row.SOCIAL_BLOCK, Reason.SILENT_BLOCK)
    if ask.actor.kind is CareKind.SOCIAL_CARE:
        return Refusal(Row.OUTER_BLOCK, Reason.SILENT_BLOCK)
    if standing.emergency_of(ask.actor, facts, ask.at) is not None:
        return Refusal(Row.OUTER_BLOCK_EMERGENCY, Reason.MAY_ASK_TO_LIFT)
    return Refusal(Row.OUTER_BLOCK, Reason.BLOCKED)


def child_unable_opens_for_health_care(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 11: as row 6 without consent (SVOD 3:1). No guardian consents or blocks."""
    if not standing.is_child_unable_to_consent(facts, ask.at):
        return None
    return _open(facts, reach, Row.CHILD, "child", standing.next_midnight(ask.at))


def child_unable_opens_social_data_for_social_care(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 15a: other omsorgsgivare's data, never health data (SVOD 3:2 second paragraph)."""
    if not standing.is_child_unable_to_consent(facts, ask.at):
        return None
    if reach.kind is CareKind.HEALTH_CARE:
        return Refusal(Row.SOCIAL_CHILD, Reason.HEALTH_DATA_CLOSED)
    return _open(facts, reach, Row.SOCIAL_CHILD, "child", standing.next_midnight(ask.at))


def refusal_closes(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 7. Only an emergency declared after it, for one no longer conscious, goes past it."""
    refusal = standing.refusal_of(ask.actor, facts, ask.at)
    if refusal is None or standing.emergency_goes_past(refusal, ask.actor, facts, ask.at):
        return None
    return Refusal(Row.REFUSED, Reason.PATIENT_REFUSED)


def consent_opens(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 6; row 14 for omsorgsgivare, with only the kinds set for them."""
    consent = standing.consent_of(ask.actor, facts, ask.at)
    if consent is None:
        return None
    if ask.actor.kind is CareKind.SOCIAL_CARE:
        basis = _open(facts, reach, Row.SOCIAL_CONSENT, consent.id, consent.ends_at)
        return Basis(
            basis.row, facts.legal.social_reader_kinds, basis.blocks, basis.reference, basis.expires_at
        )
    return _open(facts, reach, Row.CONSENT, consent.id, consent.ends_at)


def lasting_inability_opens(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 9 (SVOD 3:3) and row 15b (SVOD 3:4): names, three assertions, then data."""
    inability = standing.inability_of(ask.actor, facts, ask.at)
    if inability is None:
        return None
    social_reader = ask.actor.kind is CareKind.SOCIAL_CARE
    row = Row.SOCIAL_INABILITY if social_reader else Row.LASTING_INABILITY
    if social_reader and reach.kind is CareKind.HEALTH_CARE:
        return Refusal(row, Reason.HEALTH_DATA_CLOSED)
    if not inability.is_asserted:
        return Refusal(row, Reason.NAMES_ONLY)
    return _open(facts, reach, row, inability.id, inability.review_at)


def emergency_opens(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 8 (SVOD 3:6): names of vårdgivare, then the health data judged indispensable; never SoL or LSS."""
    emergency = standing.emergency_of(ask.actor, facts, ask.at)
    if emergency is None or ask.actor.kind is CareKind.SOCIAL_CARE:
        return None
    if reach.kind is CareKind.SOCIAL_CARE:
        return Refusal(Row.EMERGENCY, Reason.NOT_IN_EMERGENCY)
    if not emergency.is_indispensable:
        return Refusal(Row.EMERGENCY, Reason.NAMES_ONLY)
    return _open(facts, reach, Row.EMERGENCY, emergency.id, emergency.ends_at)


def temporary_inability_waits(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 10: as row 5, with another sentence and the on-call number."""
    if not facts.is_temporarily_unable:
        return None
    return Refusal(Row.TEMPORARY_INABILITY, Reason.TEMPORARILY_UNABLE)


def consent_purpose_only(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """A certificate may only rest on consent (SVOD 3:1): the other grounds presuppose care."""
    if ask.actor.purpose is Purpose.CERTIFICATE:
        return Refusal(Row.NO_CONSENT, Reason.NO_CONSENT)
    return None


# The order in which the rules are asked. ------------------------------------------------------------

EVERYWHERE: tuple[Rule, ...] = (purpose_must_be_care, relation_must_be_known)
OWN_UNIT: tuple[Rule, ...] = (own_unit_reads_all,)
OWN_PROVIDER: tuple[Rule, ...] = (inner_blocks_hold, other_unit_must_be_chosen, chosen_unit_is_open)
OTHER_FOR_HEALTH_CARE: tuple[Rule, ...] = (
    deceased_closes_others,
    outer_blocks_hold,
    refusal_closes,
    consent_opens,
    consent_purpose_only,
    child_unable_opens_for_health_care,
    lasting_inability_opens,
    emergency_opens,
    temporary_inability_waits,
)
OTHER_FOR_SOCIAL_CARE: tuple[Rule, ...] = (
    deceased_closes_others,
    outer_blocks_hold,
    refusal_closes,
    consent_opens,
    consent_purpose_only,
    child_unable_opens_social_data_for_social_care,
    lasting_inability_opens,
    temporary_inability_waits,
)


def _rules_for(reader: CareKind, reach: Reach) -> tuple[Rule, ...]:
    case = (social_reader_must_have_a_case,) if reader is CareKind.SOCIAL_CARE else ()
    if reach.distance is Distance.OWN_UNIT:
        return EVERYWHERE + case + OWN_UNIT
    if reach.distance is Distance.OWN_PROVIDER:
        return EVERYWHERE + case + OWN_PROVIDER
    others = OTHER_FOR_HEALTH_CARE if reader is CareKind.HEALTH_CARE else OTHER_FOR_SOCIAL_CARE
    return EVERYWHERE + case + others


def _own_row(facts: Facts, row: Row) -> Row:
    return Row.DECEASED if facts.person.died is not None else row


def _open(facts: Facts, reach: Reach, row: Row, reference: str, expires_at: datetime | None) -> Basis:
    return Basis(row, blocks=blocking.outer_blocks(facts, reach), reference=reference, expires_at=expires_at)
