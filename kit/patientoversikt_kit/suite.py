"""The conformance suite as a vendor inherits it: with permits about test persons, and the ledger's truth."""

from connectors.base.conformance import ConnectorConformance
from connectors.base.quality import find_flaws
from consent.specimen import specimen_permit
from consent.terms import Permit, PersonId


class ConnectorSuite(ConnectorConformance):
    """Inherit, and name the connector. ``scenarios.py`` beside it says how its source answers."""

    def permit_for(self, patient: PersonId) -> Permit:
        return specimen_permit(patient)

    def test_quality_ledger_is_true(self) -> None:
        flaws = find_flaws(self.connector)
        if flaws:
            raise AssertionError("; ".join(flaws))
