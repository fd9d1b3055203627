"""What an ASGI server loads. Static files are answered before Django: no session, no database, no thread."""

import os
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")
django_application = get_asgi_application()

from portal.operations.pace import begin_keeping  # noqa: E402  (they need the apps that the line above loads)
from portal.static_files import serve_static  # noqa: E402
from portal.telemetry import start_telemetry  # noqa: E402


def refuse_unsafe_start() -> None:
    """Run every check, those of the database included, before the first request. Raises SystemCheckError."""
    call_command("check", deploy=True, databases=["default"])


if settings.PRODUCTION:
    # ASGI servers import this inside their event loop, where Django refuses to touch the database.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(refuse_unsafe_start).result()

start_telemetry("web")
begin_keeping()
application = serve_static(django_application)
