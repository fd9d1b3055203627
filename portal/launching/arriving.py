"""From a launch that is believed to the patient: sign-in, the right person, the right assignment, the gate.

A launch arrives in a request of another site, which carries no session. So it is handed over by a secret in
an address that is good for one minute and one use; the browser that follows it keeps it in its own session
while its reader signs in.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, write
from consent.terms import Actor, PersonId
from portal.accounts.actors import SESSION_KEY, actor_of, assignments_of, trace_of
from portal.accounts.choosing import take
from portal.accounts.doors import to_sign_in
from portal.accounts.models import Assignment
from portal.accounts.once import hand_over, look_at, take_over
from portal.accounts.proofs import lacks_second_factor
from portal.accounts.signing import outside_assignments
from portal.dates import today
from portal.launching.launch import Launch, from_content
from portal.launching.refusals import LaunchRefused, Why, refuse
from portal.patients.counting import count_search
from portal.patients.leading import lead_to

TICKET_LASTS = timedelta(seconds=60)
# While the reader looks for her card.
KEPT_FOR = timedelta(minutes=10)
TICKET, KEPT = "launch-ticket", "launch-kept"
KEY = "launch"


def make_ticket(launch: Launch) -> str:
    """Where to send the browser that brought a launch."""
    return reverse("launch_open", args=[hand_over(TICKET, launch.as_content(), TICKET_LASTS)])


def keep(request: HttpRequest, launch: Launch) -> HttpResponse:
    """In this session, beside whatever else it holds; and on."""
    request.session[KEY] = hand_over(KEPT, launch.as_content(), KEPT_FOR)
    return redirect("launch_go_on")


@require_GET
def open_ticket(request: HttpRequest, ticket: str) -> HttpResponse:
    """The first step with the reader's own session."""
    content = take_over(TICKET, ticket)
    if content is None:
        return refuse(request, LaunchRefused(Why.STALE, "ticket"))
    return keep(request, from_content(content))


@require_http_methods(["GET", "POST"])
def go_on(request: HttpRequest) -> HttpResponse:
    """Sign-in first; then only for the person whom the launch names, under an assignment of hers that it
    fits. Anybody else gets no further, and nothing of the launch."""
    content = look_at(KEPT, request.session.get(KEY, ""))
    if content is None:
        return refuse(request, LaunchRefused(Why.STALE, "kept"))
    launch = from_content(content)
    user: Any = request.user
    if not user.is_authenticated:
        return to_sign_in(request)
    if user.hsa_id != launch.hsa_id:
        return _turn_away(request, launch, Why.ANOTHER)
    if lacks_second_factor(request.session):
        return redirect("security")
    fitting = [one for one in assignments_of(user, today(), request.session) if launch.fits(one)]
    if not fitting:
        return _turn_away(request, launch, Why.NO_ASSIGNMENT)
    chosen = _chosen(request, fitting)
    if chosen is None:
        return render(request, "launching/choose.html", _choice(request, fitting))
    if chosen.pk != request.session.get(SESSION_KEY):
        take(request, chosen)
    return _open(request, launch)


def _chosen(request: HttpRequest, fitting: list[Assignment]) -> Assignment | None:
    """The one she works under already, the one she has just picked, or the only one when she has none yet.

    None: she is asked. A launch closes no patient that is open under another assignment without her word.
    """
    current = request.session.get(SESSION_KEY)
    picked = request.POST.get("assignment")
    for one in fitting:
        if str(one.pk) == picked or (picked is None and one.pk == current):
            return one
    return fitting[0] if current is None and len(fitting) == 1 else None


def _choice(request: HttpRequest, fitting: list[Assignment]) -> dict[str, object]:
    return {"assignments": fitting, "switches": request.session.get(SESSION_KEY) is not None}


def _open(request: HttpRequest, launch: Launch) -> HttpResponse:
    """As a search: counted and logged, then to the gate. Raises LogUnavailable."""
    actor = actor_of(request)
    if take_over(KEPT, request.session.pop(KEY, "")) is None:
        return refuse(request, LaunchRefused(Why.USED, "kept", launch.system))
    count_search(actor)
    _note(request, launch, actor, "opened", launch.patient)
    return lead_to(request, actor, launch.patient)


def _turn_away(request: HttpRequest, launch: Launch, why: Why) -> HttpResponse:
    """Raises LogUnavailable."""
    take_over(KEPT, request.session.pop(KEY, ""))
    user: Any = request.user
    # Whoever happens to be signed in has not asked about this patient, and no log may say that she has.
    about = None if why is Why.ANOTHER else launch.patient
    _note(request, launch, outside_assignments(user), why.value, about)
    return refuse(request, LaunchRefused(why, system=launch.system))


def _note(request: HttpRequest, launch: Launch, actor: Actor, outcome: str, patient: PersonId | None) -> None:
    detail = {"system": launch.system, "way": launch.way, "outcome": outcome}
    trace = trace_of(request)
    write(Entry(Event.LAUNCHED, actor, trace, patient, action=Action.SEARCH, detail=detail))
