"""Find patient: a number, by POST only. What comes back is an opaque link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, write
from consent.identity import InvalidNumber, read_number
from portal.accounts.actors import actor_of, trace_of
from portal.accounts.doors import needs_assignment
from portal.dates import today
from portal.patients.handles import make_handle
from portal.patients.presenters import flaw_words


@require_GET
@needs_assignment
def home(request: HttpRequest) -> HttpResponse:
    """The search page."""
    return render(request, "patients/search.html", {"actor": actor_of(request)})


@require_POST
@needs_assignment
def search(request: HttpRequest) -> HttpResponse:
    """Log the search and go to the patient. A flawed number is explained, and stays in the field."""
    actor = actor_of(request)
    text = request.POST.get("number", "")
    try:
        person = read_number(text, today())
    except InvalidNumber as flaw:
        context = {"actor": actor, "typed": text[:64], "flaw": flaw_words(flaw, text)}
        return render(request, "patients/search.html", context, status=422)
    write(Entry(Event.SEARCH, actor, trace_of(request), patient=person, action=Action.SEARCH))
    return redirect(reverse("overview", args=[make_handle(request, person)]))
