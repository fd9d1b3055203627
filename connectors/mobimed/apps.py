from connectors.base.contract import ConnectorConfig
from connectors.mobimed.connector import MobimedConnector


class MobimedConfig(ConnectorConfig):
    """Ortivus MobiMed: ambulance, and distance care in primary care."""

    name = "connectors.mobimed"
    verbose_name = "MobiMed"
    connector = MobimedConnector
