"""Records of the open interface in a file or a form, judged one by one. Places and fields are told."""

import json
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from connectors.base.contract import SourceFault, SourceProfile
from connectors.base.findings import Finding, Text, Verdict
from connectors.base.reading import read_json
from connectors.openfeed.checking import Judged, judge
from connectors.openfeed.flat import Draft
from connectors.openfeed.mapping import TYPES
from connectors.openfeed.refusing import Code
from consent.specimen import is_test_number

MOST_RECORDS = 500
MOST_TOLD = 20

_DATES = frozenset({Code.NOT_A_TIME, Code.IN_THE_FUTURE})
_READ = frozenset(Code) - _DATES - {Code.OUTSIDE_LAW}
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
    judged = [judge(entry) for entry in entries]
    strangers = _places(judged, _stranger)
    yield _judged(
        "patients", _("Byt till nummer som är reserverade för prov: %s.") % strangers if strangers else ""
    )
    unread = _places(judged, lambda one: _named(one, _READ))
    todo = _("Rätta fältet i varje post: %s.") % unread if unread else ""
    yield _judged("records", todo)
    seen: set[tuple[str, str]] = set()
    twins = _places(judged, lambda one: _twin(one, seen))
    yield _judged("unique", _("Ge varje post ett eget id inom sin typ: %s.") % twins if twins else "")
    broken = _places(judged, lambda one: _named(one, _DATES))
    doubtful = broken or _places(judged, lambda one: _doubtful(one, profile))
    todo = _("Skriv datum som ÅÅÅÅ-MM-DD och tider med zon: %s.") % doubtful if doubtful else ""
    yield _judged("dates", todo, is_note=not broken)
    outside = _places(judged, lambda one: "data.kind" if one.is_outside else "")
    todo = _("Lämna inte ut uppgifter utanför lagens område: %s.") % outside if outside else ""
    yield _judged("law", todo)


def _judged(name: str, todo: Text, came: Text = "", *, is_note: bool = False) -> Finding:
    bad = Verdict.NOTED if is_note else Verdict.FAILED
    return Finding(name, _TITLES[name], bad if todo else Verdict.PASSED, came=came, todo=todo)


def _places(judged: Iterable[Judged], flaw_in: Callable[[Judged], str]) -> str:
    """``post 3: status, post 7: unit`` for the records that have a flaw; empty where none has."""
    found = [f"post {place}: {flaw}" for place, one in enumerate(judged, 1) if (flaw := flaw_in(one))]
    return ", ".join(found[:MOST_TOLD]) + (f" … ({len(found)})" if len(found) > MOST_TOLD else "")


def _stranger(one: Judged) -> str:
    return "" if one.patient is not None and is_test_number(one.patient) else "patient"


def _named(one: Judged, codes: Container[Code]) -> str:
    """The fields with such a flaw, or the record as a whole."""
    found = (problem.field or _("hela posten") for problem in one.problems if problem.code in codes)
    return ", ".join(dict.fromkeys(map(str, found)))


def _twin(one: Judged, seen: set[tuple[str, str]]) -> str:
    if not one.id:
        return ""
    key = (one.type, one.id)
    if key in seen:
        return "id"
    seen.add(key)
    return ""


def _doubtful(one: Judged, profile: SourceProfile) -> str:
    """What is read, but never trusted for order or lamps: a time without zone, a day far off."""
    if one.problems or one.is_withdrawal or one.record is None or one.patient is None:
        return ""
    record = TYPES[one.type][1](Draft(one.record, one.patient, profile))
    named = {"start": record.start, "end": record.end, "updated": record.updated}
    return ", ".join(name for name, when in named.items() if when is not None and when.is_doubtful)
