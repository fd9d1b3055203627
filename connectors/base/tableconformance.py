"""What a connector without a wire must live up to: one that answers out of this portal's own tables.

Give rows, receive tests: found, empty, the same whoever is asked about, and a table that cannot be read.
"""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import ClassVar

from asgiref.sync import async_to_sync

from connectors.base.contract import Answer, Connector, SourceFault, SourceProfile
from connectors.base.records import Status
from connectors.base.registry import build_connector
from connectors.base.scenarios import expect
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind


class TableConformance(ABC):
    """Inherit, name the connector, and give permits and rows."""

    connector: ClassVar[type[Connector]]
    patients: ClassVar[tuple[PersonId, PersonId]]

    @abstractmethod
    def permit_for(self, patient: PersonId) -> Permit:
        """A permit that opens everything about the patient."""

    @abstractmethod
    def fill(self) -> SourceProfile:
        """Write rows of the source's owner and of somebody else's; a source that has the former."""

    @abstractmethod
    def unreadable(self) -> AbstractContextManager[None]:
        """While inside, the tables cannot be read."""

    def ask(self, profile: SourceProfile, kinds: frozenset[Kind], patient: PersonId | None = None) -> Answer:
        permit = self.permit_for(patient or self.patients[0])
        return async_to_sync(build_connector(profile).fetch)(permit, kinds)

    def test_found_records_carry_patient_source_owner_and_unit(self) -> None:
        profile = self.fill()
        answer = self.ask(profile, profile.kinds)
        expect(bool(answer.records) and not answer.absent and not answer.withheld, "a sound answer in part")
        for record in answer.records:
            expect(record.patient == self.patients[0] and record.source == profile.slug, "whose is it?")
            expect(record.origin.provider == profile.owner, "somebody else's row")
            expect(record.origin.names_unit and bool(record.id and record.title), "no unit, id or title")
            expect(record.status is not Status.IN_ERROR, "nullified, yet shown")

    def test_only_kinds_asked_for_come_back(self) -> None:
        profile = self.fill()
        answer = self.ask(profile, frozenset(Kind) - profile.kinds)
        expect(answer.records == (), "a kind nobody asked for")

    def test_rows_say_nothing_about_anybody(self) -> None:
        profile = self.fill()
        said = [
            [(r.id, r.origin) for r in self.ask(profile, profile.kinds, person).records]
            for person in self.patients
        ]
        expect(said[0] == said[1], "two patients, two answers")

    def test_a_table_that_cannot_be_read_is_a_fault_and_never_empty(self) -> None:
        profile = self.fill()
        for way in ("fetch", "probe"):
            with self.unreadable():
                try:
                    if way == "fetch":
                        self.ask(profile, profile.kinds)
                    else:
                        async_to_sync(build_connector(profile).probe)()
                except SourceFault:
                    continue
            raise AssertionError(f"{way}: an answer from nowhere")
