from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

SWEEP_EVERY_S = 60.0


class PatientsConfig(AppConfig):
    """Finding a patient, and the handle that stands for one in a URL."""

    name = "portal.patients"
    verbose_name = _("Patienter")
    schedule: ClassVar[dict[str, dict[str, Any]]] = {
        "sweep-return-tickets": {
            "task": "portal.patients.tasks.sweep_return_tickets",
            "schedule": SWEEP_EVERY_S,
            "options": {"expires": SWEEP_EVERY_S},
        }
    }

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_out

        from portal.patients.returning import forget_tickets

        user_logged_out.connect(forget_tickets)
