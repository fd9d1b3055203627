"""Senaste: whom this reader has opened in this session, as the page named them then.

Kept sealed in the session and nowhere else. Somebody protected, or of whom that cannot be told, is not kept.
"""

from dataclasses import dataclass

from django.http import HttpRequest

from consent.identity import display_number
from consent.ruling import Ruling
from consent.terms import PersonId
from consent.vocabulary import IdType
from portal.patients.handles import make_handle
from portal.patients.sealing import recall, remember

KEY = "recent"
MOST = 10
Row = list[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A patient in a list: a name where it may be shown, a number, and nothing else."""

    handle: str
    number: str
    name: str = ""


def note_opened(request: HttpRequest, ruling: Ruling, name: str) -> None:
    """First on the list from now on. The session is written only where that changes it."""
    person = ruling.person
    before: list[Row] = recall(request, KEY) or []
    rows = [row for row in before if row[:2] != [person.id.type.value, person.id.number]]
    if not person.is_protected:
        rows.insert(0, [person.id.type.value, person.id.number, name])
    if rows[:MOST] != before:
        remember(request, KEY, rows[:MOST])


def recent_lines(request: HttpRequest) -> tuple[Line, ...]:
    """The latest first."""
    rows: list[Row] = recall(request, KEY) or []
    return tuple(line_of(request, PersonId(number, IdType(kind)), name) for kind, number, name in rows)


def line_of(request: HttpRequest, person: PersonId, name: str) -> Line:
    return Line(make_handle(request, person), display_number(person), name)
