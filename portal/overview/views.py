"""The pages about one patient. Each asks the gate before its first byte, so that it can still say no."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from connectors.standing import standings
from consent.accesslog.events import Action
from consent.database import on_database_thread
from consent.vocabulary import Kind
from portal.access.page import access_page, panel_for
from portal.accounts.actors import NoAssignment, NotSignedIn, actor_of
from portal.accounts.doors import opens_patient
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.judging import read_button
from portal.overview.board import Board
from portal.overview.framing import page_context
from portal.overview.gathering import gather
from portal.overview.presenters.details import present_items
from portal.overview.presenters.sources import present_sources, present_summary
from portal.overview.reporting import seal_report
from portal.overview.stream import stream
from portal.overview.visit import open_visit
from portal.patients.handles import open_handle
from portal.patients.recents import note_opened
from portal.patients.returning import keep_ticket, lacks_ticket
from portal.patients.validity import is_still_valid

# Where the shell ends and the fragments begin. A comment of our own, so no source's text can hold it.
SEAM = "<!--seam-->"


@require_GET
@opens_patient
async def overview(request: HttpRequest, handle: str) -> HttpResponseBase:
    visit = await open_visit(request, handle, Action.OVERVIEW)
    if visit.ruling.permit is None:
        return await access_page(request, visit.opened, visit.ruling)
    board = Board(visit, get_token(request))
    panel = await panel_for(visit.opened, visit.ruling)
    framed = page_context(visit)
    note_opened(request, visit.ruling, framed["banner"].name)
    if lacks_ticket(request, handle):
        await on_database_thread(keep_ticket, request, visit.opened)
    context = {**board.shell(), **framed, "panel": panel}
    head, _, tail = render_to_string("overview/overview.html", context, request).partition(SEAM)
    body = stream(board, head, tail, get_language() or "sv")
    response = StreamingHttpResponse(body, content_type="text/html; charset=utf-8")
    # A proxy that gathers the stream before passing it on would undo it.
    response.headers["X-Accel-Buffering"] = "no"
    return response


@require_GET
@opens_patient
async def detail(request: HttpRequest, handle: str, kind: str) -> HttpResponseBase:
    return await show_list(request, handle, kind, Action.DETAIL)


@require_GET
@opens_patient
async def retry(request: HttpRequest, handle: str, kind: str) -> HttpResponseBase:
    """Ask the sources of one button once more: the same page as its list, logged as what it is."""
    return await show_list(request, handle, kind, Action.RETRY)


@require_POST
@opens_patient
async def phones(request: HttpRequest, handle: str, kind: str) -> HttpResponseBase:
    """The same list of a protected person with the units' telephones: a view of its own in the log."""
    return await show_list(request, handle, kind, Action.PHONE)


async def show_list(request: HttpRequest, handle: str, name: str, action: Action) -> HttpResponseBase:
    try:
        button = BUTTON_OF[Kind(name)]
    except ValueError:
        raise Http404 from None
    kinds = frozenset({button.kind})
    visit = await open_visit(request, handle, action, kinds)
    gathered = await gather(visit, kinds)
    if not gathered.is_released:
        return render(request, "overview/changed.html", {"handle": handle}, status=409)
    reading = read_button(visit.scene, button, gathered.outcomes)
    permit = visit.ruling.permit
    hides_phones = permit is not None and permit.is_protected and permit.hides_phones
    board = Board(visit, get_token(request), outcomes=gathered.outcomes)
    context = {
        **page_context(visit, button.kind),
        "button": button,
        "tile": board.tile(reading, 0),
        "items": present_items(
            reading,
            gathered.outcomes,
            hidden_phone=_("visas efter ett tryck") if hides_phones else "",
            seal=partial(seal_report, permit) if permit is not None else None,
        ),
        "hides_phones": hides_phones and bool(reading.judged),
        "source_lines": present_sources(gathered.outcomes.values(), visit.ruling.at),
        "summary": present_summary([reading], visit.asked, gathered.outcomes),
    }
    return render(request, button.template, context)


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
