"""A reader tells an owner that a record is wrong: with the keyboard, on a phone and on a screen."""

import json
import re

import pytest
from playwright.sync_api import Browser, expect

from demo.people import BY_LETTER
from tests.journeys.house import House

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]
BUTTON = "Rapportera fel uppgift"
TOLD = "SELECT detail FROM consent_accessevent WHERE event = 'error_reported' ORDER BY seq"


@pytest.mark.parametrize("width", [390, 1280])
def test_by_keyboard(house: House, browser: Browser, width: int) -> None:
    context = house.sign_in(browser, "akuten", viewport={"width": width, "height": 844})
    page = context.new_page()
    page.goto(f"{house.overview_of(page, 'akuten', 'A')}uppgifter/contact/")
    before = len(house.rows(TOLD))
    page.get_by_role("button", name=re.compile(BUTTON)).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=BUTTON)).to_be_visible()
    expect(page.get_by_text("Referens", exact=True)).to_be_visible()
    (told,) = house.rows(TOLD)[before:]
    expect(page.get_by_role("main")).to_contain_text(json.loads(told[0])["reference"])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert BY_LETTER["A"].number not in page.url
    context.close()
