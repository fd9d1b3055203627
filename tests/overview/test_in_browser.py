"""The stream in a real Chromium: slots fill out of order, later answers cover earlier; script or none."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Locator, Page, expect

from connectors.base.kinds import CareLimitation, Diagnosis
from consent.vocabulary import Kind
from portal.overview.board import Board
from tests.aggregation.examples import (
    COSMIC,
    HEMSJUKVARDEN,
    VIVA_HSL,
    Script,
    ago,
    answering,
    hanging,
    record,
)
from tests.overview.served import begin, chunks, serving
from tests.overview.visits import HOME, visit_of

pytestmark = [pytest.mark.network, pytest.mark.journey]

EARLY = record(CareLimitation, text="Ej IVA.", start=ago(9), unit=HEMSJUKVARDEN, source="viva-hsl")
LATE = record(CareLimitation, text="Ej HLR.", start=ago(3))
VISIT = record(Diagnosis, title="Lunginflammation", start=ago(3))
SCRIPTS: dict[str, dict[str, Script]] = {
    "slowly": {
        "viva-hsl": answering(HOME, EARLY, after_s=0.5),
        "cosmic": answering(LATE, VISIT, after_s=1.5),
    },
    "cut": {"viva-hsl": answering(HOME, after_s=0.2), "cosmic": hanging()},
    "never": {"viva-hsl": answering(HOME, after_s=0.2), "cosmic": hanging()},
}
PROFILES = (COSMIC, VIVA_HSL)


async def serve_page(request: web.Request) -> web.StreamResponse:
    """One overview. Where a source never comes, neither does the end."""
    how = request.match_info["how"]
    response = await begin(request)
    async for chunk in chunks(Board(visit_of(profiles=PROFILES), "token"), SCRIPTS[how]):
        await response.write(chunk)
        if how == "cut" and b'slot="source-viva-hsl-1"' in chunk:
            await asyncio.sleep(0.2)
            request.transport.abort()  # type: ignore[union-attr]
            return response
        if how == "never" and b"viva-hsl-1" in chunk:
            await asyncio.sleep(30)
    return response


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(serve_page) as where:
        yield where


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def visible(page: Page, key: str) -> str:
    """The state of the one version of a button that can be seen."""
    (tile,) = [t for t in page.locator(f"[data-button={key}]").all() if t.is_visible()]
    return tile.get_attribute("data-state") or ""


def test_answers_fill_their_places_out_of_order_and_the_later_covers_the_earlier(
    address: str, tab: Page
) -> None:
    tab.goto(f"{address}/page/slowly", wait_until="commit")
    expect(tab.get_by_text("Inskriven sedan")).to_be_visible()
    assert visible(tab, "home_care") == "ongoing"
    assert visible(tab, "diagnosis") == "waiting"
    expect(tab.locator(".verbatim", has_text="Ej IVA.").filter(visible=True)).to_have_count(1)
    tab.wait_for_load_state("load")
    assert visible(tab, "diagnosis") == "new"
    expect(tab.locator(".verbatim").filter(visible=True)).to_have_text(["Ej HLR.", "Ej IVA."])
    places = [t.get_attribute("data-button") for t in sorted_by_place(tab)]
    assert places[:4] == ["care_limitation", "warning", "contact", "vaccination"]
    assert len(places) == 12


def sorted_by_place(page: Page) -> list[Locator]:
    """The visible buttons as the eye meets them: row by row, from the left."""
    tiles = [tile for tile in page.locator("[data-button]").all() if tile.is_visible()]

    def place(tile: Locator) -> tuple[float, float]:
        box = tile.bounding_box()
        assert box is not None
        return round(box["y"]), box["x"]

    return sorted(tiles, key=place)


def test_focus_stays_on_the_button_whose_content_is_replaced(address: str, browser: Browser) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{address}/page/slowly", wait_until="commit")
    link = page.get_by_role("link", name="Diagnoser")
    link.focus()
    page.wait_for_load_state("load")
    expect(link).to_be_focused()
    expect(link).to_have_accessible_name("Diagnoser Nytt Lunginflammation 1 post 2026-03-09")
    assert not [line for line in complaints if "Content Security Policy" in line]
    page.close()


def test_tab_goes_through_the_buttons_in_their_fixed_order(address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{address}/page/slowly")
    page.get_by_role("link", name="Hoppa till knapparna").focus()
    page.keyboard.press("Enter")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(DEEP_FOCUS))
    buttons = [href.rstrip("/").split("/")[-1] for href in reached if "/uppgifter/" in href]
    assert buttons[:12] == [kind.value for kind in Kind]
    page.close()


DEEP_FOCUS = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  return at ? at.getAttribute("href") || "" : "";
}"""


def test_what_never_comes_turns_to_unknown_by_the_sheet_alone(address: str, tab: Page) -> None:
    tab.goto(f"{address}/page/never", wait_until="commit")
    started = time.monotonic()
    strip = tab.get_by_text("Vårdbegränsningar: okänt, hämtar fortfarande").filter(visible=True)
    expect(strip).to_have_count(1, timeout=4000)
    assert 1.5 < time.monotonic() - started < 4
    tile = tab.locator("[data-button=diagnosis]")
    expect(tile.get_by_text("Okänt om uppgifter finns")).to_be_visible(timeout=8000)
    expect(tile.get_by_text("Hämtar")).to_be_hidden()
    expect(tab.get_by_text("Inget registrerat").filter(visible=True)).to_have_count(0)


def test_an_answer_that_breaks_off_leaves_the_rest_unknown_and_says_so(
    address: str, browser: Browser
) -> None:
    """The browser itself goes on "loading" for ever: six seconds by the clock, as for the buttons."""
    page = browser.new_page()
    page.goto(f"{address}/page/cut", wait_until="commit")
    expect(page.locator("#cut")).to_contain_text("är okänt, inte tomt", timeout=12_000)
    tile = page.locator("[data-button=diagnosis]")
    expect(tile.get_by_text("Okänt om uppgifter finns")).to_be_visible(timeout=3000)
    assert visible(page, "home_care") == "ongoing"
    expect(page.get_by_text("Inget registrerat").filter(visible=True)).to_have_count(0)
    page.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_scrolls_sideways(address: str, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(f"{address}/page/slowly")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    columns = {round(t.bounding_box()["x"]) for t in page.locator("[data-button]").all() if t.is_visible()}  # type: ignore[index]
    assert len(columns) == {320: 1, 390: 2, 1280: 4}[width]
    page.close()


def test_the_shell_is_drawn_in_its_clothes_from_the_first_frame(address: str, browser: Browser) -> None:
    """The sheet inside the shadow root is the document's own, already there: no frame without it."""
    page = browser.new_page()
    page.goto(f"{address}/page/slowly", wait_until="commit")
    grid = page.locator("ul.grid").first
    expect(grid).to_be_visible()
    assert grid.evaluate("element => getComputedStyle(element).display") == "grid"
    page.close()


def test_a_lost_network_leaves_the_page_and_withdrawn_access_blanks_it(
    address: str, browser: Browser
) -> None:
    page = browser.new_page()
    page.clock.install()
    page.route("**/giltig/**", lambda route: route.abort())
    page.goto(f"{address}/page/slowly")
    page.clock.fast_forward(11_000)
    expect(page.get_by_text("Ingen täckning. Visar svar från")).to_be_visible()
    assert visible(page, "diagnosis") == "new"
    page.unroute("**/giltig/**")
    page.route("**/giltig/**", lambda route: route.fulfill(json={"valid": False}))
    # Asked again after twice as long, each time that nobody answers.
    page.clock.fast_forward(11_000)
    assert visible(page, "diagnosis") == "new"
    page.clock.fast_forward(10_000)
    expect(page.get_by_role("heading", name="Åtkomsten har ändrats")).to_be_visible()
    assert "Lunginflammation" not in page.content()
    page.close()
