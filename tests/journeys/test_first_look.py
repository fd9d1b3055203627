"""One nurse, one patient, in a real browser: sign in, search, consent, lit buttons, a list, and the log."""

import re
from collections.abc import Callable

import pytest
from django.db.models import QuerySet
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from consent.accesslog.events import Event
from consent.models import AccessEvent

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]

TOLVAN = "19121212-1212"
CONSENTED = "Patienten samtycker"


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.get_by_role("button", name=re.compile(name)).click()


def search(page: Page, number: str) -> None:
    page.get_by_label("Personnummer, samordningsnummer eller reservnummer").fill(number)
    page.get_by_role("main").get_by_role("button", name="Sök").click()


def lit(page: Page) -> set[str]:
    """The buttons that shine, as assembled by the browser: only what is slotted last is visible."""
    tiles = page.locator("[data-button]").all()
    return {
        tile.get_attribute("data-button") or ""
        for tile in tiles
        if tile.is_visible() and "lit" in (tile.get_attribute("class") or "").split()
    }


def settled(page: Page) -> None:
    """Every source has come: nothing visible waits any longer."""
    page.wait_for_load_state("load")
    expect(page.locator("[data-state=waiting]").filter(visible=True)).to_have_count(0, timeout=10_000)


def test_from_sign_in_to_the_log(
    portal_address: str, logged_here: Callable[[], QuerySet[AccessEvent]], page: Page
) -> None:
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if is_complaint(m) else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    sign_in(page, portal_address, "Rasmus Tärnfors")
    search(page, TOLVAN)
    settled(page)
    assert "19121212" not in page.url
    expect(page.get_by_role("button", name=CONSENTED)).to_be_visible()
    assert "social_service" not in lit(page)

    page.locator(".access-panel").get_by_role("button", name="Visa alla enheter").click()
    settled(page)
    assert lit(page) == {"care_contact"}
    page.get_by_role("button", name=CONSENTED).click()
    settled(page)
    assert lit(page) == {"care_contact", "social_service"}
    expect(page.get_by_text("Tolvansson, Tolvan").first).to_be_visible()

    page.get_by_role("link", name=re.compile("SoL- och LSS-insatser")).click()
    expect(page.get_by_role("dialog")).to_contain_text(re.compile("rygghetslarm"))
    assert complaints == []

    events = list(logged_here().order_by("seq").values_list("event", flat=True))
    for wanted in (Event.SEARCH, Event.INTENT, Event.SHOWN, Event.UNITS_CHOSEN, Event.CONSENT_GIVEN):
        assert wanted in events
    details = logged_here().filter(event=Event.SHOWN, action="detail")
    assert [row.kinds for row in details] == [["social_service"]]


def test_the_log_shows_both_to_the_providers_reviewer_and_to_nobody_else(
    portal_address: str, lasting_people: object, page: Page
) -> None:
    sign_in(page, portal_address, "Anja Fjellström")
    page.locator("button.choice").first.click()
    search(page, TOLVAN)
    settled(page)
    page.get_by_role("link", name=re.compile("Hemsjukvård")).click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="Hemsjukvård").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Logga ut").click()
    sign_in(page, portal_address, "Tove Ljungris")
    refused = page.goto(f"{portal_address}/admin/consent/accessevent/")
    assert refused is not None
    assert refused.status == 403
    page.context.clear_cookies()
    sign_in(page, portal_address, "Eva Kittelsro")
    page.goto(f"{portal_address}/admin/consent/accessevent/")
    main = page.get_by_role("main").or_(page.locator("#content"))
    expect(main.first).to_contain_text("SE2120000019-2V01")
    assert page.locator("input[name=_save]").count() == 0


def test_without_javascript_the_page_fills_in_the_same_places(
    portal_address: str, lasting_people: object, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="sv-SE")
    page = context.new_page()
    try:
        sign_in(page, portal_address, "Rasmus Tärnfors")
        search(page, TOLVAN)
        page.locator(".access-panel").get_by_role("button", name="Visa alla enheter").click()
        page.wait_for_load_state("load")
        assert lit(page) == {"care_contact"}
        assert page.locator("[data-state=waiting]").filter(visible=True).count() == 0
        page.get_by_role("link", name=re.compile("Vårdkontakter")).first.click()
        expect(page.get_by_role("heading", level=2, name="Vårdkontakter")).to_be_visible()
        assert page.get_by_role("article").count() > 0
    finally:
        context.close()


def is_complaint(message: ConsoleMessage) -> bool:
    return message.type == "error" or "Content Security Policy" in message.text
