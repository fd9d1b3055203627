"""The demo as `make run` serves it, and what every page is called: for tests that look as people do."""

import json
import re
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from demo.people import BY_LETTER
from demo.people.personas import BY_SIGN_IN
from tests.servers import ROOT, embedded_run, find_free_port

SCHEMES = ("light", "dark")
WIDTHS = (320, 390, 1280)
# Of the fifteen minutes after which a session ends.
AWAY_S = 5 * 60
HEIGHTS = {320: 640, 390: 844, 1280: 900}


@dataclass
class House:
    """One running demo. ``overviews``: where a persona's look at a person stands, by (persona, letter)."""

    address: str
    data_dir: Path
    states: dict[str, dict[str, object]] = field(default_factory=dict)
    overviews: dict[tuple[str, str], str] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)

    def systems(self) -> dict[str, str]:
        """Origins of the simulated systems, by the source's name. What delivers by itself has none."""
        rows = self.rows("SELECT slug, base_url FROM connectors_source WHERE base_url <> ''")
        return {slug: "{0.scheme}://{0.netloc}".format(urlsplit(url)) for slug, url in rows}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """As its database has them now."""
        with closing(sqlite3.connect(self.data_dir / "portal.sqlite3")) as database:
            return database.execute(query).fetchall()

    def logged(self, action: str) -> list[str]:
        """The events of this kind of view, oldest first."""
        return [
            event
            for event, kind in self.rows("SELECT event, action FROM consent_accessevent ORDER BY seq")
            if kind == action
        ]

    @contextmanager
    def misbehaving(self, mode: str, *names: str) -> Iterator[None]:
        """These systems misbehave, whatever they are asked."""
        origins = {self.systems()[name] for name in names}
        for origin in origins:
            order(origin, mode)
        try:
            yield
        finally:
            for origin in origins:
                order(origin, "ok")

    def sign_in(self, browser: Browser, persona: str, **options: object) -> BrowserContext:
        """A browser of this persona's own, in the session she began first: handles stay valid in it until she
        has been away for so long that she may have been signed out."""
        if time.monotonic() - self.used.get(persona, -inf) > AWAY_S:
            self.states.pop(persona, None)
            self.overviews = {whose: where for whose, where in self.overviews.items() if whose[0] != persona}
        self.used[persona] = time.monotonic()
        state = self.states.get(persona)
        context = browser.new_context(
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            storage_state=state,  # type: ignore[arg-type]
            **options,  # type: ignore[arg-type]
        )
        if state is None:
            page = context.new_page()
            page.goto(self.address)
            # A page closed while the next is on its way may never close.
            with page.expect_navigation():
                page.get_by_role("button", name=re.compile(BY_SIGN_IN[persona].name)).click()
            if page.url.endswith("/uppdrag/"):
                with page.expect_navigation():
                    page.locator("button.choice").first.click()
            page.close()
            self.states[persona] = context.storage_state()  # type: ignore[assignment]
        return context

    def overview_of(self, page: Page, persona: str, letter: str) -> str:
        """Address of this person's overview. The first time: a search, and her own units opened."""
        if (persona, letter) not in self.overviews:
            page.goto(f"{self.address}/")
            page.locator("#number").fill(BY_LETTER[letter].number)
            page.get_by_role("main").get_by_role("button", name="Sök").click()
            page.wait_for_load_state("load")
            self.overviews[persona, letter] = page.url
            choose = page.locator("#access").get_by_role("button", name="Visa alla enheter")
            if choose.is_visible():
                choose.click()
        return self.overviews[persona, letter]


def order(origin: str, mode: str) -> None:
    body = json.dumps({"mode": mode}).encode()
    request = urllib.request.Request(f"{origin}/_control", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One demo for all tests that only look. Whoever changes something brings it back."""
    data_dir, port = tmp_path_factory.mktemp("house"), find_free_port()
    with embedded_run(ROOT, port, {"DATA_DIR": str(data_dir)}):
        yield House(f"http://localhost:{port}", data_dir)


@dataclass(frozen=True)
class Place:
    """One page. ``path``: below the patient's own where ``letter`` names one. ``status``: what it answers."""

    name: str
    path: str
    persona: str = ""
    letter: str = ""
    status: int = 200

    def open(self, house: House, page: Page) -> Response:
        root = house.overview_of(page, self.persona, self.letter) if self.letter else f"{house.address}/"
        answer = page.goto(root + self.path)
        assert answer is not None
        assert answer.status == self.status, (self.name, answer.status)
        if self.letter:
            settle(page)
        return answer


def settle(page: Page) -> None:
    """Every source has come: nothing visible waits any longer."""
    page.wait_for_load_state("load")
    expect(page.locator("[data-state=waiting]").filter(visible=True)).to_have_count(0, timeout=15_000)


def kinds() -> tuple[str, ...]:
    from consent.vocabulary import Kind

    return tuple(kind.value for kind in Kind)


PLACES: tuple[Place, ...] = (
    Place("sign-in", "konto/logga-in/"),
    Place("sign-in by passkey", "konto/logga-in/nyckel/"),
    Place("the open door", "anslut/"),
    Place("a vendor's check", "anslut/prova/"),
    Place("hand in", "anslut/lamna/"),
    Place("check of a system", "anslut/kontroll/"),
    Place("how to read the buttons", "hjalp/"),
    Place("accessibility statement", "tillganglighet/"),
    Place("a launch that is too old", "launch/vidare/", status=403),
    Place("gallery", "demo/galleri/"),
    Place("not found", "finns-inte/", status=404),
    Place("assignments", "uppdrag/", "hemsjukvard"),
    Place("find patient", "", "akuten"),
    Place("my list", "min-lista/", "hemsjukvard"),
    Place("own views", "mina-visningar/", "akuten"),
    Place("what to do about consent", "samtycken/", "hemsjukvard"),
    Place("how quickly sources answer", "kallor/", "akuten"),
    Place("overview, everything lit", "", "akuten", "A"),
    Place("overview, nothing there", "", "akuten", "B"),
    Place("overview, without consent", "", "akuten", "C"),
    Place("overview, sources disagree", "", "akuten", "J"),
    Place("overview, protected", "", "akuten", "E"),
    Place("overview, deceased", "", "akuten", "L"),
    Place("overview, blocked", "", "distrikt", "H"),
    Place("overview, social care", "", "hemtjanst", "A"),
    Place("no access", "", "hemtjanst", "B"),
    Place("who has answered", "kallor/", "akuten", "A"),
    Place("timeline", "tidslinje/", "akuten", "A"),
    Place("search in the record", "sok/", "akuten", "A"),
    Place("what to print", "utskrift/", "akuten", "A"),
    Place("what to hand over", "overrapportering/", "akuten", "A"),
    Place("what to show in a meeting", "mote/", "akuten", "A"),
    Place("a meeting", "mote/visa/?knapp=care_limitation&knapp=coordination", "akuten", "A"),
    Place("own security", "konto/sakerhet/", "akuten"),
    Place("own password", "konto/sakerhet/losenord/", "akuten"),
    Place("consents", "samtycken/", "akuten", "A"),
    Place("information for the patient", "information/", "akuten", "A"),
    Place("access", "atkomst/", "akuten", "C"),
    Place("blocks", "atkomst/sparr/", "distrikt", "H"),
    Place("own units", "atkomst/enheter/med-uppgifter/", "hemsjukvard", "A"),
    Place("log review", "loggkontroll/", "granskare"),
    Place("log extract", "loggutdrag/", "granskare"),
    *(Place(f"list: {kind}", f"uppgifter/{kind}/", "akuten", "A") for kind in kinds()),
)


def name_of(value: object) -> str | None:
    return value.name if isinstance(value, Place) else None
