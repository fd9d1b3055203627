"""Characters that no page can hold, made visible. Text from a source is kept word for word; but a control
character is thrown away by a browser without a trace, and half a surrogate pair (JSON can hold one) cannot be
sent at all: one such letter in one record would take the whole page with it."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_type_hints

from connectors.base.records import Record
from consent.terms import PersonId, Provider

# Line breaks and tabs are text. The rest of C0 has pictures of its own in Unicode.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
UNKNOWN_SIGN = "\ufffd"
# What identifies is compared, never shown.
LEFT_ALONE = (PersonId, Provider)
TEXTLESS = (StrEnum, bool, int, float, date, NoneType)

R = TypeVar("R", bound=Record)


def make_legible(record: R) -> R:
    """The record itself where there is nothing to do, which is as good as always."""
    texts = "".join(texts_in(record))
    # What Python calls printable holds none of them, and that is told sooner; a line break is not printable.
    if texts.isprintable() or not UNWRITABLE.search(texts):
        return record
    made: R = _legible(record)
    return made


def make_text_legible(text: str) -> str:
    return UNWRITABLE.sub(_picture, text) if UNWRITABLE.search(text) else text


def texts_in(record: Record) -> list[str]:
    """Every text a record holds, however deep."""
    texts: list[str] = []
    _gather(record, texts)
    return texts


def _gather(value: Any, texts: list[str]) -> None:
    for found in _getter_of(type(value))(value):  # type: ignore[arg-type]
        if not found:
            continue
        kind = type(found)
        if kind is str:
            texts.append(found)
        elif kind is tuple:
            for one in found:
                if type(one) is str:
                    texts.append(one)
                else:
                    _gather(one, texts)
        else:
            _gather(found, texts)


@cache
def _getter_of(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Gives what stands in the fields that may hold text, those of values that are always there included."""
    names = _names_in(kind)
    if not names:
        return lambda _: ()
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)


def _names_in(kind: Any) -> tuple[str, ...]:
    hints = get_type_hints(kind) if is_dataclass(kind) else {}
    names: list[str] = []
    for name in _texts_in(kind):
        inner = hints[name] if is_dataclass(hints[name]) else None
        names += [f"{name}.{deeper}" for deeper in _names_in(inner)] if inner else [name]
    return tuple(names)


def _legible(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return make_text_legible(value)
    if kind is tuple:
        made = tuple(_legible(one) for one in value)
        return made if any(a is not b for a, b in zip(made, value, strict=True)) else value
    changed = {}
    for name in _texts_in(kind):  # type: ignore[arg-type]
        old = getattr(value, name)
        if old and (new := _legible(old)) is not old:
            changed[name] = new
    return replace(value, **changed) if changed else value


@cache
def _texts_in(kind: Any) -> tuple[str, ...]:
    """The fields that may hold text; none where it is no value of ours, or one that is only compared."""
    if not is_dataclass(kind) or kind in LEFT_ALONE:
        return ()
    hints = get_type_hints(kind)
    return tuple(field.name for field in fields(kind) if not _is_textless(hints[field.name]))


def _is_textless(hint: Any) -> bool:
    options = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return all(
        isinstance(kind, type) and (issubclass(kind, TEXTLESS) or kind in LEFT_ALONE) for kind in options
    )


def _picture(found: re.Match[str]) -> str:
    return PICTURES.get(ord(found[0]), UNKNOWN_SIGN)
