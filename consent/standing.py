"""Which recorded acts stand at a moment: validity, reader and order. Pure, like the policy that asks.

All times are the database's, aware; days are days in Sweden.
"""

from datetime import date, datetime, time, timedelta

from consent.facts import (
    ChildAbility,
    ChoiceFact,
    ConsentFact,
    EmergencyFact,
    Facts,
    InabilityFact,
    LiftFact,
    Obstacle,
    RefusalFact,
    SipConsentFact,
)
from consent.terms import ANY, SWEDISH_TIME, Actor
from consent.vocabulary import CareKind, Purpose


def _is_stopped(stopped_at: datetime | None, at: datetime) -> bool:
    return stopped_at is not None and stopped_at <= at


def _is_for(employee_id: str, actor: Actor) -> bool:
    return employee_id in ("", actor.hsa_id)


def _is_trusted(recorded_at: datetime | None, facts: Facts) -> bool:
    """Not from before a restore whose revocations nobody has replayed: what was taken back may be back."""
    return facts.distrusted_before is None or (
        recorded_at is not None and recorded_at >= facts.distrusted_before
    )


def consent_stands(consent: ConsentFact, actor: Actor, facts: Facts, at: datetime) -> bool:
    """A consent that opens: in force, and recorded since the record was last whole."""
    return _is_trusted(consent.recorded_at, facts) and _is_in_force(consent, actor, facts, at)


def _is_in_force(consent: ConsentFact, actor: Actor, facts: Facts, at: datetime) -> bool:
    """Consent belongs to the reading unit (or to one person there), from its first moment to its last.

    A refusal at the unit undoes every consent given there before it, and for good: when the consent that
    followed the refusal has run out, the older one does not come back. Annulled, the refusal never was.
    """
    if actor.unit.hsa_id not in consent.unit_ids or not _is_for(consent.employee_id, actor):
        return False
    if at < consent.starts_at or _is_stopped(consent.stopped_at, at):
        return False
    if any(consent.recorded_at <= r.recorded_at for r in _refusals_at_unit(actor, facts, at)):
        return False
    return consent.ends_at is None or at < consent.ends_at


def _refusals_at_unit(actor: Actor, facts: Facts, at: datetime) -> list[RefusalFact]:
    """Every refusal of the reader's unit that was not a mistake, ended ones too."""
    return [
        r
        for r in facts.refusals
        if r.unit_id == actor.unit.hsa_id
        and r.recorded_at <= at
        and not (r.is_annulled and _is_stopped(r.stopped_at, at))
    ]


def refusal_of(actor: Actor, facts: Facts, at: datetime) -> RefusalFact | None:
    """The refusal that stands at the reader's unit: the latest, unless a later consent ended it."""
    standing = [r for r in _refusals_at_unit(actor, facts, at) if not _is_stopped(r.stopped_at, at)]
    latest = max(standing, key=lambda r: r.recorded_at, default=None)
    if latest is None:
        return None
    later = any(
        c.recorded_at > latest.recorded_at and consent_stands(c, actor, facts, at) for c in facts.consents
    )
    return None if later else latest


def consent_of(actor: Actor, facts: Facts, at: datetime) -> ConsentFact | None:
    """The standing consent that lasts longest, or None; a standing refusal leaves none."""
    if refusal_of(actor, facts, at) is not None:
        return None
    standing = [c for c in facts.consents if consent_stands(c, actor, facts, at)]
    return max(standing, key=lambda c: (c.ends_at is None, c.ends_at or at, c.id), default=None)


def consent_ahead_of(actor: Actor, facts: Facts, at: datetime) -> ConsentFact | None:
    """Recorded ahead: the first that will stand when its day comes, as things are now."""
    coming = [c for c in facts.consents if at < c.starts_at and consent_stands(c, actor, facts, c.starts_at)]
    return min(coming, key=lambda c: (c.starts_at, c.id), default=None)


def consent_to_reconfirm(actor: Actor, facts: Facts, at: datetime) -> ConsentFact | None:
    """What would stand, had it not been recorded before a restore: the patient is asked again."""
    if consent_of(actor, facts, at) is not None or refusal_of(actor, facts, at) is not None:
        return None
    waiting = [c for c in facts.consents if _is_in_force(c, actor, facts, at)]
    return max(waiting, key=lambda c: (c.ends_at is None, c.ends_at or at, c.id), default=None)


def sip_consent_of(actor: Actor, facts: Facts, at: datetime) -> SipConsentFact | None:
    """The consent to a SIP that the reader's provider has recorded and that is not taken back."""
    standing = [
        c
        for c in facts.sip_consents
        if c.provider_id == actor.provider.hsa_id
        and c.recorded_at <= at
        and not _is_stopped(c.stopped_at, at)
    ]
    return max(standing, key=lambda c: c.recorded_at, default=None)


def emergency_of(actor: Actor, facts: Facts, at: datetime) -> EmergencyFact | None:
    """The reader's own emergency opening: personal, at this unit, for serious danger, not over.

    Only for health care and only for care (SVOD 3:6); and none that a standing refusal holds back.
    """
    if actor.kind is not CareKind.HEALTH_CARE or actor.purpose is not Purpose.CARE:
        return None
    refusal = refusal_of(actor, facts, at)
    standing = [
        e
        for e in facts.emergencies
        if e.employee_id == actor.hsa_id
        and e.unit_id == actor.unit.hsa_id
        and e.is_danger
        and _is_trusted(e.declared_at, facts)
        and e.declared_at <= at < e.ends_at
        and not _is_stopped(e.stopped_at, at)
        and (refusal is None or _goes_past(e, refusal, facts))
    ]
    return max(standing, key=lambda e: (e.is_indispensable, e.declared_at), default=None)


def _goes_past(emergency: EmergencyFact, refusal: RefusalFact, facts: Facts) -> bool:
    """SVOD 3:6 asks whether consent can be obtained *now*: a patient since unconscious cannot be asked."""
    return (
        facts.legal.emergency_after_refusal
        and emergency.obstacle is Obstacle.UNCONSCIOUS
        and emergency.declared_at > refusal.recorded_at
    )


def inability_of(actor: Actor, facts: Facts, at: datetime) -> InabilityFact | None:
    """The unit's assertion of lasting inability, until its review; a refusal shows that they would object."""
    if refusal_of(actor, facts, at) is not None:
        return None
    standing = [
        i
        for i in facts.inabilities
        if i.unit_id == actor.unit.hsa_id
        and i.recorded_at <= at < i.review_at
        and _is_trusted(i.recorded_at, facts)
        and not _is_stopped(i.stopped_at, at)
    ]
    return max(standing, key=lambda i: (i.is_asserted, i.recorded_at), default=None)


# From this long before its review an assertion may be renewed, and afterwards until somebody does.
RENEWABLE = timedelta(days=30)


def renewable_inability_of(actor: Actor, facts: Facts, at: datetime) -> InabilityFact | None:
    """The unit's asserted inability whose review is near or past, and not yet renewed."""
    if refusal_of(actor, facts, at) is not None or consent_of(actor, facts, at) is not None:
        return None
    asserted = [
        i
        for i in facts.inabilities
        if i.unit_id == actor.unit.hsa_id and i.is_asserted and not _is_stopped(i.stopped_at, at)
    ]
    latest = max(asserted, key=lambda i: i.review_at, default=None)
    if latest is None:
        return None
    is_due = at >= latest.review_at - RENEWABLE or not _is_trusted(latest.recorded_at, facts)
    return latest if is_due else None


def is_child_unable_to_consent(facts: Facts, at: datetime) -> bool:
    """A young child is; for older ones somebody answered "Kan barnet självt ta ställning?" with no.

    An unknown birth date never makes a child.
    """
    age = facts.person.age_on(at.astimezone(SWEDISH_TIME).date())
    if age is None or age >= facts.legal.adult_from_age:
        return False
    if age < facts.legal.child_asked_from_age:
        return facts.child_ability is not ChildAbility.ABLE
    return facts.child_ability is ChildAbility.UNABLE


def is_child_to_ask(facts: Facts, at: datetime) -> bool:
    """Old enough that somebody must judge whether it can decide for itself, and not yet grown up."""
    age = facts.person.age_on(at.astimezone(SWEDISH_TIME).date())
    return age is not None and facts.legal.child_asked_from_age <= age < facts.legal.adult_from_age


def choice_stands(choice: ChoiceFact, actor: Actor, at: datetime) -> bool:
    """Personal, at this unit, until its end."""
    return choice.employee_id == actor.hsa_id and choice.unit_id == actor.unit.hsa_id and at < choice.ends_at


def choice_of(actor: Actor, facts: Facts, at: datetime, unit_id: str) -> ChoiceFact | None:
    """The reader's standing choice of a unit (or of all at once) that lasts longest, or None."""
    found = [c for c in facts.choices if c.target_unit_id in (unit_id, ANY) and choice_stands(c, actor, at)]
    return max(found, key=lambda c: c.ends_at, default=None)


def lift_stands(lift: LiftFact, actor: Actor, facts: Facts, at: datetime) -> bool:
    """An authorised lifting, for the reader's unit or the reader alone, until its end time (PDL 4:5)."""
    if not _is_trusted(lift.recorded_at, facts):
        return False
    if lift.unit_id != actor.unit.hsa_id or not _is_for(lift.employee_id, actor):
        return False
    return at < lift.ends_at and not _is_stopped(lift.stopped_at, at)


def end_of_day(day: date) -> datetime:
    """The first moment after a day in Sweden; days of 23 and 25 hours included."""
    return datetime.combine(day + timedelta(days=1), time(), SWEDISH_TIME)


def next_midnight(at: datetime) -> datetime:
    """The end of the Swedish day: what rests on an age is decided again on each day."""
    return end_of_day(at.astimezone(SWEDISH_TIME).date())
