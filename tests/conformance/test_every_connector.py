"""Every installed connector has scenarios and a class that inherits the suite; the ledgers tell the truth."""

from importlib import import_module

import pytest

from connectors.base.conformance import ConnectorConformance
from connectors.base.contract import Fact
from connectors.base.factconformance import (
    BlockSourceConformance,
    ExistenceSourceConformance,
    RelationSourceConformance,
)
from connectors.base.personconformance import PersonSourceConformance
from connectors.base.quality import find_flaws
from connectors.base.registry import connector_classes
from connectors.base.tableconformance import TableConformance

SUITES = {
    Fact.PERSON: PersonSourceConformance,
    Fact.BLOCKS: BlockSourceConformance,
    Fact.RELATION: RelationSourceConformance,
    Fact.EXISTENCE: ExistenceSourceConformance,
}
CONNECTORS = sorted(connector_classes().items())


def suites_for(connector):
    module = import_module(f"tests.conformance.test_{connector.manifest.slug}")
    return [
        suite
        for suite in vars(module).values()
        if isinstance(suite, type)
        and issubclass(suite, (ConnectorConformance, TableConformance, *SUITES.values()))
        and getattr(suite, "connector", None) is connector
    ]


@pytest.mark.parametrize(("slug", "connector"), CONNECTORS)
def test_connector_inherits_a_suite(slug, connector):
    assert suites_for(connector), f"{slug}: nothing in tests/conformance/test_{slug}.py inherits the suite"


@pytest.mark.parametrize(("slug", "connector"), CONNECTORS)
def test_every_fact_a_connector_may_answer_has_its_suite(slug, connector):
    settings = {setting.name: "true" for setting in connector.manifest.settings}
    suites = tuple(suites_for(connector))
    for fact in connector.facts_of(settings):
        assert any(issubclass(suite, SUITES[fact]) for suite in suites), f"{slug}: {fact.name.lower()}"


@pytest.mark.parametrize(("slug", "connector"), CONNECTORS)
def test_ledger_has_no_flaws(slug, connector):
    assert find_flaws(connector) == []


def test_suite_without_scenarios_fails_and_never_skips():
    class Bare(ConnectorConformance):
        connector = type("Bare", (), {"__module__": "tests.conformance.nowhere"})

        def permit_for(self, patient):
            raise NotImplementedError

    with pytest.raises(AssertionError, match="SCENARIOS is missing"):
        Bare().test_found_records_carry_patient_source_owner_and_kind()
