"""A real passkey: Chromium's virtual authenticator, and the portal on localhost."""

import sys

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as current
from playwright.sync_api import Page, expect

from consent.accesslog.model import AccessEvent
from portal.accounts.models import User
from portal.embedded.children import ChildSet
from tests.servers import find_free_port, this_database_url, wait_for
from tests.signin.test_local import PASSWORD

pytestmark = [pytest.mark.network, pytest.mark.journey]


@pytest.fixture
def address(transactional_db: None, children: ChildSet) -> str:
    """The portal with MFA_REQUIRED, as an installation without the demo has it."""
    port = find_free_port()
    children.start_silent(
        [
            *("env", f"DATABASE_URL={this_database_url()}", "DATABASE_HOP=pool", "MFA_REQUIRED=True"),
            f"DJANGO_SETTINGS_MODULE={current.SETTINGS_MODULE}",
            *(sys.executable, "-m", "portal.server", "--host", "127.0.0.1", "--port", str(port)),
        ],
        name="the portal",
    )
    wait_for(f"http://127.0.0.1:{port}/", children)
    return f"http://localhost:{port}"


@pytest.fixture
def key(page: Page) -> str:
    """A key that is built into the machine, with somebody's finger on it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return str(made["authenticatorId"])


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/konto/logga-in/")
    page.get_by_label("Användarnamn").fill("chef")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()


def test_a_passkey_is_added_proves_and_signs_in(page: Page, key: str, address: str) -> None:
    User.objects.create_superuser("chef", password=PASSWORD)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))

    sign_in(page, address)
    expect(page.get_by_role("heading", name="Inloggning och säkerhet")).to_be_visible()
    page.goto(f"{address}/admin/")
    expect(page.get_by_role("heading", name="Inloggning och säkerhet")).to_be_visible()

    page.get_by_role("link", name="Lägg till en nyckel").click()
    page.get_by_label("Vad ska nyckeln heta?").fill("Datorn på expeditionen")
    page.get_by_role("button", name="Lägg till nyckeln").click()
    expect(page.get_by_role("heading", name="Reservkoder")).to_be_visible()
    expect(page.locator("li code")).to_have_count(10)
    page.get_by_role("link", name="Klar").click()
    expect(page.get_by_text("Datorn på expeditionen").first).to_be_visible()

    page.get_by_role("link", name="Bekräfta nu").click()
    page.get_by_role("button", name="Använd nyckeln").click()
    expect(page.get_by_role("heading", name="Bekräfta att det är du")).to_have_count(0)
    page.goto(f"{address}/admin/")
    expect(page.get_by_role("heading", name="Administration", exact=True)).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, address)
    expect(page.get_by_role("heading", name="Bekräfta inloggningen")).to_be_visible()
    page.get_by_role("button", name="Använd nyckeln").click()
    expect(page.get_by_role("heading", name="Bekräfta inloggningen")).to_have_count(0)
    page.goto(f"{address}/admin/")
    expect(page.get_by_role("heading", name="Administration", exact=True)).to_be_visible()
    assert [said for said in complaints if "Content Security Policy" in said] == []


def test_a_passkey_alone_signs_in_and_is_two_factors(page: Page, key: str, address: str) -> None:
    """The key finds the account by itself; a closed account and a removed key get the same one answer."""
    user = User.objects.create_superuser("chef", password=PASSWORD)
    sign_in(page, address)
    page.get_by_role("link", name="Lägg till en nyckel").click()
    page.get_by_role("button", name="Lägg till nyckeln").click()
    expect(page.get_by_role("heading", name="Reservkoder")).to_be_visible()

    def use_the_key() -> None:
        page.context.clear_cookies()
        page.goto(f"{address}/konto/logga-in/?next=/admin/")
        page.get_by_role("link", name="Logga in med nyckel").click()
        page.get_by_role("button", name="Använd nyckeln").click()

    use_the_key()
    expect(page.get_by_role("heading", name="Administration", exact=True)).to_be_visible()
    assert AccessEvent.objects.filter(event="signed_in").latest("seq").detail["method"] == "webauthn"

    User.objects.filter(pk=user.pk).update(is_active=False)
    use_the_key()
    expect(page.get_by_role("alert")).to_contain_text("Nyckeln godkändes inte")
    User.objects.filter(pk=user.pk).update(is_active=True)
    Authenticator.objects.all().delete()
    use_the_key()
    expect(page.get_by_role("alert")).to_contain_text("Nyckeln godkändes inte")
