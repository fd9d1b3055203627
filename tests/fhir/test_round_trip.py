"""Our own summary, read by our own connector for summaries: the same records, and the same gaps."""

import asyncio
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base.answers import Answer
from connectors.base.contract import Fault, SourceFault
from connectors.base.kinds import CareLimitation
from connectors.base.records import Record, When
from connectors.fhir.elements import Resource
from connectors.fhir.summary import SummaryReader
from connectors.ips.connector import SummaryConnector
from connectors.ips.mapping import OF_PATIENT, PARTS
from consent.vocabulary import Kind
from tests.aggregation.examples import answering, failing, record, source
from tests.factories.permits import TOLVAN
from tests.fhir.documents import summary_of
from tests.fhir.records import CARRIED

# What a document says of nobody: what it is called at its source, and when it was changed there.
NOT_CARRIED = {
    "id",
    "source",
    "updated",
    "version",
    "system",
    "document_id",
    "unit_phone",
    "origin",
    "recorded",
}
DERIVED: dict[str, set[str]] = {
    "diagnosis": {"code"},
    "medication": {"change", "changed", "prescriber"},
    "dose": {"author", "codes"},
    "infection": {"codes", "author"},
    "limitation": {"measures", "decided_by"},
    "plan": {"is_crisis"},
    "value": {"value_unit"},
    "contact": {"phones"},
    "relative": {"phones"},
}
SUMMARY = source("summary", kinds=SummaryConnector.manifest.kinds)


def read(document: Resource) -> Answer:
    reader = SummaryReader(None, SUMMARY, (), OF_PATIENT, PARTS)  # type: ignore[arg-type]
    return asyncio.run(reader.read_summary(document, (TOLVAN,), SUMMARY.kinds))


def plain(value: Any) -> Any:
    return (value.day, value.at) if isinstance(value, When) else value


def said(each: Record, name: str) -> dict[str, Any]:
    left_out = NOT_CARRIED | DERIVED.get(name, set())
    told = {f.name: plain(getattr(each, f.name)) for f in fields(each) if f.name not in left_out}
    owner = (each.origin.provider.hsa_id, each.origin.unit_id if each.origin.names_unit else "")
    phones = [phone.number for phone in getattr(each, "phones", ())]
    return {**told, "kind": each.kind, "owner": owner, "numbers": phones}


@pytest.mark.parametrize("name", CARRIED)
def test_a_record_comes_back_as_it_went(name: str) -> None:
    @given(CARRIED[name])
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def comes_back(each: Record) -> None:
        found = read(summary_of({"cosmic": answering(each)}))
        # A covid infection is a diagnosis as well to whoever reads Conditions.
        (back,) = [r for r in found.records if r.kind is each.kind]
        assert said(back, name) == said(each, name)
        assert not found.unparsed

    comes_back()


@given(st.lists(st.one_of(*CARRIED.values()), max_size=8))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_as_many_come_back_as_went(held: list[Record]) -> None:
    told = [replace(each, id=str(n)) for n, each in enumerate(held)]
    found = read(summary_of({"cosmic": answering(*told)}))
    infections = sum(getattr(each, "is_infection", False) for each in told)
    assert len(found.records) == len(told) + infections
    assert not found.absent
    assert not found.unparsed


def test_nothing_comes_back_as_nothing() -> None:
    found = read(summary_of())
    assert not found.records
    assert not found.absent
    assert not found.withheld


def test_what_is_unknown_here_is_unknown_there() -> None:
    found = read(summary_of({"cosmic": failing(SourceFault(Fault.TIMED_OUT))}))
    assert found.absent >= {Kind.DIAGNOSIS, Kind.WARNING, Kind.MEDICATION, Kind.CARE_LIMITATION}
    assert found.warnings


def test_what_came_in_part_is_incomplete_there() -> None:
    held = answering(record(CareLimitation, text="Ej HLR"))
    found = read(summary_of({"cosmic": held, "viva-hsl": failing(SourceFault(Fault.TIMED_OUT))}))
    assert found.incomplete_kinds is None, "a document with a warning is whole in nothing"
    assert found.withheld
