from connectors.base.contract import ConnectorConfig
from connectors.viva.connector import VivaConnector


class VivaConfig(ConnectorConfig):
    """Viva, the municipality's system: one source for HSL, one for SoL and LSS."""

    name = "connectors.viva"
    verbose_name = "Viva"
    connector = VivaConnector
