"""The pages of the log in a real browser: on a phone, in the dark, by keyboard, and on paper."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.people import BY_LETTER

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]

GUNHILD = BY_LETTER["A"]
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.get_by_role("button", name=re.compile(name)).click()
    if page.url.endswith("/uppdrag/"):
        page.locator("button.choice").first.click()


def visit(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="sv-SE")
    page = context.new_page()
    sign_in(page, address, "Anja")
    page.locator("#number").fill(GUNHILD.number)
    page.locator("main button.primary").first.click()
    page.wait_for_load_state("load")
    context.close()


def make_extract(page: Page, address: str) -> None:
    page.goto(f"{address}/loggutdrag/")
    page.locator("#number").fill(GUNHILD.number)
    page.get_by_role("button", name="Ta fram utdraget").click()
    page.wait_for_load_state("load")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_small_phone(
    lasting_people: object, portal_address: str, browser: Browser, scheme: str
) -> None:
    visit(browser, portal_address)
    context = browser.new_context(
        viewport={"width": 320, "height": 640},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="sv-SE",
    )
    page = context.new_page()
    sign_in(page, portal_address, "Eva")
    for path in ("/loggkontroll/", "/loggutdrag/", "/mina-visningar/"):
        page.goto(portal_address + path)
        assert not page.evaluate(WIDER), path
    make_extract(page, portal_address)
    assert page.locator(".rows tr").count() > 2
    assert not page.evaluate(WIDER)
    context.close()


def test_paper_has_the_head_on_every_sheet_and_nothing_to_press(
    lasting_people: object, portal_address: str, browser: Browser, page: Page
) -> None:
    """A table's head is what a browser repeats on each sheet; the sheet's number stands in its margin."""
    visit(browser, portal_address)
    sign_in(page, portal_address, "Eva")
    make_extract(page, portal_address)
    page.emulate_media(media="print", color_scheme="light")
    assert page.locator(".paper thead").evaluate("e => getComputedStyle(e).display") == "table-header-group"
    assert "19390813-9060" in page.locator(".paper thead").inner_text()
    for gone in ("header.top", ".places", ".screen-only", "footer"):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.locator("main button:visible, main a:visible").count() == 0
    sheets = page.evaluate(
        """() => [...document.styleSheets].flatMap(s => [...s.cssRules])
            .filter(r => r instanceof CSSPageRule).map(r => r.cssText).join()"""
    )
    assert "counter(page)" in sheets
    assert "counter(pages)" in sheets
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    assert re.search(rb"/MediaBox \[0 0 59[45]\.\d+ 84[12]\.?\d*\]", paper)


def test_states_are_told_by_words_not_by_colour(
    lasting_people: object, portal_address: str, browser: Browser, page: Page
) -> None:
    visit(browser, portal_address)
    sign_in(page, portal_address, "Eva")
    make_extract(page, portal_address)
    page.emulate_media(forced_colors="active")
    assert "Uppgifter visades" in page.locator(".rows").inner_text()


def test_an_extract_is_ordered_by_keyboard_alone(
    lasting_people: object, portal_address: str, page: Page
) -> None:
    sign_in(page, portal_address, "Eva")
    page.goto(f"{portal_address}/loggutdrag/")
    page.keyboard.type(GUNHILD.number)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Vem har läst uppgifter om dig")
