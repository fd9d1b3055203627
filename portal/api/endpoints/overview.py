"""The overview as data: the same visit, aggregation, release and words as the page, all at once."""

from typing import Any

from django.http import HttpRequest

from consent.accesslog.events import Action
from consent.vocabulary import EVERY_KIND, Kind
from portal.api.acting import found_acting
from portal.api.describing import describe
from portal.api.presenters import overview_json, sources_json
from portal.api.refusing import Code, Refused
from portal.api.scopes import Scope
from portal.api.shapes import OverviewShape, SourcesShape
from portal.api.views import ApiView
from portal.overview.board import Board
from portal.overview.gathering import gather
from portal.overview.presenters.sources import present_summary
from portal.overview.visit import Visit, visit_by


async def visit_for(
    request: HttpRequest,
    needs: Scope,
    handle: str,
    action: Action,
    kinds: frozenset[Kind] = EVERY_KIND,
) -> Visit:
    """Through the gate. Raises Refused where there is no such patient or nothing may be shown of her."""
    opened = await found_acting(request, needs, lambda acting: acting.open(handle))
    visit = await visit_by(opened, action, kinds)
    if visit.ruling.permit is None:
        raise Refused(Code.NOTHING_PERMITTED)
    return visit


class OverviewView(ApiView):
    needs = Scope.READ

    @describe("read_overview", "Översikten", OverviewShape, tags=["Översikt"])
    async def get(self, request: HttpRequest, handle: str) -> Any:
        visit = await visit_for(request, self.needs, handle, Action.OVERVIEW)
        gathered = await gather(visit, EVERY_KIND)
        if not gathered.is_released:
            raise Refused(Code.ACCESS_CHANGED)
        outcomes = gathered.outcomes
        return overview_json(Board(visit, outcomes=dict(outcomes)), list(outcomes.values()))


class SourcesView(ApiView):
    needs = Scope.READ

    @describe("read_sources", "Vem har svarat", SourcesShape, tags=["Översikt"])
    async def get(self, request: HttpRequest, handle: str) -> Any:
        """Asks every source afresh; says how each did, and nothing of what it said."""
        visit = await visit_for(request, self.needs, handle, Action.SOURCES)
        gathered = await gather(visit, frozenset())
        if not gathered.is_released:
            raise Refused(Code.ACCESS_CHANGED)
        summary = present_summary([], visit.asked, gathered.outcomes)
        return {
            "at": visit.ruling.at.isoformat(),
            "is_complete": not summary.missing,
            "missing": summary.missing,
            "sources": sources_json(gathered.outcomes.values(), visit.ruling.at),
        }
