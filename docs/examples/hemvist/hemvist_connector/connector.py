"""Hemvist: one question per person, everything in one reply."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from connectors.base.authentication import Authentication, FixedHeader
from connectors.base.contract import Answer, Connector, Fault, Manifest, Setting, SourceFault, SourceProfile
from connectors.base.dates import read_when
from connectors.base.records import Record
from consent.terms import Permit
from consent.vocabulary import Kind
from hemvist_connector.mapping import KINDS, LISTS, Unreadable, number_in


class HemvistConnector(Connector):
    """``POST [base]/boende`` with the number in the body and a key in the header."""

    manifest = Manifest(
        slug="hemvist",
        label="Hemvist",
        kinds=KINDS,
        settings=(Setting("nyckel", "Nyckel", is_secret=True),),
        is_public_interface=False,
    )

    @classmethod
    def authenticate(cls, profile: SourceProfile) -> Authentication:
        return FixedHeader("X-Nyckel", profile.settings.get("nyckel", ""))

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        """All the person's numbers at once, within one deadline. Any failure is the whole answer's."""
        people = {person.number: person for person in (permit.patient, *permit.aliases)}
        with self.transport.deadline():
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._ask(number)) for number in people]
        records: list[Record] = []
        unreadable: list[Kind] = []
        as_of = datetime.now(UTC)
        for reply in (task.result() for task in tasks):
            if isinstance(reply, SourceFault):
                raise reply
            as_of = min(as_of, read_as_of(reply) or as_of)
            for name, (kind, map_entry) in LISTS.items():
                for entry in entries_of(reply, name):
                    try:
                        whose = number_in(entry)
                        if whose not in people:
                            raise SourceFault(Fault.FOREIGN_PATIENT)
                        record = map_entry(entry, people[whose], self.profile)
                    except (Unreadable, ValueError, TypeError, AttributeError):
                        unreadable.append(kind)
                        continue
                    if record is not None and kind in kinds:
                        records.append(record)
        return Answer(
            tuple({(record.kind, record.id): record for record in records}.values()),
            as_of,
            unparsed=len(unreadable),
            incomplete_kinds=frozenset(unreadable),
            absent=kinds - KINDS,
        )

    async def probe(self) -> None:
        reply = await self.transport.get_json("status")
        if reply.get("status") != "ok":
            raise SourceFault(Fault.REPORTED)

    async def _ask(self, number: str) -> dict[str, Any] | SourceFault:
        """Task groups cancel their siblings when one raises; a fault is therefore handed back as a value."""
        try:
            reply = await self.transport.post_json("boende", {"personnummer": number})
            answered = reply.get("personnummer")
            if answered != number:
                raise SourceFault(Fault.FOREIGN_PATIENT if answered else Fault.FORMAT)
        except SourceFault as fault:
            return fault
        return reply


def entries_of(reply: dict[str, Any], name: str) -> list[Any]:
    """A missing list is no empty list."""
    entries = reply.get(name)
    if not isinstance(entries, list):
        raise SourceFault(Fault.FORMAT)
    return entries


def read_as_of(reply: dict[str, Any]) -> datetime | None:
    try:
        when = read_when(reply.get("hamtat"))
    except ValueError:
        raise SourceFault(Fault.FORMAT) from None
    return None if when is None or when.is_doubtful else when.at
