from django.utils.translation import gettext_lazy as _

from connectors.base.contract import ConnectorConfig
from connectors.population.connector import PopulationConnector


class PopulationConfig(ConnectorConfig):
    """The population register: a source of facts about people, not of records."""

    name = "connectors.population"
    verbose_name = _("Befolkningsuppgifter")
    connector = PopulationConnector
