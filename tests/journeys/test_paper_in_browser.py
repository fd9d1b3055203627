"""On real paper: what the browser makes of the printed page, and what it makes of everything else."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.house import House
from tests.journeys.looking import WCAG_22_AA, violations

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]

A4_POINTS = (595, 842)
KEPT_OFF = "Skriv ut med knappen Skriv ut: utskriften loggas. Inget om patienten skrivs ut härifrån."


@pytest.fixture
def page(house: House, browser: Browser) -> Iterator[Page]:
    context = house.sign_in(browser, "akuten")
    yield context.new_page()
    context.close()


def paper(page: Page) -> list[str]:
    """The text of each sheet; they are A4."""
    expect(page.locator(".sheet")).to_be_visible(timeout=15_000)
    pdf = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    for sheet in pdf.pages:
        width, height = (round(float(side)) for side in sheet.mediabox.upper_right)
        assert abs(width - A4_POINTS[0]) <= 1
        assert abs(height - A4_POINTS[1]) <= 1
    return [sheet.extract_text() for sheet in pdf.pages]


def test_by_keyboard_from_the_overview_to_one_a4_page_or_to_a_file(house: House, page: Page) -> None:
    page.goto(house.overview_of(page, "akuten", "A"))
    page.get_by_role("link", name="Skriv ut").press("Enter")
    page.get_by_role("button", name="Visa för utskrift").press("Enter")
    expect(page.get_by_role("button", name="Skriv ut")).to_be_focused()
    assert "19390813" not in page.url
    (text,) = paper(page)
    assert violations(page, WCAG_22_AA) == []
    for told in ("Myrberg, Gunhild", "19390813-9060", "1/1", "Ej intensivvård", "Strimla efter användning."):
        assert told in text, told
    for button in ("Till översikten", "Ctrl+P", "Logga ut", "Försök igen"):
        assert button not in text, button

    page.go_back()
    with page.expect_download() as download:
        page.get_by_role("button", name="Hämta PDF").press("Enter")
    assert re.fullmatch(r"utskrift-\d{8}-\d{4}\.pdf", download.value.suggested_filename)
    pdf = pypdf.PdfReader(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert "19390813-9060" in pdf.pages[0].extract_text()


def test_name_number_and_page_stand_on_each_sheet(house: House, page: Page) -> None:
    page.goto(house.overview_of(page, "akuten", "J"))
    page.get_by_role("link", name="Skriv ut").click()
    for box in page.locator("input[name=knapp]").all():
        box.check()
    page.get_by_role("button", name="Visa för utskrift").click()
    sheets = paper(page)
    assert len(sheets) > 1
    for number, text in enumerate(sheets, 1):
        for told in ("Hedvall, Knut", "19470122-2798", f"{number}/{len(sheets)}", "INTE KOMPLETT", "Strimla"):
            assert told in text, (number, told)


def test_the_browsers_own_printing_holds_nothing_of_the_patient_and_one_key_ends_a_meeting(
    house: House, page: Page
) -> None:
    patient = house.overview_of(page, "akuten", "A")
    for path in ("", "uppgifter/care_contact/", "mote/visa/?knapp=care_contact"):
        page.goto(patient + path)
        page.wait_for_load_state("load")
        page.emulate_media(media="print")
        shown = page.locator("body").inner_text()
        assert KEPT_OFF in shown, path
        for gone in ("Myrberg", "19390813", "Vårdkontakter", "Akuten", "Inlagd", "Andnöd"):
            assert gone not in shown, (path, gone)
        page.emulate_media(media="screen")
        expect(page.get_by_text(KEPT_OFF)).to_be_hidden()

    page.goto(patient)
    page.get_by_role("link", name="Möte").click()
    page.get_by_label("SoL- och LSS-insatser").check()
    page.get_by_role("button", name="Visa i mötesläge").click()
    tiles = page.locator("[data-button]")
    expect(tiles).to_have_count(2)
    page.reload()
    expect(tiles).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Mötesläge")).to_be_visible()
    assert urlsplit(page.url).path.endswith("/mote/")
    expect(page.get_by_label("SoL- och LSS-insatser")).to_be_checked()
    expect(tiles).to_have_count(0)
