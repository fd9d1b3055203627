"""What the answers of many contracts hold, entry by entry. One bad entry never costs another."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from connectors.base.answers import TOLD_LATER, standing
from connectors.base.contract import Answer, Fault, Freshness, Nullified, Part, SourceFault, SourceProfile
from connectors.base.records import Record, Status
from connectors.base.xmlreading import children
from connectors.npo.contracts import Contract
from connectors.rivta.drafting import Draft, record_id
from connectors.rivta.elements import Element, Unreadable, ending_with, paragraphs
from connectors.rivta.envelope import Opened
from connectors.rivta.header import Header, read_header
from connectors.rivta.status import SystemStatus
from consent.terms import PersonId, Provider
from consent.vocabulary import Kind

# Thousands of entries must not keep other readers waiting: so many are read per turn of the loop.
AT_A_TIME = 100
# What a mapping may stumble over in one malformed entry.
_STUMBLES = (Unreadable, ValueError, TypeError, LookupError, AttributeError, OverflowError)
_OVER = frozenset({Status.ENDED, Status.CANCELLED})

_log = structlog.get_logger(__name__)


class Reading:
    """Gathers records, and what is missing among them, over all answers about one person."""

    def __init__(
        self,
        profile: SourceProfile,
        people: Mapping[str, PersonId],
        kinds: frozenset[Kind],
        system_names: Mapping[str, str],
    ) -> None:
        self.profile, self.people, self.kinds = profile, people, kinds
        self.system_names = system_names
        self.records: dict[tuple[Kind, str], Record] = {}
        self.nullified: set[Nullified] = set()
        self.unparsed = 0
        self.without_owner = 0
        self.is_cut = False
        self.incomplete: set[Kind] = set()
        self.warnings: list[str] = []
        self.owners: dict[str, dict[str, Provider]] = {}
        self.statuses: dict[tuple[str, Freshness | None], tuple[set[Kind], list[datetime]]] = {}

    async def read(self, contract: Contract, opened: Opened) -> None:
        """Raises SourceFault(FOREIGN_PATIENT) where a single entry is about somebody else."""
        self.warnings += opened.warnings
        for status in opened.statuses:
            self._note(status, contract.kinds & self.kinds)
        mine: dict[tuple[Kind, str], Record] = {}
        for index, entry in enumerate(children(opened.response, contract.entry)):
            if index % AT_A_TIME == AT_A_TIME - 1:
                await asyncio.sleep(0)
            self._read_one(contract, entry, mine)
        for key, record in mine.items():
            self._keep(key, record)

    def note_more(self, contract: Contract) -> None:
        """Some system has more than came of it."""
        self.is_cut = True
        self.incomplete |= contract.kinds

    def _note(self, status: SystemStatus, kinds: frozenset[Kind]) -> None:
        about, times = self.statuses.setdefault((status.system, status.freshness), (set(), []))
        about |= kinds
        if status.as_of is not None:
            times.append(status.as_of)

    def _read_one(self, contract: Contract, entry: Element, mine: dict[tuple[Kind, str], Record]) -> None:
        try:
            header = read_header(entry)
            person = self._whose(header)
            if header is None or person is None:
                raise Unreadable("patientId")
            header = contract.complete(entry, header)
            if header.is_nullified:
                self._nullify(contract, header)
                return
            if not header.names_owner:
                # Whether it is blocked cannot be told.
                self.without_owner += 1
                self.incomplete |= contract.kinds
                return
            body = ending_with(entry, "body")
            inside = entry if body is None else body
            draft = Draft(contract.service.operation, entry, header, inside, person, self.profile)
            records = contract.map_entry(draft)
        except SourceFault:
            raise
        except _STUMBLES as error:
            where = str(error) if isinstance(error, Unreadable) else ""
            _log.warning(
                "entry_unparsed",
                source=self.profile.slug,
                contract=contract.service.label,
                error=type(error).__name__,
                field=where,
            )
            self.unparsed += 1
            self.incomplete |= contract.kinds
            return
        for record in records:
            self.owners.setdefault(header.system, {})[header.provider_id] = record.origin.provider
            if record.kind in self.kinds:
                mine.setdefault((record.kind, record.id), record)

    def _nullify(self, contract: Contract, header: Header) -> None:
        """Keep what was withdrawn: another entry, version or source may tell of it as if it stood.

        Raises Unreadable where it does not say what.
        """
        if not header.document_id:
            raise Unreadable("documentId")
        name = record_id(contract.service.operation, header.system, header.document_id)
        self.nullified.add(Nullified(header.system, name, header.provider_id))

    def _whose(self, header: Header | None) -> PersonId | None:
        if header is None or not header.number:
            return None
        if header.number not in self.people:
            raise SourceFault(Fault.FOREIGN_PATIENT)
        return self.people[header.number]

    def _keep(self, key: tuple[Kind, str], record: Record) -> None:
        """What an earlier version of the same contract told already is one record with this."""
        earlier = self.records.get(key)
        if earlier is None:
            self.records[key] = record
        elif (earlier.status in _OVER) is (record.status in _OVER):
            self.records[key] = replace(record, text=_both(earlier.text, record.text))
        else:
            # The versions disagree on whether it holds: neither is hidden by the other.
            kind, told = key
            self.records[kind, f"{told}@{len(self.records)}"] = replace(record, id=f"{told}{TOLD_LATER}")

    def answer(self, absent: frozenset[Kind]) -> Answer:
        if self.without_owner:
            _log.info("entries_without_owner", source=self.profile.slug, count=self.without_owner)
        return Answer(
            tuple(standing(self.records.values(), self.nullified)),
            datetime.now(UTC),
            withheld=bool(self.without_owner) or self.is_cut,
            unparsed=self.unparsed,
            incomplete_kinds=frozenset(self.incomplete),
            absent=absent,
            warnings=tuple(dict.fromkeys(self.warnings)),
            parts=tuple(self._part(*key) for key in self.statuses),
            nullified=tuple(each for each in self.nullified if each.system),
        )

    def _part(self, system: str, freshness: Freshness | None) -> Part:
        kinds, times = self.statuses[system, freshness]
        owners = self._owners_of(system)
        name = self.system_names.get(system, "") or ", ".join(owner.name for owner in owners)
        return Part(system, frozenset(kinds), freshness, name, min(times, default=None), owners)

    def _owners_of(self, system: str) -> tuple[Provider, ...]:
        """Whose records came from it; where none did, the known providers of its organisation number."""
        if told := self.owners.get(system):
            return tuple(told.values())
        number = system.partition("-")[0]
        return tuple(p for hsa_id, p in self.profile.providers.items() if hsa_id.partition("-")[0] == number)


def _both(earlier: str, later: str) -> str:
    """The text of both versions, once where one holds the other; none of it is lost."""
    if earlier in later:
        return later
    return earlier if later in earlier else paragraphs(later, earlier)
