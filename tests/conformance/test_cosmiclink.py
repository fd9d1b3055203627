"""Cosmic Link passes the suite it inherits; notes beside a plan come with it, or the plan is not whole."""

import pytest

from connectors.base.conformance import ConnectorConformance
from connectors.base.contract import Fault
from connectors.base.faultserver import Asked
from connectors.base.kinds import Coordination
from connectors.base.records import Status
from connectors.cosmiclink.connector import PROFILE, CosmicLinkConnector
from connectors.cosmiclink.scenarios import answers, cases, noted, notes, plan, server, step
from connectors.fhir.emit import validate
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind
from tests.factories.permits import permit_for

pytestmark = pytest.mark.network


class TestCosmicLink(ConnectorConformance):
    connector = CosmicLinkConnector

    def permit_for(self, patient: PersonId) -> Permit:
        return permit_for(patient)

    def read(self, *plans, notes=()):
        answer = self.ask(server(plans, notes))
        assert all(isinstance(record, Coordination) for record in answer.records)
        return answer

    def test_a_patient_without_a_case_has_none_and_link_itself_says_so(self):
        for link in (server([]), server([], knows=None)):
            answer = self.ask(link)
            assert (answer.records, answer.absent, answer.withheld, answer.unparsed) == ((), set(), False, 0)

    def test_cases_are_asked_for_by_profile_with_their_notes(self):
        forms = []

        def answering(asked: Asked):
            if asked.path.endswith("/CarePlan/_search"):
                forms.append(asked.form)
            return server(cases(), notes())(asked)

        self.ask(answering)
        (form,) = forms
        assert form["_profile"] == PROFILE
        assert form["_include"] == "CarePlan:supportingInfo"
        assert "status" not in form, "completed cases would be left out"

    def test_completed_cases_come_too(self):
        (record,) = self.read(plan(1, status="completed")).records
        assert record.status is Status.ENDED

    def test_ordinary_plans_are_no_cases(self):
        assert (
            self.read(
                plan(1, meta={"profile": ["https://fhir.cambio.se/StructureDefinition/CarePlanSe"]})
            ).records
            == ()
        )

    def test_notes_are_told_in_the_sources_words(self):
        (record,) = self.read(
            plan(1, supportingInfo=noted(1)),
            notes=[answers(1, ("Behov", "Sår läggs om"), ("", "Dottern informerad"))],
        ).records
        assert record.text == "Behov: Sår läggs om\nDottern informerad"

    def test_a_note_that_did_not_come_is_missed(self):
        answer = self.read(plan(1, supportingInfo=noted(1)))
        assert (len(answer.records), answer.unparsed) == (1, 1)
        assert answer.incomplete_kinds == {Kind.COORDINATION}

    def test_a_nullified_note_is_never_read_nor_missed(self):
        answer = self.read(
            plan(1, supportingInfo=noted(1)),
            notes=[answers(1, ("Behov", "Fel patient"), status="entered-in-error")],
        )
        assert (answer.records[0].text, answer.unparsed) == ("", 0)

    @pytest.mark.parametrize("flaw", [{"subject": None}, {"modifierExtension": [{"url": "x"}]}])
    def test_a_note_nobody_can_vouch_for_is_counted_not_read(self, flaw):
        answer = self.read(plan(1, supportingInfo=noted(1)), notes=[answers(1, ("Behov", "Hemligt"), **flaw)])
        assert (answer.records[0].text, answer.unparsed) == ("", 1)

    def test_somebody_elses_note_quarantines_the_source(self):
        theirs = answers(1, ("Behov", "Annans"), subject={"reference": "Patient/somebody-else"})
        self.expect_fault(server([plan(1, supportingInfo=noted(1))], [theirs]), Fault.FOREIGN_PATIENT)

    def test_stage_contact_who_does_what_and_follow_up(self):
        steps = [
            step("Inskrivningsmeddelande", "2026-03-04T15:10:00+01:00", who="Medicin"),
            step("Fast vårdkontakt: Annika Rimfors", "2026-03-07T09:20:00+01:00", "fast-vardkontakt"),
            step("Utskrivningsklar", "2026-03-12T13:40:00+01:00"),
            step("Uppföljning", "2026-04-02", "uppfoljning", "scheduled", who="Hemsjukvården"),
        ]
        (record,) = self.read(plan(1, activity=steps)).records
        assert record.stage == "Utskrivningsklar"
        assert record.care_contact == "Fast vårdkontakt: Annika Rimfors"
        assert record.activities[0] == "Inskrivningsmeddelande (Medicin)"
        assert record.follow_up.verbatim == "2026-04-02"
        assert [event.text for event in record.events][-1] == "Uppföljning"

    def test_a_sip_is_known_by_the_sources_own_name_for_it(self):
        for words, is_sip in (("SIP", True), ("Utskrivning", False)):
            (record,) = self.read(plan(1, category=[{"text": words}])).records
            assert record.is_sip is is_sip

    def test_scenarios_are_valid_r4(self):
        for resource in (*cases(), *notes(), plan(9, activity=[step("A", "2026-03-04")])):
            validate(resource)
