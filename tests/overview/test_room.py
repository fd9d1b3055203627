"""What comes pushes nothing about: the room that is kept for it (docs/decisions/0043-room.md)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, expect

from connectors.base.contract import Fault, SourceFault
from connectors.base.kinds import (
    CareContact,
    CareLimitation,
    Contact,
    ContactForm,
    ContactRole,
    Diagnosis,
    Measure,
    Prehospital,
    Vaccination,
)
from connectors.base.kinds import Warning as Caution
from connectors.base.records import Phone
from consent.vocabulary import EVERY_KIND, Kind
from portal.overview.board import Board
from tests.aggregation.examples import (
    HEMSJUKVARDEN,
    KINDS_OF_HOME,
    MEDICIN,
    Script,
    ago,
    answering,
    failing,
    record,
    source,
)
from tests.factories.permits import FJALL, OMSORG, VARD
from tests.overview.served import begin, chunks, serving
from tests.overview.visits import HOME, SERVICE, visit_of

pytestmark = [pytest.mark.network, pytest.mark.journey]

MOST_SHIFTED = 0.05
SIZES = ((320, 568), (390, 844), (1280, 900))
# Apart enough to be painted one by one.
APART_S = 0.06
LONG = (
    "Ej HLR. Ställningstagande av Petra Lavander efter samråd med ansvarig sjuksköterska. "
    "Patienten informerad och införstådd."
)
SAID_LONG = record(
    CareLimitation, text=LONG, decided=ago(20), unit=MEDICIN, measures=(Measure.NO_CPR,), end=ago(-200)
)
IN_SHORT = (
    record(CareLimitation, text="Ej HLR.", decided=ago(20), unit=MEDICIN, measures=(Measure.NO_CPR,)),
    record(CareLimitation, text="Vårdas i hemmet.", decided=ago(9), unit=HEMSJUKVARDEN, source="viva-hsl"),
    record(
        CareLimitation,
        text="Ej intensivvård.",
        decided=ago(300),
        source="npo",
        measures=(Measure.NO_INTENSIVE_CARE,),
    ),
)
LIMITS = {"none": (), "one": (SAID_LONG,), "two": (SAID_LONG, IN_SHORT[1]), "three": IN_SHORT}
CARE = EVERY_KIND - {Kind.SOCIAL_SERVICE, Kind.HOME_CARE, Kind.COORDINATION}
PROFILES = (
    source("cosmic", FJALL, CARE),
    source("npo", FJALL, CARE, label="NPÖ"),
    source("viva-hsl", VARD, KINDS_OF_HOME, label="Viva hälso- och sjukvård"),
    source("viva-sol", OMSORG, frozenset({Kind.SOCIAL_SERVICE}), label="Viva socialtjänst"),
    source("vaccinations", FJALL, frozenset({Kind.VACCINATION}), label="Vaccinationsregistret"),
    source("mobimed", FJALL, frozenset({Kind.PREHOSPITAL}), label="MobiMed"),
    source("link", FJALL, frozenset({Kind.COORDINATION}), label="Cosmic Link"),
    source("private", FJALL, CARE, label="Vårdcentralen Nordan"),
)
PAL = record(
    Contact,
    role=ContactRole.PAL,
    name="Lisa Åselid",
    phones=(Phone("0980-319201", hours="vardagar 8–17"),),
    updated=ago(4),
)


def scripts(how_many: str) -> dict[str, Script]:
    """Everybody answers, one after another; so many of them with a limitation, and one not at all."""
    limits = {limit.source: (limit,) for limit in LIMITS[how_many]}
    told: dict[str, tuple[Any, ...]] = {
        "vaccinations": (record(Vaccination, title="Comirnaty", is_covid=True, given=ago(40)),),
        "private": (
            record(Diagnosis, title="Hjärtsvikt, ospecificerad", start=ago(30)),
            record(Caution, substance="Penicillin", severity="allvarlig"),
        ),
        "npo": (record(CareContact, form=ContactForm.VISIT, reason="Andnöd", start=ago(8)), PAL),
        "mobimed": (
            record(Prehospital, title="Ambulans", assessment="Andnöd", is_mission=True, start=ago(8)),
        ),
        "viva-hsl": (HOME,),
        "viva-sol": (SERVICE,),
    }
    made: dict[str, Script] = {
        profile.slug: answering(
            *limits.get(profile.slug, ()),
            *(replace(one, source=profile.slug) for one in told.get(profile.slug, ())),
            after_s=APART_S * (place + 1),
        )
        for place, profile in enumerate(PROFILES)
    }
    return {**made, "link": failing(SourceFault(Fault.CONNECT))}


async def serve_page(request: web.Request) -> web.StreamResponse:
    response = await begin(request)
    board = Board(visit_of(profiles=PROFILES), "token")
    async for chunk in chunks(board, scripts(request.match_info["how"])):
        await response.write(chunk)
    return response


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(serve_page) as where:
        yield where


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="sv-SE")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("how_many", LIMITS)
def test_what_comes_pushes_nothing_about(
    address: str, tab: Page, how_many: str, width: int, height: int
) -> None:
    """Cumulative layout shift (UX, budgets)."""
    tab.set_viewport_size({"width": width, "height": height})
    tab.goto(f"{address}/page/{how_many}")
    expect(tab.locator(".limit").filter(visible=True)).to_have_count(len(LIMITS[how_many]))
    moved = tab.evaluate(MOVED)
    assert sum(each["value"] for each in moved) <= MOST_SHIFTED, moved


MOVED = """() => new Promise((tell) => {
  const named = (node) => node ? `${node.localName || node.nodeName}.${node.className || ""}` : "";
  new PerformanceObserver((list) => tell(list.getEntries().map((entry) => ({
    value: entry.value,
    what: entry.sources.map((one) => `${named(one.node)} ${one.previousRect.y} → ${one.currentRect.y}`),
  })))).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell([]), 300);
})"""
