"""From a request to the Actor who acts: signed-in user, chosen assignment, both still valid."""

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, CharField, DateField, IntegerField, Q, QuerySet
from django.http import HttpRequest

from consent.accesslog.write import Trace
from consent.models import CareProvider, CareUnit
from consent.questions import Question, Slot, columns_of, row_of
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
    if session is None:
        return that_hold(Assignment.objects.filter(user=user), day)
    return that_hold(_of(user, proof_of(session).get("idp", "")), day)


def _of(user: Any, idp: Any) -> QuerySet[Assignment]:
    """A user's assignments that were given here, or by the identity provider that vouched for her."""
    return Assignment.objects.filter(Q(from_idp="") | Q(from_idp=idp), user=user)


def that_hold(found: QuerySet[Assignment], day: Any) -> QuerySet[Assignment]:
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
    idp = proof_of(request.session).get("idp") or ""
    found = _chosen().ask(user=user.pk, assignment=chosen, idp=idp, day=today())
    if not found:
        raise NoAssignment
    assignment = _with_unit(found[0])
    assignment.user = user
    request.actor = assignment.as_actor()  # type: ignore[attr-defined]
    return request.actor  # type: ignore[attr-defined]


@cache
def _chosen() -> Question:
    """One of a user's assignments, by the same rules as all of them, with unit and provider."""
    user, day = Slot("user", IntegerField()), Slot("day", DateField())
    given = Slot("idp", CharField())
    return Question(
        lambda: (
            that_hold(_of(user, given), day)
            .filter(pk=Slot("assignment", BigIntegerField()))
            .order_by()
            .values_list(
                *columns_of(Assignment),
                *columns_of(CareUnit, "unit__"),
                *columns_of(CareProvider, "unit__provider__"),
            )
        )
    )


def _with_unit(columns: Sequence[Any]) -> Assignment:
    lengths = [len(columns_of(model)) for model in (Assignment, CareUnit)]
    assignment = row_of(Assignment, columns[: lengths[0]])
    assignment.unit = row_of(CareUnit, columns[lengths[0] : sum(lengths)])
    assignment.unit.provider = row_of(CareProvider, columns[sum(lengths) :])
    return assignment


def trace_of(request: HttpRequest) -> Trace:
    """What the access log keeps of a request: never the session key itself."""
    key = request.session.session_key or ""
    return Trace(
        request_id=getattr(request, "trace_id", ""),
        session_id=hashlib.sha256(key.encode()).hexdigest()[:32] if key else "",
        ip=request.META.get("REMOTE_ADDR", "") or "",
    )
