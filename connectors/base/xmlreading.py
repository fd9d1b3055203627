"""Strict reading of an XML reply: UTF-8, no document type, bounded depth. Every flaw is SourceFault(FORMAT).

A document type may name files, addresses and entities that unfold without end; it is refused before
anything is parsed. Elements are found by local name in any case: senders differ in namespace and spelling.
"""

import re
from collections.abc import Iterator

from lxml import etree

from connectors.base.contract import Fault, SourceFault
from connectors.base.reading import MAX_DEPTH, check_charset

_XML_TYPE = re.compile(r"(?:application|text)/(?:[\w.!#$&^-]+\+)?xml")
_DECLARATION = re.compile(rb"<\?xml\s[^<>]*?\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)[\"']")
# What may stand before the root element; a document type is none of it.
_BEFORE_ROOT = re.compile(rb"\s+|<!--(?:(?!--).)*-->|<\?(?!xml\s)(?:(?!\?>).)*\?>", re.DOTALL)
_ROOT = re.compile(rb"<[A-Za-z_\x80-\xff]")
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")


def is_xml(content_type: str) -> bool:
    return _XML_TYPE.fullmatch(content_type.partition(";")[0].strip().lower()) is not None


def read_xml(body: bytes, content_type: str) -> etree._Element:
    """The root element of a reply. Raises SourceFault(FORMAT)."""
    if not is_xml(content_type):
        raise SourceFault(Fault.FORMAT)
    check_charset(content_type)
    text = body.removeprefix(b"\xef\xbb\xbf")
    check_prolog(text)
    try:
        text.decode("utf-8")
        root = etree.fromstring(text, _hardened())
    except (ValueError, etree.XMLSyntaxError):
        raise SourceFault(Fault.FORMAT) from None
    if root.getroottree().docinfo.internalDTD is not None or _TOO_DEEP(root.getroottree()):
        raise SourceFault(Fault.FORMAT)
    return root


def check_prolog(body: bytes) -> None:
    """Refuse whatever is not XML in UTF-8 without a document type, before a parser sees it.

    A byte of zero is no character of XML: it is how UTF-16 could slip a document type past this.
    """
    if b"\x00" in body:
        raise SourceFault(Fault.FORMAT)
    place = 0
    if declaration := _DECLARATION.match(body):
        encoding = _ENCODING.search(declaration[0])
        if encoding and encoding[1].lower() not in (b"utf-8", b"utf8"):
            raise SourceFault(Fault.FORMAT)
        place = declaration.end()
    while before := _BEFORE_ROOT.match(body, place):
        place = before.end()
    if not _ROOT.match(body, place):
        raise SourceFault(Fault.FORMAT)


def _hardened() -> etree.XMLParser:
    """A parser of its own for each reply: one that is shared keeps names and state."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def name_of(element: etree._Element) -> str:
    """The local name in lower case: namespaces change with versions, and spelling with senders."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The element's own children of that name, in whatever case and namespace."""
    wanted = name.lower()
    return (child for child in element if name_of(child) == wanted)


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element along a path of names; None where the path ends early."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def has_fault(root: etree._Element) -> bool:
    """Whether it is a SOAP envelope that carries a Fault."""
    return child(root, "Body", "Fault") is not None
