"""Records of the open interface in a file or a form, judged one by one. Places and fields are told."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from connectors.base.contract import SourceFault, SourceProfile
from connectors.base.findings import Finding, Text, Verdict
from connectors.base.reading import read_json
from connectors.openfeed.flat import PATIENT_TYPES, WITHDRAWN, Draft, Unreadable, text, whose
from connectors.openfeed.mapping import TYPES, is_outside_the_law
from consent.specimen import is_test_number
from consent.terms import PersonId
from consent.vocabulary import IdType

MOST_RECORDS = 500
MOST_TOLD = 20

_TITLES: Mapping[str, Text] = {
    "format": _("Filen går att läsa"),
    "patients": _("Bara testnummer förekommer"),
    "records": _("Varje post går att tolka"),
    "unique": _("Varje post har sitt eget id"),
    "dates": _("Datum är hela och rimliga"),
    "law": _("Allt får visas enligt lagen"),
}


def review_records(content: str, profile: SourceProfile) -> tuple[Finding, ...]:
    """A page (``{"v": 1, "records": […]}``), a list, or one record a line. At most 500 are judged."""
    try:
        entries = read_entries(content)
    except SourceFault:
        todo = _("Skriv giltig JSON i UTF-8: en sida, en lista eller en post per rad. Inga dubbla nycklar.")
        return (_judged("format", todo),)
    if not entries:
        return (_judged("format", _("Det finns inga poster.")),)
    if len(entries) > MOST_RECORDS:
        return (_judged("format", _("Högst 500 poster granskas åt gången. Dela filen.")),)
    came = _("poster: %(n)d") % {"n": len(entries)}
    return (_judged("format", "", came), *_review(entries, profile))


def read_entries(content: str) -> list[Any]:
    """Read as strictly as an answer over HTTP. Raises SourceFault."""
    bare = content.removeprefix("\ufeff").strip()
    if bare.startswith("["):
        return _strict(f'{{"records": {bare}}}')
    lines = [line for line in bare.splitlines() if line.strip()]
    try:
        first = json.loads(lines[0]) if len(lines) > 1 else None
    except ValueError:
        first = None
    if isinstance(first, dict):
        return _strict('{"records": [' + ",".join(lines) + "]}")
    page = read_json(bare.encode("utf-8", "surrogatepass"), "application/json")
    records = page.get("records")
    return records if isinstance(records, list) else [page]


def _strict(wrapped: str) -> list[Any]:
    records: list[Any] = read_json(wrapped.encode("utf-8", "surrogatepass"), "application/json")["records"]
    return records


def _review(entries: list[Any], profile: SourceProfile) -> Iterable[Finding]:
    strangers = _places(entries, lambda entry: "" if is_test_number(_person(entry)) else "patient")
    yield _judged(
        "patients", _("Byt till nummer som är reserverade för prov: %s.") % strangers if strangers else ""
    )
    unread = _places(entries, lambda entry: _flaw_of(entry, profile))
    todo = _("Rätta fältet i varje post: %s.") % unread if unread else ""
    yield _judged("records", todo)
    seen: set[tuple[object, object]] = set()
    twins = _places(entries, lambda entry: _twin(entry, seen))
    yield _judged("unique", _("Ge varje post ett eget id inom sin typ: %s.") % twins if twins else "")
    doubtful = _places(entries, lambda entry: _doubtful(entry, profile))
    todo = _("Skriv datum som ÅÅÅÅ-MM-DD och tider med zon: %s.") % doubtful if doubtful else ""
    yield _judged("dates", todo, is_note=True)
    outside = _places(entries, lambda entry: _outside(entry, profile))
    todo = _("Lämna inte ut uppgifter utanför lagens område: %s.") % outside if outside else ""
    yield _judged("law", todo)


def _judged(name: str, todo: Text, came: Text = "", *, is_note: bool = False) -> Finding:
    bad = Verdict.NOTED if is_note else Verdict.FAILED
    return Finding(name, _TITLES[name], bad if todo else Verdict.PASSED, came=came, todo=todo)


def _places(entries: Iterable[Any], flaw_in: Callable[[Any], str]) -> str:
    """``post 3: status, post 7: unit`` for the entries that have a flaw; empty where none has."""
    found = [f"post {place}: {flaw}" for place, entry in enumerate(entries, 1) if (flaw := flaw_in(entry))]
    return ", ".join(found[:MOST_TOLD]) + (f" … ({len(found)})" if len(found) > MOST_TOLD else "")


def _person(entry: Any) -> PersonId:
    number = entry.get("patient") if isinstance(entry, dict) else None
    kind = (
        PATIENT_TYPES.get(str(entry.get("patient_type", "pnr")), IdType.PERSONNUMMER)
        if number
        else IdType.PERSONNUMMER
    )
    return PersonId(
        "".join(c for c in number if c not in "-+ ").upper() if isinstance(number, str) else "", kind
    )


def _draft(entry: Any, profile: SourceProfile) -> Draft:
    person = _person(entry)
    return Draft(entry, whose(entry, {person.number: person}), profile)


def _flaw_of(entry: Any, profile: SourceProfile) -> str:
    """Which field keeps a record from being read."""
    if not isinstance(entry, dict):
        return "objekt"
    try:
        draft = _draft(entry, profile)
        if draft.type not in TYPES:
            return "type"
        if text(entry.get("status")) not in WITHDRAWN:
            TYPES[draft.type][1](draft)
    except Unreadable as error:
        return str(error)
    except SourceFault:
        return "patient"
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError):
        return "värde"
    return ""


def _twin(entry: Any, seen: set[tuple[object, object]]) -> str:
    if not isinstance(entry, dict):
        return ""
    key = (str(entry.get("type")), str(entry.get("id")))
    if key in seen:
        return "id"
    seen.add(key)
    return ""


def _doubtful(entry: Any, profile: SourceProfile) -> str:
    if _flaw_of(entry, profile) or text(entry.get("status")) in WITHDRAWN:
        return ""
    record = TYPES[entry["type"]][1](_draft(entry, profile))
    named = {"start": record.start, "end": record.end, "updated": record.updated}
    return ", ".join(name for name, when in named.items() if when is not None and when.is_doubtful)


def _outside(entry: Any, profile: SourceProfile) -> str:
    try:
        return "data.kind" if is_outside_the_law(_draft(entry, profile)) else ""
    except (SourceFault, ValueError, TypeError, AttributeError):
        return ""
