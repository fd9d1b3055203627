from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The screens of ``consent``: access step, consent, emergency."""

    name = "portal.access"
    verbose_name = "Åtkomst"
