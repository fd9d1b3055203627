"""The pages about one patient. Each asks the gate before its first byte, so that it can still say no."""

import asyncio

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from connectors.standing import standings
from consent.accesslog.events import Action
from consent.database import on_database_thread
from portal.access.page import access_page, panel_for
from portal.accounts.actors import NoAssignment, NotSignedIn, actor_of
from portal.accounts.doors import opens_patient
from portal.aggregation.fanout import fan_out
from portal.overview.board import Board
from portal.overview.framing import page_context
from portal.overview.gathering import gather
from portal.overview.presenters.sources import present_sources, present_summary
from portal.overview.stream import stream
from portal.overview.visit import open_visit
from portal.patients.handles import open_handle
from portal.patients.recents import note_opened
from portal.patients.returning import keep_ticket, lacks_ticket
from portal.patients.validity import is_still_valid

# Where the shell ends and the fragments begin. A comment of our own, so no source's text can hold it.
SEAM = "<!--seam-->"
# What it takes for the questions to be on the wire, and for those that are put as a first one is answered.
SETTING_OUT_S = 0.01


@require_GET
@opens_patient
async def overview(request: HttpRequest, handle: str) -> HttpResponseBase:
    """The sources are asked first, and think while the page is drawn (ADR 68)."""
    visit = await open_visit(request, handle, Action.OVERVIEW)
    permit = visit.ruling.permit
    if permit is None:
        return await access_page(request, visit.opened, visit.ruling)
    asked = fan_out(permit, visit.asked, permit.kinds)
    await asyncio.sleep(SETTING_OUT_S)
    board = Board(visit, get_token(request))
    panel = await panel_for(visit.opened, visit.ruling)
    framed = page_context(visit)
    note_opened(request, visit.ruling, framed["banner"].name)
    if lacks_ticket(request, handle):
        await on_database_thread(keep_ticket, request, visit.opened)
    # One token for all the forms of the page: each that is made costs as much as a button.
    context = {**board.shell(), **framed, "panel": panel, "csrf_token": board.csrf_token}
    head, _, tail = render_to_string("overview/overview.html", context, request).partition(SEAM)
    body = stream(board, asked, head, tail, get_language() or "sv")
    response = StreamingHttpResponse(body, content_type="text/html; charset=utf-8")
    # A proxy that gathers the stream before passing it on would undo it.
    response.headers["X-Accel-Buffering"] = "no"
    return response


@require_GET
@opens_patient
async def sources(request: HttpRequest, handle: str) -> HttpResponseBase:
    """Vem har svarat: asks every source afresh and shows how each did, and nothing of what it said."""
    visit = await open_visit(request, handle, Action.SOURCES)
    gathered = await gather(visit, frozenset())
    if not gathered.is_released:
        return render(request, "overview/changed.html", {"handle": handle}, status=409)
    lately = await on_database_thread(standings, visit.ruling.at)
    context = {
        **page_context(visit),
        "source_lines": present_sources(gathered.outcomes.values(), visit.ruling.at, lately),
        "summary": present_summary([], visit.asked, gathered.outcomes),
    }
    return render(request, "overview/sources.html", context)


@require_GET
async def validity(request: HttpRequest, handle: str) -> HttpResponse:
    """204 while the open page holds. Otherwise it says so, and the page blanks itself."""
    request.is_poll = True  # type: ignore[attr-defined]
    try:
        holds = await on_database_thread(_holds, request, handle)
    except (NotSignedIn, NoAssignment, Http404):
        holds = False
    return HttpResponse(status=204) if holds else JsonResponse({"valid": False})


def _holds(request: HttpRequest, handle: str) -> bool:
    actor_of(request)
    open_handle(request, handle)
    return is_still_valid(request.GET.get("v", ""))
