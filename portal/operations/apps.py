from typing import Any, ClassVar

from celery.schedules import crontab
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """For those who run the portal."""

    name = "portal.operations"
    verbose_name = _("Drift")
    default_auto_field = "django.db.models.BigAutoField"
    schedule: ClassVar[dict[str, dict[str, Any]]] = {
        "forget-old-paces": {
            "task": "portal.operations.tasks.forget_old_paces",
            "schedule": crontab(minute="47", hour="3"),
        }
    }

    def ready(self) -> None:
        from celery.signals import before_task_publish, task_failure, task_postrun, task_prerun, task_success
        from django.db.models.signals import post_migrate

        from portal import measuring
        from portal.operations import pace, runs, working

        measuring.listen(pace.note)
        post_migrate.connect(runs.name_jobs, sender=self)
        task_prerun.connect(runs.note_begun, dispatch_uid="runs.begun")
        task_success.connect(runs.note_ended, dispatch_uid="runs.ended")
        task_failure.connect(runs.note_failed, dispatch_uid="runs.failed")
        task_prerun.connect(working.begin, dispatch_uid="working.begin")
        task_postrun.connect(working.end, dispatch_uid="working.end")
        before_task_publish.connect(working.note_sent, dispatch_uid="working.sent")
