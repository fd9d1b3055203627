from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OverviewConfig(AppConfig):
    name = "portal.overview"
    verbose_name = _("Översikt")

    def ready(self) -> None:
        from portal.overview.paper import checks  # noqa: F401
