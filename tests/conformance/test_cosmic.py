"""Cosmic passes the suite it inherits, and keeps what one failing resource type leaves standing."""

from collections.abc import Awaitable

import pytest

from connectors.base.conformance import ConnectorConformance
from connectors.base.contract import Fault
from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from connectors.cosmic.connector import CosmicConnector
from connectors.cosmic.scenarios import SCENARIOS, chart, server
from connectors.fhir.emit import emit_outcome, emit_searchset, validate
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind
from tests.factories.permits import permit_for

pytestmark = pytest.mark.network


class TestCosmic(ConnectorConformance):
    connector = CosmicConnector

    def permit_for(self, patient: PersonId) -> Permit:
        return permit_for(patient)

    def answer_with(self, resource_type: str, reply: Reply) -> Answerer:
        sound = server(chart())
        return lambda asked: reply if asked.path.endswith(f"/{resource_type}/_search") else sound(asked)

    @pytest.mark.parametrize(
        ("resource_type", "affected"),
        [
            ("Flag", {Kind.CARE_LIMITATION, Kind.WARNING}),
            ("AllergyIntolerance", {Kind.WARNING}),
            ("Condition", {Kind.DIAGNOSIS, Kind.VACCINATION}),
            ("CarePlan", {Kind.CARE_PLAN, Kind.COORDINATION}),
            ("MedicationStatement", {Kind.MEDICATION}),
        ],
    )
    def test_failing_resource_type_makes_its_kinds_absent_and_no_other(self, resource_type, affected):
        answer = self.ask(self.answer_with(resource_type, json_reply({}, 404)))
        assert answer.absent == affected
        assert {r.kind for r in answer.records} >= SCENARIOS.found_kinds - affected

    def test_hanging_resource_type_leaves_the_others_standing(self):
        answer = self.ask(self.answer_with("Encounter", Reply(hang_before_headers=True)), deadline_s=1.0)
        assert answer.absent == {Kind.CARE_CONTACT}
        assert Kind.CARE_LIMITATION in {r.kind for r in answer.records}

    def test_only_kind_failing_is_a_fault(self):
        with pytest.raises(Exception, match="config"):
            self.ask(self.answer_with("Encounter", json_reply({}, 404)), frozenset({Kind.CARE_CONTACT}))

    @pytest.mark.parametrize("severity", ["error", "fatal"])
    def test_reported_error_is_a_fault(self, severity):
        self.expect_fault(
            self.answer_with("Patient", json_reply(emit_outcome(severity, "exception"))), Fault.REPORTED
        )

    def test_error_within_a_bundle_is_a_fault_of_that_search(self):
        bundle = emit_searchset([], "https://x.invalid")
        bundle["entry"] = [{"resource": emit_outcome("error", "exception"), "search": {"mode": "outcome"}}]
        assert self.ask(self.answer_with("Flag", json_reply(bundle))).absent == {
            Kind.CARE_LIMITATION,
            Kind.WARNING,
        }

    def test_reported_warning_is_kept_in_the_sources_words(self):
        bundle = emit_searchset([], "https://x.invalid")
        bundle["entry"] = [{"resource": emit_outcome("warning", "incomplete", "Arkivet svarar inte")}]
        assert self.ask(self.answer_with("Flag", json_reply(bundle))).warnings == ("Arkivet svarar inte",)

    def test_patient_of_another_number_quarantines(self):
        stranger = server(chart(), knows=SCENARIOS.stranger)
        self.expect_fault(stranger, Fault.FOREIGN_PATIENT)

    def test_next_page_elsewhere_is_refused(self):
        page = emit_searchset([], "https://x.invalid", "https://elsewhere.invalid/page")
        assert Kind.WARNING in self.ask(self.answer_with("Flag", json_reply(page))).absent

    def test_old_values_are_found_where_there_are_no_new_ones(self):
        def answer(asked: Asked) -> Reply | Awaitable[Reply]:
            lately = asked.path.endswith("/Observation/_search") and "date" in asked.form
            return json_reply(emit_searchset([], "https://x.invalid")) if lately else server(chart())(asked)

        (value,) = self.ask(answer, frozenset({Kind.PREHOSPITAL})).records
        assert value.title == "Puls"

    def test_searches_are_posted_as_forms(self):
        def answer(asked: Asked) -> Reply | Awaitable[Reply]:
            if asked.path.endswith("/_search"):
                assert asked.method == "POST"
                assert "?" not in asked.path
                assert asked.headers["authorization"] == "Bearer t-1"
            return server(chart())(asked)

        assert self.ask(answer).records

    def test_scenarios_are_valid_r4(self):
        for resources in chart().values():
            for resource in resources:
                validate(resource)
