from connectors.base.contract import ConnectorConfig
from connectors.cosmic.connector import CosmicConnector


class CosmicConfig(ConnectorConfig):
    """Cambio Cosmic through its open FHIR services."""

    name = "connectors.cosmic"
    verbose_name = "Cosmic"
    connector = CosmicConnector
