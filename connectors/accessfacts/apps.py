from django.utils.translation import gettext_lazy as _

from connectors.accessfacts.connector import AccessFactsConnector
from connectors.base.contract import ConnectorConfig


class AccessFactsConfig(ConnectorConfig):
    """Blocks, relations and existence: a source of facts that access rests on, not of records."""

    name = "connectors.accessfacts"
    verbose_name = _("Spärr- och relationstjänst")
    connector = AccessFactsConnector
