"""NPÖ passes the suite it inherits, and what only an aggregation of contracts can do wrong."""

from dataclasses import replace

import pytest
from lxml import etree

from connectors.base.conformance import ConnectorConformance
from connectors.base.contract import Fault, Freshness, SourceFault
from connectors.base.faults import XML_FAULTS
from connectors.base.faultserver import Reply, run_fault_server
from connectors.base.kinds import CareLimitation, HomeCare, SocialService
from connectors.base.records import Law, Status
from connectors.base.registry import build_connector
from connectors.base.scenarios import run
from connectors.base.transport import MAX_PAGES
from connectors.npo.connector import NpoConnector
from connectors.npo.contracts import CONTRACTS, KINDS
from connectors.npo.scenarios import (
    BODIES,
    OWNER,
    PATIENT,
    SOCIAL_OWNER,
    STRANGER,
    SYSTEM,
    entry,
    envelope,
    records,
    server,
)
from consent.terms import Permit, PersonId
from consent.vocabulary import CareKind, IdType, Kind
from tests.factories.permits import permit_for

pytestmark = pytest.mark.network
BY_SETTING = {contract.setting: contract for contract in CONTRACTS}
ALERT_2, ALERT_3 = BY_SETTING["alert_information_2"], BY_SETTING["alert_information_3"]
DECISION = (
    "<decisionNonstandardCareProcedure><code><code>61921000052102</code>"
    "<codeSystem>1.2.752.116.2.1.1</codeSystem><displayName>Ej HLR</displayName></code>"
    "<description>Ej HLR. Samråd med ssk.</description><approval>{approval}</approval>"
    "<timestamp>20260102080000</timestamp></decisionNonstandardCareProcedure>"
)
WITHDRAWN = "<nullified>true</nullified>"
# More in the header, and what else is said of each entry.
Entries = list[tuple[str, dict[str, str]]]
STATUS = '<p:ProcessingStatus xmlns:p="urn:riv:interoperability:headers:1">{}</p:ProcessingStatus>'


def status(system: str, code: str, at: str = "") -> str:
    return (
        f"<p:ProcessingStatusList><p:logicalAddress>{system}</p:logicalAddress><p:statusCode>{code}"
        f"</p:statusCode><p:lastSuccessfulSynch>{at}</p:lastSuccessfulSynch></p:ProcessingStatusList>"
    )


class TestNpo(ConnectorConformance):
    connector = NpoConnector

    def permit_for(self, patient: PersonId) -> Permit:
        return permit_for(patient)

    @pytest.mark.parametrize("misbehaviour", XML_FAULTS, ids=lambda m: m.name)
    def test_xml_faults_become_their_fault_and_never_an_answer(self, misbehaviour):
        self.check_fault(misbehaviour)

    def only(self, answerer, kind):
        return [record for record in self.ask(answerer).records if record.kind is kind]

    # Which questions.

    def asked_for(self, kinds, settings=None):
        async def asking():
            async with run_fault_server(server(records())) as fault_server:
                profile = self.profile(fault_server.base_url, 10.0)
                if settings is not None:
                    profile = replace(profile, settings={**profile.settings, **settings})
                await build_connector(profile).fetch(permit_for(PATIENT), kinds)
                return fault_server.asked

        return run(asking())

    def test_only_contracts_that_feed_the_kinds_are_asked(self):
        asked = self.asked_for(frozenset({Kind.CARE_LIMITATION}))
        wanted = {f'"{c.service.action}"' for c in (ALERT_2, ALERT_3)}
        assert {each.headers["soapaction"] for each in asked} == wanted

    def test_contracts_the_source_does_not_speak_are_not_asked(self):
        asked = self.asked_for(frozenset({Kind.WARNING}), {"alert_information_3": ""})
        assert len(asked) == 1

    def test_each_contract_has_its_own_address_or_all_have_one(self):
        (asked,) = self.asked_for(frozenset({Kind.MEDICATION}))
        contract = "clinicalprocess/activityprescription/actoutcome/GetMedicationHistory/2/rivtabp21"
        assert asked.path == f"/vp/{contract}"
        (asked,) = self.asked_for(frozenset({Kind.MEDICATION}), {"one_address": "true"})
        assert asked.path == "/vp/"

    def test_kind_no_spoken_contract_feeds_is_absent(self):
        answer = self.ask(server(records()), KINDS | {Kind.PREHOSPITAL})
        assert answer.absent == {Kind.PREHOSPITAL}

    def test_kinds_of_a_source_are_those_of_its_contracts(self):
        assert NpoConnector.kinds_of({}) == KINDS - {Kind.CONTACT, Kind.SOCIAL_SERVICE}
        only = {contract.setting: "" for contract in CONTRACTS} | {"diagnosis_2": "true"}
        assert NpoConnector.kinds_of(only) == {Kind.DIAGNOSIS, Kind.VACCINATION}

    # One contract that fails.

    def failing(self, setting, reply=None):
        sound = server(records())
        broken = reply or Reply(b"<x", content_type="text/xml")

        def answer(asked):
            action = asked.headers["soapaction"].strip('"')
            return broken if action == BY_SETTING[setting].service.action else sound(asked)

        return answer

    @pytest.mark.parametrize("setting", sorted(BY_SETTING))
    def test_contract_that_fails_makes_its_kinds_absent_and_hides_no_other(self, setting):
        answer = self.ask(self.failing(setting))
        assert answer.absent == BY_SETTING[setting].kinds
        assert {r.kind for r in answer.records} >= KINDS - BY_SETTING[setting].kinds

    def test_result_error_is_no_empty_answer(self):
        self.expect_fault(server({}, result="ERROR"), Fault.REPORTED)
        self.expect_fault(server({}, result="MAYBE"), Fault.REPORTED)

    @pytest.mark.parametrize("element", ["resultText", "message"])
    def test_result_info_lets_the_records_stand_and_keeps_its_words(self, element):
        words = f"<{element}>Endast två år tillbaka.</{element}>"
        result = f"<result><resultCode>INFO</resultCode>{words}</result>"
        held = {setting: [*each, result] for setting, each in records().items()}
        answer = self.ask(server(held))
        assert {r.kind for r in answer.records} == KINDS
        assert answer.warnings == ("Endast två år tillbaka.",)
        assert (answer.withheld, answer.absent, answer.incomplete_kinds) == (False, frozenset(), frozenset())

    def test_words_without_end_are_cut_where_it_shows(self):
        result = f"<result><resultCode>INFO</resultCode><message>{'x' * 600}</message></result>"
        (said,) = self.ask(server({"diagnosis_2": [result]})).warnings
        assert (len(said), said[-1]) == (500, "…")

    def test_words_of_an_answer_in_order_are_not_told(self):
        result = "<result><resultCode>OK</resultCode><resultText>Klart.</resultText></result>"
        assert self.ask(server({"diagnosis_2": [result]})).warnings == ()

    # How the systems behind did.

    def parts(self, *statuses):
        answer = self.ask(server(records(), STATUS.format("".join(statuses))), frozenset({Kind.DIAGNOSIS}))
        return answer.parts

    def test_each_system_tells_how_it_did(self):
        parts = self.parts(
            status(SYSTEM, "DataFromSource", "20260202120000"),
            status("SE2-B", "DataFromCache", "20260202115800"),
            status("SE2-C", "DataFromCacheSynchFailed", "2026-02-01T10:00:00"),
            status("SE2-D", "NoDataSynchFailed"),
            status("SE2-E", "SomethingNew"),
        )
        assert [part.freshness for part in parts] == [
            Freshness.FRESH, Freshness.CACHED, Freshness.STALE, None, None,
        ]  # fmt: skip
        assert parts[0].as_of is None
        assert parts[1].as_of.isoformat() == "2026-02-02T11:58:00+01:00"
        assert parts[0].owners == (OWNER,)
        assert {kind for part in parts for kind in part.kinds} == {Kind.DIAGNOSIS}

    def test_system_is_named_by_setting_by_owner_or_not_at_all(self):
        async def asking():
            above = STATUS.format(status(SYSTEM, "DataFromSource") + status("SE9-X", "NoDataSynchFailed"))
            async with run_fault_server(server(records(), above)) as fault_server:
                profile = self.profile(fault_server.base_url, 10.0)
                names = {"system_names": "SE9-x = Journal Nord ; trasigt"}
                named = replace(profile, settings={**profile.settings, **names})
                answer = await build_connector(named).fetch(permit_for(PATIENT), frozenset({Kind.DIAGNOSIS}))
                return [part.label for part in answer.parts]

        assert run(asking()) == ["Region Fjäll", "Journal Nord"]

    def test_silent_system_without_records_is_known_by_its_organisation_number(self):
        (part,) = self.parts(status("SE2321000016-9ZZZ", "NoDataSynchFailed"))
        assert part.owners == (OWNER,)

    # Two versions of one contract.

    def both_versions(self, text, approval="true", document="d-1"):
        comment = f"<restrictionOfCareComment>{text}</restrictionOfCareComment>"
        body = f"<restrictionOfCare>{comment}</restrictionOfCare>"
        return server(
            {
                ALERT_2.setting: [entry(ALERT_2, body)],
                ALERT_3.setting: [entry(ALERT_3, DECISION.format(approval=approval), document=document)],
            }
        )

    @pytest.mark.parametrize("document", ["d-1", f"{SYSTEM}:d-1"])
    def test_same_document_in_both_versions_stands_once_with_the_code_of_the_later(self, document):
        answerer = self.both_versions("Ej HLR. Samråd med ssk.", document=document)
        (record,) = self.only(answerer, Kind.CARE_LIMITATION)
        assert (record.text, record.title) == ("Ej HLR. Samråd med ssk.", "Ej HLR")
        assert [measure.value for measure in record.measures] == ["no_cpr"]

    def test_words_of_both_versions_are_kept_where_they_differ(self):
        (record,) = self.only(self.both_versions("Full intensivvård."), Kind.CARE_LIMITATION)
        assert "Full intensivvård." in record.text
        assert "Samråd med ssk." in record.text

    def test_versions_that_disagree_on_whether_it_holds_are_both_shown(self):
        found = self.only(self.both_versions("Ej HLR", approval="false"), Kind.CARE_LIMITATION)
        assert sorted(record.status for record in found) == [Status.ACTIVE, Status.ENDED]

    # Limitations.

    def decision(self, approval):
        (record,) = self.only(
            server({ALERT_3.setting: [entry(ALERT_3, DECISION.format(approval=approval))]}),
            Kind.CARE_LIMITATION,
        )
        return record

    def test_decision_that_care_is_not_limited_has_ended_and_has_no_code_to_light(self):
        record = self.decision("false")
        assert (record.status, record.measures) == (Status.ENDED, ())

    @pytest.mark.parametrize("said", ["", "?", "kanske"])
    def test_decision_nobody_said_holds_is_unknown_and_shown(self, said):
        assert self.decision(said).status is Status.UNKNOWN

    def test_no_code_is_ever_read_out_of_text(self):
        (record,) = self.only(server({ALERT_2.setting: [entry(ALERT_2)]}), Kind.CARE_LIMITATION)
        assert isinstance(record, CareLimitation)
        assert (record.text, record.measures, record.codes) == ("Ej HLR. Samråd med ssk.", (), ())
        assert record.decided_by == "Petra Lavander"

    # Whose.

    @pytest.mark.parametrize("lacking", ["provider", "unit"])
    def test_record_that_cannot_be_checked_against_blocks_is_withheld(self, lacking):
        answer = self.ask(server({ALERT_2.setting: [entry(ALERT_2, **{lacking: ""})]}))
        assert (answer.records, answer.withheld, answer.unparsed) == ((), True, 0)
        assert answer.incomplete_kinds == ALERT_2.kinds

    def test_each_record_has_its_own_owner_and_an_unknown_one_the_kind_of_its_information(self):
        answer = self.ask(server(records()))
        owners = {(type(r), r.origin.provider.hsa_id, r.origin.provider.kind) for r in answer.records}
        assert (SocialService, SOCIAL_OWNER, CareKind.SOCIAL_CARE) in owners
        assert (HomeCare, OWNER.hsa_id, CareKind.HEALTH_CARE) in owners

    @pytest.mark.parametrize("place", [0, 1, 99, 198, 199])
    @pytest.mark.parametrize("setting", ["alert_information_2", "alert_information_3", "diagnosis_2"])
    def test_one_stranger_among_two_hundred_quarantines_everything(self, setting, place):
        contract = BY_SETTING[setting]
        held = [entry(contract, document=str(n)) for n in range(200)]
        held[place] = entry(contract, document="x", number=STRANGER.number)
        self.expect_fault(server({**records(), setting: held}), Fault.FOREIGN_PATIENT)

    def test_nullified_record_of_a_stranger_is_still_a_stranger(self):
        held = [entry(ALERT_2, number=STRANGER.number, more="<nullified>true</nullified>")]
        self.expect_fault(server({ALERT_2.setting: held}), Fault.FOREIGN_PATIENT)

    def test_linked_number_is_asked_about_by_its_own_kind(self):
        linked = PersonId("199602752389", IdType.SAMORDNINGSNUMMER)

        async def asking():
            async with run_fault_server(server(records())) as fault_server:
                connector = build_connector(self.profile(fault_server.base_url, 10.0))
                await connector.fetch(permit_for(PATIENT, aliases=(linked,)), frozenset({Kind.DIAGNOSIS}))
                return [asked.body.decode() for asked in fault_server.asked]

        bodies = run(asking())
        assert len(bodies) == 2
        assert any("199602752389" in body and "1.2.752.129.2.1.3.3" in body for body in bodies)

    # Municipal services.

    def services(self, kind, provider=SOCIAL_OWNER, **settings):
        contract = BY_SETTING["care_services_2"]
        body = BODIES["care_services_2"].replace("HSJV", kind)
        answerer = server({contract.setting: [entry(contract, body, provider=provider)]})

        async def asking():
            async with run_fault_server(answerer) as fault_server:
                profile = self.profile(fault_server.base_url, 10.0)
                profile = replace(profile, settings={**profile.settings, **settings})
                return await build_connector(profile).fetch(permit_for(PATIENT), KINDS)

        return run(asking())

    @pytest.mark.parametrize(
        ("kind", "law", "is_housing"),
        [("HTJ", Law.SOL, False), ("SVTJ", Law.SOL, False), ("SÄBO", Law.SOL, True), ("LSS", Law.LSS, False)],
    )
    def test_law_and_housing_follow_the_type(self, kind, law, is_housing):
        (record,) = self.services(kind).records
        assert isinstance(record, SocialService)
        assert (record.law, record.is_housing, record.extent) == (law, is_housing, "2 ggr/vecka")

    def test_services_outside_the_law_leave_no_trace(self):
        answer = self.services("IFO", outside_types="BOU, ifo")
        assert (answer.records, answer.unparsed, answer.withheld) == ((), 0, False)
        assert answer.incomplete_kinds == frozenset()

    def test_service_of_unknown_type_is_counted_and_not_guessed_at(self):
        answer = self.services("XYZ")
        assert (answer.records, answer.unparsed) == ((), 1)

    def test_social_service_of_a_known_care_provider_is_not_shown(self):
        answer = self.services("HTJ", provider=OWNER.hsa_id)
        assert (answer.records, answer.unparsed) == ((), 1)

    # Answers in pieces.

    def in_pieces(self, setting="care_documentation_3", last=3, rest=None, deadline_s=10.0):
        """The answer, and which system was asked for which piece, of one that has so many pieces."""
        contract, questions = BY_SETTING[setting], []

        def answer(asked):
            question = etree.fromstring(asked.body)
            place = int(question.findtext(".//{*}hasMoreReference") or 1)
            questions.append((question.findtext(".//{*}LogicalAddress"), place))
            if place > 1 and rest is not None:
                return rest
            more = (
                f"<hasMore><logicalAddress>SE2-A</logicalAddress><reference>{place + 1}</reference></hasMore>"
            )
            held = [entry(contract, document=f"d-{place}"), more if place < last else ""]
            return server({setting: held})(asked)

        async def asking():
            async with run_fault_server(answer) as fault_server:
                settings = {each.setting: "" for each in CONTRACTS} | {setting: "true"}
                profile = self.profile(fault_server.base_url, deadline_s)
                profile = replace(profile, settings={**profile.settings, **settings})
                return await build_connector(profile).fetch(permit_for(PATIENT), frozenset(contract.kinds))

        return run(asking()), questions

    def test_rest_of_an_answer_is_asked_for_at_the_system_that_has_it(self):
        answer, questions = self.in_pieces()
        assert questions == [("SE165565594230-1000", 1), ("SE2-A", 2), ("SE2-A", 3)]
        assert sorted(record.document_id for record in answer.records) == ["d-1", "d-2", "d-3"]
        assert (answer.withheld, answer.incomplete_kinds) == (False, frozenset())

    @pytest.mark.parametrize(
        "rest",
        [Reply(status=500), Reply(b"<x", content_type="text/xml"), Reply(hang=True)],
        ids=["fails", "unreadable", "hangs"],
    )
    def test_piece_that_does_not_come_leaves_the_answer_incomplete(self, rest):
        answer, _questions = self.in_pieces(rest=rest, deadline_s=1.0)
        assert [record.document_id for record in answer.records] == ["d-1"]
        assert (answer.withheld, answer.incomplete_kinds) == (True, {Kind.CARE_CONTACT})
        assert answer.absent == frozenset()

    def test_pieces_without_end_are_cut_and_told(self):
        answer, questions = self.in_pieces(last=10_000)
        assert len(questions) == len(answer.records) == MAX_PAGES
        assert (answer.withheld, answer.incomplete_kinds) == (True, {Kind.CARE_CONTACT})

    def test_stranger_in_a_later_piece_quarantines_everything(self):
        contract = BY_SETTING["care_documentation_3"]
        strange = entry(contract, number=STRANGER.number)
        service = contract.service
        with pytest.raises(SourceFault) as caught:
            self.in_pieces(rest=envelope(service.operation, service.namespace, strange))
        assert caught.value.fault is Fault.FOREIGN_PATIENT

    def test_piece_that_is_told_of_again_is_not_asked_for_again(self):
        more = "<hasMore><logicalAddress>SE2</logicalAddress><reference>2</reference></hasMore>"
        contract = BY_SETTING["care_documentation_3"]
        answer = self.ask(server({contract.setting: [entry(contract), more]}))
        assert (answer.withheld, answer.incomplete_kinds) == (True, {Kind.CARE_CONTACT})
        assert len(answer.records) == 1

    @pytest.mark.parametrize("setting", ["care_documentation_2", "diagnosis_2"])
    def test_more_from_a_contract_that_cannot_be_asked_for_it_is_told(self, setting):
        answer, questions = self.in_pieces(setting)
        assert len(questions) == 1
        assert (answer.withheld, answer.incomplete_kinds) == (True, BY_SETTING[setting].kinds)

    # What was withdrawn.

    def alerts(self, in_2, in_3=()):
        """What is shown of these entries of the two versions of one contract, each (more header, about)."""
        held = {
            each.setting: [entry(each, more=more, **about) for more, about in entries]
            for each, entries in ((ALERT_2, in_2), (ALERT_3, in_3))
        }
        return self.ask(server(held))

    @pytest.mark.parametrize("withdrawn_at", [0, 1])
    def test_withdrawn_in_one_entry_is_withdrawn_in_all_of_the_answer(self, withdrawn_at):
        entries: Entries = [("", {}), (WITHDRAWN, {})] if withdrawn_at else [(WITHDRAWN, {}), ("", {})]
        answer = self.alerts([*entries, ("", {"document": "d-2"})])
        assert [record.document_id for record in answer.records] == ["d-2"]
        assert answer.unparsed == 0

    @pytest.mark.parametrize("version", [2, 3])
    def test_withdrawn_in_one_version_is_withdrawn_in_the_other(self, version):
        stands: Entries = [("", {})]
        gone: Entries = [(WITHDRAWN, {})]
        answer = self.alerts(gone, stands) if version == 2 else self.alerts(stands, gone)
        assert answer.records == ()

    def test_withdrawn_in_one_version_takes_both_where_they_are_at_odds(self):
        """Two that stand apart because the versions disagree are one record all the same."""
        ended = "<obsoleteTime>20200101000000</obsoleteTime>" + BODIES[ALERT_2.setting]
        held = {
            ALERT_2.setting: [entry(ALERT_2, ended)],
            ALERT_3.setting: [entry(ALERT_3, DECISION.format(approval="true"))],
        }
        assert len(self.ask(server(held)).records) == 2
        held[ALERT_2.setting].append(entry(ALERT_2, more=WITHDRAWN))
        assert self.ask(server(held)).records == ()

    def test_withdrawal_that_names_no_owner_is_of_the_systems_own_id(self):
        assert self.alerts([("", {}), (WITHDRAWN, {"provider": "", "unit": ""})]).records == ()

    @pytest.mark.parametrize("other", [{"document": "d-2"}, {"provider": SOCIAL_OWNER}], ids=["id", "owner"])
    def test_withdrawal_of_another_id_or_owner_hides_nothing(self, other):
        assert len(self.alerts([("", {}), (WITHDRAWN, other)]).records) == 1

    def test_withdrawn_note_does_not_hide_the_visit_of_the_same_id(self):
        note, visit = BY_SETTING["care_documentation_2"], BY_SETTING["care_contacts_2"]
        answer = self.ask(
            server({note.setting: [entry(note, more=WITHDRAWN)], visit.setting: [entry(visit)]})
        )
        assert [record.kind for record in answer.records] == [Kind.CARE_CONTACT]

    def test_every_dose_of_a_withdrawn_entry_is_withdrawn(self):
        contract = BY_SETTING["vaccination_history_2"]
        doses = BODIES[contract.setting] + BODIES[contract.setting].partition("</registrationRecord>")[2]
        held = [entry(contract, doses)]
        assert len(self.ask(server({contract.setting: held})).records) == 2
        held.append(entry(contract, more=WITHDRAWN))
        assert self.ask(server({contract.setting: held})).records == ()

    def test_withdrawal_without_id_is_counted(self):
        """Which record it was nobody can tell, so that the others cannot be all that stands."""
        assert self.alerts([(WITHDRAWN, {"document": ""})]).unparsed == 1

    def test_unusable_certificate_is_a_config_fault(self):
        profile = replace(
            self.profile("https://127.0.0.1:1", 1.0), settings={"client_certificate": "x", "client_key": "y"}
        )
        with pytest.raises(SourceFault) as caught:
            build_connector(profile)
        assert caught.value.fault is Fault.CONFIG
