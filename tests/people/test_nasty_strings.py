"""Every nasty string in every text field of every kind, through the real pages: shown as text, none lost."""

import html
import re
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Route

from connectors.base.contract import SourceProfile
from connectors.base.kinds import CaseEvent
from connectors.base.records import Author, Coded, Phone, Record, When
from consent.terms import Origin, PersonId, Provider
from consent.vocabulary import EVERY_KIND, CareKind, InformationType, Kind
from demo.people import BY_LETTER
from demo.people import places as at
from portal.aggregation import fanout
from portal.aggregation.legible import UNWRITABLE, make_legible
from portal.static_files import find_static_files
from tests.aggregation.examples import TYPE_OF_RECORD, Script, answering, exchange_of, plain
from tests.nasty import NASTY, STRUCK
from tests.people.worlds import _django_db_helper, module_people, signed_in
from tests.servers import running_browser
from tests.walking import Reader, Reply

if TYPE_CHECKING:
    from demo.seed import Addresses

__all__ = ["_django_db_helper", "module_people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db]

TOLVAN = PersonId(BY_LETTER["M"].number)
# What identifies a record, and what a page never shows.
KEPT = frozenset({"id", "source", "patient", "origin", "status", "version", "system", "document_id"})
TAGS = frozenset(
    {"a", "article", "b", "bdi", "body", "button", "dd", "details", "div", "dl", "dt", "fieldset", "footer"}
    | {"form", "h1", "h2", "h3", "head", "header", "html", "i", "input", "label", "legend", "li", "link"}
    | {"main", "mark", "meta", "nav", "ol", "p", "path", "section", "small", "span", "strong", "summary"}
    | {"svg", "title", "ul", "use", "script", "template", "slot", "aside"}
)


# Which source of the demo tells which kinds here, and at which unit.
AT_HOME = {Kind.HOME_CARE: at.HEMSJUKVARDEN, Kind.SOCIAL_SERVICE: at.HEMTJANSTEN}
TELLS: dict[str, tuple[Kind, ...]] = {
    "viva-hsl": (Kind.HOME_CARE,),
    "viva-sol": (Kind.SOCIAL_SERVICE,),
    "cosmic-link": (Kind.COORDINATION,),
    "mobimed": (Kind.PREHOSPITAL,),
}
TELLS["cosmic"] = tuple(k for k in Kind if k not in {kind for kinds in TELLS.values() for kind in kinds})


def origin_at(unit: at.Unit) -> Origin:
    kind = CareKind(unit.provider.kind)
    type_ = InformationType.SOCIAL if kind is CareKind.SOCIAL_CARE else InformationType.DOCUMENTATION
    return Origin(Provider(unit.provider.hsa, unit.provider.name, kind), unit.hsa, unit.name, type_)


def fill(made: Record, text: str) -> Record:
    """The record with this text in every field that holds text, however deep."""
    hints = get_type_hints(type(made))
    changed: dict[str, Any] = {}
    for field in fields(made):
        if field.name in KEPT:
            continue
        kind = hints[field.name]
        if kind is str:
            changed[field.name] = text
        elif kind is Author:
            changed[field.name] = Author(text, text)
        elif When in get_args(kind):
            changed[field.name] = When(text)
        elif get_args(kind)[:1] in ((Phone,), (Coded,), (CaseEvent,), (str,)):
            one: dict[type, Any] = {
                Phone: Phone(text, text, text),
                Coded: Coded("urn:x", text, text),
                CaseEvent: CaseEvent(When(text), text),
                str: text,
            }
            changed[field.name] = (one[get_args(kind)[0]],)
    return replace(made, **changed)


def nasty_records(kind: Kind) -> list[Record]:
    made = plain(kind, patient=TOLVAN)
    if kind in AT_HOME:
        made = replace(made, origin=origin_at(AT_HOME[kind]))
    return [replace(fill(made, text), id=f"{kind.value}-{place}") for place, text in enumerate(NASTY)]


@pytest.fixture
def reader(module_people: "Addresses", monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A physician with Tolvan before her; every source has been told what to answer."""
    reader = signed_in("akuten", BY_LETTER["M"].number)
    assert reader.act("choose_units", unit="*").status == 302
    assert reader.act("give_consent", period="open").status == 302
    records = {kind: nasty_records(kind) for kind in EVERY_KIND}

    class Scripts(dict[str, Script]):
        def __missing__(self, slug: str) -> Script:
            told = (record for kind in TELLS.get(slug, ()) for record in records[kind])
            return answering(*told, as_of=timezone.now())

    made = fanout.Exchange
    connect = exchange_of(Scripts())[0].connect

    async def take(profile: SourceProfile) -> Any:
        return await connect(profile)

    monkeypatch.setattr(fanout, "Exchange", lambda: made(take))
    # All of them on one page: pages are tried elsewhere.
    monkeypatch.setattr("portal.overview.paging.ON_A_PAGE", 3 * len(NASTY))
    return reader


def assert_harmless(reply: Reply) -> None:
    """Nothing of it became an element, an attribute or an address; and all of it is valid text."""
    assert reply.status == 200
    tags = set(re.findall(r"<([a-z][a-z0-9]*)", reply.body))
    assert tags <= TAGS, tags - TAGS
    assert not re.search(r"<[^>]*\son\w+=", reply.body)
    assert not re.search(r'href="\s*javascript:', reply.body)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", reply.body))
    assert not UNWRITABLE.search(reply.body)


def shown(body: str) -> str:
    """What is read: marks taken away, entities as the letters they stand for."""
    return html.unescape(re.sub(r"</?mark>", "", body))


def as_shown(text: str) -> str:
    """Signs that no page can hold stand as pictures."""
    return make_legible(plain(Kind.DIAGNOSIS, title=text)).title


def test_there_are_five_hundred_of_every_sort() -> None:
    assert len(NASTY) >= 500
    assert len(set(NASTY)) == len(NASTY)


@pytest.mark.parametrize("kind", Kind)
def test_in_every_field_of_a_list(reader: Reader, kind: Kind) -> None:
    reply = reader.detail(kind.value)
    assert_harmless(reply)
    text = shown(reply.body)
    missing = [each for each in NASTY if as_shown(each) not in text]
    assert missing == []


def test_on_the_overview_and_the_timeline(reader: Reader) -> None:
    assert_harmless(reader.get(f"/p/{reader.handle}/"))
    reply = reader.get(f"/p/{reader.handle}/tidslinje/?tid=alla&knapp=diagnosis&knapp=coordination")
    assert_harmless(reply)
    text = shown(reply.body)
    assert [each for each in NASTY if as_shown(each) not in text] == []


@pytest.mark.parametrize("text", NASTY[::80])
def test_looked_for_and_found(reader: Reader, text: str) -> None:
    reply = reader.post(reverse("record_search", args=[reader.handle]), {"ord": text[:6]})
    assert_harmless(reply)
    assert f"<mark>{html.escape(text[:5])}" in reply.body


@pytest.mark.parametrize("words", NASTY[::80])
def test_as_the_words_that_are_looked_for(reader: Reader, words: str) -> None:
    typed = words.encode("utf-8", "replace").decode()
    reply = reader.post(reverse("record_search", args=[reader.handle]), {"ord": typed})
    assert reply.status in (200, 422)
    tags = set(re.findall(r"<([a-z][a-z0-9]*)", reply.body))
    assert tags <= TAGS


@pytest.mark.journey
def test_nothing_of_it_runs_in_a_browser_and_the_policy_has_nothing_to_report(reader: Reader) -> None:
    """Many at once: an overview, lists, the timeline and a search, as the browser reads them."""
    replies = {
        "overview": reader.get(f"/p/{reader.handle}/"),
        "list": reader.detail(Kind.CONTACT.value),
        "limits": reader.detail(Kind.CARE_LIMITATION.value),
        "timeline": reader.get(f"/p/{reader.handle}/tidslinje/?tid=alla&knapp=diagnosis"),
        "search": reader.post(reverse("record_search", args=[reader.handle]), {"ord": "hlr"}),
    }
    complaints: list[str] = []
    with running_browser() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        serve(page, replies)
        for name in replies:
            page.goto(f"https://portal.test/{name}")
            assert page.evaluate(f"window.{STRUCK}") is None
            assert page.evaluate(TOO_WIDE) == [], name
        page.close()
    assert complaints == []


# What makes the page wider than the window, as the browser lays it out, shadow tree included.
TOO_WIDE = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const wide = [];
  const look = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.getBoundingClientRect().right > innerWidth + 1) wide.push(`${one.localName}.${one.className}`);
      if (one.shadowRoot) look(one.shadowRoot);
    }
  };
  look(document);
  return [...new Set(wide)].slice(0, 12);
}"""


def serve(page: Page, replies: dict[str, Reply]) -> None:
    """The replies with their own headers, and the static files; anything else would be a request too many."""
    files = find_static_files().files

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix("https://portal.test")
        if path.strip("/") in replies:
            reply = replies[path.strip("/")]
            route.fulfill(body=reply.body.encode(), headers={k: str(v) for k, v in reply.headers.items()})
        elif path in files:
            with files[path].get_response("GET", {}).file as file:
                route.fulfill(path=file.name)
        elif "/giltig/" in path:
            route.fulfill(status=204)
        else:
            route.fulfill(status=418, body=f"unexpected {path}")

    page.route("**/*", answer)


def test_fill_reaches_every_field_of_every_kind() -> None:
    """The control: a text field that is forgotten would make every test above pass."""
    for kind in EVERY_KIND:
        filled = fill(plain(kind), "here")
        empty = [
            field.name
            for field in fields(filled)
            if field.name not in KEPT and getattr(filled, field.name) in ("", (), None)
        ]
        allowed = {"measures", "change", "dose_number"}
        assert set(empty) <= allowed, (kind, empty)
        assert is_dataclass(TYPE_OF_RECORD[kind])
