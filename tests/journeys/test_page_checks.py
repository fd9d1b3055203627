"""Every page, as assistive technology and a strict parser meet it: light and dark, narrow and wide."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import html5lib
import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.house import HEIGHTS, PLACES, SCHEMES, WIDTHS, House, Place, name_of
from tests.journeys.looking import WCAG_22_AA, violations

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]

# Light or dark changes nothing but colours (tests/journeys/test_appearance.py): what is judged in light is
# judged in dark for them alone.
RULES = {"light": WCAG_22_AA, "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
assert tuple(RULES) == SCHEMES
# Every title met so far in this run, and where.
TITLES: dict[str, str] = {}


@dataclass(frozen=True)
class Opened:
    """A page once asked for, and what the server sent for it."""

    place: Place
    page: Page
    sent: bytes


@pytest.fixture(scope="module", params=PLACES, ids=name_of)
def opened(request: pytest.FixtureRequest, house: House, browser: Browser) -> Iterator[Opened]:
    place: Place = request.param
    context = house.sign_in(browser, place.persona) if place.persona else browser.new_context(locale="sv-SE")
    page = context.new_page()
    answer = place.open(house, page)
    yield Opened(place, page, answer.body())
    context.close()


def test_axe_finds_nothing_and_nothing_scrolls_sideways(opened: Opened) -> None:
    """Checks 1, 10, 12 (24 px) and 16: one page, six ways to look at it."""
    found, page = {}, opened.page
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for violation in violations(page, RULES[scheme]):
                nodes = [node["target"] for node in violation["nodes"][:3]]
                found[violation["id"], str(nodes[0])] = (width, scheme, violation["help"], nodes)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{wide} px wide at {width} px"
    assert not found, "\n".join(f"{key}: {what}" for key, what in found.items())


def test_the_markup_is_sound_and_titled_and_its_headings_descend(opened: Opened) -> None:
    """Checks 2, 3 and 4. The parser reads what the server sent, not what the browser made of it."""
    place, page = opened.place, opened.page
    parser = html5lib.HTMLParser()
    parser.parse(opened.sent)
    assert [(where, what) for where, what, _ in parser.errors] == []
    assert page.evaluate("document.documentElement.lang") == "sv"
    title = page.title()
    assert "Patientöversikt" in title
    assert len(title) > len("Patientöversikt"), "says only whose page it is, not which"
    assert not re.search(r"\d{6}", title + page.url.split("?")[0].replace(page.url.split("/")[2], ""))
    if place.letter in ("", "A") and place.persona != "hemtjanst":
        assert TITLES.setdefault(title, place.name) == place.name, "two kinds of page have the same title"
    if place.name == "gallery":
        return  # holds several patients' banners, each with a heading that is its page's first
    levels = page.evaluate(HEADINGS)
    assert levels.count(1) == 1, levels
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


# Visible headings in the order they are read: slots and shadow trees flattened.
HEADINGS = """() => {
  const levels = [];
  const walk = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.checkVisibility && !node.checkVisibility({visibilityProperty: true})) {
      if (getComputedStyle(node).display !== "contents") return;
    }
    const level = /^H([1-6])$/.exec(node.tagName);
    if (level) levels.push(Number(level[1]));
    if (node.tagName === "SLOT") {
      const given = node.assignedElements();
      for (const child of given.length ? given : node.children) walk(child);
    } else for (const child of (node.shadowRoot || node).children) walk(child);
  };
  walk(document.body);
  return levels;
}"""
