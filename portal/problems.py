"""Refusals to programs: ``application/problem+json`` (RFC 9457), never a page for people.

``portal.errors`` answers with them wherever an address of the interface was asked for; ``portal.api`` for all
that it refuses itself. To who speaks FHIR the same is told as an OperationOutcome.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse

PROBLEM_TYPE = "application/problem+json"
UNDER = "/api/v1/"
UNDER_FHIR = "/fhir/"
FHIR_TYPE = "application/fhir+json; charset=utf-8; fhirVersion=4.0"
FHIR_CODES = "urn:patientoversikt:issue"
# What FHIR calls a refusal of this status; "exception" where nothing fits.
FHIR_ISSUES = {400: "structure", 403: "forbidden", 404: "not-found", 413: "too-long", 503: "transient"}


def is_for_program(request: HttpRequest) -> bool:
    """Whether an address of the interface was asked for, whether or not it exists."""
    return request.path.startswith(UNDER)


def is_for_fhir(request: HttpRequest) -> bool:
    return request.path.startswith(UNDER_FHIR)


def outcome(code: str, status: int, title: str, detail: str, error_id: str) -> JsonResponse:
    """As ``problem``, in FHIR R4: for what is refused before the FHIR interface itself is reached."""
    said = {
        "severity": "error",
        "code": FHIR_ISSUES.get(status, "exception"),
        "details": {"coding": [{"system": FHIR_CODES, "code": code}], "text": title},
        "diagnostics": f"{detail} error_id {error_id}",
    }
    return JsonResponse(
        {"resourceType": "OperationOutcome", "issue": [said]},
        status=status,
        content_type=FHIR_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


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
