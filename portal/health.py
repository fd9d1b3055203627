"""Whether this process lives, and whether it may take readers. No identity, no version."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from consent.accesslog.table import TABLE


@require_GET
def live(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    return JsonResponse({"status": "ok"})


@require_GET
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Ready only with a database whose access log can be reached: without it nothing may be shown."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {TABLE} LIMIT 1")  # noqa: S608 - a constant of ours
    except DatabaseError:
        return JsonResponse({"status": "not ready", "reasons": ["access_log"]}, status=503)
    return JsonResponse({"status": "ok"})
