from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What people and other systems meet."""

    name = "portal"
    verbose_name = "Portalen"

    def ready(self) -> None:
        from portal import checks  # noqa: F401 - registers them
