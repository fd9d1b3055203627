"""The conformance suite of a source of facts about people (``consent.facts.PersonSource``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, cast

from connectors.base.contract import Connector, SourceProfile
from connectors.base.faults import FAULTS
from connectors.base.faultserver import Answerer, Asked, run_fault_server
from connectors.base.registry import build_connector
from connectors.base.scenarios import PATIENT_S, SHORT_S, expect, load_scenarios, misbehaving, run
from consent.facts import Person, PersonSource, UnknownPerson
from consent.terms import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonScenarios:
    """How the register answers. ``alias``: another number of the same person, in ``found``."""

    settings: Mapping[str, str]
    person: PersonId
    alias: PersonId
    found: Answerer
    protected: Answerer
    unknown: Answerer
    foreign: Answerer
    broken: Answerer
    path: str = ""


class PersonSourceConformance:
    """Inherit and name the connector."""

    connector: ClassVar[type[Connector]]

    @property
    def scenarios(self) -> PersonScenarios:
        return load_scenarios(self.connector, PersonScenarios)

    def find(self, answer: Answerer, deadline_s: float = PATIENT_S) -> Person:
        """Raises UnknownPerson."""

        async def finding() -> Person:
            async with run_fault_server(answer) as server:
                source = cast(PersonSource, self.build(server.base_url, deadline_s))
                return await source.find(self.scenarios.person)

        return run(finding())

    def build(self, base_url: str, deadline_s: float) -> Connector:
        profile = SourceProfile(
            slug="conformance",
            label="Conformance",
            base_url=base_url + self.scenarios.path,
            owner=None,
            settings=self.scenarios.settings,
            connector=self.connector.manifest.slug,
            deadline_s=deadline_s,
        )
        return build_connector(profile)

    def test_found_person_is_known_with_aliases(self) -> None:
        person = self.find(self.scenarios.found)
        expect(person.is_known and person.id == self.scenarios.person, "not the person")
        expect(person.aliases == (self.scenarios.alias,), "the other number is missing")
        expect(bool(person.given_name and person.family_name and person.born), "no name or birth date")
        expect(not person.is_protected, "protected without reason")

    def test_protected_person_has_no_contact_details(self) -> None:
        person = self.find(self.scenarios.protected)
        expect(person.is_known and person.is_protected, "not protected")
        expect(not (person.address or person.phone or person.relatives), "contact details came through")

    def test_unknown_person_is_told_apart(self) -> None:
        try:
            self.find(self.scenarios.unknown)
        except UnknownPerson:
            return
        raise AssertionError("nobody was found, and nobody was told")

    def test_somebody_else_is_never_believed(self) -> None:
        self.expect_number_only(self.find(self.scenarios.foreign))

    def test_unreadable_facts_are_not_believed_in_part(self) -> None:
        self.expect_number_only(self.find(self.scenarios.broken))

    def test_every_fault_leaves_the_number_alone_and_protected(self) -> None:
        for misbehaviour in FAULTS:
            answer = misbehaving(self.scenarios.found, lambda _: True, misbehaviour.reply())
            self.expect_number_only(self.find(answer, SHORT_S if misbehaviour.is_slow else PATIENT_S))

    def test_nobody_listening_leaves_the_number_alone(self) -> None:
        async def finding() -> Person:
            async with run_fault_server(self.scenarios.found) as server:
                pass
            source = cast(PersonSource, self.build(server.base_url, PATIENT_S))
            return await source.find(self.scenarios.person)

        self.expect_number_only(run(finding()))

    def test_no_number_stands_in_an_address(self) -> None:
        async def finding() -> list[Asked]:
            async with run_fault_server(self.scenarios.found) as server:
                await cast(PersonSource, self.build(server.base_url, PATIENT_S)).find(self.scenarios.person)
                return server.asked

        asked = run(finding())
        expect(bool(asked), "nothing was asked")
        expect(all(self.scenarios.person.number not in each.path for each in asked), "the number is in a URL")

    def test_probe_names_no_patient(self) -> None:
        async def probing() -> list[Asked]:
            async with run_fault_server(self.scenarios.found) as server:
                await self.build(server.base_url, PATIENT_S).probe()
                return server.asked

        asked = run(probing())
        expect(bool(asked), "the probe asked nothing")
        expect(
            all(self.scenarios.person.number.encode() not in each.body for each in asked),
            "a patient was named",
        )

    def expect_number_only(self, person: Person) -> None:
        expect(person == Person(self.scenarios.person), "something was believed")
        expect(person.is_protected, "not treated as protected")
