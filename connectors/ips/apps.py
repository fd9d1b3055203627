from connectors.base.contract import ConnectorConfig
from connectors.ips.connector import SummaryConnector


class IpsConfig(ConnectorConfig):
    """Any FHIR server that can make a patient summary."""

    name = "connectors.ips"
    verbose_name = "Patientsammanfattning (IPS)"
    connector = SummaryConnector
