"""By the keyboard alone: from sign-in to paper (check 8), the key to the search field, and how few acts lie
between a number and the limitations (UX, budgets)."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.people import BY_LETTER
from demo.people.personas import BY_SIGN_IN
from tests.journeys.house import House, settle
from tests.journeys.looking import FOCUSED

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]

MOST_STOPS = 80
OF_THE_REGION = "Övrig vård utan begränsning"
OF_COMMON_CARE = "Ej HLR. Ställningstagande av Petra Lavander"


@pytest.fixture
def desk(house: House, browser: Browser) -> Iterator[Page]:
    context = house.sign_in(browser, "akuten", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def tab_to(page: Page, words: str) -> None:
    """Tab until what is focused says this, or is this button of the twelve."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is not None and (stop["button"] == words or re.search(words, stop["words"])):
            return
    raise AssertionError(f"no stop says {words}")


def press(page: Page, words: str) -> None:
    tab_to(page, words)
    page.keyboard.press("Enter")


# Asked in one go: while answers come in, each strip gives way to the next.
TOP_OF_LIMITS = """() => [...document.querySelectorAll(".safety.limits")]
    .map(strip => strip.getBoundingClientRect()).find(box => box.height).y"""


def expect_limitation(page: Page, words: str) -> None:
    expect(page.locator(".safety.limits").filter(visible=True)).to_contain_text(words, timeout=15_000)


def test_from_sign_in_over_limitations_and_a_list_to_paper_without_a_mouse(
    house: House, browser: Browser
) -> None:
    """Check 8. Nothing is clicked and nothing focused by script: Tab, Enter, a number, Esc."""
    context = browser.new_context(locale="sv-SE", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(house.address)
    press(page, BY_SIGN_IN["akuten"].name)
    expect(page.locator("#number")).to_be_focused()
    page.keyboard.type(BY_LETTER["A"].number)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/p/"), timeout=15_000)
    settle(page)
    if page.locator(".safety .offer").filter(visible=True).count():  # not where another test has opened them
        press(page, "^Annan enhet inom Region Fjäll: visa$")
    expect_limitation(page, OF_THE_REGION)
    settle(page)

    press(page, "care_limitation")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("Rådgjort med", timeout=15_000)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    assert page.evaluate(FOCUSED)["button"] == "care_limitation"

    page.reload()
    settle(page)
    press(page, "^Skriv ut$")
    expect(page).to_have_url(re.compile("/utskrift/"), timeout=30_000)
    press(page, "^Visa för utskrift$")
    expect(page.locator("body")).to_contain_text("Strimla efter användning.", timeout=30_000)
    expect(page.locator("body")).to_contain_text(OF_THE_REGION)
    context.close()


def test_the_key_finds_the_field_for_the_next_number(house: House, desk: Page) -> None:
    """On the search page and on a patient's. The policy on scripts lets it run."""
    complaints: list[str] = []
    desk.on("console", lambda m: complaints.extend([m.text] * (m.type == "error")))
    desk.goto(house.address)
    desk.locator("h1").click()
    desk.keyboard.press("/")
    expect(desk.locator("#number")).to_be_focused()
    expect(desk.locator("#number")).to_have_value("")
    desk.goto(house.overview_of(desk, "akuten", "A"))
    settle(desk)
    desk.keyboard.press("/")
    expect(desk.locator("#header-number")).to_be_focused()
    desk.keyboard.type(BY_LETTER["B"].number)
    desk.keyboard.press("Enter")
    expect(desk.locator(".banner .number").first).to_contain_text(BY_LETTER["B"].number[:8])
    assert complaints == []


def test_the_key_is_ones_own_where_one_writes_and_under_a_sheet(house: House, desk: Page) -> None:
    address = house.overview_of(desk, "akuten", "A")
    desk.goto(f"{address}sok/")
    desk.locator("#words").click()
    desk.keyboard.type("1/2")
    expect(desk.locator("#words")).to_have_value("1/2")
    desk.goto(address)
    settle(desk)
    desk.locator("a.key").first.click()
    expect(desk.get_by_role("dialog")).to_contain_text("Rådgjort med", timeout=15_000)
    desk.keyboard.press("/")
    expect(desk.locator("#header-number")).not_to_be_focused()


def test_the_key_can_be_switched_off(house: House, browser: Browser) -> None:
    """WCAG 2.1.4."""
    context = house.sign_in(browser, "akuten")
    page = context.new_page()
    page.goto(house.address)
    page.locator("button[name=search_key][value=off]").click()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#number")).not_to_be_focused()
    context.close()


@pytest.mark.parametrize(
    ("letter", "taps", "limitation"),
    [
        ("A", (), OF_THE_REGION),
        ("J", ("Annan enhet inom Fjällviks kommun, Vård: visa", "Patienten samtycker"), OF_COMMON_CARE),
        ("C", ("Nödsituation", "Medvetslös", "oundgängligen"), OF_COMMON_CARE),
    ],
    ids=["Enter alone", "one for own units and one for consent", "three in an emergency"],
)
def test_acts_from_a_number_to_the_limitations(
    house: House, browser: Browser, letter: str, taps: tuple[str, ...], limitation: str
) -> None:
    """UX: Enter; +1 for the reader's own other units; +1 for a consent; +3 in an emergency.

    Until the last act the words are not on the page. On a telephone, where each act is a tap.
    What is recorded here is the home nurses' own: nobody else looks at these two as one of them.
    """
    context = house.sign_in(browser, "hemsjukvard", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(house.address)
    page.keyboard.type(BY_LETTER[letter].number)
    page.keyboard.press("Enter")
    for words in taps:
        act = page.locator("button, a").filter(has_text=re.compile(words), visible=True).first
        expect(act).to_be_visible(timeout=15_000)
        page.wait_for_load_state("load")
        assert limitation not in page.content()
        act.click()
    expect_limitation(page, limitation)
    assert page.evaluate(TOP_OF_LIMITS) < 400
    context.close()
