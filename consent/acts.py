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
    RECORD_INABILITY = "record_inability"
    ASSERT_INABILITY = "assert_inability"
    RECORD_TEMPORARY = "record_temporary"
    ASSESS_CHILD = "assess_child"


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
    acts = _acts_of_health_care(actor, facts, at) if health else set()
    if facts.has_relation and (health or facts.has_social_need):
        acts.add(Act.CHOOSE_UNITS)
        if facts.person.died is None:
            acts |= _acts_about_consent(actor, facts, at)
    return frozenset(acts)


def _acts_of_health_care(actor: Actor, facts: Facts, at: datetime) -> set[Act]:
    """What needs no relation yet: attesting one, and emergency."""
    acts = set() if facts.has_relation else {Act.CONFIRM_RELATION}
    if facts.person.died is not None:
        return acts
    if actor.purpose is Purpose.CARE and emergency_may_be_declared(actor, facts, at):
        acts.add(Act.DECLARE_EMERGENCY)
    emergency = standing.emergency_of(actor, facts, at)
    if emergency is not None and not emergency.is_indispensable:
        acts.add(Act.OPEN_EMERGENCY)
    return acts


def _acts_about_consent(actor: Actor, facts: Facts, at: datetime) -> set[Act]:
    """Of a living patient with whom the reader has to do."""
    acts = set()
    if not standing.is_child_unable_to_consent(facts, at):
        acts |= {Act.GIVE_CONSENT, Act.REFUSE_CONSENT}
        if actor.purpose is Purpose.CARE:
            acts |= _acts_for_one_who_cannot_consent(actor, facts, at)
    if standing.is_child_to_ask(facts, at):
        acts.add(Act.ASSESS_CHILD)
    if standing.consent_of(actor, facts, at) is not None:
        acts.add(Act.END_CONSENT)
    if standing.refusal_of(actor, facts, at) is not None:
        acts.add(Act.ANNUL_REFUSAL)
    return acts


def _acts_for_one_who_cannot_consent(actor: Actor, facts: Facts, at: datetime) -> set[Act]:
    """Rows 9, 10 and 15b: not while the patient has answered, by consent or by refusal."""
    if standing.consent_of(actor, facts, at) or standing.refusal_of(actor, facts, at):
        return set()
    acts = set() if facts.is_temporarily_unable else {Act.RECORD_TEMPORARY}
    inability = standing.inability_of(actor, facts, at)
    if inability is None:
        acts.add(Act.RECORD_INABILITY)
    elif not inability.is_asserted:
        acts.add(Act.ASSERT_INABILITY)
    return acts


def emergency_may_be_declared(
    actor: Actor, facts: Facts, at: datetime, obstacle: Obstacle = Obstacle.UNCONSCIOUS
) -> bool:
    """While a refusal stands the patient has answered; only one since unconscious cannot be asked again."""
    if standing.refusal_of(actor, facts, at) is None:
        return True
    return facts.legal.emergency_after_refusal and obstacle is Obstacle.UNCONSCIOUS
