"""One flat record judged before it is taken: against the declaration field by field, then by the mapping.

What passes is a record that the connector can show; what does not is refused by code and field.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any

from connectors.base.contract import SourceProfile
from connectors.base.dates import read_when
from connectors.base.records import When
from connectors.openfeed.declaration import (
    COMMON,
    MANDATORY,
    MANDATORY_WITHDRAWN,
    MAX_RECORD_BYTES,
    RECORD_TYPES,
    VERSION,
    WHEN_PATTERN,
    Field,
    Shape,
)
from connectors.openfeed.flat import Draft, Unreadable
from connectors.openfeed.mapping import TYPES, is_outside_the_law
from connectors.openfeed.reading import STUMBLES
from connectors.openfeed.refusing import Code, Problem
from connectors.openfeed.vocabulary import PATIENT_TYPES, WITHDRAWN
from consent.identity import InvalidNumber, read_number
from consent.terms import SWEDISH_TIME, PersonId

_TOLERANCE = timedelta(days=1)
_EARLIEST_YEAR, _LATEST_YEAR = 1800, 2200
_FIELDS_OF: Mapping[str, tuple[Field, ...]] = {
    name: (*COMMON, *one.data) for name, one in RECORD_TYPES.items()
}
_TEN_DIGITS = re.compile(r"\d{6} ?[-+]? ?\d{4}")
_TEXTS = (Shape.TEXT, Shape.WHEN, Shape.NUMBER)
_OBJECTS = ("unit", "author", "code", "data")


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of one record; without ``problems`` it is sound. What was not read is None or empty."""

    record: Mapping[str, Any] | None
    problems: tuple[Problem, ...] = ()
    id: str = ""
    type: str = ""
    patient: PersonId | None = None
    updated: datetime | None = None

    @property
    def is_withdrawal(self) -> bool:
        return self.record is not None and self.record.get("status") == WITHDRAWN

    @property
    def is_outside(self) -> bool:
        return any(problem.code is Code.OUTSIDE_LAW for problem in self.problems)


def judge(entry: object, profile: SourceProfile | None = None) -> Judged:
    """Judge one record; against a source's owner and kinds too, where a profile is given."""
    if not isinstance(entry, dict):
        return Judged(None, (Problem(Code.NOT_AN_OBJECT),))
    id_, type_ = _text_of(entry, "id"), _text_of(entry, "type")
    patient, updated = _patient_of(entry), _moment_of(entry.get("updated"))
    known = Judged(entry, (), id_, type_ if type_ in TYPES else "", patient, updated)
    problems = tuple(dict.fromkeys(_problems_of(entry, known, profile)))
    return Judged(entry, problems, known.id, known.type, patient, updated)


def _problems_of(entry: Mapping[str, Any], known: Judged, profile: SourceProfile | None) -> Iterator[Problem]:
    if _is_outside(entry, profile):
        yield Problem(Code.OUTSIDE_LAW)
        return
    if len(json.dumps(entry, ensure_ascii=False).encode("utf-8", "surrogatepass")) > MAX_RECORD_BYTES:
        yield Problem(Code.RECORD_TOO_LARGE)
        return
    before = list(_field_problems(entry, known))
    yield from before
    if profile is not None:
        yield from _agreement_problems(entry, known, profile)
    if not before and not known.is_withdrawal:
        yield from _mapping_problems(entry, known, profile)


def _is_outside(entry: Mapping[str, Any], profile: SourceProfile | None) -> bool:
    try:
        return is_outside_the_law(Draft(entry, PersonId(""), profile or _nobody()))
    except STUMBLES:
        return False


def _field_problems(entry: Mapping[str, Any], known: Judged) -> Iterator[Problem]:
    if entry.get("v", VERSION) not in (None, VERSION) or isinstance(entry.get("v"), bool):
        yield Problem(Code.UNKNOWN_VERSION, "v")
    broken = [name for name in _OBJECTS if not isinstance(entry.get(name), dict | None)]
    yield from (Problem(Code.WRONG_SHAPE, name) for name in broken)
    for name in MANDATORY_WITHDRAWN if known.is_withdrawal else MANDATORY:
        if name.partition(".")[0] not in broken and _is_absent(value_at(entry, name)):
            yield Problem(Code.MISSING, name)
    if not known.type and isinstance(entry.get("type"), str) and entry["type"]:
        yield Problem(Code.UNKNOWN_TYPE, "type", likeliest_first(entry["type"], RECORD_TYPES))
    for one in _FIELDS_OF.get(known.type, COMMON):
        value = value_at(entry, one.name)
        is_left_out = value is None or (value == "" and (one.shape in _TEXTS or one.is_required))
        if one.name != "v" and not is_left_out:
            yield from (_problem(code, one, value) for code in _flaws_in(value, one))
    yield from _number_problems(entry, known)


def _problem(code: Code, one: Field, value: object) -> Problem:
    return Problem(code, one.name, likeliest_first(value, one.words) if code is Code.NOT_A_WORD else ())


def likeliest_first(value: object, words: Iterable[str]) -> tuple[str, ...]:
    """All the words, and first those that somebody may have meant."""
    near = get_close_matches(str(value).casefold(), words := tuple(words), n=3)
    return (*near, *(word for word in words if word not in near))


def _number_problems(entry: Mapping[str, Any], known: Judged) -> Iterator[Problem]:
    if known.patient is None:
        if isinstance(entry.get("patient"), str) and entry["patient"].strip():
            lacks_century = _TEN_DIGITS.fullmatch(entry["patient"].strip())
            yield Problem(Code.NO_CENTURY if lacks_century else Code.NOT_A_NUMBER, "patient")
        return
    said = entry.get("patient_type")
    if isinstance(said, str) and said in PATIENT_TYPES and PATIENT_TYPES[said][0] is not known.patient.type:
        yield Problem(Code.OTHER_NUMBER_TYPE, "patient_type")


def _agreement_problems(entry: Mapping[str, Any], known: Judged, profile: SourceProfile) -> Iterator[Problem]:
    said = value_at(entry, "unit.provider")
    owner = profile.owner.hsa_id if profile.owner else ""
    if isinstance(said, str) and said.strip() and said.strip().upper() != owner.upper():
        yield Problem(Code.WRONG_OWNER, "unit.provider")
    if known.type and not TYPES[known.type][0] & profile.kinds:
        yield Problem(Code.NOT_AGREED, "type")


def _mapping_problems(
    entry: Mapping[str, Any], known: Judged, profile: SourceProfile | None
) -> Iterator[Problem]:
    """The last word is the connector's own: what it could not show is not taken."""
    if known.patient is None or not known.type:
        return
    try:
        TYPES[known.type][1](Draft(entry, known.patient, profile or _nobody()))
    except Unreadable as error:
        yield Problem(Code.UNREADABLE, str(error) if " " not in str(error) else "")
    except STUMBLES:
        yield Problem(Code.UNREADABLE)


def _flaws_in(value: object, one: Field) -> Iterator[Code]:
    if not _has_shape(value, one.shape):
        yield Code.WRONG_SHAPE
        return
    texts = value if isinstance(value, list) else [value]
    if any(isinstance(text, str) and len(text) > one.longest for text in texts):
        yield Code.TOO_LONG
    elif one.words and not one.is_open and value not in one.words:
        yield Code.NOT_A_WORD
    elif one.shape is Shape.WHEN:
        when = read_when(value)
        if not re.fullmatch(WHEN_PATTERN, str(value)):
            yield Code.NOT_A_TIME
        elif when is not None and not one.may_lie_ahead and _lies_ahead(when):
            yield Code.IN_THE_FUTURE
        elif when is None or when.day is None or not _EARLIEST_YEAR <= when.day.year <= _LATEST_YEAR:
            yield Code.NOT_A_TIME


def _has_shape(value: object, shape: Shape) -> bool:
    if shape is Shape.FLAG:
        return isinstance(value, bool)
    if shape is Shape.LIST:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if isinstance(value, bool):
        return False
    if shape is Shape.INTEGER:
        return isinstance(value, int)
    if shape is Shape.NUMBER:
        return isinstance(value, int | float | str)
    return isinstance(value, str)


def _lies_ahead(when: When) -> bool:
    if when.at is not None:
        return when.at > datetime.now(UTC) + _TOLERANCE
    return when.day is not None and when.day > datetime.now(SWEDISH_TIME).date() + _TOLERANCE


def value_at(entry: Mapping[str, Any], name: str) -> object:
    """What stands in a field by its dotted name; None where nothing does."""
    outer, dot, inner = name.partition(".")
    value = entry.get(outer)
    if not dot:
        return value
    return value.get(inner) if isinstance(value, dict) else None


def _is_absent(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text_of(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) and len(value) <= MAX_RECORD_BYTES else ""


def _patient_of(entry: Mapping[str, Any]) -> PersonId | None:
    said = entry.get("patient")
    try:
        return read_number(said, _today()) if isinstance(said, str) else None
    except InvalidNumber:
        return None


def _moment_of(value: object) -> datetime | None:
    """The moment that two versions of a record are compared by; of a day its beginning, in Sweden."""
    try:
        when = read_when(value)
    except ValueError:
        return None
    if when is None or when.day is None:
        return None
    try:
        at = when.at or datetime.combine(when.day, time(0), SWEDISH_TIME)
        return at.astimezone(UTC)
    except OverflowError:
        return None


def _today() -> date:
    return datetime.now(SWEDISH_TIME).date()


def _nobody() -> SourceProfile:
    """A profile for judging what no source stands behind: nothing of it reaches the verdict."""
    return SourceProfile(slug="", label="", base_url="", owner=None)
