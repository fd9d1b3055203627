"""What a source answers: records, how old they are, and everything that is missing from them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connectors.base.records import Record
from consent.terms import Provider
from consent.vocabulary import Kind


class Freshness(StrEnum):
    """What an answer says of its own age: straight from the source, from the source's own cache, or delivered
    by the source itself: within the time it has promised, or longer ago than that."""

    FRESH = "fresh"
    CACHED = "cached"
    STALE = "stale"
    DELIVERED = "delivered"
    OVERDUE = "overdue"

    @property
    def is_copy(self) -> bool:
        """Whether the reader must be told that it may have been overtaken. What a source delivers by itself,
        in its time, is how it speaks."""
        return self in (Freshness.CACHED, Freshness.STALE, Freshness.OVERDUE)


@dataclass(frozen=True, slots=True)
class Part:
    """What one system behind an aggregating source gave of some kinds. ``freshness`` None: it gave nothing.

    system: its HSA-id; label: its name, where known. as_of: when the copy was made. owners: whose information
    it holds, as far as the source can tell; where nobody is known the system is not named to the reader.
    """

    system: str
    kinds: frozenset[Kind]
    freshness: Freshness | None
    label: str = ""
    as_of: datetime | None = None
    owners: tuple[Provider, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the lack of a record means that there is none; of a stale copy nobody can tell."""
        return self.freshness in (Freshness.FRESH, Freshness.CACHED, Freshness.DELIVERED)

    @property
    def is_copy(self) -> bool:
        return self.freshness is not None and self.freshness.is_copy


# What a connector adds to the id of a record that two versions of one contract tell differently.
TOLD_LATER = "@later"


@dataclass(frozen=True, slots=True)
class Nullified:
    """A record that was withdrawn by those who wrote it, as ``Record`` would have named it.

    system: the HSA-id of the system it was written in. id: without what tells several records of one entry
    apart (``#part``). provider_id: whose it is; empty where the withdrawal names nobody, and then that
    system's own id decides alone.
    """

    system: str
    id: str
    provider_id: str = ""


def standing(records: Iterable[Record], nullified: Iterable[Nullified]) -> Iterator[Record]:
    """The records that nobody has withdrawn.

    Rests on the RIV-TA header's ``nullified``: such a document is never shown. It is read as final, while a
    copy without it may merely be older: so it goes before every other telling of the same record, in whatever
    answer, contract version or source that stands. The same record is the same system, id and owner (ADR 53).
    """
    owners: dict[tuple[str, str], set[str]] = {}
    for each in nullified:
        owners.setdefault((each.system, each.id), set()).add(each.provider_id)
    if not owners:
        yield from records
        return
    for record in records:
        whole = record.id.removesuffix(TOLD_LATER)
        ids = (whole, whole.rpartition("#")[0])
        withdrawn = set[str]().union(*(owners.get((record.system, each), ()) for each in ids))
        if not withdrawn & {"", record.origin.provider.hsa_id}:
            yield record


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. ``records`` empty: asked, answered, and nothing is there.

    withheld: the source holds more than it sent, or more than may be fetched. unparsed: entries that could
    not be read. absent: kinds that could not be fetched, or not wholly. Such a kind is never empty; what did
    come of it may still stand among ``records``. incomplete_kinds: what withheld and unparsed concern; None:
    any kind. warnings: the source's own words about its answer. parts: how the systems behind it did, where
    it answers for several. nullified: what was withdrawn, so that no other source's copy of it is shown.
    is_protected: the source itself marks the person's identity as protected.
    """

    records: tuple[Record, ...]
    as_of: datetime
    withheld: bool = False
    unparsed: int = 0
    incomplete_kinds: frozenset[Kind] | None = None
    freshness: Freshness = Freshness.FRESH
    absent: frozenset[Kind] = frozenset()
    warnings: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    nullified: tuple[Nullified, ...] = ()
    is_protected: bool = False
