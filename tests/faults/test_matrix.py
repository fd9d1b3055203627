"""Every row of the fault matrix for every way to speak: which closed fault it becomes, or what is left."""

import json
import re
from datetime import UTC, datetime

import pytest

from connectors.base.contract import Answer, Fault, SourceFault
from connectors.base.faultserver import run_fault_server
from connectors.base.records import When
from connectors.base.scenarios import run
from connectors.cosmic.connector import CosmicConnector
from connectors.cosmic.signals import SIGNAL_KINDS
from connectors.fhir.emit import emit_outcome
from tests.faults.certificates import make_authority, server_context
from tests.faults.systems import CASES, IN_JSON, SHORT_S, SYSTEMS, Row, System, name_of, rewritten

pytestmark = pytest.mark.network

OF_FHIR_ALONE = CosmicConnector.manifest.kinds - SIGNAL_KINDS
each_system = pytest.mark.parametrize("system", SYSTEMS, ids=name_of)
each_in_json = pytest.mark.parametrize("system", IN_JSON, ids=name_of)
each_case = pytest.mark.parametrize(("system", "row"), CASES, ids=name_of)


def outcome_of(system: System, answer, *, deadline_s: float = 10.0, base_url: str = "", tls=None):
    async def asking():
        async with run_fault_server(answer, tls) as server:
            return await system.ask(base_url or server.base_url, deadline_s)

    return run(asking())


def check_row(system: System, row: Row) -> None:
    deadline_s = SHORT_S if row.is_slow else 10.0
    outcome = outcome_of(system, row.answer(system), deadline_s=deadline_s, base_url=row.base_url)
    assert isinstance(outcome, SourceFault), "a fault became an answer"
    assert outcome.fault is row.fault


@each_case
def test_each_row_becomes_its_fault(system, row):
    check_row(system, row)


@each_system
def test_a_certificate_nobody_trusts_is_tls(system, tmp_path):
    tls = server_context(make_authority(tmp_path))
    outcome = outcome_of(system, system.scenarios.found, tls=tls)
    assert isinstance(outcome, SourceFault)
    assert outcome.fault is Fault.TLS


# Of those that only the deadline ends one stands for all: each becomes the same fault.
CONTROLS = [case for case in CASES if not case[1].is_slow or case[1].name == "answer after the deadline"]


@pytest.mark.parametrize(("system", "row"), CONTROLS, ids=name_of)
def test_a_connector_that_swallows_the_fault_is_caught(system, row, monkeypatch):
    """The control: with failure turned into "nothing", the very same check fails."""
    swallow(monkeypatch, system)
    with pytest.raises(AssertionError, match="became an answer"):
        check_row(system, row)


def swallow(monkeypatch, system: System) -> None:
    """The mutation that must never pass unseen: a fault becomes an empty answer."""
    fetch = system.connector_class.fetch

    async def swallowing(self, permit, kinds):
        try:
            return await fetch(self, permit, kinds)
        except SourceFault:
            return Answer((), datetime.now(UTC))

    monkeypatch.setattr(system.connector_class, "fetch", swallowing)


# What is no fault, and must neither hide nor add anything.


def found(system: System, answer=None) -> Answer:
    outcome = outcome_of(system, answer or system.scenarios.found)
    assert isinstance(outcome, Answer), outcome
    return outcome


@each_system
def test_empty_and_complete_is_the_only_way_to_empty(system):
    answer = found(system, system.scenarios.empty)
    assert (answer.records, answer.unparsed, answer.withheld) == ((), 0, False)
    assert answer.as_of.tzinfo is not None


@each_system
def test_one_entry_of_another_shape_is_counted_and_hides_nothing(system):
    sound, part = found(system), found(system, system.scenarios.one_bad)
    assert part.unparsed == 1
    assert {r.id for r in part.records} >= {r.id for r in sound.records}


@each_system
def test_a_record_without_patient_is_left_out_and_counted(system):
    sound, part = found(system), found(system, system.scenarios.without_patient)
    assert part.unparsed == 1
    assert {r.id for r in part.records} == {r.id for r in sound.records}


@each_system
def test_pages_without_end_are_cut_and_told(system):
    if isinstance(system.scenarios.withheld, str):
        assert system.scenarios.withheld, "says why there are no pages"
        return
    assert found(system, system.scenarios.withheld).withheld


@each_in_json
def test_the_same_record_twice_comes_once(system):
    def doubled(body: bytes) -> bytes:
        value = json.loads(body)
        return json.dumps(twice(value)).encode()

    once = found(system)
    answer = found(system, rewritten(system.scenarios.found, doubled, system.scenarios.is_question))
    assert sorted((r.kind, r.id, r.version) for r in answer.records) == sorted(
        (r.kind, r.id, r.version) for r in once.records
    )


def twice(value):
    """Every list of objects, one time more; but not who the patient is: two answers to that are none."""
    if "Patient" in {entry.get("resource", {}).get("resourceType") for entry in value.get("entry", [])}:
        return value
    return {
        name: [*inner, *inner] if isinstance(inner, list) and inner and isinstance(inner[0], dict) else inner
        for name, inner in value.items()
    }


def retitled(system: System, title: str) -> set[str]:
    """The titles that come where every title of the sound answer is written like this."""
    written = [json.dumps(r.title, ensure_ascii=False).encode() for r in found(system).records]

    def rewrite(body: bytes) -> bytes:
        for one in written:
            body = body.replace(one, json.dumps(title).encode())
        return body

    answer = found(system, rewritten(system.scenarios.found, rewrite, system.scenarios.is_question))
    return {r.title for r in answer.records}


HOSTILE = "<script>alert(1)</script> <b>fet</b> \u202eomvänd\u202c \u2066x\u0007"


@each_in_json
@pytest.mark.parametrize("title", [HOSTILE, "Åsa Öbärgs räksmörgås"], ids=["markup", "letters"])
def test_text_stays_the_text_it_is(system, title):
    assert title in retitled(system, title)


@each_in_json
@pytest.mark.parametrize("written", ["2999-01-01", "0001-01-01", "2026-01-02T11:30:00", "2026-02-30"])
def test_doubtful_dates_drop_nothing_unseen(system, written):
    """Shown as written and marked, or counted as unread: never gone, and never an ordinary date."""

    def dated(body: bytes) -> bytes:
        return re.sub(rb'"20\d\d-\d\d-\d\d[^"]*"', json.dumps(written).encode(), body)

    sound = found(system)
    outcome = outcome_of(system, rewritten(system.scenarios.found, dated, system.scenarios.is_question))
    if isinstance(outcome, SourceFault):
        assert outcome.fault is Fault.FORMAT
        return
    lost = len(sound.records) - len(outcome.records)
    assert lost <= outcome.unparsed or outcome.withheld
    for record in outcome.records:
        for when in (record.start, record.end, record.recorded, record.updated):
            check_doubtful(when, written)


def check_doubtful(when: When | None, written: str) -> None:
    if when is not None and when.verbatim == written:
        # A time without a zone is Swedish time in some interfaces by contract; the others are never ordinary.
        assert when.is_doubtful or written.startswith(("2026-01", "2999")), when


@pytest.mark.parametrize("system", [s for s in SYSTEMS if s.speaks == "FHIR"], ids=name_of)
@pytest.mark.parametrize(("severity", "is_fault"), [("warning", False), ("error", True)])
def test_what_a_fhir_source_says_of_its_own_answer(system, severity, is_fault):
    outcome_entry = {"resource": emit_outcome(severity, "incomplete", "Arkivet svarar inte")}

    def told(body: bytes) -> bytes:
        value = json.loads(body)
        is_patient = b'"Patient"' in body
        return (
            body
            if is_patient
            else json.dumps({**value, "entry": [*value.get("entry", []), outcome_entry]}).encode()
        )

    outcome = outcome_of(system, rewritten(system.scenarios.found, told, system.scenarios.is_question))
    if is_fault:
        # What stands beside FHIR at the same source answers for itself.
        assert isinstance(outcome, SourceFault) or outcome.absent >= OF_FHIR_ALONE
    else:
        assert outcome.warnings
