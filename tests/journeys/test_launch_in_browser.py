"""From a record system at another site, by its button: what a browser's own rules for cookies let through."""

import re

import pytest
from playwright.sync_api import Browser, expect

from demo.people import BY_LETTER
from tests.journeys.house import House

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]
NAME = "Myrberg, Gunhild"


def journal_of(house: House) -> str:
    told = (house.data_dir / "launch" / "launch.toml").read_text()
    found = re.search(r'issuer = "(.+)"', told)
    assert found is not None
    return found[1]


def test_out_of_a_record_system_and_into_the_patient(house: House, browser: Browser) -> None:
    """127.0.0.1 and localhost are two sites: the token's form carries no cookie, the redirect after does."""
    number = BY_LETTER["A"].number
    context = house.sign_in(browser, "akuten")
    addresses: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(house.address)
    page.goto(journal_of(house))
    page.get_by_label("Du är inloggad").select_option(label="Rasmus Tärnfors, Läkare, Akuten")
    page.get_by_label("Patient", exact=True).select_option(number)
    page.get_by_role("button", name="Öppna i Patientöversikt").click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    assert not [address for address in addresses if number in address]
    context.close()


def test_without_a_session_sign_in_comes_first_and_the_patient_after(house: House, browser: Browser) -> None:
    context = browser.new_context(locale="sv-SE", timezone_id="Europe/Stockholm")
    page = context.new_page()
    page.goto(house.address)
    page.get_by_role("link", name="Prova uthopp från ett journalsystem").click()
    page.get_by_label("Du är inloggad").select_option(label="Rasmus Tärnfors, Läkare, Akuten")
    page.get_by_label("Patient", exact=True).select_option(BY_LETTER["A"].number)
    page.get_by_role("button", name="Öppna i Patientöversikt").click()
    page.get_by_role("button", name=re.compile("Rasmus")).click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    context.close()
