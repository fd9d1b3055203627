"""What an ASGI server loads. Static files are answered before Django: no session, no database, no thread."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")
django_application = get_asgi_application()

from portal.static_files import serve_static  # noqa: E402  (needs the apps that the line above loads)

application = serve_static(django_application)
