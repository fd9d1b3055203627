"""`manage.py retain`: what has run out of its time is taken away, now."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal.celery import app
from portal.settings.queues import QUEUE_OF


class Command(BaseCommand):
    help = (
        "Run every job that takes away what ran out of its time, and remove sessions that have ended, without"
        " waiting for the clock. The access log is not touched."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        app.loader.import_default_modules()
        for name in sorted(task for task, queue in QUEUE_OF.items() if queue == "expire"):
            removed = app.tasks[name]()
            self.stdout.write(f"{name}: {removed}")
        call_command("clearsessions")
        self.stdout.write("sessions that have ended: removed")
