"""One row of a table to one flat record: dots become objects, Swedish dates ISO, words values."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from connectors.openfeed.declaration import Field, Shape, every_field, fields_of
from connectors.openfeed.refusing import Code, Problem
from consent.terms import SWEDISH_TIME

_YES, _NO = frozenset({"ja", "true", "1", "x", "sant"}), frozenset({"nej", "false", "0", "falskt"})
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_CLOCK = r"(?:[ T,]+(?:kl\.? ?)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?"
_ISO_LIKE = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})" + _CLOCK)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[-/. ]+(\d{4})" + _CLOCK)
_IN_WORDS = re.compile(r"(?:den )?(\d{1,2}) ([a-zåäö]{3,9})\.? (\d{4})" + _CLOCK)
_COMMON = every_field()


def record_of(cells: Mapping[str, object]) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The record, and what of it could not be read. Empty cells are left out; unknown columns are kept."""
    texts = {name: _plain(value) for name, value in cells.items() if name}
    declared = {one.name: one for one in fields_of(str(texts.get("type") or ""))}
    record: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in texts.items():
        if value is None or value == "":
            continue
        one = declared.get(name) or _COMMON.get(name)
        try:
            put(record, name, _value_of(value, one) if one else str(value))
        except ValueError:
            problems.append(Problem(_code_for(one), name))
    return record, tuple(problems)


def put(record: dict[str, Any], name: str, value: object) -> None:
    """Set a field by its dotted name."""
    outer, dot, inner = name.partition(".")
    if not dot:
        record[outer] = value
        return
    held = record.setdefault(outer, {})
    if not isinstance(held, dict):
        raise ValueError("both a value and an object")  # noqa: TRY004 (one row's flaw, like all the others)
    held[inner] = value


def _plain(value: object) -> object:
    """A cell as text, whatever a spreadsheet made of it; dates stay dates until the field is known."""
    if value is None or isinstance(value, bool | datetime | date):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _value_of(value: object, one: Field) -> object:
    if one.shape is Shape.WHEN:
        return _when(value)
    if isinstance(value, bool):
        if one.shape is Shape.FLAG:
            return value
        raise ValueError("not a yes or no field")
    text = value.isoformat() if isinstance(value, date) else str(value)
    if one.shape is Shape.FLAG:
        return _flag(text)
    if one.shape is Shape.INTEGER:
        return int(text)
    if one.shape is Shape.LIST:
        return [part.strip() for part in text.split("|") if part.strip()]
    return text.lower() if one.words and not one.is_open else text


def _flag(text: str) -> bool:
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise ValueError("neither yes nor no")


def _when(value: object) -> str:
    """ISO 8601. A time without zone is Swedish. Raises ValueError."""
    if isinstance(value, datetime):
        at = value if value.tzinfo else value.replace(tzinfo=SWEDISH_TIME)
        return value.date().isoformat() if value.time() == time(0) else at.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    if match := _ISO_LIKE.fullmatch(text):
        return _iso(match[1], match[2], match[3], match.groups()[3:])
    if match := _DAY_FIRST.fullmatch(text):
        return _iso(match[3], match[2], match[1], match.groups()[3:])
    if match := _IN_WORDS.fullmatch(text.casefold()):
        month = _MONTHS.index(match[2][:3]) + 1
        return _iso(match[3], str(month), match[1], match.groups()[3:])
    datetime.fromisoformat(text)
    return text


def _iso(year: str, month: str, day: str, clock: tuple[str | None, ...]) -> str:
    read = date(int(year), int(month), int(day))
    if clock[0] is None:
        return read.isoformat()
    at = datetime.combine(read, time(int(clock[0]), int(clock[1] or 0), int(clock[2] or 0)), SWEDISH_TIME)
    return at.isoformat()


def _code_for(one: Field | None) -> Code:
    return Code.NOT_A_TIME if one is not None and one.shape is Shape.WHEN else Code.WRONG_SHAPE
