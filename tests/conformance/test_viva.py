"""Viva passes the suite it inherits; what lies outside the law never comes out of it."""

from datetime import date

import pytest

from connectors.base.conformance import ConnectorConformance
from connectors.base.contract import Fault
from connectors.base.faultserver import json_reply
from connectors.base.kinds import Contact, ContactRole, Coordination, HomeCare, HomeCareAspect, SocialService
from connectors.base.records import Law, Status
from connectors.viva import scenarios
from connectors.viva.connector import VivaConnector
from connectors.viva.law import OUTSIDE_TYPES
from connectors.viva.mapping import LISTS
from connectors.viva.scenarios import coordinated, entry, lists, server
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind
from tests.factories.permits import permit_for

pytestmark = pytest.mark.network
SOCIAL = frozenset({Kind.SOCIAL_SERVICE, Kind.CONTACT, Kind.COORDINATION})


class TestViva(ConnectorConformance):
    connector = VivaConnector

    def permit_for(self, patient: PersonId) -> Permit:
        return permit_for(patient)

    def test_the_other_half_is_absent_never_empty(self):
        answer = self.ask(self.scenarios.empty)
        assert answer.absent == {Kind.SOCIAL_SERVICE}

    @pytest.mark.parametrize("missing", LISTS)
    def test_a_missing_list_is_no_empty_list(self, missing):
        held = {name: entries for name, entries in lists().items() if name != missing}
        self.expect_fault(server(held), Fault.FORMAT)

    def test_a_reply_about_another_number_quarantines(self):
        self.expect_fault(
            lambda _: json_reply({"personid": "189002149806", **lists()}), Fault.FOREIGN_PATIENT
        )

    def test_a_lifted_limitation_has_ended(self):
        held = {**lists(), "noteringar": [entry(1, "vardbegransning", galler=False)]}
        (record,) = self.ask(server(held), frozenset({Kind.CARE_LIMITATION})).records
        assert record.status is Status.ENDED

    def test_an_entry_under_another_law_is_counted_not_shown(self):
        held = {**lists(), "uppgifter": [entry(1, "uppgift", lagrum="SOL")]}
        answer = self.ask(server(held))
        assert answer.unparsed == 1
        assert "viva-1" not in {
            r.id for r in answer.records if r.kind is Kind.HOME_CARE and r.title == "Uppgift"
        }

    def test_a_sip_tells_who_does_what_and_what_has_happened(self):
        held = {**{name: [] for name in LISTS}, "planer": [coordinated(1)]}
        (record,) = self.ask(server(held), frozenset({Kind.COORDINATION})).records
        assert isinstance(record, Coordination)
        assert record.follow_up is not None
        assert (record.is_sip, record.care_contact) == (True, "Annika Rimfors")
        assert record.activities == ("Dosett delas (Hemsjukvården)",)
        assert [event.text for event in record.events] == ["SIP kallad", "SIP-möte"]
        assert record.follow_up.day == date(2026, 4, 2)

    @pytest.mark.parametrize(
        "flaw", [{"handelser": [{"text": "SIP"}]}, {"aktiviteter": "dosett"}, {"mal": [1]}, {"mal": 1}]
    )
    def test_a_plan_told_in_another_shape_is_counted(self, flaw):
        held = {**{name: [] for name in LISTS}, "planer": [{**coordinated(1), **flaw}]}
        answer = self.ask(server(held))
        assert (answer.records, answer.unparsed) == ((), 1)
        assert answer.incomplete_kinds == {Kind.CARE_PLAN, Kind.COORDINATION}

    def test_a_delegation_says_to_whom(self):
        given = entry(1, "delegering", utforare={"namn": "Hemtjänsten", "telefon_dag": "0980-319270"})
        held = {**{name: [] for name in LISTS}, "uppgifter": [given]}
        (record,) = self.ask(server(held), frozenset({Kind.HOME_CARE})).records
        assert isinstance(record, HomeCare)
        assert (record.aspect, record.performer) == (HomeCareAspect.DELEGATION, "Hemtjänsten")


class TestVivaSocial(ConnectorConformance):
    """The social half, with what a municipality holds beside it."""

    connector = VivaConnector

    @property
    def scenarios(self):
        return scenarios.SOCIAL_SCENARIOS

    def permit_for(self, patient: PersonId) -> Permit:
        return permit_for(patient)

    def ask_for(self, *entries):
        return self.ask(server({**{name: [] for name in LISTS}, "insatser": list(entries)}), SOCIAL)

    @pytest.mark.parametrize("type_", sorted(OUTSIDE_TYPES))
    def test_types_outside_the_law_leave_no_trace(self, type_):
        answer = self.ask_for(entry(1, type_, lagrum="SOL"))
        assert (answer.records, answer.unparsed, answer.withheld) == ((), 0, False)

    @pytest.mark.parametrize("written", ["Barnavård", "EKONOMISKT BISTÅND", "missbruksvård"])
    def test_spelling_does_not_let_them_through(self, written):
        assert self.ask_for(entry(1, written, lagrum="SOL")).records == ()

    def test_another_law_leaves_no_trace(self):
        answer = self.ask_for(entry(1, "hemtjanst", lagrum="LVU"))
        assert (answer.records, answer.unparsed) == ((), 0)

    def test_unknown_type_is_not_guessed_at(self):
        answer = self.ask_for(entry(1, "någonting nytt", lagrum="SOL"))
        assert (answer.records, answer.unparsed) == ((), 1)

    def test_who_decides_is_one_contact_for_all_her_insatser(self):
        handler = {"namn": "Lena Ödvall", "roll": "biståndshandläggare", "telefon": "0980-319272"}
        found = [entry(n, "hemtjanst", lagrum="SOL", handlaggare=handler) for n in (1, 2)]
        (contact,) = [r for r in self.ask_for(*found).records if r.kind is Kind.CONTACT]
        assert isinstance(contact, Contact)
        assert (contact.role, contact.name) == (ContactRole.CASE_HANDLER, "Lena Ödvall")
        assert contact.phones[0].number == "0980-319272"

    @pytest.mark.parametrize(
        "more", [{"status": "avslutad"}, {"handlaggare": {"namn": "Lena Ödvall"}}, {"typ": "barnavard"}]
    )
    def test_nobody_is_a_contact_for_what_has_ended_or_may_not_be_told(self, more):
        handler = {"namn": "Lena Ödvall", "telefon": "0980-319272"}
        given = {**entry(1, "hemtjanst", lagrum="SOL", handlaggare=handler), **more}
        assert not [r for r in self.ask_for(given).records if r.kind is Kind.CONTACT]

    def test_lss_is_kept_apart_from_sol(self):
        answer = self.ask_for(entry(1, "hemtjanst", lagrum="SOL"), entry(2, "ledsagarservice", lagrum="LSS"))
        assert [r.law for r in answer.records if isinstance(r, SocialService)] == [Law.SOL, Law.LSS]
