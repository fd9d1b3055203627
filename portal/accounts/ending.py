"""Ending sessions: one's own elsewhere, a colleague's by an administrator, and what a provider takes back."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from consent import recording
from consent.accesslog.events import Event
from consent.accesslog.write import Trace
from portal.accounts.actors import trace_of
from portal.accounts.doors import to_prove_again
from portal.accounts.models import User
from portal.accounts.proofs import FINISH_WITHIN_S, is_fresh
from portal.accounts.sessions import end_of_provider, sessions_of
from portal.accounts.signing import outside_assignments


@login_required
@require_POST
def end_own(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One of one's own sessions, after a proof of late; somebody else's is no page."""
    if not is_fresh(request.session, FINISH_WITHIN_S):
        return to_prove_again(request, reverse("security"))
    user: Any = request.user
    with transaction.atomic():
        if not sessions_of(user).filter(public_id=public_id).delete()[0]:
            raise Http404
        _close(user, trace_of(request))
    return redirect("security")


@transaction.atomic
def end_all(user: User, trace: Trace) -> int:
    """Every session of a user, at once: open pages blank within seconds. How many there were."""
    count = int(sessions_of(user).delete()[0])
    _close(user, trace)
    return count


@transaction.atomic
def end_taken_back(idp: str, subject: str, idp_session: str, trace: Trace) -> int:
    """What an identity provider's back-channel logout names."""
    users, count = end_of_provider(idp, subject, idp_session)
    for user in User.objects.filter(pk__in=users):
        _close(user, trace)
    return count


def _close(user: User, trace: Trace) -> None:
    """Personal openings end with a session, as at sign-out; logged as that."""
    recording.end_openings(outside_assignments(user), trace, Event.SIGNED_OUT)
