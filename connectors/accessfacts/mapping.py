"""The service's replies to facts. What cannot be read wholly is not believed in part: raises SourceFault.

A reply about anybody else is FOREIGN_PATIENT, one that cannot be read FORMAT.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from connectors.base.contract import Fault, SourceFault
from consent.terms import Block, PersonId
from consent.vocabulary import BlockKind, InformationType, RelationGround

KINDS = {"Inner": BlockKind.INNER, "Outer": BlockKind.OUTER}
# The two types that a block may leave out (blocking contract 4.0). A code nobody knows leaves out nothing.
EXCLUDABLE = frozenset({InformationType.ALERT, InformationType.MEDICATION})
# A planned visit is a relation already; the journal's word for either is the same to the rules.
RELATIONS = {
    "none": RelationGround.NONE,
    "planned": RelationGround.JOURNAL,
    "current": RelationGround.JOURNAL,
    "service": RelationGround.SERVICE,
    "assessment": RelationGround.ASSESSMENT,
}
LONGEST_HSA_ID = 32


class Unreadable(ValueError):
    """The reply is not what the interface promises."""


def read_blocks(reply: Mapping[str, Any], asked: PersonId) -> tuple[Block, ...]:
    """All blocks, or a fault: a list that says it is not the whole one is none."""
    try:
        _must_be_about(reply, asked)
        if reply["isComplete"] is not True:
            raise SourceFault(Fault.REPORTED)
        found = [_block(entry, asked) for entry in _list(reply["blocks"])]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SourceFault(Fault.FORMAT) from None
    if len({block.id for block in found}) != len(found):
        raise SourceFault(Fault.FORMAT)
    return tuple(found)


def read_relation(reply: Mapping[str, Any], asked: PersonId, unit_id: str) -> RelationGround:
    try:
        _must_be_about(reply, asked)
        if reply["careUnitId"] != unit_id:
            raise Unreadable("another unit")
        return RELATIONS[reply["relation"]]
    except (KeyError, TypeError, ValueError):
        raise SourceFault(Fault.FORMAT) from None


def read_existence(reply: Mapping[str, Any], asked: PersonId) -> bool:
    try:
        _must_be_about(reply, asked)
        holds = reply["holdsUnblocked"]
    except (KeyError, ValueError):
        raise SourceFault(Fault.FORMAT) from None
    if not isinstance(holds, bool):
        raise SourceFault(Fault.FORMAT)
    return holds


def _must_be_about(part: Mapping[str, Any], asked: PersonId) -> None:
    """The number and its sort: the same twelve characters can be two people's."""
    number, sort = part["personId"], part["personIdType"]
    if not isinstance(number, str) or not isinstance(sort, str) or not number:
        raise Unreadable("nobody")
    if (number, sort) != (asked.number, asked.type.value):
        raise SourceFault(Fault.FOREIGN_PATIENT)


def _block(entry: Any, asked: PersonId) -> Block:
    _must_be_about(entry, asked)
    first, last = _day(entry.get("informationStartDate")), _day(entry.get("informationEndDate"))
    if first is not None and last is not None and last < first:
        raise Unreadable("ends before it starts")
    excluded = frozenset(str(code) for code in _list(entry["excludedInformationTypes"]))
    return Block(
        # An id of another shape could be some other service's too, and a lift of one would open both.
        id=str(UUID(entry["blockId"])),
        kind=KINDS[entry["blockType"]],
        provider_id=_hsa_id(entry["informationCareProviderId"]),
        unit_id=_hsa_id(entry["informationCareUnitId"]) if entry.get("informationCareUnitId") else "",
        first_day=first,
        last_day=last,
        excluded_types=excluded & EXCLUDABLE,
    )


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable("not a list")
    return value


def _hsa_id(value: object) -> str:
    """As they are compared here: upper case, nothing round it."""
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_HSA_ID:
        raise Unreadable("not an HSA-id")
    return value.strip().upper()


def _day(value: object) -> date | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unreadable("not a day")
    return date.fromisoformat(value)
