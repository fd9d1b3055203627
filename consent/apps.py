from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    """May they look, and who looked."""

    name = "consent"
    verbose_name = _("Samtycke och åtkomstlogg")
    default_auto_field = "django.db.models.BigAutoField"
