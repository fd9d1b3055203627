"""Many readers and patients at once, and one reader with two patients in two tabs: nothing is mixed up."""

import asyncio
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import aiohttp
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import QuerySet
from playwright.sync_api import BrowserContext, Page, expect

from consent.accesslog.model import AccessEvent
from consent.identity import display_number
from consent.models import Consent
from consent.terms import PersonId
from demo.people import BY_LETTER
from demo.people.places import AKUTEN
from portal.accounts.actors import SESSION_KEY as ASSIGNMENT
from portal.accounts.models import Assignment, User
from portal.accounts.sessions import SessionStore
from portal.patients.handles import make_handle
from tests.people.test_when_systems_fail import order

if TYPE_CHECKING:
    from demo.seed import Addresses

pytestmark = [pytest.mark.demo, pytest.mark.network]

PATIENTS = "ABCDFGHJKM"
PATHS = ("", "uppgifter/care_contact/", "kallor/", "atkomst/")


@dataclass(frozen=True)
class Somebody:
    """A reader with a session of her own and a handle for each patient in it."""

    name: str
    cookie: str
    handles: dict[str, str]


def make_reader(number: int) -> Somebody:
    """A physician at the emergency department, signed in."""
    user = User.objects.create_user(
        f"reader{number}",
        first_name="Läsare",
        last_name=f"Kanarie{number}x",
        hsa_id=f"SE2321000016-9Z{number:02}",
    )
    assignment = Assignment.objects.create(user=user, unit_id=AKUTEN.hsa)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[ASSIGNMENT] = assignment.pk
    request = SimpleNamespace(session=session)
    handles = {
        letter: make_handle(request, PersonId(BY_LETTER[letter].number))  # type: ignore[arg-type]
        for letter in PATIENTS
    }
    session.save()
    return Somebody(user.last_name, str(session.session_key), handles)


def marks(letter: str) -> tuple[str, str]:
    """What stands on every page about this person, and on nobody else's."""
    person = BY_LETTER[letter]
    return display_number(PersonId(person.number)), f"{person.family_name}, {person.given_name}"


async def read_all(address: str, reader: Somebody) -> list[tuple[Somebody, str, str, str, int, str]]:
    """Overview and a list of every patient, in an order of one's own."""
    visits = [(letter, path) for letter in PATIENTS for path in PATHS[:2]]
    random.shuffle(visits)
    found = []
    jar = {settings.SESSION_COOKIE_NAME: reader.cookie}
    async with aiohttp.ClientSession(cookies=jar) as session:
        for letter, path in visits:
            async with session.get(f"{address}/p/{reader.handles[letter]}/{path}") as reply:
                cached = reply.headers.get("Cache-Control", "")
                found.append((reader, letter, path, await reply.text(), reply.status, cached))
    return found


def test_ten_readers_of_ten_patients_get_their_own_pages(
    portal_address: str, lasting_people: "Addresses"
) -> None:
    """Each body has the canaries of its own reader and its own patient, and of nobody else.

    The name may be missing, where so many at once keep the register from answering in time; the number never.
    """
    readers = [make_reader(number) for number in range(10)]

    async def run() -> list[list[tuple[Somebody, str, str, str, int, str]]]:
        return await asyncio.gather(*(read_all(portal_address, reader) for reader in readers))

    names = {reader.name for reader in readers}
    for reader, letter, path, body, status, cached in (visit for one in asyncio.run(run()) for visit in one):
        where = f"{reader.name} reads {path or 'overview'} of {letter}"
        assert (status, cached) == (200, "no-store"), where
        assert {name for name in names if name in body} == {reader.name}, where
        seen = {other for other in PATIENTS if any(mark in body for mark in marks(other))}
        assert seen == {letter}, where
        assert marks(letter)[0] in body, where


def test_another_readers_handle_opens_nothing(portal_address: str, lasting_people: "Addresses") -> None:
    """Every page with a handle of somebody else's session: the same answer as to one that never was."""
    one, other = make_reader(1), make_reader(2)

    async def run() -> list[tuple[int, str]]:
        found = []
        jar = {settings.SESSION_COOKIE_NAME: one.cookie}
        async with aiohttp.ClientSession(cookies=jar) as session:
            for handle in (other.handles["A"], one.handles["A"][:-4] + "AAAA"):
                for path in PATHS:
                    async with session.get(f"{portal_address}/p/{handle}/{path}") as reply:
                        body = (await reply.text()).replace(handle, "HANDLE")
                        token = re.sub(r'value="[\w-]{60,}"', 'value="TOKEN"', body)
                        found.append((reply.status, re.sub(r"\b[0-9a-f]{12,32}\b", "TRACE", token)))
        return found

    found = asyncio.run(run())
    assert {status for status, _ in found} == {404}
    assert not any(mark in body for _, body in found for mark in marks("A"))
    assert found[: len(PATHS)] == found[len(PATHS) :]


# Two tabs. ------------------------------------------------------------------------------------------


def open_patient(page: Page, address: str, letter: str) -> None:
    page.goto(address)
    page.get_by_label("Personnummer, samordningsnummer eller reservnummer").fill(BY_LETTER[letter].number)
    page.get_by_role("main").get_by_role("button", name="Sök").click()


@pytest.mark.journey
def test_an_act_in_one_tab_is_about_that_tabs_patient(
    portal_address: str,
    lasting_people: "Addresses",
    logged_here: Callable[[], QuerySet[AccessEvent]],
    browser_context: BrowserContext,
) -> None:
    """M and B are open side by side, B's page still on its way while the consent of M is recorded."""
    first = browser_context.new_page()
    first.goto(portal_address)
    first.get_by_role("button", name=re.compile("Rasmus Tärnfors")).click()
    open_patient(first, portal_address, "M")
    expect(first.get_by_text("Tolvansson, Tolvan").first).to_be_visible()
    second = browser_context.new_page()
    order(lasting_people.cosmic, "slow", seconds=1.5)
    try:
        open_patient(second, portal_address, "B")
        first.get_by_role("button", name="Patienten samtycker").click()
        expect(first.get_by_text("Samtycke för enheten").first).to_be_visible()
        second.wait_for_load_state("load")
    finally:
        order(lasting_people.cosmic, "ok")
    given = logged_here().get(event="consent_given")
    assert given.patient() == PersonId(BY_LETTER["M"].number)
    assert [c.dossier.as_person() for c in Consent.objects.filter(recorded_by=given.user_hsa_id)] == [
        PersonId(BY_LETTER["M"].number)
    ]
    for page, own, other in ((first, "M", "B"), (second, "B", "M")):
        content = page.content()
        assert all(mark in content for mark in marks(own))
        assert not any(mark in content for mark in marks(other))
    assert "Patienten samtycker" in second.content()


@pytest.mark.journey
def test_a_tab_left_open_blanks_when_its_own_patients_access_changes_and_not_for_the_other(
    portal_address: str, lasting_people: "Addresses", browser_context: BrowserContext
) -> None:
    """The open page asks every ten seconds whether it holds: about its own patient alone."""
    first, second = browser_context.new_page(), browser_context.new_page()
    first.goto(portal_address)
    first.get_by_role("button", name=re.compile("Rasmus Tärnfors")).click()
    open_patient(first, portal_address, "M")
    open_patient(second, portal_address, "B")
    asked: dict[Page, str] = {}
    for page in (first, second):
        page.wait_for_load_state("load")
        asked[page] = page.locator("[data-validity]").first.get_attribute("data-validity") or ""
    assert second.request.get(f"{portal_address}{asked[second]}").status == 204
    first.get_by_role("button", name="Patienten samtycker").click()
    first.wait_for_load_state("load")
    assert first.request.get(f"{portal_address}{asked[first]}").json() == {"valid": False}
    assert second.request.get(f"{portal_address}{asked[second]}").status == 204
