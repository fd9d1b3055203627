"""What elements of RIV-TA say. Names in any case and namespace; "?" and nothing are the same: not stated."""

from collections.abc import Iterator

from lxml import etree

from connectors.base.records import Coded
from connectors.base.xmlreading import child, children, name_of

Element = etree._Element  # noqa: SLF001 (lxml has no public name for what it gives)
NOT_STATED = frozenset({"", "?"})
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})


class Unreadable(ValueError):
    """An entry nobody can use; it is counted. Carries which element, never what stood in it."""


def text(element: Element | None, *path: str) -> str:
    """What the element at the end of the path says, without the space around it; empty where not stated."""
    found = child(element, *path)
    said = "" if found is None or found.text is None else found.text.strip()
    return "" if said in NOT_STATED else said


def flag(element: Element | None, *path: str) -> bool | None:
    """A boolean; None where it is not stated, or neither."""
    said = text(element, *path).lower()
    return True if said in _TRUE else False if said in _FALSE else None


def ending_with(element: Element, ending: str) -> Element | None:
    """The first child whose name ends so: each contract has its own word before "Header" and "Body"."""
    wanted = ending.lower()
    return next((each for each in element if name_of(each).endswith(wanted)), None)


def each_text(element: Element | None, *path: str) -> tuple[str, ...]:
    """What every element of the last name along the path says, where it says anything."""
    if element is None:
        return ()
    *outer, name = path
    inside = child(element, *outer)
    found = () if inside is None else children(inside, name)
    return tuple(said for one in found if (said := text(one)))


def words(concept: Element | None) -> str:
    """What a coded value (CV) says: the text it was made of, its display name, at last its code."""
    return text(concept, "originalText") or text(concept, "displayName") or text(concept, "code")


def coded(*concepts: Element | None) -> tuple[Coded, ...]:
    """The codes of coded values; those that only have a text have none."""
    return tuple(
        Coded(text(concept, "codeSystem"), code, text(concept, "displayName"))
        for concept in concepts
        if concept is not None and (code := text(concept, "code"))
    )


def identity(element: Element | None, *path: str) -> tuple[str, str]:
    """Root and extension of an instance identifier (II), or type and id of a person's (version 2)."""
    found = child(element, *path)
    root = text(found, "root") or text(found, "type")
    return root, text(found, "extension") or text(found, "id")


def hsa_id(element: Element | None, *path: str) -> str:
    """An HSA-id, bare or as the extension of an identifier; in upper case, as it is compared."""
    return (text(element, *path) or identity(element, *path)[1]).upper()


def quantity(element: Element | None, *path: str) -> str:
    """A value with its unit, or an interval of them, as they were written."""
    found = child(element, *path)
    value = text(found, "value") or "–".join(
        dict.fromkeys(said for said in (text(found, "low"), text(found, "high")) if said)
    )
    return f"{value} {text(found, 'unit')}".strip() if value else ""


def paragraphs(*parts: str) -> str:
    """The parts that say something, each once, a line each."""
    return "\n".join(dict.fromkeys(part for part in parts if part))


def walk(element: Element | None, name: str) -> Iterator[Element]:
    """Every descendant of that name."""
    wanted = name.lower()
    return (each for each in (() if element is None else element.iter()) if name_of(each) == wanted)
