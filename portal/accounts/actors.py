"""From a request to the Actor who acts: signed-in user, chosen assignment, both still valid."""

import hashlib
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from consent.accesslog.write import Trace
from consent.terms import Actor
from portal.accounts.models import Assignment, User
from portal.accounts.proofs import lacks_second_factor, proof_of
from portal.dates import today

SESSION_KEY = "assignment"
# What a session holds of patients: it belongs to the assignment, and goes when another is chosen.
OF_PATIENTS = ("handles", "recent", "list_order", "tickets")


class NotSignedIn(Exception):
    """Nobody is signed in, or no longer."""


class NoAssignment(Exception):
    """Somebody is signed in but has chosen no assignment, or it has ended, or a second factor is missing."""


def assignments_of(user: User, day: date, session: Any = None) -> QuerySet[Assignment]:
    """The user's assignments that hold on a day, with unit and provider; without an HSA-id none.

    ``session``: those that an identity provider gave count only where it vouched for the sign-in; otherwise
    it may have taken them back since. None: whoever asks is somebody else.
    """
    found = Assignment.objects.filter(user=user)
    if session is not None:
        found = found.filter(from_idp__in={"", proof_of(session).get("idp", "")})
    return that_hold(found, day)


def that_hold(found: QuerySet[Assignment], day: date) -> QuerySet[Assignment]:
    """Those among them that hold on a day, with unit, provider and user."""
    return (
        found.filter(is_active=True, user__hsa_id__isnull=False)
        .filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gte=day))
        .select_related("unit__provider", "user")
    )


def actor_of(request: HttpRequest) -> Actor:
    """The Actor of this request. For a database thread. Raises NotSignedIn, NoAssignment.

    Session, user and assignment are read anew each time, so that an ended assignment ends at once.
    """
    user: Any = request.user
    if isinstance(user, AnonymousUser) or not user.is_authenticated:
        raise NotSignedIn
    chosen = request.session.get(SESSION_KEY)
    if chosen is None or lacks_second_factor(request.session):
        raise NoAssignment
    assignment = assignments_of(user, today(), request.session).filter(pk=chosen).first()
    if assignment is None:
        raise NoAssignment
    request.actor = assignment.as_actor()  # type: ignore[attr-defined]
    return request.actor  # type: ignore[attr-defined]


def trace_of(request: HttpRequest) -> Trace:
    """What the access log keeps of a request: never the session key itself."""
    key = request.session.session_key or ""
    return Trace(
        request_id=getattr(request, "trace_id", ""),
        session_id=hashlib.sha256(key.encode()).hexdigest()[:32] if key else "",
        ip=request.META.get("REMOTE_ADDR", "") or "",
    )
