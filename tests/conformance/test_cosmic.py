"""Cosmic passes the suite it inherits, and keeps what one failing part leaves standing."""

import dataclasses
from collections.abc import Awaitable
from datetime import UTC, datetime

import pytest

from connectors.base.conformance import ConnectorConformance
from connectors.base.contract import Fault, SourceFault
from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from connectors.base.kinds import CareLimitation, Contact, Measure
from connectors.base.records import Status
from connectors.cosmic.connector import CosmicConnector
from connectors.cosmic.scenarios import SCENARIOS, SIGNALS, chart, server, signal, signalled, signals_reply
from connectors.cosmic.signal_mapping import Signal, fields_of, map_signal
from connectors.fhir.emit import emit_outcome, emit_patient, emit_searchset, validate
from connectors.fhir.reader import read_names
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTONS
from portal.aggregation.checking import check
from portal.aggregation.judging import Scene, read_button
from portal.aggregation.lamps import Moment
from portal.aggregation.states import EMPTY_STATES, State
from tests.factories.permits import permit_for

pytestmark = pytest.mark.network
SECURITY_LABEL = "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel"


class TestCosmic(ConnectorConformance):
    connector = CosmicConnector

    def permit_for(self, patient: PersonId) -> Permit:
        return permit_for(patient)

    def answer_with(self, resource_type: str, reply: Reply) -> Answerer:
        sound = server(chart(), signalled())
        return lambda asked: reply if asked.path.endswith(f"/{resource_type}/_search") else sound(asked)

    def fault_of_diagnoses(self, answer: Answerer) -> SourceFault:
        with pytest.raises(SourceFault) as raised:
            self.ask(answer, frozenset({Kind.DIAGNOSIS}))
        return raised.value

    @pytest.mark.parametrize(
        ("resource_type", "affected"),
        [
            ("Flag", {Kind.CARE_LIMITATION, Kind.WARNING}),
            ("AllergyIntolerance", {Kind.WARNING}),
            ("Condition", {Kind.DIAGNOSIS, Kind.VACCINATION}),
            ("CarePlan", {Kind.CARE_PLAN}),
            ("CareTeam", {Kind.CONTACT}),
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
        reported = self.answer_with("Patient", json_reply(emit_outcome(severity, "exception")))
        assert self.fault_of_diagnoses(reported).fault is Fault.REPORTED

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
        answer = self.ask(self.answer_with("Flag", json_reply(bundle)))
        assert answer.warnings == ("Arkivet svarar inte",)
        assert answer.withheld, "nobody has said that this is all"
        assert answer.incomplete_kinds == {Kind.CARE_LIMITATION, Kind.WARNING}

    def test_nobody_found_under_reservation_is_no_unknown_person(self):
        bundle = emit_searchset([], "https://x.invalid")
        bundle["entry"] = [{"resource": emit_outcome("warning", "incomplete", "Registret svarar inte")}]
        reserved = self.answer_with("Patient", json_reply(bundle))
        assert self.fault_of_diagnoses(reserved).fault is Fault.REPORTED

    @pytest.mark.parametrize("label", ["sekretessmarkering", "skyddadFolkbokforing", "DEMO"])
    def test_identity_the_source_protects_hides_relatives_and_never_reads_as_none(self, label):
        patient = {
            **emit_patient(SCENARIOS.patient, "p1"),
            "meta": {"security": [{"system": SECURITY_LABEL, "code": label}]},
            "contact": [{"name": {"text": "Kajsa"}, "relationship": [{"text": "dotter"}]}],
        }
        relative = {"resourceType": "RelatedPerson", "id": "r1", "patient": {"reference": "Patient/p1"},
                    "name": [{"text": "Stina"}]}  # fmt: skip
        held = server({**chart(), "CareTeam": [], "RelatedPerson": [relative]})
        found = json_reply(emit_searchset([patient], "https://x.invalid"))
        answer = self.ask(lambda asked: found if "/Patient/" in asked.path else held(asked))
        is_hidden = label != "DEMO"
        assert answer.is_protected is is_hidden
        permit, profile = permit_for(SCENARIOS.patient), self.profile("https://x.invalid", 4.0)
        outcome = check(permit, profile, profile.kinds, answer)
        names = {r.name for r in outcome.records if isinstance(r, Contact)}
        assert names == (set() if is_hidden else {"Kajsa", "Stina"})
        scene = Scene(permit.actor, permit.decisions, (profile,), Moment(datetime.now(UTC)))
        states = {read_button(scene, button, {profile.slug: outcome}).state for button in BUTTONS
                  if button.kind in (Kind.CONTACT, Kind.DIAGNOSIS)}  # fmt: skip
        assert (State.CLOSED in states) is is_hidden
        assert not states & EMPTY_STATES

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

    def test_the_gateways_key_goes_with_every_question_and_never_to_the_token_service(self):
        def answer(asked: Asked) -> Reply | Awaitable[Reply]:
            has_key = asked.headers.get("ocp-apim-subscription-key") == "k"
            assert has_key is not asked.path.endswith("/oauth/token")
            return server(chart(), signalled())(asked)

        assert self.ask(answer).records

    def test_types_that_want_a_profile_are_asked_with_it(self):
        asked_with = {}

        def answer(asked: Asked) -> Reply | Awaitable[Reply]:
            if asked.path.endswith("/_search"):
                asked_with[asked.path.split("/")[-2]] = asked.form.get("_profile", "").rpartition("/")[2]
            return server(chart(), signalled())(asked)

        self.ask(answer)
        assert (asked_with["Immunization"], asked_with["CarePlan"]) == ("ImmunizationSe", "CarePlanSe")

    def test_gateway_that_asks_us_to_wait_is_believed(self):
        busy = json_reply({"statusCode": 429, "message": "Try again in 42 seconds."}, 429,
                          headers={"Retry-After": "42"})  # fmt: skip
        fault = self.fault_of_diagnoses(self.answer_with("Patient", busy))
        assert (fault.fault, fault.retry_after_s) == (Fault.THROTTLED, 42.0)

    def test_scenarios_are_valid_r4(self):
        for resources in chart().values():
            for resource in resources:
                validate(resource)


class TestCosmicAsItIsSold(ConnectorConformance):
    """An installation with nothing but what the vendor opens: no Flag, allergies or teams in FHIR."""

    connector = CosmicConnector
    ALERTS = frozenset({Kind.CARE_LIMITATION, Kind.WARNING})

    @property
    def scenarios(self):
        kept = {k: v for k, v in SCENARIOS.settings.items() if k != "extra_resources"}
        relatives = SCENARIOS.found_kinds - {Kind.CONTACT}
        return dataclasses.replace(SCENARIOS, settings=kept, found_kinds=relatives)

    def permit_for(self, patient: PersonId) -> Permit:
        return permit_for(patient)

    def with_signals(self, reply: Reply) -> Answerer:
        sound = server(chart())
        return lambda asked: reply if asked.path.endswith(SIGNALS) else sound(asked)

    def signalled(self, *signals):
        return self.ask(server(chart(), signals), self.ALERTS)

    def test_limitations_and_warnings_come_from_the_signals(self):
        answer = self.ask(self.scenarios.found, self.ALERTS)
        assert {(r.kind, r.text) for r in answer.records} == {
            (Kind.CARE_LIMITATION, "Ej intensivvård"),
            (Kind.WARNING, "Waran"),
        }
        assert {(r.origin.provider.hsa_id, r.origin.unit_id) for r in answer.records} == {
            (SCENARIOS.owner.hsa_id, "SE2321000016-R0ME")
        }

    def test_what_fhir_here_does_not_have_is_never_asked_for(self):
        asked_for = set()

        def answer(asked: Asked) -> Reply | Awaitable[Reply]:
            asked_for.add(asked.path.split("/")[-2])
            return server(chart(), signalled())(asked)

        self.ask(answer)
        assert not asked_for & {"Flag", "Consent", "AllergyIntolerance", "CareTeam", "DocumentReference"}

    @pytest.mark.parametrize(
        "reply",
        [
            json_reply({}, 404),
            json_reply({}, 401),
            json_reply({}, 503),
            json_reply({"attentionSignals": []}),
            json_reply({"patientId": {"system": "x"}, "attentionSignals": [], "isComplete": True}),
            Reply(hang_before_headers=True),
        ],
        ids=["not there", "refused", "down", "about nobody", "about who knows whom", "hangs"],
    )
    def test_failing_signals_are_absent_and_never_empty(self, reply):
        answer = self.ask(self.with_signals(reply), deadline_s=1.0)
        assert answer.absent >= self.ALERTS
        assert {r.kind for r in answer.records} >= SCENARIOS.found_kinds - self.ALERTS - {Kind.CONTACT}

    def test_failing_signals_alone_are_a_fault(self):
        with pytest.raises(SourceFault):
            self.ask(self.with_signals(json_reply({}, 503)), self.ALERTS)

    def test_failing_fhir_leaves_the_signals_standing(self):
        sound = server({}, signalled())
        down = json_reply({}, 503)
        answer = self.ask(lambda asked: down if asked.path.endswith("/_search") else sound(asked))
        assert {r.kind for r in answer.records} == self.ALERTS
        assert answer.absent == SCENARIOS.found_kinds - self.ALERTS

    def test_somebody_elses_signal_quarantines_the_source(self):
        theirs = {"system": "urn:oid:1.2.752.129.2.1.3.1", "value": SCENARIOS.stranger.number}
        for place in range(3):
            mixed = [signal(1, "A"), signal(2, "B")]
            mixed.insert(place, signal(3, "C", patientId=theirs))
            self.expect_fault(server(chart(), mixed), Fault.FOREIGN_PATIENT)

    def test_part_of_the_signals_is_never_taken_for_all(self):
        def answer(asked: Asked) -> Reply | Awaitable[Reply]:
            if asked.path.endswith(SIGNALS):
                return signals_reply(asked, [], is_complete=False)
            return server(chart())(asked)

        answered = self.ask(answer, self.ALERTS)
        assert (answered.withheld, answered.incomplete_kinds) == (True, self.ALERTS)

    def test_one_bad_signal_is_counted_and_hides_nothing(self):
        answer = self.signalled(signal(1, "Waran"), signal(2, "", type={}), signal(3, "Nickel"))
        assert (answer.unparsed, len(answer.records)) == (1, 2)
        assert answer.incomplete_kinds == self.ALERTS

    def test_what_is_missing_from_the_signals_is_not_missing_from_the_rest(self):
        def answer(asked: Asked) -> Reply | Awaitable[Reply]:
            if asked.path.endswith(SIGNALS):
                return signals_reply(asked, [signal(1, "Waran"), signal(2, "", type={})])
            return server(chart())(asked)

        answered = self.ask(answer, CosmicConnector.manifest.kinds)
        assert (answered.unparsed, answered.incomplete_kinds) == (1, self.ALERTS)

    def test_a_coded_limitation_is_one_whatever_its_type(self):
        snomed = {"system": "http://snomed.info/sct", "code": "61921000052102", "display": "Ej HLR"}
        (record,) = self.signalled(signal(1, "Ej HLR", "Övrigt", codes=[snomed])).records
        assert isinstance(record, CareLimitation)
        assert record.measures == (Measure.NO_CPR,)

    def test_words_alone_make_no_limitation(self):
        (record,) = self.signalled(signal(1, "Ej HLR", "Övrigt")).records
        assert record.kind is Kind.WARNING

    def test_local_types_of_limitations_are_a_setting(self):
        profile = dataclasses.replace(
            self.profile("http://x.invalid", 1.0),
            settings={"limitation_signals": "Begränsning, BB"},
        )
        limitations = read_names(profile.settings["limitation_signals"])
        held = fields_of(signal(1, "Full vård utom IVA", "bb"))
        assert map_signal(Signal(held, SCENARIOS.patient, profile), limitations).kind is Kind.CARE_LIMITATION

    def test_signal_whose_time_is_over_has_ended(self):
        (record,) = self.signalled(signal(1, "Ej IVA", "Vårdbegränsning", validTo="2026-02-01")).records
        assert record.status is Status.ENDED

    def test_signal_without_unit_says_that_it_is_assumed(self):
        (record,) = self.signalled(signal(1, "Waran", AccessZoneUnit=None)).records
        assert record.origin.unit_is_assumed

    def test_names_are_read_whatever_their_case_but_not_twice(self):
        held = {name.upper(): value for name, value in signal(1, "Waran").items()}
        assert len(self.signalled(held).records) == 1
        assert self.signalled({**signal(1, "Waran"), "Text": "Annat"}).unparsed == 1

    def test_contacts_without_care_teams_are_never_told_in_full(self):
        assert Kind.CONTACT in self.ask(self.scenarios.found).absent
