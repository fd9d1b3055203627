from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

SWEEP_EVERY_S = 300.0


class ApiConfig(AppConfig):
    """The portal as a service: other systems ask for their users, through the same gate as the pages."""

    name = "portal.api"
    label = "api"
    verbose_name = _("Gränssnitt för andra system")
    schedule: ClassVar[dict[str, dict[str, Any]]] = {
        "sweep-spent-proofs": {
            "task": "portal.api.tasks.sweep_spent_proofs",
            "schedule": SWEEP_EVERY_S,
            "options": {"expires": SWEEP_EVERY_S},
        }
    }
