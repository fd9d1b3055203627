from connectors.base.contract import ConnectorConfig
from connectors.cosmiclink.connector import CosmicLinkConnector


class CosmicLinkConfig(ConnectorConfig):
    """Cambio Cosmic Link: discharge cases and SIP, through the open FHIR services."""

    name = "connectors.cosmiclink"
    verbose_name = "Cosmic Link"
    connector = CosmicLinkConnector
