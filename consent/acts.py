"""What a reader may record about a patient, now. Pure; the screens offer what this allows, nothing else."""

from datetime import datetime
from enum import StrEnum

from consent import standing
from consent.facts import Facts, Obstacle
from consent.terms import Actor
from consent.vocabulary import CareKind, Purpose


class Act(StrEnum):
    CONFIRM_RELATION = "confirm_relation"
    GIVE_CONSENT = "give_consent"
    REFUSE_CONSENT = "refuse_consent"
    ANNUL_REFUSAL = "annul_refusal"
    END_CONSENT = "end_consent"
    CHOOSE_UNITS = "choose_units"
    DECLARE_EMERGENCY = "declare_emergency"
    OPEN_EMERGENCY = "open_emergency"


class NotAllowed(Exception):
    """The act may not be recorded now. Carries which, never about whom."""

    def __init__(self, act: Act) -> None:
        super().__init__(act.value)
        self.act = act


def allowed_acts(actor: Actor, facts: Facts, at: datetime) -> frozenset[Act]:
    """Every act open to this reader.

    Relation may be attested by health care staff; an omsorgsgivare's follows from insatser or utredning
    (SVOD 3:2). Consent and refusal need a relation and a living patient who can decide: a guardian neither
    consents nor blocks (SVOD 2:3). Emergency is health care's alone (SVOD 3:6).
    """
    health = actor.kind is CareKind.HEALTH_CARE
    if not (actor.purpose is Purpose.CARE or (health and actor.purpose is Purpose.CERTIFICATE)):
        return frozenset()
    alive = facts.person.died is None
    acts = set()
    if health and not facts.has_relation:
        acts.add(Act.CONFIRM_RELATION)
    if health and alive and actor.purpose is Purpose.CARE and emergency_may_be_declared(actor, facts, at):
        acts.add(Act.DECLARE_EMERGENCY)
    emergency = standing.emergency_of(actor, facts, at)
    if health and alive and emergency is not None and not emergency.is_indispensable:
        acts.add(Act.OPEN_EMERGENCY)
    if not facts.has_relation or (not health and not facts.has_social_need):
        return frozenset(acts)
    acts.add(Act.CHOOSE_UNITS)
    if not alive:
        return frozenset(acts)
    if not standing.is_child_unable_to_consent(facts, at):
        acts |= {Act.GIVE_CONSENT, Act.REFUSE_CONSENT}
    if standing.consent_of(actor, facts, at) is not None:
        acts.add(Act.END_CONSENT)
    if standing.refusal_of(actor, facts, at) is not None:
        acts.add(Act.ANNUL_REFUSAL)
    return frozenset(acts)


def emergency_may_be_declared(
    actor: Actor, facts: Facts, at: datetime, obstacle: Obstacle = Obstacle.UNCONSCIOUS
) -> bool:
    """While a refusal stands the patient has answered; only one since unconscious cannot be asked again."""
    if standing.refusal_of(actor, facts, at) is None:
        return True
    return facts.legal.emergency_after_refusal and obstacle is Obstacle.UNCONSCIOUS
