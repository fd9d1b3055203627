"""Flat records, however they came, to an Answer: record by record, one bad record never costing another."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog

from connectors.base.contract import Answer, Fault, SourceFault, SourceProfile
from connectors.base.dates import order_of, read_when
from connectors.base.records import Record, When
from connectors.openfeed.flat import Draft, Unreadable, text, whose
from connectors.openfeed.mapping import TYPES, is_outside_the_law
from connectors.openfeed.vocabulary import WITHDRAWN
from consent.terms import PersonId
from consent.vocabulary import Kind

STUMBLES = (Unreadable, ValueError, TypeError, LookupError, AttributeError, OverflowError)

_log = structlog.get_logger(__name__)


def kinds_of_type(type_name: str) -> frozenset[Kind] | None:
    """What a record of this type may become; None, any kind, where the type is not known."""
    return TYPES[type_name][0] if type_name in TYPES else None


class Reading:
    """What pages hold about these people, for these kinds."""

    def __init__(
        self, profile: SourceProfile, people: Mapping[str, PersonId], kinds: frozenset[Kind]
    ) -> None:
        self.profile, self.people, self.kinds = profile, people, kinds
        self.records: dict[tuple[Kind, str], Record] = {}
        self.withdrawn: dict[str, When] = {}
        self.unparsed = 0
        self.outside = 0
        self.incomplete: frozenset[Kind] | None = frozenset()
        self.is_cut = False
        self.as_of = datetime.now(UTC)

    def read(self, page: Mapping[str, Any]) -> None:
        """Raises SourceFault: FOREIGN_PATIENT, or FORMAT where the page's own time is no time."""
        try:
            when = read_when(page.get("as_of"))
        except ValueError:
            raise SourceFault(Fault.FORMAT) from None
        if when is not None and when.at is not None and not when.is_doubtful:
            self.as_of = min(self.as_of, when.at)
        if page.get("is_cut") is True or page.get("withheld") is True:
            self.is_cut, self.incomplete = True, None
        for entry in page["records"]:
            self._read_one(entry)

    def note_unparsed(self, concerns: frozenset[Kind] | None) -> None:
        """One record that nobody can use; ``concerns``: what it may have been, None for anything."""
        self.unparsed += 1
        if self.incomplete is not None:
            self.incomplete = None if concerns is None else self.incomplete | concerns

    def _read_one(self, entry: object) -> None:
        concerns: frozenset[Kind] | None = None
        try:
            if not isinstance(entry, dict):
                raise Unreadable("not an object")
            draft = Draft(entry, whose(entry, self.people), self.profile)
            if draft.type not in TYPES:
                raise Unreadable("type")
            concerns, map_record = TYPES[draft.type]
            if not concerns & self.kinds:
                return
            if text(entry.get("status")) == WITHDRAWN:
                self._note_withdrawn(draft)
                return
            if is_outside_the_law(draft):
                self.outside += 1
                return
            record = map_record(draft)
        except SourceFault:
            raise
        except STUMBLES as error:
            field = str(error) if isinstance(error, Unreadable) else ""
            _log.warning("entry_unparsed", source=self.profile.slug, error=type(error).__name__, field=field)
            self.note_unparsed(concerns)
            return
        if record.kind in self.kinds:
            self._keep(record)

    def _keep(self, record: Record) -> None:
        """Of several versions of one record the one updated last, in whatever order they came."""
        before = self.records.get((record.kind, record.id))
        if before is None or _moment(before) <= _moment(record):
            self.records[record.kind, record.id] = record

    def _note_withdrawn(self, draft: Draft) -> None:
        when = read_when(draft.record.get("updated"))
        known = self.withdrawn.get(draft.record_id)
        if when is not None and (known is None or order_of(known) < order_of(when)):
            self.withdrawn[draft.record_id] = when

    def _standing(self) -> tuple[Record, ...]:
        """Without what was withdrawn since: a newer version alone brings it back."""
        return tuple(
            record
            for record in self.records.values()
            if (when := self.withdrawn.get(record.id)) is None or order_of(when) < _moment(record)
        )

    def answer(self, **more: Any) -> Answer:
        """``more``: what else there is to say of the answer, by the names of Answer."""
        if self.outside:
            _log.info("entries_outside_the_law", source=self.profile.slug, count=self.outside)
        return Answer(
            self._standing(),
            self.as_of,
            withheld=self.is_cut,
            unparsed=self.unparsed,
            incomplete_kinds=self.incomplete,
            **more,
        )


def _moment(record: Record) -> datetime:
    return datetime.min.replace(tzinfo=UTC) if record.updated is None else order_of(record.updated)
