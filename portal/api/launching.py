"""The way from another system to the patient's page: a link for one user, in one assignment, for minutes.

Sealed like a handle, stored nowhere, with no number in it. For anybody else it is a dead link.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, write
from consent.acts import administers_consents
from consent.terms import Actor, PersonId
from portal.accounts.actors import actor_of, trace_of
from portal.accounts.doors import needs_assignment
from portal.api.acting import bound_secret, open_bound
from portal.patients.handles import make_handle, seal_person

WINDOW_S = 300


def make_launch(actor: Actor, person: PersonId) -> str:
    """Holds for five to ten minutes."""
    return seal_person(person, bound_secret(_whose(actor), WINDOW_S))


@require_GET
@needs_assignment
def launched(request: HttpRequest, handle: str) -> HttpResponse:
    """To the patient, under a handle of this session; logged as the search it stands for."""
    actor = actor_of(request)
    person = open_bound(handle, _whose(actor), WINDOW_S)
    detail = {"launched": True}
    write(Entry(Event.SEARCH, actor, trace_of(request), person, action=Action.SEARCH, detail=detail))
    then = "consents" if administers_consents(actor) else "overview"
    return redirect(reverse(then, args=[make_handle(request, person)]))


def _whose(actor: Actor) -> str:
    return f"launch|{actor.user_id}|{actor.assignment_id}"
