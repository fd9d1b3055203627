"""An idle session and a lost network in a real browser: warned, put off by one key, cleared, nothing kept.

On a telephone the tools stand within reach and cover nothing that has focus."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.house import House
from tests.journeys.test_consent_in_browser import arrive

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]

MINUTE_MS = 60_000
NAME = "Myrberg, Gunhild"
KEPT = """async () => ({
  local: localStorage.length, session: sessionStorage.length, databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length, workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


def later(page: Page, minutes: float) -> None:
    """The device's clock goes on; what is due happens."""
    page.clock.fast_forward(int(minutes * MINUTE_MS))
    page.clock.run_for(1500)


def test_idle_by_the_devices_clock_without_a_network(house: House, browser_context: BrowserContext) -> None:
    page = browser_context.new_page()
    page.clock.install()
    arrive(page, house.address, "Anja", "A")
    warning = page.get_by_role("alertdialog", name="Du loggas ut om 2 minuter")
    browser_context.set_offline(True)
    later(page, 1)
    lost = re.compile(r"Ingen täckning\. Visar svar från \d\d\.\d\d\.")
    expect(page.locator("#connection")).to_have_text(lost)
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    later(page, 11)
    expect(warning).to_be_hidden()
    later(page, 1.2)
    expect(warning).to_be_visible()
    expect(page.get_by_role("button", name="Fortsätt")).to_be_focused()
    page.keyboard.press("Enter")
    page.clock.run_for(5000)
    expect(warning).to_be_visible()

    browser_context.set_offline(False)
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    later(page, 1)
    expect(page.locator("#connection")).to_have_count(0)

    browser_context.set_offline(True)
    later(page, 15)
    expect(page.get_by_role("heading", name="Du har loggats ut")).to_be_visible()
    assert NAME not in page.content()
    assert "data-button" not in page.content()
    again = page.get_by_role("link", name="Logga in igen")
    expect(again).to_be_focused()
    assert (again.get_attribute("href") or "").startswith("/p/")


def test_another_tab_keeps_the_session_of_all(house: House, browser_context: BrowserContext) -> None:
    """The server is asked before anybody is warned: by its clock there is time left."""
    page = browser_context.new_page()
    page.clock.install()
    arrive(page, house.address, "Anja", "A")
    with page.expect_response(re.compile("/konto/session/")):
        later(page, 13.5)
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()


def test_nothing_is_kept_on_the_device_and_every_answer_says_so(
    house: House, browser_context: BrowserContext
) -> None:
    page = browser_context.new_page()
    storable: list[str] = []
    page.on(
        "response",
        lambda answer: (
            storable.append(answer.url)
            if "/static/" not in answer.url and "no-store" not in answer.headers.get("cache-control", "")
            else None
        ),
    )
    arrive(page, house.address, "Anja", "A")
    page.locator(".key").first.click()
    page.wait_for_load_state("load")
    page.go_back()
    kept = page.evaluate(KEPT)
    assert kept == {"local": 0, "session": 0, "databases": 0, "caches": 0, "workers": 0}
    assert storable == []


@pytest.mark.parametrize("width", [320, 390])
def test_a_telephone_has_its_tools_at_hand_and_nothing_hidden_behind_them(
    house: House, browser: Browser, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 700}, locale="sv-SE", has_touch=True)
    page = context.new_page()
    arrive(page, house.address, "Anja", "A")
    bar = page.get_by_role("navigation", name="Verktyg")
    box = bar.bounding_box()
    assert box is not None
    assert box["height"] >= 52
    assert round(box["y"] + box["height"]) == 700
    expect(page.locator(".banner .tools").filter(visible=True)).to_have_count(0)
    bar.get_by_text("Mer").click()
    expect(bar.get_by_role("link", name="Stäng")).to_be_visible()
    bar.get_by_text("Mer").click()
    for key in page.locator(".key").all():
        key.focus()
        seen = key.bounding_box()
        assert seen is not None
        assert seen["y"] < box["y"] - 24
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator(".banner.scrolled")).to_have_count(0)
    page.evaluate("scrollTo(0, 700)")
    expect(page.locator(".banner.scrolled .mini")).to_be_visible()
    expect(page.locator(".banner.scrolled .mini")).to_have_class(re.compile("stop"))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()
