"""Records of the open interface in a file, judged one by one for a vendor's desk. The same reading, the same
words and the same remarks as where a file is handed in; places and fields are told, never content."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from connectors.base.contract import SourceProfile
from connectors.base.findings import Finding, Text, Verdict
from connectors.openfeed.checking import Judged, judge
from connectors.openfeed.entries import Entry
from connectors.openfeed.files import read_file
from connectors.openfeed.flat import Draft
from connectors.openfeed.mapping import TYPES
from connectors.openfeed.refusing import Code, Problem, RefusedWhole, words_of
from connectors.openfeed.remarks import Note, Remark, remarks_on
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
    "fields": _("Varje fält finns i kontraktet"),
    "hsa_ids": _("HSA-id är era egna och rätt skrivna"),
    "dates": _("Datum är hela och rimliga"),
    "law": _("Allt får visas enligt lagen"),
}


def review_records(content: str, profile: SourceProfile) -> tuple[Finding, ...]:
    """CSV with semicolons, a page (``{"v": 1, "records": […]}``), a list, or one record a line. At most 500
    are judged."""
    try:
        entries = read_file("", content.encode("utf-8", "surrogatepass"))
    except RefusedWhole as refusal:
        return (_judged("format", words_of(refusal)),)
    if len(entries) > MOST_RECORDS:
        return (_judged("format", _("Högst 500 poster granskas åt gången. Dela filen.")),)
    came = _("poster: %(n)d") % {"n": len(entries)}
    return (_judged("format", "", came), *_review(entries, profile))


def _review(entries: Sequence[Entry], profile: SourceProfile) -> Iterable[Finding]:
    judged = [(entry, judge(entry.record)) for entry in entries]
    problems = [(entry.place, entry.problems or one.problems) for entry, one in judged]
    remarks = remarks_on(entries)
    strangers = _places(judged, _stranger)
    yield _judged(
        "patients", _("Byt till nummer som är reserverade för prov: %s.") % strangers if strangers else ""
    )
    yield _judged("records", _sentences(problems, _READ))
    yield _judged("unique", _remarked(remarks, Note.REPEATED_ID))
    yield _judged("fields", _remarked(remarks, Note.UNKNOWN_FIELD), is_note=True)
    yield _judged("hsa_ids", _remarked(remarks, Note.SAMPLE_HSA_ID, Note.NOT_AN_HSA_ID), is_note=True)
    broken = _sentences(problems, _DATES)
    doubtful = _places(judged, lambda one: _doubtful(one, profile))
    todo = _("Skriv datum som ÅÅÅÅ-MM-DD och tider med zon: %s.") % doubtful if doubtful else ""
    yield _judged("dates", broken or todo, is_note=not broken)
    outside = _places(judged, lambda one: "data.kind" if one.is_outside else "")
    todo = _("Lämna inte ut uppgifter utanför lagens område: %s.") % outside if outside else ""
    yield _judged("law", todo)


def _judged(name: str, todo: Text, came: Text = "", *, is_note: bool = False) -> Finding:
    bad = Verdict.NOTED if is_note else Verdict.FAILED
    return Finding(name, _TITLES[name], bad if todo else Verdict.PASSED, came=came, todo=todo)


def _sentences(rows: Sequence[tuple[int, Sequence[Problem]]], codes: Container[Code]) -> str:
    """One line for each problem, in the order of the rows; what every row has is told once."""
    shared = [p for p in rows[0][1] if len(rows) > 1 and all(p in problems for _place, problems in rows)]
    told = [_sentence(str(_("alla poster")), problem) for problem in shared if problem.code in codes]
    told += [
        _sentence(f"post {place}", problem)
        for place, problems in rows
        for problem in problems
        if problem.code in codes and problem not in shared
    ]
    return "\n".join(told[:MOST_TOLD]) + (f"\n… ({len(told)})" if len(told) > MOST_TOLD else "")


def _sentence(where: str, problem: Problem) -> str:
    return f"{where}: {problem.field or _('hela posten')}. {problem.what} {problem.do}"


def _remarked(remarks: Iterable[Remark], *notes: Note) -> str:
    return "\n".join(
        f"post {', '.join(map(str, one.places))}: {one.field}. {one.what} {one.do}"
        for one in remarks
        if one.note in notes
    )


def _places(judged: Iterable[tuple[Entry, Judged]], flaw_in: Callable[[Judged], str]) -> str:
    """``post 3: status, post 7: unit`` for the records that have a flaw; empty where none has."""
    found = [f"post {entry.place}: {flaw}" for entry, one in judged if (flaw := flaw_in(one))]
    return ", ".join(found[:MOST_TOLD]) + (f" … ({len(found)})" if len(found) > MOST_TOLD else "")


def _stranger(one: Judged) -> str:
    return "" if one.patient is not None and is_test_number(one.patient) else "patient"


def _doubtful(one: Judged, profile: SourceProfile) -> str:
    """What is read, but never trusted for order or lamps: a time without zone, a day far off."""
    if one.problems or one.is_withdrawal or one.record is None or one.patient is None:
        return ""
    record = TYPES[one.type][1](Draft(one.record, one.patient, profile))
    named = {"start": record.start, "end": record.end, "updated": record.updated}
    return ", ".join(name for name, when in named.items() if when is not None and when.is_doubtful)
