from connectors.base.contract import ConnectorConfig
from hemvist_connector.connector import HemvistConnector


class HemvistConfig(ConnectorConfig):
    """Declares the connector; the entry point in pyproject.toml leads here."""

    name = "hemvist_connector"
    verbose_name = "Hemvist"
    connector = HemvistConnector
