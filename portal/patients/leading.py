"""Where a found patient leads: the same for a typed number and for one that another system sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from consent.acts import administers_consents
from consent.terms import Actor, PersonId
from portal.patients.handles import make_handle


def lead_to(request: HttpRequest, actor: Actor, person: PersonId) -> HttpResponse:
    """To the overview, by an opaque link; who administers consents, to what she may record."""
    then = "consents" if administers_consents(actor) else "overview"
    return redirect(reverse(then, args=[make_handle(request, person)]))
