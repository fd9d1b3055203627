from connectors.base.contract import ConnectorConfig
from connectors.openfeed.connector import OpenfeedConnector


class OpenfeedConfig(ConnectorConfig):
    """The open, flat interface for systems without FHIR."""

    name = "connectors.openfeed"
    verbose_name = "Öppet flöde"
    connector = OpenfeedConnector
