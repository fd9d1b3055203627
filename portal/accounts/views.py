"""Choosing the assignment to work under."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from consent import recording
from consent.accesslog.events import Event
from consent.accesslog.write import Entry, write
from portal.accounts.actors import SESSION_KEY, NoAssignment, actor_of, assignments_of, trace_of
from portal.dates import today


@login_required
@require_http_methods(["GET", "POST"])
def choose_assignment(request: HttpRequest) -> HttpResponse:
    """One assignment is taken at once; several are listed. A switch closes patients and personal openings."""
    found = list(assignments_of(request.user, today()))  # type: ignore[arg-type]
    if request.method == "POST":
        chosen = next((a for a in found if str(a.pk) == request.POST.get("assignment")), None)
        if chosen is not None:
            return _take(request, chosen)
    if len(found) == 1 and request.session.get(SESSION_KEY) is None:
        return _take(request, found[0])
    current = request.session.get(SESSION_KEY)
    context = {"assignments": found, "current": current}
    return render(request, "accounts/choose_assignment.html", context, status=200 if found else 403)


def _take(request: HttpRequest, assignment) -> HttpResponse:  # type: ignore[no-untyped-def]
    """Another assignment is another security context: new session key, so every patient handle dies."""
    try:
        previous = actor_of(request)
    except NoAssignment:
        previous = None
    if previous is not None and previous.assignment_id != str(assignment.pk):
        recording.end_openings(previous, trace_of(request))
    request.session.cycle_key()
    request.session.pop("handles", None)
    request.session[SESSION_KEY] = assignment.pk
    write(Entry(Event.ASSIGNMENT_CHOSEN, assignment.as_actor(), trace_of(request)))
    return redirect("home")
