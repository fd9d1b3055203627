"""Refusals to programs: ``application/problem+json`` (RFC 9457), never a page for people.

``portal.errors`` answers with them wherever an address of the interface was asked for; ``portal.api`` for all
that it refuses itself.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse

PROBLEM_TYPE = "application/problem+json"
UNDER = "/api/v1/"


def is_for_program(request: HttpRequest) -> bool:
    """Whether an address of the interface was asked for, whether or not it exists."""
    return request.path.startswith(UNDER)


def problem(
    request: HttpRequest, *, code: str, status: int, title: str, detail: str, error_id: str, **more: Any
) -> JsonResponse:
    """``code`` is what a caller rests on. Nothing in it names anybody."""
    said: Mapping[str, Any] = {
        "type": f"{request.build_absolute_uri('/api/docs/')}#{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "error_id": error_id,
        **more,
    }
    return JsonResponse(
        said, status=status, content_type=PROBLEM_TYPE, json_dumps_params={"ensure_ascii": False}
    )
