"""One person's pages as a physician sees them: the overview, and the list behind each button."""

from collections import Counter
from dataclasses import dataclass, field

from tests.reading import Element, OverviewPage, elements_of
from tests.walking import Reader

KIND_ALONE = "Vårdbegränsningar"


@dataclass(frozen=True)
class Entry:
    """One record in a list: what it is called, its state's word, and its facts by label. A limitation whose
    words stand whole below a heading of its kind alone is called by its words.
    """

    title: str
    state: str
    text: str
    facts: dict[str, str]
    whole: str


@dataclass(frozen=True)
class ListPage:
    """The page behind one button."""

    html: str
    entries: tuple[Entry, ...]
    outcomes: dict[str, str]

    @property
    def titles(self) -> Counter[str]:
        return Counter(entry.title for entry in self.entries)

    def named(self, title: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.title == title]

    def the(self, title: str) -> Entry:
        (entry,) = self.named(title)
        return entry


@dataclass
class Pages:
    """``before``: the answer to the search, before the relation is confirmed."""

    before: str
    overview: OverviewPage
    lists: dict[str, ListPage] = field(default_factory=dict)

    @property
    def banner(self) -> str:
        return next(e.text for e in self.overview.elements if e.attributes.get("slot") == "banner")

    def count(self, button: str) -> int:
        """How many records the button says it stands for."""
        marks = [
            e for e in self.overview.tiles[button].inside if "count" in e.attributes.get("class", "").split()
        ]
        return int(marks[0].text.split()[0]) if marks else 0

    @property
    def everything(self) -> str:
        return "\n".join([self.overview.html, *(page.html for page in self.lists.values())])


def open_pages(number: str, *, can_consent: bool) -> Pages:
    """As ``akuten``: search, confirm the relation, open all units, record consent, read every page there is.

    No journal is asked here, so the relation is always for the reader to confirm. A small child is not asked
    about consent: what others hold is open without, and the act is refused.
    """
    reader = Reader().sign_in("akuten")
    assert reader.search(number).status == 302
    before = reader.get(f"/p/{reader.handle}/").body
    assert reader.act("confirm_relation").status == 302
    assert reader.act("choose_units", unit="*").status == 302
    assert reader.act("give_consent", scope="unit", period="open").status == (302 if can_consent else 409)
    pages = Pages(before, reader.overview())
    for button in pages.overview.states:
        reply = reader.detail(button)
        assert reply.status == 200, (button, reply.status)
        pages.lists[button] = read_list(reply.body)
    return pages


def read_list(html: str) -> ListPage:
    elements = elements_of(html)
    articles = [e for e in elements if e.tag == "article" and _is(e, "item")]
    outcomes = {
        e.attributes["data-source"]: e.attributes["data-outcome"]
        for e in elements
        if "data-source" in e.attributes
    }
    return ListPage(html, tuple(_read_entry(article) for article in articles), outcomes)


def _is(element: Element, name: str) -> bool:
    return name in element.attributes.get("class", "").split()


def _read_entry(article: Element) -> Entry:
    labels = [e.text for e in article.inside if e.tag == "dt"]
    values = [e.text for e in article.inside if e.tag == "dd"]
    texts = [e.text for e in article.inside if e.tag == "p" and (_is(e, "text") or _is(e, "verbatim"))]
    heading = next(e.text for e in article.inside if e.tag == "h3")
    return Entry(
        title=texts[0] if texts and heading == KIND_ALONE else heading,
        state=next(s for s in article.attributes["class"].split() if s != "item"),
        text="\n".join(texts),
        facts=dict(zip(labels, values, strict=True)),
        whole=article.text,
    )
