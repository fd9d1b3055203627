from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class ConnectorsConfig(AppConfig):
    """How a source plugs in: the contract, the canonical records, one app per system."""

    name = "connectors"
    verbose_name = _("Källor")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from connectors.checks import check_bronze, check_connectors

        register(check_connectors)
        register(check_bronze, deploy=True)
