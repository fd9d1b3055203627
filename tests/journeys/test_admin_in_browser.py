"""The administration, as assistive technology meets it: pages whose fields Django draws in parts."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.house import HEIGHTS, SCHEMES, House
from tests.journeys.looking import WCAG_22_AA, violations

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.journey]


@pytest.mark.parametrize(
    "path", ["connectors/source/viva-sol/change/", "connectors/source/anslut/"], ids=["source", "connect"]
)
def test_axe_finds_nothing_in_forms_with_days_and_clocks(house: House, browser: Browser, path: str) -> None:
    context = house.sign_in(browser, "admin", viewport={"width": 1280, "height": HEIGHTS[1280]})
    page = context.new_page()
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        # Loaded anew: links of Django's sheet would fade from one colour to the other.
        page.goto(f"{house.address}/admin/{path}")
        assert page.locator("form input").count() > 5
        for violation in violations(page, WCAG_22_AA):
            nodes = [node["target"] for node in violation["nodes"][:5]]
            found[violation["id"]] = (scheme, violation["help"], nodes)
    context.close()
    assert not found, "\n".join(f"{key}: {what}" for key, what in found.items())
