from typing import Any, ClassVar

from celery.schedules import crontab
from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

SEND_EVERY_S = 10.0


class StorelogConfig(AppConfig):
    """The access log, sent to the national log service where one is configured."""

    name = "connectors.storelog"
    label = "storelog"
    verbose_name = _("Nationella loggen")
    default_auto_field = "django.db.models.BigAutoField"
    schedule: ClassVar[dict[str, dict[str, Any]]] = {
        "send-national-log": {
            "task": "connectors.storelog.tasks.send_national_log",
            "schedule": SEND_EVERY_S,
            "options": {"expires": SEND_EVERY_S},
        },
        "forget-acknowledged": {
            "task": "connectors.storelog.tasks.forget_acknowledged",
            "schedule": crontab(minute="7", hour="4"),
        },
    }

    def ready(self) -> None:
        from connectors.storelog.checks import refuse_unsafe_national_log

        register(refuse_unsafe_national_log, Tags.security)
