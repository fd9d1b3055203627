"""A reader tells an owner that a record is wrong: with the keyboard, on a phone and on a screen."""

import re

import pytest
from playwright.sync_api import Browser, expect

from consent.models import AccessEvent
from demo.people import BY_LETTER
from tests.journeys.test_first_look import settled, sign_in

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db(transaction=True)]
BUTTON = "Rapportera fel uppgift"


@pytest.mark.parametrize("width", [390, 1280])
def test_by_keyboard(portal_address: str, lasting_people: object, browser: Browser, width: int) -> None:
    context = browser.new_context(locale="sv-SE", viewport={"width": width, "height": 844})
    page = context.new_page()
    sign_in(page, portal_address, "Rasmus Tärnfors")
    page.get_by_role("main").locator("input[name=number]").fill(BY_LETTER["A"].number)
    page.keyboard.press("Enter")
    settled(page)
    page.goto(f"{page.url}uppgifter/contact/")
    page.get_by_role("button", name=re.compile(BUTTON)).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=BUTTON)).to_be_visible()
    expect(page.get_by_text("Referens", exact=True)).to_be_visible()
    told = AccessEvent.objects.filter(event="error_reported").latest("seq").detail["reference"]
    expect(page.get_by_role("main")).to_contain_text(told)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert BY_LETTER["A"].number not in page.url
    context.close()
