"""The population register passes the suite for fact sources."""

import pytest

from connectors.base.faultserver import json_reply
from connectors.base.personconformance import PersonSourceConformance
from connectors.population.connector import PopulationConnector
from connectors.population.scenarios import FACTS, OTHER_NUMBER, PERSON, server

pytestmark = pytest.mark.network


class TestPopulation(PersonSourceConformance):
    connector = PopulationConnector

    def test_main_identity_is_the_registers_and_the_asked_number_an_alias(self):
        linked = [{"id": OTHER_NUMBER.number, "type": "samordningsnummer", "main": True}]
        person = self.find(server(linked=linked))
        assert person.id == OTHER_NUMBER
        assert person.aliases == (PERSON,)

    @pytest.mark.parametrize(
        "flaw", [{"birth_date": "1912-13-12"}, {"linked": "x"}, {"given_name": None, "id": 1}]
    )
    def test_flawed_facts_are_not_believed(self, flaw):
        self.expect_number_only(self.find(lambda _: json_reply({**FACTS, **flaw})))
