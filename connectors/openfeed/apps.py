from connectors.base.contract import ConnectorConfig
from connectors.openfeed.connector import OpenfeedConnector
from connectors.openfeed.schedule import SCHEDULE


class OpenfeedConfig(ConnectorConfig):
    """The open, flat interface for systems without FHIR."""

    name = "connectors.openfeed"
    verbose_name = "Öppet flöde"
    default_auto_field = "django.db.models.BigAutoField"
    connector = OpenfeedConnector
    schedule = SCHEDULE
