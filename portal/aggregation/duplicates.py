"""The same record told by several sources stands once, with every origin (docs/decisions/0022).

The same is what carries the same source system and the same id there, or what agrees in owner, unit, day of
documentation and every word. Never what merely resembles; and never where the two contradict each other in
anything at all: then both are shown.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from heapq import merge
from typing import Any

from connectors.base.records import Record, Status, When
from portal.aggregation.lamps import Judged

Key = tuple[Any, ...]

# What two sources may well call differently for one and the same record.
APART = frozenset(
    {"id", "source", "patient", "origin", "title", "text", "version", "codes", "unit_phone", "updated"}
    | {"system", "document_id", "phones", "recorded", "author"}
)

# Who wrote it: one source has the title behind the name, the other has not.
NAMES = frozenset({"decided_by", "prescriber", "responsible"})


def merge_duplicates(judged: Sequence[Judged], direct: frozenset[str]) -> tuple[Judged, ...]:
    """In the order given, each record once; the others that tell of it stand in its ``also``.

    direct: the sources (slugs) that speak of their own information. One of theirs goes before a copy of it
    that came by way of another.
    """
    tellers = who_tells(judged)
    kept: list[Judged] = []
    shelves = Shelves()
    for one in judged:
        if not any(len(tellers[key]) > 1 for key in coarse_keys_of(one.record)):
            kept.append(one)
            continue
        keys = frozenset(keys_of(one.record))
        places = shelves.without(keys, one.record.source)
        twin = next((place for place in places if is_same(kept[place], one.record)), None)
        if twin is None:
            twin = len(kept)
            kept.append(one)
        else:
            kept[twin] = join(kept[twin], one.record, direct)
        shelves.put(twin, keys, one.record.source)
    return tuple(kept)


def who_tells(judged: Sequence[Judged]) -> Mapping[Key, set[str]]:
    """The sources that tell of each coarse key. What one alone tells of is compared with nothing."""
    tellers: dict[Key, set[str]] = {}
    for one in judged:
        for key in coarse_keys_of(one.record):
            tellers.setdefault(key, set()).add(one.record.source)
    return tellers


def coarse_keys_of(record: Record) -> tuple[Key, ...]:
    """What a record shares with every record that has a key in common with it; cheaper to make than those."""
    unit = (record.origin.provider.hsa_id, record.origin.unit_id)
    return (unit, (record.system, record.document_id)) if record.document_id else (unit,)


@dataclass(slots=True)
class Shelves:
    """Where in the kept list records of a key stand, apart by which sources have told of them.

    Two of one source are two, however alike: thousands of them are never compared with each other.
    """

    told: dict[int, frozenset[str]] = field(default_factory=dict)
    filed: dict[int, frozenset[Key]] = field(default_factory=dict)
    shelves: dict[Key, dict[frozenset[str], list[int]]] = field(default_factory=dict)

    def without(self, keys: frozenset[Key], source: str) -> Iterator[int]:
        """The places of these keys that the source has not told of, in order."""
        shelves = (self.shelves.get(key, {}) for key in keys)
        return merge(*(places for shelf in shelves for told, places in shelf.items() if source not in told))

    def put(self, place: int, keys: frozenset[Key], source: str) -> None:
        """One more record stands at this place."""
        before, keys_before = self.told.get(place, frozenset()), self.filed.get(place, frozenset())
        for key in keys_before:
            places = self.shelves[key][before]
            del places[bisect_left(places, place)]
        self.told[place], self.filed[place] = before | {source}, keys_before | keys
        for key in self.filed[place]:
            insort(self.shelves.setdefault(key, {}).setdefault(self.told[place], []), place)


def keys_of(record: Record) -> Iterator[Key]:
    """What a record may be recognised by; nothing where it says too little of itself."""
    if record.system and record.document_id:
        yield (record.kind, "id", record.system, record.document_id)
    day, _ = record.origin.documented_days()
    words = " ".join((record.text or record.title).split())
    if day is not None and words and record.origin.names_unit:
        yield (record.kind, "words", record.origin.provider.hsa_id, record.origin.unit_id, day, words)


def is_same(kept: Judged, record: Record) -> bool:
    """Whether another source's record is this one. Two of one source are two, however alike."""
    told = (kept.record, *kept.also)
    if any(other.source == record.source for other in told):
        return False
    return not any(are_two_documents(other, record) or contradict(other, record) for other in told)


def are_two_documents(one: Record, other: Record) -> bool:
    """Whether both say which document they are, and it is not the same."""
    are_named = all((one.system, one.document_id, other.system, other.document_id))
    return are_named and (one.system, one.document_id) != (other.system, other.document_id)


def contradict(one: Record, other: Record) -> bool:
    """Whether anything that both state differs: standing, dates, dose, code, author and so on."""
    if type(one) is not type(other) or differ_in_time(one.recorded, other.recorded):
        return True
    if are_two_people(one.author.name, other.author.name):
        return True
    for name in compared(type(one)):  # type: ignore[arg-type]  # a class can be hashed, whatever it makes
        differing = are_two_people if name in NAMES else differ
        if differing(getattr(one, name), getattr(other, name)):
            return True
    return False


@cache
def compared(sort: type[Record]) -> tuple[str, ...]:
    """What two of a sort may not differ in."""
    return tuple(one.name for one in fields(sort) if one.name not in APART)


def are_two_people(one: str, other: str) -> bool:
    return one.casefold() not in other.casefold() and other.casefold() not in one.casefold()


def differ(one: object, other: object) -> bool:
    """Two statements that are not the same; what one of them leaves open contradicts nothing."""
    if isinstance(one, When) and isinstance(other, When):
        return differ_in_time(one, other)
    if one is Status.UNKNOWN or other is Status.UNKNOWN:
        return False
    return bool(one) and bool(other) and one != other


def differ_in_time(one: When | None, other: When | None) -> bool:
    """Different days, or clock times more than a minute apart where both give one."""
    if one is None or other is None:
        return False
    if one.at is not None and other.at is not None:
        return abs((one.at - other.at).total_seconds()) > 60
    return (one.day or one.verbatim) != (other.day or other.verbatim)


def join(kept: Judged, record: Record, direct: frozenset[str]) -> Judged:
    """One more source tells of it; whoever owns it speaks first."""
    if record.source in direct and kept.record.source not in direct:
        return replace(kept, record=record, also=(kept.record, *kept.also))
    return replace(kept, also=(*kept.also, record))


def told_by(one: Judged, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The sources that tell of it, by the names the reader knows them by."""
    return tuple(dict.fromkeys(labels.get(r.source, r.source) for r in (one.record, *one.also)))
