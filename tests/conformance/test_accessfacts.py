"""The service for blocks, relations and existence passes the three suites for fact sources."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from connectors.accessfacts.connector import ANSWERS, CHOSEN, AccessFactsConnector
from connectors.accessfacts.scenarios import (
    BLOCK_ID,
    OWNER,
    REGION,
    SCENARIOS,
    STRANGER,
    UNIT,
    block,
    blocks,
    existence,
    relation,
)
from connectors.base.contract import Fact, Fault, SourceFault, SourceProfile
from connectors.base.factconformance import (
    BlockSourceConformance,
    ExistenceSourceConformance,
    RelationSourceConformance,
)
from connectors.base.faultserver import json_reply, run_fault_server
from connectors.base.registry import build_connector
from connectors.base.scenarios import run
from connectors.base.session import close_session
from consent.terms import PersonId
from consent.vocabulary import RelationGround
from tests.factories.permits import permit_for

pytestmark = pytest.mark.network


class TestBlocks(BlockSourceConformance):
    connector = AccessFactsConnector

    @pytest.mark.parametrize(
        "changed",
        [
            {"blockId": "1"},
            {"blockId": None},
            {"blockType": ["Inner"]},
            {"blockType": None},
            {"informationCareProviderId": ""},
            {"informationCareProviderId": "X" * 33},
            {"informationCareUnitId": 7},
            {"informationStartDate": "2026-13-01"},
            {"informationStartDate": 20260101},
            {"informationStartDate": "2026-02-02", "informationEndDate": "2026-02-01"},
            {"excludedInformationTypes": None},
            {"excludedInformationTypes": "upp"},
            {"personId": ""},
            {"personIdType": None},
        ],
    )
    def test_one_flawed_block_spoils_them_all(self, changed):
        self.expect_fault(blocks(block(), block(**{"blockId": BLOCK_ID[:-1] + "2", **changed})), Fault.FORMAT)

    def test_a_missing_field_is_not_taken_for_an_empty_one(self):
        for name in ("blockId", "informationCareProviderId", "excludedInformationTypes"):
            entry = block()
            del entry[name]
            self.expect_fault(blocks(entry), Fault.FORMAT)

    def test_entries_that_are_no_objects(self):
        broken: Any = "x"
        self.expect_fault(blocks(broken), Fault.FORMAT)
        self.expect_fault(blocks(blocks=None), Fault.FORMAT)

    def test_a_list_that_does_not_say_whether_it_is_whole_is_none(self):
        self.expect_fault(blocks(block(), isComplete="yes"), Fault.REPORTED)
        answer = {"personId": "191212121212", "personIdType": "personnummer", "blocks": []}
        self.expect_fault(lambda _: json_reply(answer), Fault.FORMAT)

    def test_the_same_block_twice_is_no_list(self):
        self.expect_fault(blocks(block(), block(blockType="Outer")), Fault.FORMAT)

    def test_the_same_number_of_another_sort_is_somebody_else(self):
        self.expect_fault(blocks(personIdType="samordningsnummer"), Fault.FOREIGN_PATIENT)

    def test_an_exception_that_nobody_knows_leaves_nothing_out(self):
        (found,) = self.ask(blocks(block(excludedInformationTypes=["vac", "lak", 1])))
        assert found.excluded_types == {"lak"}

    def test_hsa_ids_are_compared_in_one_form(self):
        (found,) = self.ask(blocks(block(informationCareUnitId=f" {UNIT.lower()} ")))
        assert (found.unit_id, found.provider_id) == (UNIT, REGION)

    @pytest.mark.parametrize("unit", [None, ""])
    def test_a_block_without_a_unit_covers_the_provider(self, unit):
        (found,) = self.ask(blocks(block(informationCareUnitId=unit, blockType="Outer")))
        assert found.unit_id == ""


class TestRelation(RelationSourceConformance):
    connector = AccessFactsConnector

    @pytest.mark.parametrize(
        ("said", "ground"),
        [
            ("current", RelationGround.JOURNAL),
            ("planned", RelationGround.JOURNAL),
            ("service", RelationGround.SERVICE),
            ("assessment", RelationGround.ASSESSMENT),
            ("none", RelationGround.NONE),
        ],
    )
    def test_each_answer_has_its_ground(self, said, ground):
        assert self.ask(relation(said)) is ground

    @pytest.mark.parametrize("said", [None, True, "attested", "", ["current"]])
    def test_any_other_answer_is_none_at_all(self, said):
        self.expect_fault(relation(said), Fault.FORMAT)

    def test_an_answer_about_another_unit_is_not_believed(self):
        self.expect_fault(relation("current", careUnitId="SE2321000016-R0ME"), Fault.FORMAT)


class TestExistence(ExistenceSourceConformance):
    connector = AccessFactsConnector

    @pytest.mark.parametrize("said", [None, 0, 1, "true", [], {}])
    def test_only_a_boolean_is_an_answer(self, said):
        self.expect_fault(existence(said=said), Fault.FORMAT)

    def test_whose_own_data_does_not_count_is_said(self):
        (asked,) = self.asked_of(self.sound, self.put)
        assert asked.json["apartFromCareProviderId"] == REGION


def probe(answer, **settings):
    async def probing():
        async with run_fault_server(answer) as server:
            profile = SourceProfile(
                "facts",
                "F",
                server.base_url,
                OWNER,
                settings={"token": "t", **settings},
                connector="accessfacts",
            )
            await build_connector(settings.get("changed", lambda p: p)(profile)).probe()

    return run(probing())


def test_a_source_that_answers_nothing_is_set_up_wrongly():
    with pytest.raises(SourceFault, match="config"):
        probe(blocks())
    probe(blocks(), **{ANSWERS[Fact.BLOCKS]: CHOSEN})


def test_a_journal_without_an_owner_is_set_up_wrongly():
    with pytest.raises(SourceFault, match="config"):
        probe(
            relation("none"),
            **{ANSWERS[Fact.RELATION]: CHOSEN, "changed": lambda profile: replace(profile, owner=None)},
        )


def test_a_service_that_says_it_is_unwell_does_not_pass_for_well():
    with pytest.raises(SourceFault, match="reported"):
        probe(lambda _: json_reply({"status": "down"}), **{ANSWERS[Fact.BLOCKS]: CHOSEN})


def test_records_are_never_asked_for():
    async def fetching():
        profile = SourceProfile("facts", "F", "http://x.invalid", None, connector="accessfacts")
        try:
            await build_connector(profile).fetch(permit_for(PersonId("191212121212")), frozenset())
        finally:
            await close_session()

    with pytest.raises(SourceFault, match="config"):
        asyncio.run(fetching())


def test_settings_choose_the_questions():
    assert AccessFactsConnector.facts_of({}) == frozenset()
    assert AccessFactsConnector.facts_of({"answers_blocks": "", "answers_relation": "true"}) == {
        Fact.RELATION
    }
    assert AccessFactsConnector.facts_of(SCENARIOS.settings) == {Fact.BLOCKS, Fact.RELATION, Fact.EXISTENCE}


def test_the_stranger_is_somebody_else():
    assert SCENARIOS.person != STRANGER
