"""MobiMed passes the suite it inherits, and its words keep their meaning."""

import pytest

from connectors.base.conformance import ConnectorConformance
from connectors.base.kinds import CareContact, Prehospital
from connectors.mobimed.connector import MobimedConnector
from connectors.mobimed.scenarios import chart, mission, server
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind
from tests.factories.permits import permit_for

pytestmark = pytest.mark.network


class TestMobimed(ConnectorConformance):
    connector = MobimedConnector

    def permit_for(self, patient: PersonId) -> Permit:
        return permit_for(patient)

    def read(self, resources) -> dict[str, Prehospital]:
        found = self.ask(server(resources), frozenset({Kind.PREHOSPITAL}))
        assert found.unparsed == 0
        return {r.id: r for r in found.records if isinstance(r, Prehospital)}

    def test_mission_says_why_and_to_whom(self):
        found = self.read(chart())["Encounter/encounter-1"]
        assert (found.is_mission, found.assessment, found.handed_over_to) == (True, "Andnöd", "Akuten")
        assert found.title == "Ambulansuppdrag"

    def test_mission_is_known_by_its_profile_too(self):
        profile = "https://example.invalid/StructureDefinition/EncounterPreHospital|1.0"
        named = mission(5, **{"class": {"code": "EMER"}, "meta": {"profile": [profile]}})
        assert self.read({"Encounter": [named]})["Encounter/encounter-5"].is_mission

    def test_triage_and_score_are_the_sources_own_words(self):
        found = self.read(chart())
        assert found["ClinicalImpression/clinicalimpression-1"].value == "Orange"
        score = found["Observation/observation-2"]
        assert (score.title, score.value, score.is_mission) == ("NEWS2", "7", False)
        pulse = found["Observation/observation-1"]
        assert (pulse.value, pulse.value_unit) == ("112", "slag/min")

    def test_contact_at_a_distance_is_no_mission(self):
        answer = self.ask(server(chart()), frozenset({Kind.CARE_CONTACT}))
        (contact,) = answer.records
        assert isinstance(contact, CareContact)
        assert (contact.title, contact.reason) == ("Distanskontakt", "Andnöd")

    def test_triage_that_says_nothing_is_counted_not_shown(self):
        resources = chart()
        del resources["ClinicalImpression"][0]["summary"]
        answer = self.ask(server(resources))
        assert answer.unparsed == 1

    def test_notes_are_told_question_by_question(self):
        note = self.read(chart())["QuestionnaireResponse/questionnaireresponse-1"]
        assert (note.title, note.text, note.value) == ("Ambulansanteckning", "Status: Vaken, andfådd", "")

    def test_a_note_that_says_nothing_is_counted_not_shown(self):
        resources = chart()
        del resources["QuestionnaireResponse"][0]["item"]
        assert self.ask(server(resources)).unparsed == 1

    def test_what_a_score_is_made_of_comes_with_it(self):
        resources = chart()
        part = {"code": {"text": "Andningsfrekvens"}, "valueInteger": 3}
        resources["Observation"][1]["component"] = [part]
        score = self.read(resources)["Observation/observation-2"]
        assert (score.value, score.text) == ("7", "Andningsfrekvens 3")
