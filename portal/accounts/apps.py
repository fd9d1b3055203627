from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

SWEEP_EVERY_S = 60.0


class AccountsConfig(AppConfig):
    """Who signs in, and under which assignment."""

    name = "portal.accounts"
    verbose_name = _("Användare och uppdrag")
    default_auto_field = "django.db.models.BigAutoField"
    schedule: ClassVar[dict[str, dict[str, Any]]] = {
        "sweep-once": {
            "task": "portal.accounts.tasks.sweep_once",
            "schedule": SWEEP_EVERY_S,
            "options": {"expires": SWEEP_EVERY_S},
        }
    }
