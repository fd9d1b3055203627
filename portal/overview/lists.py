"""The list behind a button, page by page. Each page is a view of its own (docs/decisions/0033)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from connectors.base.records import Record
from consent.accesslog.events import Action
from consent.vocabulary import Kind
from portal.accounts.doors import opens_patient
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.buttons.declaration import Button
from portal.aggregation.judging import read_button
from portal.aggregation.lamps import Judged
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import Reading
from portal.overview.board import Board
from portal.overview.framing import page_context
from portal.overview.gathering import gather_for
from portal.overview.paging import Page, page_of
from portal.overview.presenters.banner import speech_of
from portal.overview.presenters.details import present_items
from portal.overview.presenters.sources import present_sources, present_summary
from portal.overview.reporting import seal_report
from portal.overview.visit import Visit, open_visit

PAGE = "sida"


@dataclass(frozen=True, slots=True)
class Listed:
    """One button's reading, and as much of it as stands on the page."""

    outcomes: Mapping[str, Outcome]
    reading: Reading
    page: Page[Judged]

    def records(self) -> Iterable[Record]:
        return (record for one in self.page.items for record in (one.record, *one.also))


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
    visit = await open_visit(request, handle, action, frozenset({button.kind}))
    asked_page = request.GET.get(PAGE, "")
    listed = await gather_for(visit, lambda outcomes: list_page(visit, button, outcomes, asked_page))
    if listed is None:
        return render(request, "overview/changed.html", {"handle": handle}, status=409)
    reading, outcomes, permit = listed.reading, listed.outcomes, visit.ruling.permit
    hides_phones = permit is not None and permit.is_protected and permit.hides_phones
    board = Board(visit, get_token(request), outcomes=dict(outcomes))
    context = {
        **page_context(visit, button.kind),
        "button": button,
        "tile": board.tile(reading, 0),
        "page": listed.page,
        "page_href": reverse("detail", args=[handle, button.key]),
        "items": present_items(
            reading,
            outcomes,
            listed.page.items,
            hidden_phone=_("visas efter ett tryck") if hides_phones else "",
            seal=partial(seal_report, permit) if permit is not None else None,
            moment=visit.scene.moment,
            looked_at=visit.ruling.looked_at,
        ),
        "speech": speech_of(visit.ruling) if button.kind is Kind.CONTACT else (),
        "hides_phones": hides_phones and bool(reading.judged),
        "source_lines": present_sources(outcomes.values(), visit.ruling.at),
        "summary": present_summary([reading], visit.asked, outcomes),
    }
    return render(request, button.template, context)


def list_page(visit: Visit, button: Button, outcomes: Mapping[str, Outcome], asked_page: str) -> Listed:
    reading = read_button(visit.scene, button, outcomes)
    judged = reading.judged
    if button.arrange is not None:
        judged = tuple(button.arrange(judged, visit.scene.moment))
    return Listed(outcomes, reading, page_of(judged, asked_page))
