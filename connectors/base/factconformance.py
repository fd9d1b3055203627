"""The conformance suites of sources that answer about blocks, relation or existence (``contract.Fact``).

A connector inherits one suite for each fact it answers. An answer is right or it is the right fault; there is
no third way, and least of all one that reads as "none" or "no".
"""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, TypeVar, cast

from connectors.base.contract import Connector, Fact, Fault, SourceFault, SourceProfile
from connectors.base.factscenarios import (
    BlockScenarios,
    ExistenceScenarios,
    FactScenario,
    FactScenarios,
    RelationScenarios,
)
from connectors.base.faults import FAULTS, Misbehaviour
from connectors.base.faultserver import Answerer, Asked, Reply, run_fault_server
from connectors.base.registry import build_connector
from connectors.base.scenarios import PATIENT_S, SHORT_S, expect, load_scenarios, misbehaving, run
from consent.vocabulary import RelationGround

T = TypeVar("T")


class _FactConformance:
    """What holds for every fact. ``fact`` and ``sound``: which one, and a server that answers it well."""

    connector: ClassVar[type[Connector]]
    fact: ClassVar[Fact]

    @property
    def scenarios(self) -> FactScenarios:
        return load_scenarios(self.connector, FactScenarios)

    @property
    def scenario(self) -> FactScenario:
        raise NotImplementedError

    @property
    def sound(self) -> Answerer:
        raise NotImplementedError

    def about(self) -> tuple[object, ...]:
        """What follows the person in the question."""
        return ()

    def described(self, scenario: T | None) -> T:
        expect(scenario is not None, f"no scenarios for {self.fact.name.lower()}")
        return cast(T, scenario)

    def build(self, base_url: str, deadline_s: float = PATIENT_S) -> Connector:
        return build_connector(
            SourceProfile(
                slug="conformance",
                label="Conformance",
                base_url=base_url + self.scenarios.path,
                owner=self.scenarios.owner,
                settings=self.scenarios.settings,
                connector=self.connector.manifest.slug,
                deadline_s=deadline_s,
            )
        )

    def put(self, connector: Connector) -> Awaitable[object]:
        answer: Awaitable[object] = getattr(connector, self.fact.value)(self.scenarios.person, *self.about())
        return answer

    def ask(self, answer: Answerer, deadline_s: float = PATIENT_S) -> Any:
        """What the connector makes of a source that answers like this. Raises SourceFault."""

        async def asking() -> Any:
            async with run_fault_server(answer) as server:
                return await self.put(self.build(server.base_url, deadline_s))

        return run(asking())

    def expect_fault(self, answer: Answerer, wanted: Fault, deadline_s: float = PATIENT_S) -> None:
        try:
            given = self.ask(answer, deadline_s)
        except SourceFault as fault:
            expect(fault.fault is wanted, f"{fault.fault.value}, should be {wanted.value}")
            return
        raise AssertionError(f"a fault became the answer {given!r}")

    def asked_of(self, answer: Answerer, question: Callable[[Connector], Awaitable[Any]]) -> list[Asked]:
        """Every request that a question leads to."""

        async def asking() -> list[Asked]:
            async with run_fault_server(answer) as server:
                await question(self.build(server.base_url))
                return server.asked

        asked = run(asking())
        expect(bool(asked), "nothing was asked")
        return asked

    def test_the_settings_choose_this_fact(self) -> None:
        expect(self.fact in self.connector.facts_of(self.scenarios.settings), "it is not among facts_of")

    def test_somebody_else_is_never_believed(self) -> None:
        self.expect_fault(self.scenario.foreign, Fault.FOREIGN_PATIENT)

    def test_what_cannot_be_read_is_not_believed_in_part(self) -> None:
        self.expect_fault(self.scenario.broken, Fault.FORMAT)

    def test_every_fault_becomes_its_fault_and_never_an_answer(self) -> None:
        wrong = []
        for misbehaviour in FAULTS:
            try:
                self.check_fault(misbehaviour)
            except AssertionError as error:
                wrong.append(f"{misbehaviour.name}: {error}")
        expect(not wrong, "; ".join(wrong))

    def check_fault(self, misbehaviour: Misbehaviour) -> None:
        answer = misbehaving(self.sound, self.scenario.is_question, misbehaviour.reply())
        self.expect_fault(answer, misbehaviour.fault, SHORT_S if misbehaviour.is_slow else PATIENT_S)

    def test_404_is_a_fault(self) -> None:
        """That nothing is known of somebody is said in an answer of its own."""
        answer = misbehaving(self.sound, self.scenario.is_question, Reply(b"{}", status=404))
        self.expect_fault(answer, Fault.CONFIG)

    def test_nobody_listening_is_a_fault(self) -> None:
        async def asking() -> None:
            async with run_fault_server(self.sound) as server:
                pass
            await self.put(self.build(server.base_url))

        try:
            run(asking())
        except SourceFault as fault:
            expect(fault.fault is Fault.CONNECT, fault.fault.value)
            return
        raise AssertionError("an answer from nobody")

    def test_no_number_stands_in_an_address(self) -> None:
        asked = self.asked_of(self.sound, self.put)
        expect(all(self.scenarios.person.number not in each.path for each in asked), "the number is in a URL")

    def test_question_says_whose_number_and_of_which_sort(self) -> None:
        person = self.scenarios.person
        body = b"".join(each.body for each in self.asked_of(self.sound, self.put))
        expect(person.number.encode() in body and person.type.value.encode() in body, "nobody was named")

    def test_probe_names_no_patient(self) -> None:
        asked = self.asked_of(self.sound, lambda connector: connector.probe())
        expect(all(self.scenarios.person.number.encode() not in a.body for a in asked), "a patient was named")


class BlockSourceConformance(_FactConformance):
    """Inherit and name the connector."""

    fact = Fact.BLOCKS

    @property
    def scenario(self) -> BlockScenarios:
        return self.described(self.scenarios.blocks)

    @property
    def sound(self) -> Answerer:
        return self.scenario.found

    def test_found_blocks_carry_everything(self) -> None:
        expect(self.ask(self.scenario.found) == self.scenario.expected, "other blocks than promised")

    def test_none_is_an_answer(self) -> None:
        expect(self.ask(self.scenario.none) == (), "not empty")

    def test_somebody_elses_block_among_others_spoils_them_all(self) -> None:
        self.expect_fault(self.scenario.foreign_entry, Fault.FOREIGN_PATIENT)

    def test_half_a_list_is_none(self) -> None:
        if isinstance(self.scenario.incomplete, str):
            expect(bool(self.scenario.incomplete.strip()), "say why the list is always whole")
            return
        self.expect_fault(self.scenario.incomplete, Fault.REPORTED)


class RelationSourceConformance(_FactConformance):
    """Inherit and name the connector."""

    fact = Fact.RELATION

    @property
    def scenario(self) -> RelationScenarios:
        return self.described(self.scenarios.relation)

    @property
    def sound(self) -> Answerer:
        return self.scenario.found

    def about(self) -> tuple[object, ...]:
        return (self.scenario.unit_id,)

    def test_relation_is_found(self) -> None:
        expect(self.ask(self.scenario.found) is self.scenario.expected, "another relation than promised")

    def test_none_is_an_answer(self) -> None:
        expect(self.ask(self.scenario.none) is RelationGround.NONE, "a relation out of nothing")


class ExistenceSourceConformance(_FactConformance):
    """Inherit and name the connector."""

    fact = Fact.EXISTENCE

    @property
    def scenario(self) -> ExistenceScenarios:
        return self.described(self.scenarios.existence)

    @property
    def sound(self) -> Answerer:
        return self.scenario.yes

    def about(self) -> tuple[object, ...]:
        return (self.scenario.apart_from,)

    def test_yes_and_no_are_told_apart(self) -> None:
        expect(self.ask(self.scenario.yes) is True, "not yes")
        expect(self.ask(self.scenario.no) is False, "not no")

    def test_yes_and_no_are_asked_for_alike(self) -> None:
        """What goes out must not depend on the answer (SVOD 2:4: one boolean and nothing beside it)."""
        questions = [
            [(each.method, each.path, each.body) for each in self.asked_of(server, self.put)]
            for server in (self.scenario.yes, self.scenario.no)
        ]
        expect(questions[0] == questions[1], "the questions differ")
