"""What the review of the log reads: a unit's views to draw from, a reader's doings with a patient."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from consent.accesslog.events import Activity, Event
from consent.accesslog.keys import keys_of
from consent.accesslog.model import AccessEvent
from consent.accesslog.sampling import View
from consent.accesslog.viewing import OPENS_VIEW, Viewing, gather, month_keys, numbers_of, viewings
from consent.encryption import lookup_key
from consent.vocabulary import Reason, RelationGround

_UNRELATED = {Reason.NO_RELATION.value, Reason.RELATION_UNKNOWN.value, Reason.NO_SOCIAL_NEED.value}
_READ = ("seq", "at", "event_id", "view_id", "event", "activity", "user_hsa_id", "provider_id")
_ABOUT = ("patient_sealed", "key_period", "detail")


def rank_for(unit_id: str, month: date) -> Callable[[UUID], bytes]:
    """The order in which this unit's views of the month are drawn: under the month's own key of the log, kept
    as that is, wrapped by a key outside the database."""
    secret = keys_of(f"{month:%Y-%m}", create=True).hash

    def rank(view_id: UUID) -> bytes:
        return hmac.new(secret, b"review\0" + unit_id.encode() + view_id.bytes, hashlib.sha256).digest()

    return rank


def units_with_views(since: datetime, until: datetime) -> dict[str, str]:
    """Unit → provider, of every unit where anybody opened a view."""
    rows = AccessEvent.objects.filter(OPENS_VIEW, at__gte=since, at__lt=until).order_by()
    return dict(rows.values_list("unit_id", "provider_id").distinct())


def views_of(unit_id: str, since: datetime, until: datetime) -> list[View]:
    """Every view opened at the unit, oldest first. Opens each patient to compare, and keeps no number.

    A declared or opened emergency counts with the view that followed it, or else with the one before.
    """
    rows = (
        AccessEvent.objects.filter(unit_id=unit_id, at__gte=since, at__lt=until)
        .filter(OPENS_VIEW | Q(activity=Activity.EMERGENCY.value))
        .order_by("seq")
        .only(*_READ, *_ABOUT)
    )
    views: list[View] = []
    emergencies: set[UUID] = set()
    last: dict[tuple[str, bytes | None], UUID] = {}
    declared: set[tuple[str, bytes | None]] = set()
    for row in rows.iterator():
        if row.event in (Event.INTENT, Event.REFUSED):
            view = _view(row)
            views.append(view)
            whose = (view.reader, view.patient)
            last[whose] = view.id
            if whose in declared:
                declared.discard(whose)
                emergencies.add(view.id)
        elif row.view_id is not None:
            emergencies.add(row.view_id)
        else:
            numbers = numbers_of(row)
            declared.add((row.user_hsa_id, lookup_key(numbers[0]) if numbers else None))
    emergencies |= {last[whose] for whose in declared if whose in last}
    return [replace(view, is_emergency=True) if view.id in emergencies else view for view in views]


def _view(row: AccessEvent) -> View:
    numbers = [lookup_key(number) for number in numbers_of(row)]
    grounds = frozenset(row.detail.get("relation", ())) - {RelationGround.NONE.value}
    refusals = set(row.detail.get("refusals", ()))
    # Turned away for another reason, a purpose that reads nothing, says nothing of relations.
    was_let_in_or_unrelated = row.event == Event.INTENT or bool(refusals & _UNRELATED)
    if row.view_id is None:
        raise ValueError("a row that opened no view")
    return View(
        id=row.view_id,
        at=row.at,
        reader=row.user_hsa_id,
        patient=numbers[0] if numbers else None,
        numbers=frozenset(numbers),
        grounds=grounds,
        address=str(row.detail.get("address", "")),
        is_protected=bool(row.detail.get("protected")),
        lacks_relation=not grounds and was_let_in_or_unrelated,
    )


def of_same_patient(view: Viewing, since: datetime, until: datetime) -> list[Viewing] | None:
    """What this view's reader did with this patient between two times, newest first; None where the patient
    cannot be read, so that nobody can tell."""
    numbers = numbers_of(view.first)
    if not numbers:
        return None
    keys = month_keys(numbers, since, until).keys
    return gather(
        AccessEvent.objects.filter(
            user_hsa_id=view.first.user_hsa_id, patient_key__in=list(keys), at__gte=since, at__lt=until
        )
    )


def own_viewings(
    user_hsa_id: str, since: datetime | None, until: datetime | None, skip: int, count: int
) -> list[Viewing]:
    """A user's views and acts about patients, newest first, ``count`` of them after the first ``skip``."""
    opening = AccessEvent.objects.filter(user_hsa_id=user_hsa_id, patient_key__isnull=False)
    opening = opening.filter(OPENS_VIEW | Q(view_id=None)).order_by("-at", "-seq")
    if since is not None and until is not None:
        opening = opening.filter(at__gte=since, at__lt=until)
    found = list(opening[skip : skip + count])
    views = viewings([row.view_id for row in found if row.view_id is not None])
    return [views[row.view_id] if row.view_id in views else Viewing((row,)) for row in found]
