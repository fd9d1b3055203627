"""Reading an overview as a person would: what each slot shows when the stream has ended."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"link", "meta", "input", "br", "img", "use", "hr", "source"})


@dataclass
class Element:
    """One element with its attributes, its children's text, and the elements in it."""

    tag: str
    attributes: dict[str, str]
    pieces: list[str] = field(default_factory=list)
    inside: list["Element"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.pieces)).strip()


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs})
        self.elements.append(element)
        for ancestor in self._open:
            ancestor.inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].tag == tag:
                del self._open[index:]
                return

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)


def elements_of(html: str) -> list[Element]:
    """Every element in document order."""
    tree = _Tree()
    tree.feed(html)
    return tree.elements


class OverviewPage:
    """The final state of a streamed overview: of each slot's versions, the highest is what is seen."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.elements = elements_of(html)
        latest: dict[str, tuple[int, Element]] = {}
        for element in self.elements:
            slot = element.attributes.get("slot", "")
            name, _, version = slot.rpartition("-")
            if name and version.isdigit():
                number = int(version)
                if name not in latest or number >= latest[name][0]:
                    latest[name] = (number, element)
        self.slots = {name: element for name, (_, element) in latest.items()}

    @property
    def tiles(self) -> dict[str, Element]:
        """Button key → its tile as it stands at the end."""
        found = (e for e in self.slots.values() if "data-button" in e.attributes)
        return {e.attributes["data-button"]: e for e in found}

    @property
    def states(self) -> dict[str, str]:
        return {key: tile.attributes["data-state"] for key, tile in self.tiles.items()}

    @property
    def lit(self) -> frozenset[str]:
        return frozenset(k for k, t in self.tiles.items() if "lit" in t.attributes["class"].split())

    def flags(self, key: str) -> frozenset[str]:
        return frozenset(
            e.attributes["data-flag"] for e in self.tiles[key].inside if "data-flag" in e.attributes
        )

    @property
    def safety(self) -> Element:
        return self.slots["strip"]

    @property
    def text(self) -> str:
        """What a reader sees at the end: later versions only, and everything outside the slots."""
        hidden = {
            id(e)
            for e in self.elements
            if (slot := e.attributes.get("slot", "")).rpartition("-")[0] in self.slots
            and e is not self.slots[slot.rpartition("-")[0]]
            and slot.rpartition("-")[2].isdigit()
        }
        seen = [e.text for e in self.elements if "slot" in e.attributes and id(e) not in hidden]
        return " ".join(seen)
