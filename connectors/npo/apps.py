from connectors.base.contract import ConnectorConfig
from connectors.npo.connector import NpoConnector


class NpoConfig(ConnectorConfig):
    """The national patient overview and other RIV-TA platforms."""

    name = "connectors.npo"
    verbose_name = "NPÖ"
    connector = NpoConnector
