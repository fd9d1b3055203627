"""Find patient: a number, by POST only. What comes back is an opaque link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, write
from consent.acts import administers_consents, keeps_list
from consent.identity import InvalidNumber, read_number
from consent.terms import Actor
from consent.worklist import may_be_read_by
from portal.accounts.actors import actor_of, trace_of
from portal.accounts.doors import needs_assignment
from portal.dates import today
from portal.patients.counting import count_search
from portal.patients.leading import lead_to
from portal.patients.presenters import flaw_words
from portal.patients.recents import recent_lines


@require_GET
@needs_assignment
def home(request: HttpRequest) -> HttpResponse:
    """The search page."""
    return render(request, "patients/search.html", _page(request, actor_of(request)))


@require_POST
@needs_assignment
def search(request: HttpRequest) -> HttpResponse:
    """Log the search and go to the patient. A flawed number is explained, and stays in the field."""
    actor = actor_of(request)
    text = request.POST.get("number", "")
    count_search(actor)
    try:
        person = read_number(text, today())
    except InvalidNumber as flaw:
        context = {**_page(request, actor), "typed": text[:64], "flaw": flaw_words(flaw, text)}
        return render(request, "patients/search.html", context, status=422)
    write(Entry(Event.SEARCH, actor, trace_of(request), patient=person, action=Action.SEARCH))
    return lead_to(request, actor, person)


def _page(request: HttpRequest, actor: Actor) -> dict[str, object]:
    """Who administers consents sees no overview: her search leads to what she may record."""
    return {
        "actor": actor,
        "administers_consents": administers_consents(actor),
        "has_worklist": may_be_read_by(actor),
        "has_list": keeps_list(actor),
        "lines": recent_lines(request),
    }
