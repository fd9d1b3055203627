"""Counts over what is recorded, for whoever answers for the whole: emergencies, consents, the review.

Numbers and nothing else; whether a small one is told is the page's matter. For a database thread.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, Now

from consent.accesslog.sampling import Why
from consent.models import (
    CareRelation,
    CareUnit,
    Consent,
    ConsentRefusal,
    EmergencyOpening,
    LogEpoch,
    RecordedAct,
    ReviewItem,
)

EMERGENCIES_BACK = timedelta(days=30)
REVIEWED_WITHIN = timedelta(days=7)
# The view that an emergency is judged by is the one after it, or the one before.
SAME_VISIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Emergencies:
    """``opened``: in the last 30 days. ``waiting``: views and openings that nobody judged within a week."""

    opened: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Share:
    part: int
    whole: int


def count_emergencies(at: datetime) -> Emergencies:
    """An opening that no view was drawn for waits too: no draw never means that there is nothing to judge."""
    openings = EmergencyOpening.objects.filter(opened_at__isnull=False, annulled_at=None)
    late = ReviewItem.objects.filter(reviewed_at=None, viewed_at__lt=at - REVIEWED_WITHIN)
    drawn = ReviewItem.objects.filter(
        draw__unit_id=OuterRef("unit_id"),
        user_hsa_id=OuterRef("employee_id"),
        viewed_at__gte=OuterRef("recorded_at") - SAME_VISIT,
        viewed_at__lt=OuterRef("ends_at"),
    )
    recent = openings.filter(opened_at__gte=at - EMERGENCIES_BACK)
    undrawn = recent.filter(~Exists(drawn), opened_at__lt=at - REVIEWED_WITHIN)
    # As text, because SQLite cannot look into a list.
    judged_late = late.filter(reasons__icontains=f'"{Why.EMERGENCY.value}"')
    return Emergencies(recent.count(), judged_late.count() + undrawn.count())


def count_consents() -> Share:
    """Of patients with a relation at units where consent is raised: how many have said yes or no to it."""
    asking = CareUnit.objects.exclude(consent_raised_at="").values("pk")
    enrolled = _standing(CareRelation).filter(unit_id__in=asking).order_by()
    epoch = LogEpoch.objects.filter(replayed_at=None).order_by("-started_at").first()
    consents = _of_person(_standing(Consent)).filter(
        employee_id="", unit_ids__icontains=Concat(Value('"'), OuterRef("unit_id"), Value('"'))
    )
    if epoch is not None:
        consents = consents.filter(recorded_at__gte=epoch.started_at)
    refusals = _of_person(_standing(ConsentRefusal)).filter(unit_id=OuterRef("unit_id"))
    people = (
        enrolled.annotate(person=Coalesce("dossier__main_id", "dossier_id"))
        .annotate(has_answered=Exists(consents) | Exists(refusals))
        .values("person", "unit_id", "has_answered")
        .distinct()
    )
    return Share(people.filter(has_answered=True).count(), people.count())


def count_reviewed(month: date) -> Share:
    """Of everything drawn for a month: how much is judged."""
    drawn = ReviewItem.objects.filter(draw__month=month)
    counts = drawn.aggregate(whole=Count("pk"), part=Count("pk", filter=Q(reviewed_at__isnull=False)))
    return Share(counts["part"], counts["whole"])


def _standing(model: type[RecordedAct]) -> QuerySet[Any]:
    """By the database's clock."""
    rows: QuerySet[Any] = model.objects.filter(  # type: ignore[attr-defined]
        Q(ends_at=None) | Q(ends_at__gt=Now()), ended_at=None, annulled_at=None, starts_at__lte=Now()
    )
    return rows


def _of_person(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Acts hang on any of a person's numbers."""
    return rows.filter(Q(dossier=OuterRef("person")) | Q(dossier__main=OuterRef("person")))
