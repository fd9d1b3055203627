"""The access step as a page: where nothing may be shown yet, and where more than one tap is needed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consent.database import on_database_thread
from consent.identity import display_number
from consent.ruling import Ruling
from portal.access.notices import present_notices
from portal.access.oncall import OnCall, on_call_numbers
from portal.access.panel import AccessPanel, access_panel
from portal.access.presenters import DONE, DONE_WORDS
from portal.patients.opening import Opened


async def access_page(
    request: HttpRequest, opened: Opened, ruling: Ruling, message: str = "", status: int = 200
) -> HttpResponse:
    """Relation, consent, units and emergency, and what may be done. ``message``: what went wrong."""
    context = {
        **about(opened, ruling),
        "panel": await panel_for(opened, ruling),
        "notices": present_notices(ruling),
        "message": message,
        "done": DONE_WORDS.get(request.GET.get(DONE, "")),
    }
    return render(request, "access/step.html", context, status=status)


async def panel_for(opened: Opened, ruling: Ruling) -> AccessPanel:
    """The panel, with the on-call numbers where the patient cannot answer just now."""
    numbers: tuple[OnCall, ...] = ()
    if ruling.standing.is_temporarily_unable:
        numbers = await on_database_thread(on_call_numbers, opened.actor, opened.owners)
    return access_panel(ruling, opened.handle, numbers)


def about(opened: Opened, ruling: Ruling) -> dict[str, Any]:
    """Whom and by whom: what every page of the access step begins with."""
    return {
        "actor": opened.actor,
        "handle": opened.handle,
        "ruling": ruling,
        "number": display_number(opened.patient),
    }
