"""Recording that a patient cannot consent: lastingly, in two steps; for a while; or as a child.

As in ``consent.recording``: one transaction each, for a database thread, raising NotAllowed, LogUnavailable.
"""

from datetime import timedelta

from consent import standing
from consent.accesslog.events import Event
from consent.acts import Act, NotAllowed
from consent.facts import ChildAbility
from consent.models import ChildAssessment, Inability
from consent.recording import OPENING_LASTS, Recorder, recorded

# Kept per unit; then somebody must look again.
REVIEW_AFTER = timedelta(days=183)
CHILD_ASSESSMENT_LASTS = timedelta(days=365)


def record_inability(by: Recorder) -> None:
    """First step: not only temporarily unable (SVOD 3:3, 3:4). Names may show after this, nothing else."""
    with recorded(by, Act.RECORD_INABILITY, Event.INABILITY_RECORDED) as (opened, detail):
        row = Inability.objects.create(**opened.shared, is_lasting=True, ends_at=opened.now + REVIEW_AFTER)
        detail.update(act=str(row.id), lasting=True, step="names")


def assert_inability(
    by: Recorder, *, is_needed: bool, is_attitude_clarified: bool, is_no_objection_known: bool
) -> None:
    """Second step: the three assertions, all of them, by the one who makes them."""
    with recorded(by, Act.ASSERT_INABILITY, Event.INABILITY_RECORDED) as (opened, detail):
        found = standing.inability_of(by.actor, opened.facts, opened.now)
        if found is None or not (is_needed and is_attitude_clarified and is_no_objection_known):
            raise NotAllowed(Act.ASSERT_INABILITY)
        Inability.objects.filter(pk=found.id).update(
            is_needed=True, is_attitude_clarified=True, is_no_objection_known=True
        )
        detail.update(
            act=found.id, lasting=True, needed=True, attitude_clarified=True, no_objection_known=True
        )


def renew_inability(by: Recorder) -> None:
    """At the review one tap: the three assertions still hold, for another half year (SVOD 3:3, 3:4)."""
    with recorded(by, Act.RENEW_INABILITY, Event.INABILITY_RECORDED) as (opened, detail):
        found = standing.renewable_inability_of(by.actor, opened.facts, opened.now)
        if found is None:
            raise NotAllowed(Act.RENEW_INABILITY)
        row = Inability.objects.create(
            **opened.shared,
            is_lasting=True,
            is_needed=True,
            is_attitude_clarified=True,
            is_no_objection_known=True,
            ends_at=opened.now + REVIEW_AFTER,
        )
        detail.update(act=str(row.id), lasting=True, renews=found.id)


def record_temporary(by: Recorder) -> None:
    """Unable just now, and no danger (row 10): nothing opens; the on-call number is shown instead."""
    with recorded(by, Act.RECORD_TEMPORARY, Event.INABILITY_RECORDED) as (opened, detail):
        row = Inability.objects.create(**opened.shared, is_lasting=False, ends_at=opened.now + OPENING_LASTS)
        detail.update(act=str(row.id), lasting=False)


def assess_child(by: Recorder, ability: ChildAbility) -> None:
    """The answer to "Kan barnet självt ta ställning?", for the unit; asked again after a year."""
    with recorded(by, Act.ASSESS_CHILD, Event.CHILD_ASSESSED) as (opened, detail):
        row = ChildAssessment.objects.create(
            **opened.shared, ability=ability.value, ends_at=opened.now + CHILD_ASSESSMENT_LASTS
        )
        detail.update(act=str(row.id), ability=ability.value)
