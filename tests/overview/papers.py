"""Sheets and rooms from scripted sources, without database or browser."""

import asyncio
from dataclasses import replace

from django.template.loader import render_to_string

from connectors.base.contract import SourceProfile
from consent.ruling import Ruling
from consent.vocabulary import EVERY_KIND, Kind
from portal.overview.gathering import collect, seen
from portal.overview.presenters.handover import present_handover
from portal.overview.presenters.meeting import Room, present_room
from portal.overview.presenters.paper import Sheet, present_sheet
from portal.overview.visit import Visit, make_visit
from tests.aggregation.examples import Script, answering, exchange_of
from tests.overview.visits import PROFILES, ruling_of, visit_of

NOTHING: dict[str, Script] = {slug: answering() for slug in ("cosmic", "viva-hsl", "viva-sol")}
NO_KINDS: frozenset[Kind] = frozenset()


def visit_for(
    kinds: frozenset[Kind] = EVERY_KIND,
    ruling: Ruling | None = None,
    profiles: tuple[SourceProfile, ...] = PROFILES,
) -> Visit:
    visit = visit_of(ruling or ruling_of(), profiles)
    return replace(visit, division=make_visit(visit.opened, visit.ruling, visit.action, kinds).division)


def sheet_of(
    scripts: dict[str, Script] | None = None,
    lists: frozenset[Kind] = NO_KINDS,
    ruling: Ruling | None = None,
) -> Sheet:
    visit = visit_for(ruling=ruling)
    outcomes = asyncio.run(collect(visit, exchange_of({**NOTHING, **(scripts or {})})[0]))
    return present_sheet(visit, seen(visit, outcomes), EVERY_KIND, lists)


def handover_of(scripts: dict[str, Script], kinds: frozenset[Kind]) -> Sheet:
    visit = visit_for(kinds)
    outcomes = asyncio.run(collect(visit, exchange_of({**NOTHING, **scripts})[0]))
    return present_handover(visit, seen(visit, outcomes), kinds)


def room_of(scripts: dict[str, Script], kinds: frozenset[Kind], ruling: Ruling | None = None) -> Room:
    visit = visit_for(kinds, ruling)
    outcomes = asyncio.run(collect(visit, exchange_of({**NOTHING, **scripts})[0]))
    return present_room(visit, seen(visit, outcomes), kinds)


def html_of(sheet: Sheet, template: str = "paper/overview.html", *, is_pdf: bool = False) -> str:
    return render_to_string(template, {"sheet": sheet, "handle": "handle", "is_pdf": is_pdf})
