"""An overview as it arrives in a browser: its weight, and a telephone's first screen."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.journeys.house import HEIGHTS, House, settle

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]


def test_the_weight_of_a_first_and_of_a_repeated_look(house: House, browser: Browser) -> None:
    """Bytes as a proxy's gzip would send them (UX, budgets)."""
    came: list[Response] = []
    with fresh_look(house, browser, "A", 1280) as page:
        page.on("response", lambda response: came.extend([response]))
        page.goto(house.overviews["akuten", "A"])
        settle(page)
        weights = {r.url.split("?")[0]: len(gzip.compress(r.body(), 6)) for r in came}
    of_kind = {end: sum(w for url, w in weights.items() if url.endswith(end)) for end in (".css", ".js")}
    assert of_kind[".css"] <= 12_000, weights
    assert of_kind[".js"] <= 24_000, weights
    assert sum(weights.values()) <= 60_000, weights
    assert weights[house.overviews["akuten", "A"]] <= 15_000, weights


@pytest.mark.parametrize("letter", ["A", "B"])
def test_a_telephones_first_screen_has_name_limitations_and_buttons(
    house: House, browser: Browser, letter: str
) -> None:
    """Above the bar at the thumb. Where consent is asked for, that stands before the buttons."""
    with fresh_look(house, browser, letter, 320) as page:
        page.goto(house.overviews["akuten", letter])
        settle(page)
        for width, height in ((320, 640), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            tops = page.evaluate(TOPS)
            assert tops["banner"] <= 56
            assert tops["safety"] <= 145
            assert tops["first"] + 40 <= tops["thumb"], (width, height, tops)


# The uppermost of each that can be seen: fragments stand in the document in the order they came.
TOPS = """() => {
  const top = (what) => Math.min(...[...document.querySelectorAll(what)]
    .filter((e) => e.getClientRects().length).map((e) => e.getBoundingClientRect().top));
  const first = document.querySelector("[slot=access]") ? "[slot=access] button" : ".tile";
  return { banner: top(".banner"), safety: top(".safety"), thumb: top(".thumb"), first: top(first) };
}"""


@contextmanager
def fresh_look(house: House, browser: Browser, letter: str, width: int) -> Iterator[Page]:
    """A browser that has nothing of ours in its cache, on its way to an overview that is known already."""
    size = {"width": width, "height": HEIGHTS[width]}
    first = house.sign_in(browser, "akuten")
    house.overview_of(first.new_page(), "akuten", letter)
    first.close()
    context = house.sign_in(browser, "akuten", viewport=size)
    yield context.new_page()
    context.close()
