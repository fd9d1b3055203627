"""Error pages in the house's own look: what happened, what to do, and an id that the log knows too.

Not found and not yours are the same page, byte for byte but for the id.
"""

import uuid

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

log = structlog.get_logger(__name__)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    error_id = getattr(request, "trace_id", "") or uuid.uuid4().hex
    log.warning("error_page", status=status, error_id=error_id[:12])
    return render(request, f"errors/{status}.html", {"error_id": error_id[:12]}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(request, 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form from an ended session, or from somewhere else."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)
