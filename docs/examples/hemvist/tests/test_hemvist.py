"""Hemvist passes the suite it inherits, and keeps SoL and LSS apart."""

from connectors.base.kinds import SocialService
from connectors.base.records import Law
from hemvist_connector.connector import HemvistConnector
from hemvist_connector.scenarios import entry, nothing, server
from patientoversikt_kit.suite import ConnectorSuite


class TestHemvist(ConnectorSuite):
    connector = HemvistConnector

    def test_a_missing_list_is_no_empty_list(self):
        self.expect_fault(server({"insatser": []}), self.fault_from(server({})).fault)

    def test_lss_is_kept_apart_from_sol(self):
        answer = self.ask(server({**nothing(), "insatser": [entry(1), entry(2, lag="LSS")]}))
        assert [r.law for r in answer.records if isinstance(r, SocialService)] == [Law.SOL, Law.LSS]

    def test_a_law_that_is_neither_is_counted_and_never_shown(self):
        answer = self.ask(server({**nothing(), "insatser": [entry(1, lag="LVU")]}))
        assert (answer.records, answer.unparsed) == ((), 1)
