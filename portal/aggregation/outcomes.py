"""What became of one source in one view. Three ways, and none of them can be mistaken for another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.base.contract import Fault, Freshness, Nullified, Part, SourceProfile
from connectors.base.records import Record
from consent.terms import Origin
from consent.vocabulary import Kind, Reason


@dataclass(frozen=True, slots=True)
class Answered:
    """A complete answer, checked. ``records`` are only those that may be shown.

    held_back: how many records were not permitted, by reason; for the log, never for the page.
    absent: kinds the source could not speak of this time. unparsed: entries nobody could read.
    unchosen: whose records waited for a choice of unit; only for saying which units there are to choose.
    incomplete_kinds: what withheld and unparsed concern; None: any kind.
    warnings: the source's own words about its answer. parts: how the systems behind an aggregating source
    did. Both as far as this reader may know of them. nullified: what the source says was withdrawn.
    is_protected: the source marks the identity as protected, and what tells where she is was left out.
    """

    source: SourceProfile
    kinds: frozenset[Kind]
    records: tuple[Record, ...]
    as_of: datetime
    withheld: bool = False
    unparsed: int = 0
    incomplete_kinds: frozenset[Kind] | None = None
    freshness: Freshness = Freshness.FRESH
    absent: frozenset[Kind] = frozenset()
    warnings: tuple[str, ...] = ()
    held_back: Mapping[Reason, int] = field(default_factory=dict)
    unchosen: tuple[tuple[Origin, Kind], ...] = ()
    parts: tuple[Part, ...] = ()
    nullified: tuple[Nullified, ...] = ()
    is_protected: bool = False

    @property
    def word(self) -> str:
        return "answered"

    @property
    def is_delivered(self) -> bool:
        """Whether the source delivered it by itself, and was not asked now."""
        return self.freshness in (Freshness.DELIVERED, Freshness.OVERDUE)

    def is_complete_for(self, kind: Kind) -> bool:
        """Whether the lack of records of this kind means that the source holds none."""
        if kind in self.absent or any(not part.is_complete for part in self.parts_for(kind)):
            return False
        concerns_kind = self.incomplete_kinds is None or kind in self.incomplete_kinds
        return not (concerns_kind and (self.withheld or self.unparsed))

    def parts_for(self, kind: Kind) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if kind in part.kinds)

    def copies_of(self, kind: Kind) -> tuple[datetime | None, ...]:
        """When each copy among what came was made; None where nobody said. Empty: all came fresh."""
        whole = (self.as_of,) if self.freshness.is_copy else ()
        return (*whole, *(part.as_of for part in self.parts_for(kind) if part.is_copy))

    def part_of(self, record: Record) -> Part | None:
        """The system behind the source that a record came from, where it may be named."""
        found = (part for part in self.parts_for(record.kind) if part.system and part.system == record.system)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer. ``error_id`` is set where the fault is ours and the log holds more."""

    source: SourceProfile
    kinds: frozenset[Kind]
    fault: Fault
    at: datetime
    error_id: str = ""

    @property
    def word(self) -> str:
        return self.fault.value


@dataclass(frozen=True, slots=True)
class Refused:
    """Never asked, because the rules gave no right to anything it feeds."""

    source: SourceProfile
    kinds: frozenset[Kind]
    reason: Reason

    @property
    def word(self) -> str:
        return self.reason.value


Outcome = Answered | Failed | Refused
