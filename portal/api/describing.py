"""How endpoints are described: their headers, and every status with the codes it may carry."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from portal.api.refusing import ADVICE, Code
from portal.api.shapes import ProblemShape
from portal.problems import PROBLEM_TYPE

ACTING_USER = OpenApiParameter(
    "Acting-User",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Signerat intyg om användaren. Krävs med Authorization: Bearer.",
)
ACCEPT_LANGUAGE = OpenApiParameter(
    "Accept-Language",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="sv eller en. Svenska om inget sägs.",
)
HANDLE = OpenApiParameter(
    "handle", OpenApiTypes.STR, OpenApiParameter.PATH, description="Det som sökningen gav."
)
# What any endpoint may answer, and what those that are sent something, or are about a patient, may too.
ALWAYS = (401, 403, 405, 429, 500, 503)
WITH_BODY = (400, 413, 415, 422)
ABOUT_PATIENT = (404, 409)


def describe(
    name: str,
    summary: str,
    gives: Any,
    sent: Any = None,
    *,
    about: bool = True,
    status: int = 200,
    **more: Any,
) -> Any:
    """``gives``, ``sent``: shapes. ``about``: whether a handle stands in the address."""
    statuses = (*ALWAYS, *(WITH_BODY if sent else ()), *(ABOUT_PATIENT if about else ()))
    parameters = [ACTING_USER, ACCEPT_LANGUAGE, *([HANDLE] if about else []), *more.pop("parameters", ())]
    return extend_schema(
        operation_id=name,
        summary=summary,
        request={"application/json": sent} if sent else None,
        parameters=parameters,
        responses={
            (status, "application/json"): OpenApiResponse(gives, description="Svaret."),
            **{(s, PROBLEM_TYPE): OpenApiResponse(ProblemShape, description=codes_of(s)) for s in statuses},
        },
        **more,
    )


def codes_of(status: int) -> str:
    found = [code.value for code in Code if ADVICE[code].status == status]
    return ", ".join(found)
