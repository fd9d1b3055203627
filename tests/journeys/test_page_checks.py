"""Every page, as assistive technology and a strict parser meet it: light and dark, narrow and wide."""

import re
from collections.abc import Iterator
from itertools import pairwise

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.house import HEIGHTS, PLACES, SCHEMES, WIDTHS, House, Place, name_of

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]

WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Light or dark changes nothing but colours: what is judged in light is judged in dark for them alone.
RULES = {"light": WCAG_22_AA, "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
assert tuple(RULES) == SCHEMES
each_place = pytest.mark.parametrize("place", PLACES, ids=name_of)


@pytest.fixture
def at_place(house: House, browser: Browser, place: Place) -> Iterator[Page]:
    context = house.sign_in(browser, place.persona) if place.persona else browser.new_context(locale="sv-SE")
    page = context.new_page()
    place.open(house, page)
    yield page
    context.close()


@each_place
def test_axe_finds_nothing_and_nothing_scrolls_sideways(at_place: Page, place: Place) -> None:
    """Checks 1, 10, 12 (24 px) and 16: one page, six ways to look at it."""
    found = {}
    for width in WIDTHS:
        at_place.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        for scheme in SCHEMES:
            at_place.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            options = {"runOnly": RULES[scheme], "resultTypes": ["violations"]}
            response = Axe().run(at_place, options=options).response
            for violation in response["violations"]:
                nodes = [node["target"] for node in violation["nodes"][:3]]
                found[violation["id"], str(nodes[0])] = (width, scheme, violation["help"], nodes)
        wide = at_place.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{wide} px wide at {width} px"
    assert not found, "\n".join(f"{key}: {what}" for key, what in found.items())


@each_place
def test_the_markup_is_sound_and_titled_and_its_headings_descend(at_place: Page, place: Place) -> None:
    """Checks 2, 3 and 4. The parser reads what the server sent, not what the browser made of it."""
    answer = at_place.context.request.get(at_place.url)
    parser = html5lib.HTMLParser()
    parser.parse(answer.body())
    assert [(where, what) for where, what, _ in parser.errors] == []
    assert at_place.evaluate("document.documentElement.lang") == "sv"
    title = at_place.title()
    assert "Patientöversikt" in title
    assert len(title) > len("Patientöversikt"), "says only whose page it is, not which"
    assert not re.search(r"\d{6}", title + at_place.url.split("?")[0].replace(at_place.url.split("/")[2], ""))
    if place.name == "gallery":
        return  # holds several patients' banners, each with a heading that is its page's first
    levels = at_place.evaluate(HEADINGS)
    assert levels.count(1) == 1, levels
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


def test_no_two_kinds_of_page_have_the_same_title(house: House, browser: Browser) -> None:
    titles: dict[str, str] = {}
    for place in PLACES:
        if place.letter not in ("", "A") or place.persona == "hemtjanst":
            continue
        context = house.sign_in(browser, place.persona) if place.persona else browser.new_context()
        page = context.new_page()
        place.open(house, page)
        assert page.title() not in titles, (place.name, titles[page.title()])
        titles[page.title()] = place.name
        context.close()


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
