"""Tidslinje: what is permitted, in the order of time. A view of its own, asked afresh; nothing is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from connectors.base.records import Record
from consent.accesslog.events import Action
from consent.vocabulary import EVERY_KIND, Kind
from portal.access.page import access_page
from portal.accounts.doors import opens_patient
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.chronicle import Happening, happenings
from portal.aggregation.judging import read_all
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import Reading
from portal.overview.framing import page_context
from portal.overview.gathering import gather_for
from portal.overview.paging import Page, page_of
from portal.overview.presenters.gaps import present_gaps
from portal.overview.presenters.sources import present_sources, present_summary
from portal.overview.presenters.timeline import (
    BUTTON,
    PAGE,
    PERIOD,
    SOURCE,
    Choice,
    Period,
    button_options,
    nothing_words,
    older_words,
    period_options,
    present_stretches,
    source_options,
    within,
)
from portal.overview.visit import Visit, make_visit
from portal.patients.opening import Opened, open_patient


@dataclass(frozen=True, slots=True)
class Chronicle:
    """What one view found. ``older``: how many the period leaves out; ``page``: what stands on this page."""

    outcomes: Mapping[str, Outcome]
    readings: tuple[Reading, ...]
    page: Page[Happening]
    older: int

    def records(self) -> Iterable[Record]:
        """Each record on the page once, with what other sources tell of it."""
        told = {(r.source, r.id, r.version): r for h in self.page.items for r in (h.one.record, *h.one.also)}
        return told.values()


@require_GET
@opens_patient
async def timeline(request: HttpRequest, handle: str) -> HttpResponseBase:
    opened = await open_patient(request, handle)
    choice = choice_of(request.GET, opened)
    kinds = choice.kinds or EVERY_KIND
    ruling = await opened.ask(Action.TIMELINE, kinds, choice.sources)
    if ruling.permit is None:
        return await access_page(request, opened, ruling)
    visit = make_visit(opened, ruling, Action.TIMELINE, kinds, choice.sources)
    asked_page = request.GET.get(PAGE, "")
    found = await gather_for(visit, lambda outcomes: look_back(visit, choice, outcomes, asked_page))
    if found is None:
        return render(request, "overview/changed.html", {"handle": handle}, status=409)
    return page(request, visit, choice, found)


def choice_of(asked: QueryDict, opened: Opened) -> Choice:
    """Raises Http404 for a key that no link and no form of ours holds."""
    known = {profile.slug for profile in opened.sources}
    sources = frozenset(asked.getlist(SOURCE))
    if not sources <= known:
        raise Http404
    try:
        period = Period(asked.get(PERIOD, Period.MONTHS_12))
        kinds = frozenset(Kind(key) for key in asked.getlist(BUTTON))
    except ValueError:
        raise Http404 from None
    return Choice(period, kinds, sources)


def look_back(visit: Visit, choice: Choice, outcomes: Mapping[str, Outcome], asked_page: str) -> Chronicle:
    buttons = [button for kind, button in BUTTON_OF.items() if kind in (choice.kinds or EVERY_KIND)]
    readings = read_all(visit.scene, buttons, outcomes)
    kept, older = within(happenings(readings), choice, visit.scene.moment.today)
    return Chronicle(outcomes, readings, page_of(kept, asked_page), older)


def page(request: HttpRequest, visit: Visit, choice: Choice, found: Chronicle) -> HttpResponse:
    outcomes = found.outcomes
    today, handle = visit.scene.moment.today, visit.opened.handle
    summary = present_summary(found.readings, visit.asked, outcomes)
    gaps = present_gaps(found.readings, outcomes)
    context = {
        **page_context(visit),
        "stretches": present_stretches(found.page.items, outcomes, handle, today),
        "page": found.page,
        "query": choice.query(),
        "older": older_words(found.older) if found.older else "",
        "all_href": f"?{choice.query(tid=Period.ALL.value)}",
        "nothing": "" if found.page.total else nothing_words(choice, is_complete=not gaps),
        "summary": summary,
        "gaps": gaps,
        "periods": period_options(choice),
        "buttons": button_options(choice),
        "sources": source_options(choice, visit.opened.sources),
        "period": choice.period.value,
        "is_narrowed": bool(choice.kinds or choice.sources),
        "source_lines": present_sources(outcomes.values(), visit.ruling.at),
    }
    return render(request, "overview/timeline.html", context)
