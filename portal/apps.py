from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """What people and other systems meet."""

    name = "portal"
    verbose_name = _("Portalen")

    def ready(self) -> None:
        from portal import broker_checks, checks  # noqa: F401 - registers them
