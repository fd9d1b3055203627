"""May this reader see what lies within this reach, now? Pure: no database, clock or settings.

The decision table of docs/decision-table.md, rows 1–21. ``decide`` walks an ordered list of rules;
the first that speaks decides, and where none speaks the answer is no.
"""

# Every rule has the same three arguments, whether it needs them or not.
# ruff: noqa: ARG001

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from consent import blocking, standing
from consent.facts import Facts
from consent.terms import Actor, Basis, Decision, Reach, Refusal
from consent.vocabulary import CareKind, Distance, Purpose, Reason, Row


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, and when by the database's clock."""

    actor: Actor
    at: datetime

    @property
    def is_social(self) -> bool:
        return self.actor.kind is CareKind.SOCIAL_CARE

    def row(self, for_health_care: Row, for_social_care: Row) -> Row:
        return for_social_care if self.is_social else for_health_care


Rule = Callable[[Ask, Facts, Reach], Decision | None]


def decide(ask: Ask, facts: Facts, reach: Reach) -> Decision:
    """The basis for showing what lies within ``reach``, or the refusal with its row and reason."""
    for rule in EVERYWHERE + BY_DISTANCE[reach.distance]:
        decision = rule(ask, facts, reach)
        if decision is not None:
            return decision
    return Refusal(Row.NO_CONSENT, Reason.NO_CONSENT)


# Rules for every reach. ---------------------------------------------------------------------------


def purpose_must_be_care(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """PDL 4:1 and SVOD 3:1; health care's certificates may read other providers' data, by consent only."""
    certifies = ask.actor.purpose is Purpose.CERTIFICATE and not ask.is_social
    may_read = certifies or ask.actor.purpose is Purpose.CARE
    return None if may_read else Refusal(Row.NOTHING, Reason.WRONG_PURPOSE)


def relation_must_be_known(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """SVOD 3:1 and 3:7: without a current relation nothing, even with express consent."""
    if facts.has_relation is None:
        return Refusal(Row.NOTHING, Reason.RELATION_UNKNOWN)
    return None if facts.has_relation else Refusal(Row.NOTHING, Reason.NO_RELATION)


def social_reader_must_have_a_case(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """SVOD 3:2: the recipient has insatser, or is being assessed for them (utredning suffices)."""
    has_case = not ask.is_social or facts.has_social_need
    return None if has_case else Refusal(Row.NOTHING, Reason.NO_SOCIAL_NEED)


def own_unit_reads_all(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    return Basis(_own_row(facts, ask.row(Row.OWN_UNIT, Row.SOCIAL_OWN)))


def inner_blocks_hold(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 3. A block that covers all of a unit refuses; one that leaves something out is kept in the basis.

    A block that the reader must not know of (row 16, or by the setting) speaks last, where the unit would
    have opened: before that a blocked unit looks like every other.
    """
    if facts.blocks is None:
        return Refusal(ask.row(Row.INNER_BLOCK, Row.SOCIAL_BLOCK), Reason.BLOCKS_UNKNOWN)
    is_told = not blocking.hides_silently(ask.actor, facts, reach)
    if is_told and blocking.closes_inside(ask.actor, ask.at, facts, reach):
        return Refusal(Row.INNER_BLOCK, Reason.BLOCKED)
    return None


def other_unit_must_be_chosen(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 2: two active choices; the second is recorded per reader and unit (or for all units at once)."""
    if standing.choice_of(ask.actor, facts, ask.at, reach.unit_id) is None:
        return Refusal(Row.OWN_PROVIDER, Reason.NOT_CHOSEN)
    return None


def chosen_unit_is_open(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Rows 2, 4 and 19, until the choice runs out, or the lift if that comes first."""
    if blocking.closes_inside(ask.actor, ask.at, facts, reach):
        return Refusal(ask.row(Row.INNER_BLOCK, Row.SOCIAL_BLOCK), Reason.SILENT_BLOCK)
    choice = standing.choice_of(ask.actor, facts, ask.at, reach.unit_id)
    lift = blocking.lift_bearing_on(ask.actor, ask.at, facts, reach)
    basis = Basis(
        _own_row(facts, ask.row(Row.OWN_PROVIDER, Row.SOCIAL_OWN)),
        blocks=blocking.standing_inner_blocks(ask.actor, ask.at, facts, reach),
        expires_at=min((x.ends_at for x in (choice, lift) if x is not None), default=None),
        hides_silently=blocking.hides_silently(ask.actor, facts, reach),
    )
    return basis if lift is None else replace(basis, row=Row.INNER_BLOCK_LIFTED, reference=lift.id)


# Other providers: rows 5–18, 20, 21. ----------------------------------------------------------------


def deceased_closes_others(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 21: 3:1–3:6 presuppose care or consent."""
    return Refusal(Row.DECEASED, Reason.DECEASED) if facts.person.died is not None else None


def outer_blocks_hold(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Rows 12 and 13. A block that the reader must not know of speaks last, where data would have opened."""
    if facts.blocks is None:
        return Refusal(Row.OUTER_BLOCK, Reason.BLOCKS_UNKNOWN)
    closes = blocking.closes_outside(ask.actor, ask.at, facts, reach)
    if not closes or blocking.hides_silently(ask.actor, facts, reach):
        return None
    if standing.emergency_of(ask.actor, facts, ask.at) is not None:
        return Refusal(Row.OUTER_BLOCK_EMERGENCY, Reason.MAY_ASK_TO_LIFT)
    return Refusal(Row.OUTER_BLOCK, Reason.BLOCKED)


def child_unable_opens(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 11: as row 6 without consent (SVOD 3:1); no guardian consents or blocks.

    Row 15a for omsorgsgivare: other omsorgsgivare's data, never health data (SVOD 3:2 second paragraph).
    """
    if not standing.is_child_unable_to_consent(facts, ask.at):
        return None
    row = ask.row(Row.CHILD, Row.SOCIAL_CHILD)
    if ask.is_social and reach.kind is CareKind.HEALTH_CARE:
        return Refusal(row, Reason.HEALTH_DATA_CLOSED)
    return _open(ask, facts, reach, row, "child", standing.next_midnight(ask.at))


def refusal_closes(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 7. Only an emergency declared after it, for one no longer conscious, goes past it."""
    if standing.refusal_of(ask.actor, facts, ask.at) is None:
        return None
    if standing.emergency_of(ask.actor, facts, ask.at) is not None:
        return None
    return Refusal(Row.REFUSED, Reason.PATIENT_REFUSED)


def consent_opens(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 6; row 14 for omsorgsgivare, with only the kinds set for them."""
    consent = standing.consent_of(ask.actor, facts, ask.at)
    if consent is None:
        return None
    row = ask.row(Row.CONSENT, Row.SOCIAL_CONSENT)
    opened = _open(ask, facts, reach, row, consent.id, consent.ends_at)
    if ask.is_social and isinstance(opened, Basis):
        return replace(opened, kinds=facts.legal.social_reader_kinds)
    return opened


def lasting_inability_opens(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 9 (SVOD 3:3) and row 15b (SVOD 3:4): names, three assertions, then data."""
    inability = standing.inability_of(ask.actor, facts, ask.at)
    if inability is None:
        return None
    row = ask.row(Row.LASTING_INABILITY, Row.SOCIAL_INABILITY)
    if ask.is_social and reach.kind is CareKind.HEALTH_CARE:
        return Refusal(row, Reason.HEALTH_DATA_CLOSED)
    if not inability.is_asserted:
        return None
    return _open(ask, facts, reach, row, inability.id, inability.review_at)


def lasting_inability_names(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Rows 9 and 15b before the assertions. Asked after emergency, which must not wait for them."""
    if standing.inability_of(ask.actor, facts, ask.at) is None:
        return None
    return Refusal(ask.row(Row.LASTING_INABILITY, Row.SOCIAL_INABILITY), Reason.NAMES_ONLY)


def emergency_opens(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 8 (SVOD 3:6): names of vårdgivare, then the health data judged indispensable; never SoL or LSS."""
    emergency = standing.emergency_of(ask.actor, facts, ask.at)
    if emergency is None:
        return None
    if reach.kind is CareKind.SOCIAL_CARE:
        return Refusal(Row.EMERGENCY, Reason.NOT_IN_EMERGENCY)
    if not emergency.is_indispensable:
        return Refusal(Row.EMERGENCY, Reason.NAMES_ONLY)
    return _open(ask, facts, reach, Row.EMERGENCY, emergency.id, emergency.ends_at)


def temporary_inability_waits(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """Row 10: as row 5, with another sentence and the on-call number."""
    waits = Refusal(Row.TEMPORARY_INABILITY, Reason.TEMPORARILY_UNABLE)
    return waits if facts.is_temporarily_unable else None


def consent_purpose_only(ask: Ask, facts: Facts, reach: Reach) -> Decision | None:
    """A certificate may only rest on consent (SVOD 3:1): the other grounds presuppose care."""
    if ask.actor.purpose is Purpose.CERTIFICATE:
        return Refusal(Row.NO_CONSENT, Reason.NO_CONSENT)
    return None


EVERYWHERE: tuple[Rule, ...] = (purpose_must_be_care, relation_must_be_known, social_reader_must_have_a_case)
BY_DISTANCE: Mapping[Distance, tuple[Rule, ...]] = {
    Distance.OWN_UNIT: (own_unit_reads_all,),
    Distance.OWN_PROVIDER: (inner_blocks_hold, other_unit_must_be_chosen, chosen_unit_is_open),
    Distance.OTHER_PROVIDER: (
        deceased_closes_others,
        outer_blocks_hold,
        refusal_closes,
        consent_opens,
        consent_purpose_only,
        child_unable_opens,
        lasting_inability_opens,
        emergency_opens,
        lasting_inability_names,
        temporary_inability_waits,
    ),
}


def _own_row(facts: Facts, row: Row) -> Row:
    return Row.DECEASED if facts.person.died is not None else row


def _open(
    ask: Ask, facts: Facts, reach: Reach, row: Row, reference: str, expires_at: datetime | None
) -> Decision:
    """Open another provider's data, but for its blocks (row 16 where they cover everything, unsaid).

    A block that its provider has lifted (SVOD 3:5) stays away no longer than the lift."""
    if blocking.closes_outside(ask.actor, ask.at, facts, reach):
        social = CareKind.SOCIAL_CARE in (ask.actor.kind, reach.kind)
        return Refusal(Row.SOCIAL_BLOCK if social else Row.OUTER_BLOCK, Reason.SILENT_BLOCK)
    lift = blocking.lift_bearing_on(ask.actor, ask.at, facts, reach)
    return Basis(
        row,
        blocks=blocking.standing_outer_blocks(ask.actor, ask.at, facts, reach),
        reference=reference,
        expires_at=min((t for t in (expires_at, lift and lift.ends_at) if t), default=None),
        hides_silently=blocking.hides_silently(ask.actor, facts, reach),
    )
