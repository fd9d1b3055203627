"""What a reader may record about a patient, now. Pure; the screens offer what this allows, nothing else."""

from datetime import datetime, timedelta
from enum import StrEnum

from consent import blocking, standing
from consent.facts import Facts, Obstacle, Person
from consent.terms import Actor
from consent.vocabulary import CareKind, Purpose, Right


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
    ANNUL_CONSENT = "annul_consent"
    RECONFIRM_CONSENT = "reconfirm_consent"
    GIVE_SIP_CONSENT = "give_sip_consent"
    END_SIP_CONSENT = "end_sip_consent"
    RENEW_INABILITY = "renew_inability"
    END_RELATION = "end_relation"
    LIFT_BLOCK = "lift_block"
    END_LIFT = "end_lift"
    ASK_TO_LIFT = "ask_to_lift"
    ANSWER_LIFT_REQUEST = "answer_lift_request"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"


class NotAllowed(Exception):
    """The act may not be recorded now. Carries which, never about whom."""

    def __init__(self, act: Act) -> None:
        super().__init__(act.value)
        self.act = act


# An emergency opens much on one person's word: she must have proved who she is within the hour, however long
# her session (the house's own rule; the law asks for strong authentication and says no time).
PROVED_WITHIN = {Act.DECLARE_EMERGENCY: timedelta(minutes=60), Act.OPEN_EMERGENCY: timedelta(minutes=60)}


def must_prove_again(act: Act, proved_at: datetime | None, at: datetime) -> bool:
    """Whether the reader must prove again who she is before this act; ``proved_at`` None: not known when."""
    within = PROVED_WITHIN.get(act)
    if within is None:
        return False
    return proved_at is None or not timedelta(0) <= at - proved_at <= within


def allowed_acts(actor: Actor, facts: Facts, at: datetime) -> frozenset[Act]:
    """Every act open to this reader.

    Relation may be attested by health care staff; an omsorgsgivare's follows from insatser or utredning
    (SVOD 3:2). Consent and refusal need a relation and a living patient who can decide: a guardian neither
    consents nor blocks (SVOD 2:3). Emergency is health care's alone (SVOD 3:6).
    """
    health = actor.kind is CareKind.HEALTH_CARE
    if not reads_care(actor):
        return frozenset(_acts_of_administrator(actor, facts, at))
    acts = _acts_of_health_care(actor, facts, at) if health else set()
    if facts.has_relation and (health or facts.has_social_need):
        acts.add(Act.CHOOSE_UNITS)
        if facts.person.died is None:
            acts |= _acts_about_consent(actor, facts, at)
            if actor.purpose is Purpose.CARE:
                acts |= _acts_about_blocks(actor, facts, at)
    if facts.relation_grounds:
        acts.add(Act.END_RELATION)
    acts |= _acts_about_list(actor, facts)
    may_lift = Right.LIFT_BLOCKS in actor.rights and facts.person.died is None
    if may_lift and blocking.requests_to(actor, facts):
        acts.add(Act.ANSWER_LIFT_REQUEST)
    return frozenset(acts)


def keeps_list(actor: Actor) -> bool:
    """Whether the reader's unit has a list of patients that it follows: units of health care, for care.

    Nobody gets one by social service insatser (PDL 2:8), and social care has none."""
    return actor.kind is CareKind.HEALTH_CARE and actor.purpose is Purpose.CARE


def may_be_followed(person: Person) -> bool:
    """Neither somebody protected, nor somebody of whom that cannot be told; nor one who is dead."""
    return person.is_known and not person.is_protected and person.died is None


def _acts_about_list(actor: Actor, facts: Facts) -> set[Act]:
    """Bears on no access: a patient of the list is opened through the gate like any other."""
    if not keeps_list(actor):
        return set()
    if facts.is_followed:
        return {Act.UNFOLLOW}
    return {Act.FOLLOW} if facts.has_relation and may_be_followed(facts.person) else set()


def reads_care(actor: Actor) -> bool:
    """Whether the purpose lets records of care be read (row 18): care, and certificates of health care."""
    certifies = actor.purpose is Purpose.CERTIFICATE and actor.kind is CareKind.HEALTH_CARE
    return certifies or actor.purpose is Purpose.CARE


def administers_consents(actor: Actor) -> bool:
    """The right holds under its own purpose alone, and that purpose opens no record of care."""
    return Right.ADMINISTER_CONSENTS in actor.rights and actor.purpose is Purpose.ADMINISTRATION


def _acts_of_administrator(actor: Actor, facts: Facts, at: datetime) -> set[Act]:
    """Consents and refusals that came in on paper, for the own provider's units. Opens nothing to the one who
    records them: the purpose of administration never does."""
    if not administers_consents(actor):
        return set()
    if facts.person.died is not None or standing.is_child_unable_to_consent(facts, at):
        return set()
    acts = {Act.GIVE_CONSENT, Act.REFUSE_CONSENT, Act.END_CONSENT, Act.ANNUL_CONSENT}
    if any(refusal.stopped_at is None for refusal in facts.refusals):
        # At any of the provider's units: which is seen to where it is recorded.
        acts.add(Act.ANNUL_REFUSAL)
    return acts | _acts_about_sip(actor, facts, at)


def _acts_about_sip(actor: Actor, facts: Facts, at: datetime) -> set[Act]:
    """Consent to a SIP (2017:612 4:2) stands beside the consent to reading; one does not follow the other."""
    found = standing.sip_consent_of(actor, facts, at)
    return {Act.GIVE_SIP_CONSENT} if found is None else {Act.END_SIP_CONSENT}


def _acts_about_blocks(actor: Actor, facts: Facts, at: datetime) -> set[Act]:
    """Rows 4 and 13: an authorised officer lifts the own provider's blocks; in an emergency any reader asks
    another provider to lift its own."""
    acts = set()
    if Right.LIFT_BLOCKS in actor.rights and blocking.of_own_provider(actor, facts):
        acts.add(Act.LIFT_BLOCK)
    if any(blocking.is_own_lift(lift, actor, facts) for lift in facts.lifts):
        acts.add(Act.END_LIFT)
    if standing.emergency_of(actor, facts, at) is not None:
        # Whether there is anything to ask about is not told by this: a social care block is never told of.
        acts.add(Act.ASK_TO_LIFT)
    return acts


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
            acts |= _acts_for_one_who_cannot_consent(actor, facts, at) | _acts_about_sip(actor, facts, at)
    if standing.is_child_to_ask(facts, at):
        acts.add(Act.ASSESS_CHILD)
    if standing.consent_of(actor, facts, at) or standing.consent_ahead_of(actor, facts, at):
        acts |= {Act.END_CONSENT, Act.ANNUL_CONSENT}
    if standing.consent_to_reconfirm(actor, facts, at) is not None:
        acts.add(Act.RECONFIRM_CONSENT)
    if standing.refusal_of(actor, facts, at) is not None:
        acts.add(Act.ANNUL_REFUSAL)
    return acts


def _acts_for_one_who_cannot_consent(actor: Actor, facts: Facts, at: datetime) -> set[Act]:
    """Rows 9, 10 and 15b: not while the patient has answered, by consent or by refusal."""
    if standing.consent_of(actor, facts, at) or standing.refusal_of(actor, facts, at):
        return set()
    acts = set() if facts.is_temporarily_unable else {Act.RECORD_TEMPORARY}
    inability = standing.inability_of(actor, facts, at)
    if standing.renewable_inability_of(actor, facts, at) is not None:
        acts.add(Act.RENEW_INABILITY)
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
