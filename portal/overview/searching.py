"""Sök i journalen: words looked for in what may be read now. The words travel in the body of a POST and are
written nowhere: not in an address, a title, a log or a cache. The log says that something was looked for.

Patient search (``portal.patients``) is another thing: an event of its own, about a number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from connectors.base.records import Record
from consent.accesslog.events import Action
from portal.access.page import access_page
from portal.accounts.doors import opens_patient
from portal.aggregation.buttons import BUTTONS
from portal.aggregation.finding import MOST_SIGNS, Finds, Wanted, find, read_wanted
from portal.aggregation.judging import read_all
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import Reading
from portal.overview.framing import page_context
from portal.overview.gathering import gather_for
from portal.overview.presenters.finds import flaw_words, present_finds, shown_of
from portal.overview.presenters.gaps import present_gaps
from portal.overview.presenters.sources import present_sources, present_summary
from portal.overview.visit import Visit, open_visit

FIELD = "ord"


@dataclass(frozen=True, slots=True)
class Search:
    outcomes: Mapping[str, Outcome]
    readings: tuple[Reading, ...]
    found: tuple[Finds, ...]

    def records(self) -> Iterable[Record]:
        return (r for _, part in shown_of(self.found) for one in part for r in (one.record, *one.also))


@require_http_methods(["GET", "POST"])
@opens_patient
async def record_search(request: HttpRequest, handle: str) -> HttpResponseBase:
    """The form; with words, what was found. A flaw in them is explained, and they stay in the field."""
    typed = request.POST.get(FIELD, "").strip() if request.method == "POST" else ""
    wanted = read_wanted(typed) if len(typed) <= MOST_SIGNS else None
    if wanted is None:
        return await show_form(request, handle, typed)
    visit = await open_visit(request, handle, Action.SEARCH)
    if visit.ruling.permit is None:
        return await access_page(request, visit.opened, visit.ruling)
    found = await gather_for(visit, lambda outcomes: look_for(visit, wanted, outcomes))
    if found is None:
        return render(request, "overview/changed.html", {"handle": handle}, status=409)
    return show_found(request, visit, wanted, found)


def look_for(visit: Visit, wanted: Wanted, outcomes: Mapping[str, Outcome]) -> Search:
    readings = read_all(visit.scene, BUTTONS, outcomes)
    return Search(outcomes, readings, find(readings, wanted))


async def show_form(request: HttpRequest, handle: str, typed: str) -> HttpResponse:
    """No source is asked before there is something to look for."""
    visit = await open_visit(request, handle, Action.ACCESS)
    if visit.ruling.permit is None:
        return await access_page(request, visit.opened, visit.ruling)
    is_flawed = request.method == "POST"
    context = {
        **page_context(visit),
        "typed": typed[: 2 * MOST_SIGNS],
        "most": MOST_SIGNS,
        "flaw": flaw_words(typed) if is_flawed else "",
    }
    return render(request, "overview/search.html", context, status=422 if is_flawed else 200)


def show_found(request: HttpRequest, visit: Visit, wanted: Wanted, found: Search) -> HttpResponse:
    gaps = present_gaps(found.readings, found.outcomes)
    context = {
        **page_context(visit),
        "typed": wanted.typed,
        "most": MOST_SIGNS,
        "is_done": True,
        "results": present_finds(found.found, wanted, found.outcomes, visit.opened.handle),
        "summary": present_summary(found.readings, visit.asked, found.outcomes),
        "gaps": gaps,
        "source_lines": present_sources(found.outcomes.values(), visit.ruling.at),
    }
    return render(request, "overview/search.html", context)
