"""Consent in a real browser: open pages go blank when it ends elsewhere; phone, paper and keyboard do."""

import re
import time

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from consent.models import AccessEvent, Consent
from demo.people import BY_LETTER
from tests.journeys.house import House
from tests.reading import elements_of
from tests.walking import Reader

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]

BLANK = "Åtkomsten har ändrats. Uppgifterna visas inte längre."
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SLOWEST_S = 15.0


def arrive(page: Page, address: str, who: str, letter: str) -> None:
    """Sign in and search: on the overview, or for an administrator on the consents."""
    page.goto(address)
    page.get_by_role("button", name=re.compile(who)).click()
    if page.url.endswith("/uppdrag/"):
        page.locator("button.choice").first.click()
    page.locator("#number").fill(BY_LETTER[letter].number)
    page.get_by_role("main").get_by_role("button", name="Sök").click()
    page.wait_for_load_state("load")


def test_open_pages_go_blank_within_fifteen_seconds_and_asking_leaves_no_trace(
    lasting_people: object, portal_address: str, browser: Browser, browser_context: BrowserContext
) -> None:
    """One browser ends what the other's pages rest on: overview, a list, and the page of consents."""
    first = browser_context
    overview, detail, consents = first.new_page(), first.new_page(), first.new_page()
    arrive(overview, portal_address, "Rasmus", "A")
    detail.goto(overview.url + "uppgifter/social_service/")
    consents.goto(overview.url + "samtycken/")
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/giltig/" in request.url:
            asked.append(request.url)

    first.on("request", note)
    rows = AccessEvent.objects.count()
    deadline = time.monotonic() + 30
    while len(asked) < 3 and time.monotonic() < deadline:
        overview.wait_for_timeout(500)
    assert len(asked) >= 3
    assert AccessEvent.objects.count() == rows
    for open_page in (overview, detail, consents):
        expect(open_page.get_by_text(BLANK)).to_have_count(0)

    second = browser.new_context(locale="sv-SE")
    other = second.new_page()
    arrive(other, portal_address, "Rasmus", "A")
    other.locator(".access-panel").get_by_role("button", name="Avsluta samtycke").click()
    ended = time.monotonic()
    expect(other.get_by_text("Samtycket är avslutat.")).to_be_visible()
    assert other.locator("[data-button]").count() == 0
    for open_page in (overview, detail, consents):
        left_ms = max(0.0, SLOWEST_S - (time.monotonic() - ended)) * 1000
        expect(open_page.get_by_role("heading", name=BLANK)).to_be_visible(timeout=left_ms)
        assert BY_LETTER["A"].family_name not in open_page.locator("main").inner_text()
    second.close()


def test_a_consent_is_given_and_ended_by_keyboard_alone(
    lasting_people: object, portal_address: str, page: Page
) -> None:
    arrive(page, portal_address, "Rasmus", "M")
    press_on(page, "Mer om samtycke")
    press_on(page, "Alla samtycken, och samtycke i förväg")
    expect(page.get_by_role("heading", name="Nytt samtycke")).to_be_visible()
    tab_to(page, 'input[name="information"]')
    page.keyboard.press("Space")
    press_on(page, "Registrera samtycket")
    expect(page.get_by_text("Samtycket är registrerat.")).to_be_visible()
    press_on(page, "Avsluta: Akuten")
    tab_to(page, 'input[name="why"]')
    page.keyboard.press("Space")
    press_on(page, "Avsluta samtycket")
    expect(page.get_by_text("Samtycket är avslutat.")).to_be_visible()
    assert Consent.objects.latest("recorded_at").end_reason == "Patienten tog tillbaka samtycket"


FOCUSED = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  return at ? at.textContent.replace(/\\s+/g, " ").trim() : "";
}"""


def press_on(page: Page, words: str) -> None:
    """Tab until what has these words has the focus, then Enter."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == words:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"never reached: {words}")


def tab_to(page: Page, selector: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    raise AssertionError(f"never reached: {selector}")


def test_nothing_is_wider_than_a_small_phone(house: House, browser: Browser) -> None:
    """With everything unfolded. Light and dark differ in colour alone (tests/journeys/test_appearance.py)."""
    context = house.sign_in(browser, "hemsjukvard", viewport={"width": 320, "height": 640})
    page = context.new_page()
    patient = house.overview_of(page, "hemsjukvard", "A")
    for path in ("", "samtycken/", "information/", "atkomst/", "atkomst/enheter/med-uppgifter/"):
        page.goto(patient + path)
        for summary in page.locator("main details > summary").all():
            if summary.is_visible():
                summary.click()
        assert not page.evaluate(WIDER), path
    page.goto(f"{house.address}/samtycken/")
    assert page.locator(".task").count() > 3
    assert not page.evaluate(WIDER)
    context.close()


def test_the_text_for_the_patient_prints_alone(house: House, browser: Browser) -> None:
    context = house.sign_in(browser, "akuten")
    page = context.new_page()
    page.goto(house.overview_of(page, "akuten", "M") + "information/?sprak=en")
    page.emulate_media(media="print")
    shown = page.locator("body").inner_text()
    assert "How your information is shared" in shown
    for gone in ("Rasmus", "Tolvansson", "19121212", "Logga ut", "Till samtycken"):
        assert gone not in shown, gone
    context.close()


def test_every_field_has_a_name_and_no_id_stands_twice(people: object) -> None:
    reader = Reader().sign_in("hemsjukvard")
    reader.search(BY_LETTER["A"].number)
    reader.act("consents_refuse")
    elements = elements_of(reader.get(f"/p/{reader.handle}/samtycken/").body)
    ids = [e.attributes["id"] for e in elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    labelled = {e.attributes["for"] for e in elements if e.tag == "label" and "for" in e.attributes}
    inside = {id(one) for e in elements if e.tag == "label" for one in e.inside}
    fields = [e for e in elements if e.tag in ("input", "select") and e.attributes.get("type") != "hidden"]
    for one in fields:
        is_named = one.attributes.get("id") in labelled or "aria-label" in one.attributes or id(one) in inside
        assert is_named, one.attributes
