"""The open interface passes the suite it inherits, and what the law leaves out is never seen."""

import pytest

from connectors.base.conformance import ConnectorConformance
from connectors.base.contract import Fault
from connectors.base.faultserver import json_reply
from connectors.base.kinds import (
    CareLimitation,
    Coordination,
    HomeCare,
    Measure,
    Prehospital,
    SocialService,
    Vaccination,
)
from connectors.base.records import Law, Status
from connectors.openfeed.connector import OpenfeedConnector
from connectors.openfeed.declaration import MANDATORY
from connectors.openfeed.mapping import TYPES
from connectors.openfeed.scenarios import OWNER, PATIENT, flat, server
from connectors.openfeed.vocabulary import OUTSIDE_LAWS, OUTSIDE_SERVICES
from consent.terms import Permit, PersonId
from consent.vocabulary import CareKind, IdType, InformationType, Kind
from tests.factories.permits import permit_for

pytestmark = pytest.mark.network


class TestOpenfeed(ConnectorConformance):
    connector = OpenfeedConnector

    def permit_for(self, patient: PersonId) -> Permit:
        return permit_for(patient)

    def one(self, *records):
        answer = self.ask(server(list(records)))
        assert answer.unparsed == 0
        (record,) = answer.records
        return record

    @pytest.mark.parametrize("kind", sorted(OUTSIDE_SERVICES))
    def test_social_services_outside_the_law_leave_no_trace(self, kind):
        answer = self.ask(server([flat(1, "service", data={"kind": kind})]))
        assert (answer.records, answer.unparsed, answer.withheld) == ((), 0, False)
        assert answer.incomplete_kinds == frozenset()

    @pytest.mark.parametrize("law", sorted(OUTSIDE_LAWS))
    def test_what_another_law_governs_leaves_no_trace(self, law):
        answer = self.ask(server([flat(1, "note", law=law)]))
        assert (answer.records, answer.unparsed, answer.incomplete_kinds) == ((), 0, frozenset())

    @pytest.mark.parametrize("name", MANDATORY)
    def test_record_without_a_mandatory_field_is_counted_and_hides_no_other(self, name):
        broken = flat(1, "service")
        if "." in name:
            outer, _, field = name.partition(".")
            broken[outer] = {k: v for k, v in broken[outer].items() if k != field}
        else:
            del broken[name]
        answer = self.ask(server([broken, flat(2, "service")]))
        assert (len(answer.records), answer.unparsed) == (1, 1)

    def test_unknown_type_makes_every_kind_uncertain(self):
        answer = self.ask(server([flat(1, "x_ray")]))
        assert (answer.unparsed, answer.incomplete_kinds) == (1, None)

    def test_service_of_unknown_kind_is_not_guessed_at(self):
        answer = self.ask(server([flat(1, "service", data={"kind": "something_new"})]))
        assert answer.records == ()
        assert answer.incomplete_kinds == TYPES["service"][0]

    def test_unknown_fields_are_let_through(self):
        record = self.one(flat(1, "service", data={"kind": "alarm", "new": {"a": 1}}, extra=[1, 2]))
        assert isinstance(record, SocialService)

    @pytest.mark.parametrize(
        ("law", "kind"), [("sol", SocialService), ("lss", SocialService), ("hsl", HomeCare)]
    )
    def test_law_decides_whether_a_service_is_social(self, law, kind):
        record = self.one(flat(1, "service", law=law, data={"kind": "home_service"}))
        assert isinstance(record, kind)
        if isinstance(record, SocialService):
            assert record.law is Law(law)
            assert record.origin.information_type is InformationType.SOCIAL

    def test_owner_nobody_knows_is_of_the_kind_its_law_says(self):
        unit = {**flat(1, "service")["unit"], "provider": "SE9999999999-X001", "provider_name": "Okända AB"}
        social, health = (
            self.one(flat(1, "note", law=law, unit=unit)).origin.provider for law in ("lss", "hsl")
        )
        assert (social.kind, health.kind) == (CareKind.SOCIAL_CARE, CareKind.HEALTH_CARE)
        assert social.name == "Okända AB"

    def test_limitation_keeps_its_words_and_the_code_the_sender_chose(self):
        record = self.one(
            flat(1, "care_limitation", law="hsl", text="Ej IVA. HLR ja.", data={"class": "no_icu"})
        )
        assert isinstance(record, CareLimitation)
        assert (record.text, record.measures) == ("Ej IVA. HLR ja.", (Measure.NO_INTENSIVE_CARE,))

    def test_limitation_of_unknown_class_is_not_guessed_at(self):
        answer = self.ask(server([flat(1, "care_limitation", law="hsl", data={"class": "full_care"})]))
        assert (answer.records, answer.unparsed) == ((), 1)

    def test_end_that_has_passed_ends_what_says_it_is_active(self):
        assert self.one(flat(1, "service", end="2026-01-31")).status is Status.ENDED
        assert self.one(flat(1, "service", end="2090-01-31")).status is Status.ACTIVE

    def test_sip_dose_and_mission_find_their_buttons(self):
        assert isinstance(self.one(flat(1, "care_plan", data={"kind": "sip"})), Coordination)
        dose = self.one(flat(1, "vaccination", law="hsl", data={"target": "Covid-19", "dose": 2}))
        assert isinstance(dose, Vaccination)
        assert (dose.is_covid, dose.dose_number) == (True, 2)
        mission = self.one(flat(1, "encounter", law="hsl", data={"kind": "prehospital", "reason": "Andnöd"}))
        assert isinstance(mission, Prehospital)
        assert (mission.is_mission, mission.assessment) == (True, "Andnöd")

    def test_later_record_of_the_same_id_takes_the_earliers_place(self):
        record = self.one(flat(1, "service", title="Förr"), flat(1, "service", title="Nu"))
        assert record.title == "Nu"

    @pytest.mark.parametrize("is_newest_first", [True, False])
    def test_version_updated_last_stands_in_whatever_order_they_come(self, is_newest_first):
        old = flat(1, "service", title="Förr", updated="2026-01-01T08:00:00+01:00")
        new = flat(1, "service", title="Nu", updated="2026-01-02T08:00:00+01:00")
        assert self.one(*((new, old) if is_newest_first else (old, new))).title == "Nu"

    @pytest.mark.parametrize("is_newest_first", [True, False])
    def test_record_withdrawn_since_is_gone_whatever_came_first(self, is_newest_first):
        sound = flat(1, "service", updated="2026-01-01T08:00:00+01:00")
        gone = {**sound, "status": "error", "updated": "2026-01-02T08:00:00+01:00"}
        others = flat(2, "service")
        answer = self.ask(server([*((gone, sound) if is_newest_first else (sound, gone)), others]))
        assert [record.id for record in answer.records] == ["service/post-2"]
        back = flat(1, "service", updated="2026-01-03T08:00:00+01:00")
        assert len(self.ask(server([gone, back])).records) == 1

    def test_pages_are_followed_by_the_sources_own_cursor(self):
        def paged(asked):
            cursor = asked.json.get("cursor", "")
            number = {"": 1, "b": 2, "c": 3}[cursor]
            following = {"": "b", "b": "c", "c": None}[cursor]
            return json_reply({"v": 1, "records": [flat(number, "service")], "next": following})

        answer = self.ask(paged)
        assert [r.id for r in answer.records] == ["service/post-1", "service/post-2", "service/post-3"]
        assert not answer.withheld

    @pytest.mark.parametrize(
        "reply", [{"v": 1}, {"v": 1, "records": {}}, {"v": 1, "records": [], "next": 7}, {"records": None}]
    )
    def test_reply_that_is_no_list_of_records_is_a_fault(self, reply):
        self.expect_fault(lambda asked: json_reply(reply), Fault.FORMAT)

    def test_source_that_says_it_withholds_is_never_empty(self):
        answer = self.ask(lambda asked: json_reply({"v": 1, "records": [], "withheld": True}))
        assert (answer.withheld, answer.incomplete_kinds) == (True, None)

    def test_each_number_is_asked_about_by_its_sort_and_never_in_the_address(self):
        seen = []

        def watch(asked):
            seen.append(asked)
            return json_reply({"v": 1, "records": []})

        self.ask(watch)
        assert [a.json for a in seen] == [{"patient": PATIENT.number, "patient_type": "pnr"}]
        assert PATIENT.number not in seen[0].path
        assert IdType.PERSONNUMMER is PATIENT.type

    def test_spelling_of_the_number_does_not_matter(self):
        record = self.one(flat(1, "service", patient="19121212-1212"))
        assert record.patient == PATIENT
        assert record.origin.provider == OWNER
        assert record.kind is Kind.SOCIAL_SERVICE
