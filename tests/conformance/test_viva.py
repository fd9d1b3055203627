"""Viva passes the suite it inherits; what lies outside the law never comes out of it."""

import pytest

from connectors.base.conformance import ConnectorConformance
from connectors.base.contract import Fault
from connectors.base.faultserver import json_reply
from connectors.base.kinds import SocialService
from connectors.base.records import Law, Status
from connectors.viva import scenarios
from connectors.viva.connector import VivaConnector
from connectors.viva.mapping import LISTS, OUTSIDE_TYPES
from connectors.viva.scenarios import entry, lists, server
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

    def test_lss_is_kept_apart_from_sol(self):
        answer = self.ask_for(entry(1, "hemtjanst", lagrum="SOL"), entry(2, "ledsagarservice", lagrum="LSS"))
        assert [r.law for r in answer.records if isinstance(r, SocialService)] == [Law.SOL, Law.LSS]
