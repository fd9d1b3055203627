"""The side sheet in a real browser: a list over the overview, by its own address, with its own log rows."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from tests.journeys.house import House, settle
from tests.journeys.test_first_look import is_complaint

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]

WIDE = ViewportSize(width=1280, height=800)


@pytest.fixture
def desk(house: House, browser: Browser) -> Iterator[Page]:
    """A physician with Tolvan before her; every tab of hers is of one context."""
    context = house.sign_in(browser, "akuten", viewport=WIDE)
    page = context.new_page()
    find(house, page, "M")
    yield page
    context.close()


def tile(page: Page) -> None:
    page.locator("a.key", has=page.locator("slot[name^=care_contact]")).focus()
    page.keyboard.press("Enter")


def find(house: House, page: Page, letter: str) -> None:
    """The patient's overview, with all units of the own provider chosen."""
    page.goto(house.overview_of(page, "akuten", letter))
    settle(page)


def hold(page: Page) -> list[Route]:
    """The questions for a list that wait for an answer from now on."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route("**/uppgifter/care_contact/", keep)
    return held


def in_focus(page: Page) -> str:
    return str(
        page.evaluate("""() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at?.getAttribute("href") ?? at?.textContent ?? "";
    }""")
    )


def test_a_list_opens_beside_the_overview_and_escape_leads_back(house: House, desk: Page) -> None:
    before = len(house.logged("detail"))
    complaints: list[str] = []
    desk.on("console", lambda m: complaints.append(m.text) if is_complaint(m) else None)
    overview = desk.url
    tile(desk)
    sheet = desk.get_by_role("dialog", name="Vårdkontakter")
    expect(sheet.get_by_role("article").first).to_be_visible()
    assert desk.url.endswith("/uppgifter/care_contact/")
    assert in_focus(desk) == "Vårdkontakter"
    for _ in range(12):
        desk.keyboard.press("Tab")
        assert desk.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#sheet')"
        )
    desk.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    assert desk.url == overview
    assert in_focus(desk).endswith("/uppgifter/care_contact/")
    assert desk.title() == "Översikt – Patientöversikt"
    desk.go_forward()
    expect(sheet.get_by_role("article").first).to_be_visible()
    desk.go_back()
    expect(sheet).to_be_hidden()
    assert complaints == []
    assert house.logged("detail")[before:] == ["intent", "shown", "intent", "shown"]


def test_where_there_is_no_room_the_link_is_the_page(desk: Page) -> None:
    desk.set_viewport_size({"width": 1000, "height": 800})
    tile(desk)
    expect(desk.get_by_role("heading", level=2, name="Vårdkontakter")).to_be_visible()
    assert desk.get_by_role("dialog").count() == 0


def test_an_answer_about_another_patient_is_not_shown(house: House, desk: Page) -> None:
    """Two tabs, two patients: what was meant for the one never lands with the other."""
    other = desk.context.new_page()
    find(house, other, "K")
    tile(other)
    theirs = other.get_by_role("dialog", name="Vårdkontakter")
    expect(theirs.get_by_role("article").first).to_be_visible(timeout=15_000)
    expect(other.locator(".banner")).to_contain_text("Långmyr")
    foreign = other.request.get(other.url).text()

    def misdeliver(route: Route) -> None:
        route.fulfill(body=foreign, content_type="text/html; charset=utf-8")

    desk.route("**/uppgifter/care_contact/", misdeliver)
    tile(desk)
    sheet = desk.get_by_role("dialog")
    expect(sheet).to_contain_text("Svaret hörde inte till den här sidan och visas inte.")
    assert sheet.get_by_role("article").count() == 0
    desk.unroute("**/uppgifter/care_contact/")
    desk.keyboard.press("Escape")
    tile(desk)
    expect(sheet.get_by_role("article").first).to_be_visible()
    expect(desk.locator(".banner")).to_contain_text("Tolvansson")


def test_a_late_answer_for_a_closed_or_another_list_is_discarded(desk: Page) -> None:
    held = hold(desk)
    tile(desk)
    expect(desk.get_by_role("dialog", name="Hämtar")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.locator("a.key", has=desk.locator("slot[name^=vaccination]")).click()
    sheet = desk.get_by_role("dialog", name=re.compile("Covid"))
    expect(sheet.get_by_role("article").first).to_be_visible()
    for route in held:
        route.abort()
    desk.wait_for_timeout(100)
    expect(sheet.get_by_role("heading", level=2, name=re.compile("Covid")).last).to_be_visible()


def test_when_access_ends_the_sheet_goes_with_the_page_and_nothing_comes_back(desk: Page) -> None:
    desk.clock.install()
    desk.reload()
    settle(desk)
    held = hold(desk)
    tile(desk)
    expect(desk.get_by_role("dialog", name="Hämtar")).to_be_visible()
    desk.route("**/giltig/**", lambda route: route.fulfill(json={"valid": False}))
    changed = desk.get_by_role("heading", name="Åtkomsten har ändrats")
    # More than once: a question that is under way when time leaps has no next one to leap to.
    for _ in range(5):
        desk.clock.fast_forward(11_000)
        desk.wait_for_timeout(500)
        if changed.is_visible():
            break
    expect(changed).to_be_visible()
    for route in held:
        route.continue_()
    desk.wait_for_timeout(300)
    assert desk.locator("#sheet").count() == 0
    assert desk.locator("article").count() == 0


def test_a_lost_network_says_unknown_and_never_nothing(desk: Page) -> None:
    desk.route("**/uppgifter/care_contact/", lambda route: route.abort())
    tile(desk)
    expect(desk.get_by_role("dialog")).to_contain_text("Kunde inte hämtas. Okänt om uppgifter finns.")
