"""What every connector must live up to. Give scenarios, receive tests: found, empty, faults, wrong patient.

A connector's ``scenarios.SCENARIOS`` says how its source answers; the suite replays that through its own
fault server, over HTTP, with the connector's real transport. Nothing is skipped: a missing scenario fails.
Works under any runner that collects ``test_`` methods; the runner's side gives the permits.
"""

import asyncio
import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Awaitable
from typing import Any, ClassVar

from connectors.base.contract import Answer, Connector, Fault, SourceFault, SourceProfile
from connectors.base.faults import FAULTS, Misbehaviour
from connectors.base.faultserver import Answerer, Asked, FaultServer, Reply, json_reply, run_fault_server
from connectors.base.records import Record, Status
from connectors.base.registry import build_connector
from connectors.base.scenarios import (
    PATIENT_S,
    SHORT_S,
    Scenarios,
    expect,
    load_scenarios,
    misbehaving,
    run,
)
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind


class ConnectorConformance(ABC):
    """Inherit, name the connector, and give permits."""

    connector: ClassVar[type[Connector]]

    @abstractmethod
    def permit_for(self, patient: PersonId) -> Permit:
        """A permit that opens everything about the patient."""

    @property
    def scenarios(self) -> Scenarios:
        return load_scenarios(self.connector, Scenarios)

    def profile(self, base_url: str, deadline_s: float) -> SourceProfile:
        scenarios = self.scenarios
        return SourceProfile(
            slug="conformance",
            label="Conformance",
            base_url=base_url + scenarios.path,
            owner=None if self.connector.manifest.is_aggregating else scenarios.owner,
            kinds=self.connector.manifest.kinds,
            settings={name: value.replace("{base}", base_url) for name, value in scenarios.settings.items()},
            connector=self.connector.manifest.slug,
            deadline_s=deadline_s,
            providers={scenarios.owner.hsa_id: scenarios.owner},
        )

    def ask(
        self, answer: Answerer, kinds: frozenset[Kind] | None = None, deadline_s: float = PATIENT_S
    ) -> Answer:
        """What the connector makes of a source that answers like this. Raises SourceFault."""

        async def asking() -> Answer:
            async with run_fault_server(answer) as server:
                return await self.ask_at(server, kinds, deadline_s)

        return run(asking())

    async def ask_at(
        self, server: FaultServer, kinds: frozenset[Kind] | None = None, deadline_s: float = PATIENT_S
    ) -> Answer:
        connector = build_connector(self.profile(server.base_url, deadline_s))
        permit = self.permit_for(self.scenarios.patient)
        return await connector.fetch(permit, self.connector.manifest.kinds if kinds is None else kinds)

    def fault_from(self, answer: Answerer, deadline_s: float = PATIENT_S) -> SourceFault:
        """The fault a misbehaving source ends in. An answer instead, of whatever kind, is a failure."""
        try:
            given = self.ask(answer, deadline_s=deadline_s)
        except SourceFault as fault:
            return fault
        raise AssertionError(f"a fault became an answer with {len(given.records)} records")

    def expect_fault(self, answer: Answerer, wanted: Fault, deadline_s: float = PATIENT_S) -> None:
        fault = self.fault_from(answer, deadline_s).fault
        expect(fault is wanted, f"{fault.value}, should be {wanted.value}")

    # What comes.

    def test_found_records_carry_patient_source_owner_and_kind(self) -> None:
        answer = self.ask(self.scenarios.found)
        expect({r.kind for r in answer.records} == self.scenarios.found_kinds, "other kinds than promised")
        expect(answer.unparsed == 0 and not answer.withheld, "a sound answer was read in part")
        for record in answer.records:
            self.check_record(record)

    def check_record(self, record: Record) -> None:
        expect(record.patient == self.scenarios.patient, "another patient")
        expect(record.source == "conformance", "the source's slug is missing")
        expect(bool(record.origin.provider.hsa_id and record.origin.provider.name), "no owner")
        expect(bool(record.origin.unit_id) or record.origin.unit_is_assumed, "a missing unit is not marked")
        expect(bool(record.id and record.title), "neither id nor title")
        expect(record.status is not Status.IN_ERROR, "nullified, yet shown")
        expect(dataclasses.is_dataclass(record), "not a canonical record")

    def test_only_kinds_asked_for_come_back(self) -> None:
        for kind in sorted(self.scenarios.found_kinds):
            answer = self.ask(self.scenarios.found, frozenset({kind}))
            expect({r.kind for r in answer.records} == {kind}, f"asked for {kind}, got something else")

    def test_empty_is_complete_and_has_a_time(self) -> None:
        answer = self.ask(self.scenarios.empty)
        expect(answer.records == () and answer.unparsed == 0 and not answer.withheld, "not empty")
        expect(answer.as_of.tzinfo is not None, "the time has no zone")

    def test_unknown_patient_is_a_complete_empty_answer(self) -> None:
        answer = self.ask(self.scenarios.unknown)
        expect(answer.records == () and answer.unparsed == 0 and not answer.withheld, "not empty")

    def test_nullified_records_never_come(self) -> None:
        answer = self.ask(self.scenarios.nullified)
        expect(answer.records == (), "a nullified record came")

    def test_withheld_is_told(self) -> None:
        if isinstance(self.scenarios.withheld, str):
            expect(bool(self.scenarios.withheld.strip()), "say why nothing can be withheld")
            return
        expect(self.ask(self.scenarios.withheld).withheld, "nobody was told that there is more")

    def test_one_bad_entry_is_counted_and_hides_nothing(self) -> None:
        answer = self.ask(self.scenarios.one_bad)
        expect(answer.unparsed == 1, f"{answer.unparsed} entries unparsed, should be 1")
        expect({r.kind for r in answer.records} == self.scenarios.found_kinds, "good ones were lost")

    def test_record_without_patient_is_left_out_and_counted(self) -> None:
        answer = self.ask(self.scenarios.without_patient)
        expect(answer.unparsed == 1, "it was not counted")
        expect({r.kind for r in answer.records} == self.scenarios.found_kinds, "good ones were lost")

    # Whose it is.

    def test_somebody_elses_record_at_any_place_quarantines_the_source(self) -> None:
        for place in range(3):
            self.expect_fault(self.scenarios.foreign(place), Fault.FOREIGN_PATIENT)
        if self.scenarios.many is not None:
            for place in (0, 99, 199):
                self.expect_fault(self.scenarios.many(200, place), Fault.FOREIGN_PATIENT)

    # What goes wrong.

    def test_every_fault_becomes_its_fault_and_never_an_answer(self) -> None:
        wrong = []
        for misbehaviour in FAULTS:
            try:
                self.check_fault(misbehaviour)
            except AssertionError as error:
                wrong.append(f"{misbehaviour.name}: {error}")
        expect(not wrong, "; ".join(wrong))

    def check_fault(self, misbehaviour: Misbehaviour) -> None:
        scenarios = self.scenarios
        answer = misbehaving(scenarios.found, scenarios.is_question, misbehaviour.reply())
        self.expect_fault(answer, misbehaviour.fault, SHORT_S if misbehaviour.is_slow else PATIENT_S)

    def test_nobody_listening_is_a_fault(self) -> None:
        async def asking() -> None:
            async with run_fault_server(self.scenarios.found) as server:
                pass
            await self.ask_at(server)

        try:
            run(asking())
        except SourceFault as fault:
            expect(fault.fault is Fault.CONNECT, fault.fault.value)
            return
        raise AssertionError("an answer from nobody")

    def test_redirect_target_is_never_contacted(self) -> None:
        async def asking() -> int:
            async with run_fault_server(lambda _: json_reply({})) as target:
                elsewhere = Reply(status=307, headers={"Location": f"{target.base_url}/x"})
                answer = misbehaving(self.scenarios.found, self.scenarios.is_question, elsewhere)
                async with run_fault_server(answer) as server:
                    try:
                        await self.ask_at(server)
                    except SourceFault as fault:
                        expect(fault.fault is Fault.REDIRECT, fault.fault.value)
                return target.connections

        expect(run(asking()) == 0, "the redirect was followed")

    def test_cancelled_reader_ends_the_call(self) -> None:
        async def asking() -> bool:
            arrived = asyncio.Event()
            hanging = misbehaving(
                self.scenarios.found, self.scenarios.is_question, Reply(hang_before_headers=True)
            )

            def noticing(asked: Asked) -> Reply | Awaitable[Reply]:
                if self.scenarios.is_question(asked):
                    arrived.set()
                return hanging(asked)

            async with run_fault_server(noticing) as server:
                task = asyncio.create_task(self.ask_at(server))
                await arrived.wait()
                task.cancel()
                await asyncio.wait({task}, timeout=PATIENT_S)
                return task.cancelled()

        expect(run(asking()), "cancelled, yet it went on or answered")

    def test_no_number_stands_in_an_address(self) -> None:
        async def asking() -> list[str]:
            async with run_fault_server(self.scenarios.found) as server:
                await self.ask_at(server)
                return [asked.path for asked in server.asked]

        expect(self.scenarios.patient.number not in " ".join(run(asking())), "the number stands in a URL")

    def test_probe_names_no_patient(self) -> None:
        async def probing() -> list[Asked]:
            async with run_fault_server(self.scenarios.found) as server:
                await build_connector(self.profile(server.base_url, PATIENT_S)).probe()
                return server.asked

        sent: list[Any] = run(probing())
        expect(bool(sent), "the probe asked nothing")
        expect(
            all(self.scenarios.patient.number.encode() not in asked.body for asked in sent),
            "a patient was named",
        )
