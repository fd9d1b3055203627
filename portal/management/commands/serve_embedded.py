"""`manage.py serve_embedded`: what `make run` calls."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from portal.embedded.children import ChildFailed
from portal.embedded.serving import CannotServe, serve


class Command(BaseCommand):
    help = (
        "Serve the whole portal on this machine: tables, worker, simulated systems where present, web server."
    )
    requires_system_checks = "__all__"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Serve until Ctrl-C."""
        if settings.EMBEDDED is None:
            raise ImproperlyConfigured(
                "serve_embedded needs DJANGO_SETTINGS_MODULE=portal.settings.embedded."
            )
        try:
            serve(settings.EMBEDDED, self._write)
        except (CannotServe, ChildFailed) as failure:
            raise CommandError(str(failure)) from failure

    def _write(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
