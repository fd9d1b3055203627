"""A source that delivers by itself keeps the same contract: what was pushed reads as what is fetched."""

import pytest

from connectors.base.contract import Fault, SourceFault
from connectors.base.records import Record
from connectors.openfeed.mapping import KINDS
from connectors.openfeed.scenarios import OWNER, PATIENT, STRANGER, Flat, flat, records, server
from consent.vocabulary import Kind
from tests.conformance.test_openfeed import TestOpenfeed as Pulled
from tests.feed.vendor import Vendor, make_source

pytestmark = [pytest.mark.django_db, pytest.mark.network]


@pytest.fixture
def vendor(db: None) -> Vendor:
    return Vendor(make_source("conformance", OWNER.hsa_id))


def as_pulled(*held: Flat) -> tuple[Record, ...]:
    return Pulled().ask(server(list(held))).records


def test_every_kind_comes_through_the_same_mapping(vendor: Vendor) -> None:
    vendor.push(*records(), complete=True)
    answer = vendor.shown()
    assert {record.kind for record in answer.records} == KINDS
    assert (answer.unparsed, answer.withheld, answer.absent) == (0, False, frozenset())
    assert {r.id: type(r) for r in answer.records} == {r.id: type(r) for r in as_pulled(*records())}
    for record in answer.records:
        Pulled().check_record(record)
        assert record.patient == PATIENT


def test_pushed_record_equals_the_fetched_one(vendor: Vendor) -> None:
    vendor.push(*records())
    pulled = {record.id: record for record in as_pulled(*records())}
    for record in vendor.shown().records:
        twin = pulled[record.id]
        assert (record.title, record.text, record.status, record.start, record.updated, record.codes) == (
            twin.title, twin.text, twin.status, twin.start, twin.updated, twin.codes
        )  # fmt: skip
        assert record.origin.unit_id == twin.origin.unit_id


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_only_kinds_asked_for_come_back(vendor: Vendor, kind: Kind) -> None:
    vendor.push(*records(), complete=True)
    assert {record.kind for record in vendor.shown(kinds=frozenset({kind})).records} == {kind}


def test_empty_is_complete_and_has_a_time(vendor: Vendor) -> None:
    vendor.push(complete=True)
    answer = vendor.shown()
    assert (answer.records, answer.unparsed, answer.withheld, answer.absent) == ((), 0, False, frozenset())
    assert answer.as_of.tzinfo is not None


def test_nullified_records_never_come(vendor: Vendor) -> None:
    vendor.push(flat(1, "service", status="error"), complete=True)
    assert vendor.shown().records == ()


def test_one_bad_entry_is_counted_and_hides_nothing(vendor: Vendor) -> None:
    vendor.push(*records(), flat(90, "service", unit="inte ett objekt"), complete=True)
    answer = vendor.shown()
    assert answer.unparsed == 1
    assert {record.kind for record in answer.records} == KINDS


def test_record_without_patient_is_counted_for_everybody(vendor: Vendor) -> None:
    vendor.push(*records(), flat(90, "service", patient=None), complete=True)
    assert (vendor.shown().unparsed, vendor.shown(STRANGER).unparsed) == (1, 1)


def test_somebody_elses_record_is_never_hers(vendor: Vendor) -> None:
    vendor.push(*(flat(n, "service", patient=STRANGER.number) for n in range(3)), complete=True)
    assert vendor.shown().records == ()


def test_probe_tells_whether_deliveries_come(vendor: Vendor) -> None:
    from asgiref.sync import async_to_sync

    from connectors.base.registry import build_connector
    from tests.feed.vendor import fall_silent

    def probe() -> None:
        async_to_sync(build_connector(vendor.source.as_profile({})).probe)()

    with pytest.raises(SourceFault):
        probe()
    vendor.push(complete=True)
    probe()
    fall_silent("conformance", hours=25)
    with pytest.raises(SourceFault) as raised:
        probe()
    assert raised.value.fault is Fault.UNAVAILABLE
