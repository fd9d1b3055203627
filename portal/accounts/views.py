"""Choosing the assignment to work under, and signing out of it."""

import time
from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from consent import recording
from consent.accesslog.events import Event
from portal.accounts.actors import SESSION_KEY, NoAssignment, actor_of, assignments_of, trace_of
from portal.accounts.choosing import take
from portal.accounts.models import Assignment
from portal.accounts.oidc.provider import who_vouched
from portal.accounts.proofs import lacks_second_factor, proof_of
from portal.dates import today
from portal.idle import RENEWED_KEY, renew
from portal.returning import where_to


class SignInView(LoginView):
    """The ways in: the identity providers of this installation, and the local account."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "identity_providers": settings.IDENTITY_PROVIDERS,
            "saml_providers": settings.SAML_PROVIDERS,
        }


@login_required
@require_http_methods(["GET", "POST"])
def choose_assignment(request: HttpRequest) -> HttpResponse:
    """One assignment is taken at once; several are listed. A switch closes patients and personal openings.

    Who has none but works in the administration is led there.
    """
    if lacks_second_factor(request.session):
        return redirect("security")
    found = list(assignments_of(request.user, today(), request.session))  # type: ignore[arg-type]
    if request.method == "POST":
        chosen = next((a for a in found if str(a.pk) == request.POST.get("assignment")), None)
        if chosen is not None:
            return _take(request, chosen, request.POST.get("next", ""))
    if len(found) == 1 and request.session.get(SESSION_KEY) is None:
        return _take(request, found[0], request.GET.get("next", ""))
    if not found and request.method == "GET" and getattr(request.user, "is_staff", False):
        return redirect("admin:index")
    current = request.session.get(SESSION_KEY)
    context = {
        "assignments": found,
        "current": current,
        "usual": _usual(found),
        "next": request.GET.get("next", ""),
    }
    return render(request, "accounts/choose_assignment.html", context, status=200 if found else 403)


def _usual(found: list[Assignment]) -> int | None:
    """The last used, for Enter to take; nobody slips from one provider's law to another's by Enter alone."""
    used = [(a.last_used_at, a.pk) for a in found if a.last_used_at is not None]
    is_one_provider = len({a.unit.provider_id for a in found}) == 1
    return max(used)[1] if used and is_one_provider else None


def _take(request: HttpRequest, assignment: Assignment, then: str = "") -> HttpResponse:
    take(request, assignment)
    return redirect(where_to(request, then, "home"))


@require_http_methods(["GET", "POST"])
def session_end(request: HttpRequest) -> JsonResponse:
    """How long the session lasts, in whole seconds. Asking moves nothing; a POST begins the time anew."""
    request.is_poll = request.method == "GET"  # type: ignore[attr-defined]
    if not request.user.is_authenticated:
        return JsonResponse({"left_s": 0}, status=401)
    if not request.is_poll:  # type: ignore[attr-defined]
        renew(request.session, at_once=True)
    left = request.session.get(RENEWED_KEY, 0) + settings.SESSION_COOKIE_AGE - time.time()
    return JsonResponse({"left_s": max(0, int(left))})


@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Personal openings end with the session, and the browser forgets what it holds of us."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    if request.method == "GET":
        return render(request, "account/logout.html")
    try:
        actor = actor_of(request)
    except NoAssignment:
        actor = None
    if actor is not None:
        recording.end_openings(actor, trace_of(request), Event.SIGNED_OUT)
    idp = proof_of(request.session).get("idp")
    logout(request)
    response = redirect("signed_out", idp) if who_vouched(str(idp)) else redirect("account_login")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
