"""Small readings of FHIR data types in plain JSON. Shapes the standard forbids raise Unreadable."""

from collections.abc import Iterator
from typing import Any

from connectors.base.records import Coded

Resource = dict[str, Any]
MAX_CODINGS = 20


class Unreadable(ValueError):
    """One entry nobody can understand: counted, never hiding the good ones. Carries no content."""


def text(value: object) -> str:
    """A string element as it is; missing gives ''. The verbatim words of the source, never trimmed inside."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable("not a string")
    return value


def item(value: object) -> Resource:
    """A complex element; missing gives {}."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable("not an object")
    return value


def items(value: object) -> list[Resource]:
    """A repeating complex element. A lone object where a list belongs is accepted; nulls are skipped."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise Unreadable("not a list")
    return [item(each) for each in value if each is not None]


def number(value: object) -> float | int | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise Unreadable("not a number")


def codes(*concepts: object) -> tuple[Coded, ...]:
    """Every coding of the CodeableConcepts, as the source sent them."""
    found = []
    for concept in concepts:
        for each in items(concept):
            found += [
                Coded(text(coding.get("system")), code, text(coding.get("display")))
                for coding in items(each.get("coding"))[:MAX_CODINGS]
                if (code := text(coding.get("code")))
            ]
    return tuple(found)


def words(concept: object) -> str:
    """What a CodeableConcept says, in the source's words: its text, else a display, else a code."""
    for each in items(concept):
        if said := text(each.get("text")):
            return said
        codings = items(each.get("coding"))
        for name in ("display", "code"):
            for coding in codings:
                if said := text(coding.get(name)):
                    return said
    return ""


def all_words(concepts: object) -> str:
    return ", ".join(said for each in items(concepts) if (said := words(each)))


def labels(concepts: object) -> str:
    """As ``all_words``, but nothing where only codes were sent: "A2" tells a reader nothing."""
    said = (words(each) for each in items(concepts))
    sent = {coded.code for coded in codes(concepts)}
    return ", ".join(each for each in said if each and each not in sent)


def first_code(concept: object) -> str:
    """The first code of a CodeableConcept with a closed value set, such as a status."""
    found = codes(concept)
    return found[0].code if found else ""


def has_code(concept: object, wanted: frozenset[tuple[str, str]]) -> bool:
    """Whether any coding is one of the (system, code) pairs."""
    return any((coded.system, coded.code) in wanted for coded in codes(concept))


def notes(resource: Resource) -> str:
    return "\n".join(said for note in items(resource.get("note")) if (said := text(note.get("text"))))


def paragraphs(*parts: str) -> str:
    """The parts that say something, each once, a line each."""
    return "\n".join(dict.fromkeys(part for part in parts if part))


def extensions(resource: Resource, url: str) -> Iterator[Resource]:
    for extension in items(resource.get("extension")):
        if extension.get("url") == url:
            yield extension


def profiles(resource: Resource) -> tuple[str, ...]:
    """The profiles the resource claims, without version."""
    claimed = item(resource.get("meta")).get("profile")
    if not isinstance(claimed, list):
        return ()
    return tuple(profile.partition("|")[0] for profile in claimed if isinstance(profile, str))


def human_name(names: object) -> str:
    """The official name, else the first, as text."""
    found = items(names)
    found.sort(key=lambda name: text(name.get("use")) != "official")
    for name in found:
        if said := text(name.get("text")):
            return said
        given = name.get("given")
        parts = [part for part in given if isinstance(part, str)] if isinstance(given, list) else []
        if said := " ".join([*parts, text(name.get("family"))]).strip():
            return said
    return ""
