from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who signs in, and under which assignment."""

    name = "portal.accounts"
    verbose_name = _("Användare och uppdrag")
    default_auto_field = "django.db.models.BigAutoField"
