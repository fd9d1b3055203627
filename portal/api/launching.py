"""The way from another system to the patient's page: a link for one user, in one assignment, for minutes.

Sealed like a handle, stored nowhere, with no number in it. For anybody else it is a dead link.
"""

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, write
from consent.acts import administers_consents
from consent.terms import Actor, PersonId
from portal.accounts.actors import actor_of, assignments_of, trace_of
from portal.accounts.doors import needs_assignment
from portal.api.acting import bound_secret, open_bound
from portal.dates import today
from portal.launching.arriving import keep
from portal.launching.launch import Launch
from portal.patients.handles import HandleExpired, make_handle, seal_person

WINDOW_S = 300
# In the log, where another launch has the id of the system it came from.
LAMP = "lamp"


def make_launch(actor: Actor, person: PersonId) -> str:
    """Holds for five to ten minutes."""
    return seal_person(person, bound_secret(_whose(actor), WINDOW_S))


@require_GET
@needs_assignment
def launched(request: HttpRequest, handle: str) -> HttpResponse:
    """To the patient, under a handle of this session; logged as the search it stands for. A link made for
    another assignment of hers goes the way of a launch, which asks before it closes anything."""
    actor = actor_of(request)
    try:
        person = open_bound(handle, _whose(actor), WINDOW_S)
    except HandleExpired:
        return keep(request, _for_another_assignment(request, handle))
    detail = {"launched": True}
    write(Entry(Event.SEARCH, actor, trace_of(request), person, action=Action.SEARCH, detail=detail))
    then = "consents" if administers_consents(actor) else "overview"
    return redirect(reverse(then, args=[make_handle(request, person)]))


def _for_another_assignment(request: HttpRequest, handle: str) -> Launch:
    """Raises HandleExpired where it is for nobody who is signed in here."""
    user: Any = request.user
    for one in assignments_of(user, today(), request.session):
        actor = one.as_actor()
        with suppress(HandleExpired):
            person = open_bound(handle, _whose(actor), WINDOW_S)
            return Launch(
                system=LAMP,
                way=LAMP,
                hsa_id=actor.hsa_id,
                patient=person,
                unit_id=one.unit_id,
                purpose=actor.purpose,
            )
    raise HandleExpired


def _whose(actor: Actor) -> str:
    return f"launch|{actor.user_id}|{actor.assignment_id}"
