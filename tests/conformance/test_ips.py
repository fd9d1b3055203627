"""The summary connector passes the suite it inherits, and never takes silence for "none"."""

import dataclasses
from datetime import UTC, datetime

import pytest

from connectors.base.conformance import ConnectorConformance
from connectors.base.contract import Answer, Fault
from connectors.base.faultserver import Reply, json_reply
from connectors.fhir.emit import emit_outcome
from connectors.ips import mapping
from connectors.ips.connector import SummaryConnector, combine, offers_summary
from connectors.ips.scenarios import MEDIA_TYPE, SCENARIOS, condition, document, sections, server
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind
from tests.factories.permits import permit_for

pytestmark = pytest.mark.network
KINDS_OF_SECTION = {
    mapping.PROBLEMS: Kind.DIAGNOSIS,
    mapping.ALLERGIES: Kind.WARNING,
    mapping.MEDICINES: Kind.MEDICATION,
    mapping.IMMUNIZATIONS: Kind.VACCINATION,
    mapping.DIRECTIVES: Kind.CARE_LIMITATION,
    mapping.PLAN: Kind.CARE_PLAN,
    mapping.VITALS: Kind.PREHOSPITAL,
}


def replying(value) -> Reply:
    return json_reply(value, content_type=MEDIA_TYPE)


class TestIps(ConnectorConformance):
    connector = SummaryConnector

    def permit_for(self, patient: PersonId) -> Permit:
        return permit_for(patient)

    @pytest.mark.parametrize("reason", ["notasked", "unavailable", "withheld", "closed", "notstarted"])
    def test_section_that_is_empty_for_another_reason_is_unknown(self, reason):
        answer = self.ask(lambda asked: replying(document({}, reason=reason)))
        assert answer.records == ()
        assert answer.absent == frozenset(KINDS_OF_SECTION.values())

    def test_section_that_says_nil_known_is_empty(self):
        answer = self.ask(server({}))
        assert (answer.records, answer.absent, answer.incomplete_kinds) == ((), frozenset(), frozenset())

    @pytest.mark.parametrize(("section", "kind"), KINDS_OF_SECTION.items())
    def test_missing_section_makes_its_kind_unknown_and_no_other(self, section, kind):
        told = document(sections())
        composition = told["entry"][0]["resource"]
        composition["section"] = [
            s for s in composition["section"] if s["code"]["coding"][0]["code"] != section
        ]
        answer = self.ask(lambda asked: replying(told))
        assert answer.absent == {kind}
        assert {r.kind for r in answer.records} == SCENARIOS.found_kinds - {kind}

    def test_limitation_among_alerts_shows_though_the_directives_are_silent(self):
        held = sections()
        del held[mapping.DIRECTIVES]
        flag = {
            **{k: v for k, v in condition(1).items() if k in ("extension", "subject")},
            "resourceType": "Flag",
            "id": "flag-1",
            "status": "active",
            "code": {
                "coding": [{"system": "http://snomed.info/sct", "code": "61921000052102"}],
                "text": "Ej HLR",
            },
        }
        told = document(held, reason="notasked")
        told["entry"].append({"fullUrl": "urn:x:flag-1", "resource": flag})
        told["entry"][0]["resource"]["section"].append(
            {
                "code": {"coding": [{"system": "http://loinc.org", "code": mapping.ALERTS}]},
                "entry": [{"reference": "urn:x:flag-1"}],
            }
        )
        answer = self.ask(lambda asked: replying(told))
        (limitation,) = [r for r in answer.records if r.kind is Kind.CARE_LIMITATION]
        assert limitation.title == "Ej HLR"
        assert Kind.CARE_LIMITATION not in answer.absent
        assert answer.incomplete_kinds is not None
        assert Kind.CARE_LIMITATION in answer.incomplete_kinds
        assert answer.withheld

    def test_entry_that_is_listed_and_did_not_come_counts_as_unread(self):
        told = document(sections())
        told["entry"][0]["resource"]["section"][0]["entry"].append({"reference": "urn:x:condition-77"})
        answer = self.ask(lambda asked: replying(told))
        assert answer.unparsed == 1
        assert answer.incomplete_kinds is not None
        assert Kind.DIAGNOSIS in answer.incomplete_kinds
        assert Kind.MEDICATION not in answer.incomplete_kinds

    @pytest.mark.parametrize(
        "change",
        [
            lambda told: told.update(type="collection"),
            lambda told: told.update(entry=[]),
            lambda told: told["entry"].reverse(),
            lambda told: told["entry"].pop(1),
            lambda told: told["entry"][0]["resource"].update(subject={"display": "Tolvan"}),
            lambda told: told["entry"][0]["resource"].update(section="none"),
        ],
        ids=["collection", "no entries", "composition last", "no patient", "no subject", "no sections"],
    )
    def test_what_is_no_document_about_one_patient_is_a_fault(self, change):
        told = document(sections())
        change(told)
        self.expect_fault(lambda asked: replying(told), Fault.FORMAT)

    def test_document_about_somebody_else_is_quarantined(self):
        self.expect_fault(
            lambda asked: replying(document(sections(), SCENARIOS.stranger)), Fault.FOREIGN_PATIENT
        )

    def test_outcome_of_error_is_a_fault(self):
        self.expect_fault(lambda asked: replying(emit_outcome("error", "exception")), Fault.REPORTED)

    def test_number_is_never_in_the_address(self):
        asked_for = []

        def watch(asked):
            asked_for.append(asked)
            return server(sections())(asked)

        self.ask(watch)
        assert asked_for
        for asked in asked_for:
            assert SCENARIOS.patient.number not in asked.path
            assert SCENARIOS.patient.number in asked.body.decode()


@pytest.mark.parametrize(
    ("rest", "offers"),
    [
        ([{"resource": [{"type": "Patient", "operation": [{"name": "summary"}]}]}], True),
        ([{"operation": [{"name": "summary"}]}], True),
        ([{"resource": [{"type": "Patient", "operation": [{"name": "everything"}]}]}], False),
        ([{"resource": [{"type": "Observation", "operation": [{"name": "summary"}]}]}], False),
        ([], False),
        ("?", False),
    ],
)
def test_server_that_makes_summaries_says_so(rest, offers):
    assert offers_summary({"rest": rest}) is offers


def test_one_document_that_marks_the_identity_marks_the_whole_answer():
    plain = Answer((), datetime.now(UTC))
    assert combine([plain, dataclasses.replace(plain, is_protected=True)]).is_protected
    assert not combine([plain, plain]).is_protected
