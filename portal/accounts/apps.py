from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who signs in, and under which assignment."""

    name = "portal.accounts"
    verbose_name = "Användare och uppdrag"
    default_auto_field = "django.db.models.BigAutoField"
