"""Print, PDF, hand-over sheet and meeting: each a request of its own, that asks afresh and is logged.

What is chosen comes first, on a page that asks no source. Paper is asked for with POST, so that nothing that
only follows links writes a row that says Utskrift; the meeting page is a GET that may be read in again.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from consent.accesslog.events import Action
from consent.terms import SWEDISH_TIME
from consent.vocabulary import EVERY_KIND, Kind
from portal.access.page import access_page
from portal.accounts.doors import opens_patient
from portal.aggregation.outcomes import Outcome
from portal.overview.framing import page_context
from portal.overview.gathering import collect, gather, let_out, seen
from portal.overview.paper.choosing import FIELD, HANDED_OVER, SHOWN_AT_MEETING, present_boxes, read_kinds
from portal.overview.paper.press import PRESS, NotPressed, Press, Trouble
from portal.overview.presenters.handover import present_handover
from portal.overview.presenters.meeting import present_room
from portal.overview.presenters.paper import Sheet, present_sheet
from portal.overview.visit import Visit, open_visit

PDF = "pdf"
NO_KINDS: frozenset[Kind] = frozenset()
NOTHING_CHOSEN = _("Välj minst en knapp.")
TROUBLE_WORDS: dict[Trouble, str | Promise] = {
    Trouble.MISSING: _("Den här servern kan inte göra PDF. Välj Visa för utskrift."),
    Trouble.BUSY: _("Flera PDF:er görs just nu. Försök igen om en stund, eller välj Visa för utskrift."),
    Trouble.TOO_SLOW: _("PDF:en tog för lång tid att göra. Välj Visa för utskrift."),
    Trouble.TOO_LARGE: _("Det blev för mycket för en PDF. Välj färre listor, eller Visa för utskrift."),
    Trouble.FAILED: _("PDF:en kunde inte göras. Felet är vårt. Välj Visa för utskrift."),
}
TROUBLE_STATUS = {Trouble.TOO_LARGE: 413, Trouble.FAILED: 500}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One sort of printed page. ``has_overview``: all twelve in one line each; otherwise the chosen ones."""

    form: str
    template: str
    file_name: str
    has_overview: bool
    ticked: frozenset[Kind]

    def shown(self, chosen: frozenset[Kind]) -> frozenset[Kind]:
        return EVERY_KIND if self.has_overview else chosen

    def sheet(self, visit: Visit, outcomes: tuple[Outcome, ...], chosen: frozenset[Kind]) -> Sheet:
        told = seen(visit, outcomes)
        if self.has_overview:
            return present_sheet(visit, told, EVERY_KIND, chosen)
        return present_handover(visit, told, chosen)


OVERVIEW = Paper(
    form="paper/print_form.html",
    template="paper/overview.html",
    file_name="utskrift",
    has_overview=True,
    ticked=NO_KINDS,
)
HANDOVER = Paper(
    form="paper/handover_form.html",
    template="paper/handover.html",
    file_name="overrapportering",
    has_overview=False,
    ticked=HANDED_OVER,
)


@require_http_methods(["GET", "POST"])
@opens_patient
async def print_overview(request: HttpRequest, handle: str) -> HttpResponseBase:
    return await choose_or_print(request, handle, OVERVIEW)


@require_http_methods(["GET", "POST"])
@opens_patient
async def hand_over(request: HttpRequest, handle: str) -> HttpResponseBase:
    return await choose_or_print(request, handle, HANDOVER)


async def choose_or_print(request: HttpRequest, handle: str, paper: Paper) -> HttpResponseBase:
    if request.method == "GET":
        ticked = read_kinds(request.GET.getlist(FIELD)) or paper.ticked
        return await choose(request, handle, paper.form, ticked)
    chosen = read_kinds(request.POST.getlist(FIELD))
    if not paper.shown(chosen):
        return await choose(request, handle, paper.form, chosen, str(NOTHING_CHOSEN), 422)
    visit = await open_visit(request, handle, Action.PRINT, paper.shown(chosen))
    if visit.ruling.permit is None:
        return await access_page(request, visit.opened, visit.ruling)
    if request.POST.get("som") == PDF:
        return await as_pdf(request, visit, paper, chosen, PRESS)
    return await as_page(request, visit, paper, chosen)


async def choose(
    request: HttpRequest,
    handle: str,
    template: str,
    ticked: frozenset[Kind],
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    """Whom it is about, and the boxes. No source is asked for records."""
    visit = await open_visit(request, handle, Action.PREPARE)
    if visit.ruling.permit is None:
        return await access_page(request, visit.opened, visit.ruling)
    context = {
        **page_context(visit),
        "boxes": present_boxes(ticked),
        "makes_pdf": await PRESS.is_there(),
        "message": message,
    }
    return render(request, template, context, status=status)


async def as_page(
    request: HttpRequest, visit: Visit, paper: Paper, chosen: frozenset[Kind]
) -> HttpResponseBase:
    """For the browser to print: nothing on it but the sheet, and two things to press above it."""
    outcomes = await collect(visit)
    if not await let_out(visit, outcomes, paper.shown(chosen)):
        return changed(request, visit)
    sheet = paper.sheet(visit, outcomes, chosen)
    return render(request, paper.template, {"sheet": sheet, "handle": visit.opened.handle})


async def as_pdf(
    request: HttpRequest, visit: Visit, paper: Paper, chosen: frozenset[Kind], press: Press
) -> HttpResponseBase:
    """Made before it is let out: what takes a second to make may not outlive a consent by that second."""
    outcomes = await collect(visit)
    sheet = paper.sheet(visit, outcomes, chosen)
    try:
        made = await press.pdf_of(render_to_string(paper.template, {"sheet": sheet, "is_pdf": True}, request))
    except NotPressed as no:
        # What the sources came with is told; that anything of it was shown is not, for nothing was.
        await let_out(visit, outcomes, NO_KINDS)
        return await choose(
            request,
            visit.opened.handle,
            paper.form,
            chosen,
            trouble_words(no),
            TROUBLE_STATUS.get(no.trouble, 503),
        )
    if not await let_out(visit, outcomes, paper.shown(chosen)):
        return changed(request, visit)
    response = HttpResponse(made, content_type="application/pdf")
    name = f"{paper.file_name}-{visit.ruling.at.astimezone(SWEDISH_TIME):%Y%m%d-%H%M}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def trouble_words(no: NotPressed) -> str:
    words = str(TROUBLE_WORDS[no.trouble])
    return f"{words} {_('Fel-id')} {no.error_id}" if no.error_id else words


def changed(request: HttpRequest, visit: Visit) -> HttpResponse:
    return render(request, "overview/changed.html", {"handle": visit.opened.handle}, status=409)


@require_GET
@opens_patient
async def meeting(request: HttpRequest, handle: str) -> HttpResponseBase:
    """What is to be seen, chosen before the screen is shared."""
    ticked = read_kinds(request.GET.getlist(FIELD)) or SHOWN_AT_MEETING
    return await choose(request, handle, "paper/meeting_form.html", ticked)


@require_GET
@opens_patient
async def meeting_room(request: HttpRequest, handle: str) -> HttpResponseBase:
    """The chosen buttons and nothing else. The choice stands in the address, which names nobody."""
    kinds = read_kinds(request.GET.getlist(FIELD))
    if not kinds:
        return await choose(request, handle, "paper/meeting_form.html", kinds, str(NOTHING_CHOSEN), 422)
    visit = await open_visit(request, handle, Action.MEETING, kinds)
    gathered = await gather(visit, kinds)
    if visit.ruling.permit is None or not gathered.is_released:
        # Why is for the page that this one leads back to: a room may be looking.
        return render(request, "paper/meeting_closed.html", {"handle": handle}, status=409)
    context = {
        **page_context(visit),
        "room": present_room(visit, gathered.outcomes, kinds),
        "chosen": [kind.value for kind in Kind if kind in kinds],
    }
    return render(request, "paper/meeting.html", context)
