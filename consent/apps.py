from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    """May they look, and who looked."""

    name = "consent"
    verbose_name = _("Samtycke och åtkomstlogg")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from consent.epochs import look_at_new_connection

        connection_created.connect(look_at_new_connection, dispatch_uid="consent.epochs")
