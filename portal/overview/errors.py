"""Error pages in the house style: what happened, what to do, and an id that the log knows too."""

from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

log = structlog.get_logger(__name__)


def show_error(request: HttpRequest, status: int) -> HttpResponse:
    """Rendered without the request, so that nothing a broken session or database holds is needed for it."""
    error_id = uuid4().hex[:12]
    log.warning("error_page", status=status, error_id=error_id, request_id=getattr(request, "trace_id", ""))
    return HttpResponse(render_to_string(f"errors/{status}.html", {"error_id": error_id}), status=status)


# Django passes these arguments by name.
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return show_error(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return show_error(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return show_error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return show_error(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """For settings.CSRF_FAILURE_VIEW. The reason is Django's own words and stays out of the page."""
    return show_error(request, 403)
