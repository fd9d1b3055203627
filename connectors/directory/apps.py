from connectors.base.contract import ConnectorConfig
from connectors.directory.connector import DirectoryConnector


class DirectoryConfig(ConnectorConfig):
    """The contact directory that administrators keep here."""

    name = "connectors.directory"
    verbose_name = "Kontaktkatalogen"
    connector = DirectoryConnector
