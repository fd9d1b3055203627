from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """May they look, and who looked."""

    name = "consent"
    verbose_name = "Samtycke och åtkomstlogg"
    default_auto_field = "django.db.models.BigAutoField"
