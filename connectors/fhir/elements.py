"""Small readings of FHIR data types in plain JSON. Shapes the standard forbids raise Unreadable."""

from typing import Any

from connectors.base.records import Coded

Resource = dict[str, Any]
MAX_CODINGS = 20


class Unreadable(ValueError):
    """One entry nobody can understand: counted, never hiding the good ones. Carries no content."""


def text(value: object) -> str:
    """A string element as it is; missing gives ''. The verbatim words of the source, never trimmed inside."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise Unreadable("not a string")


def item(value: object) -> Resource:
    """A complex element; missing gives {}."""
    if isinstance(value, dict):
        return value
    if value is None:
        return {}
    raise Unreadable("not an object")


def items(value: object) -> list[Resource]:
    """A repeating complex element. A lone object where a list belongs is accepted; nulls are skipped. To
    be read and never changed: it may be the very list that was sent."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise Unreadable("not a list")
    for each in value:
        if type(each) is not dict:
            return [item(each) for each in value if each is not None]
    return value


def number(value: object) -> float | int | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise Unreadable("not a number")


def codes(*concepts: object) -> tuple[Coded, ...]:
    """Every coding of the CodeableConcepts, as the source sent them."""
    return tuple([Coded(*coding) for concept in concepts for coding in _codings(concept)])


def _codings(concept: object) -> list[tuple[str, str, str]]:
    """System, code and display of every coding that has a code."""
    found = []
    for each in items(concept):
        for coding in items(each.get("coding"))[:MAX_CODINGS]:
            if code := text(coding.get("code")):
                found.append((text(coding.get("system")), code, text(coding.get("display"))))  # noqa: PERF401
    return found


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
    found = _codings(concept)
    return found[0][1] if found else ""


def has_code(concept: object, wanted: frozenset[tuple[str, str]]) -> bool:
    """Whether any coding is one of the (system, code) pairs."""
    return any((coded.system, coded.code) in wanted for coded in codes(concept))


def notes(resource: Resource) -> str:
    return "\n".join([said for note in items(resource.get("note")) if (said := text(note.get("text")))])


def paragraphs(*parts: str) -> str:
    """The parts that say something, each once, a line each."""
    return "\n".join(dict.fromkeys(part for part in parts if part))


def extensions(resource: Resource, url: str) -> list[Resource]:
    return [each for each in items(resource.get("extension")) if each.get("url") == url]


def profiles(resource: Resource) -> tuple[str, ...]:
    """The profiles the resource claims, without version."""
    claimed = item(resource.get("meta")).get("profile")
    if not isinstance(claimed, list):
        return ()
    return tuple(profile.partition("|")[0] for profile in claimed if isinstance(profile, str))


def human_name(names: object) -> str:
    """The official name, else the first, as text."""
    for name in sorted(items(names), key=lambda name: text(name.get("use")) != "official"):
        if said := text(name.get("text")):
            return said
        given = name.get("given")
        parts = [part for part in given if isinstance(part, str)] if isinstance(given, list) else []
        if said := " ".join([*parts, text(name.get("family"))]).strip():
            return said
    return ""
