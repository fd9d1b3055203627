"""The OpenAPI document of the interface, and a viewer for it that needs no network."""

from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

from portal.api.endpoints.access import ActShape
from portal.api.endpoints.blocks import AnswerShape, AskShape, LiftShape, WhyShape
from portal.api.endpoints.consents import ReasonShape, TermsShape
from portal.api.endpoints.extract import PeriodShape
from portal.api.endpoints.searching import SearchShape
from portal.api.granting import TOKEN_LASTS_S
from portal.api.scopes import SCOPE_WORDS
from portal.feed.openapi import VIEWER_SOURCES

INFO = {
    "title": "Patientöversikt",
    "version": "1",
    "description": (
        "Patientöversikten för andra system. Samma åtkomstbeslut, samma sammanställning och samma logg som "
        "sidan: den som frågar är alltid en användare med ett uppdrag, aldrig ett system. Allt som inte kom "
        "sägs; okänt är aldrig samma sak som inget. Felkoder och exempel: docs/api.md."
    ),
}
_SENT = {
    shape.__name__
    for shape in (
        *(ActShape, AnswerShape, AskShape, LiftShape, PeriodShape),
        *(ReasonShape, SearchShape, TermsShape, WhyShape),
    )
}


def document(address: str) -> dict[str, Any]:
    """The interface alone, as OpenAPI 3.1. ``address``: of this portal, without a slash at its end."""
    generator = SchemaGenerator(urlconf="portal.api.urls")
    made: dict[str, Any] = generator.get_schema(request=None, public=True)
    for methods in made["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    made["components"]["schemas"] = {
        name: {**shape, "additionalProperties": False} if name in _SENT else shape
        for name, shape in made["components"]["schemas"].items()
    }
    schemes = {
        "client": {
            "type": "oauth2",
            "description": f"Beviset gäller i {TOKEN_LASTS_S} sekunder. Skicka också Acting-User.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": address + reverse("api_token"),
                    "scopes": {word: str(words) for word, words in SCOPE_WORDS},
                }
            },
        },
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    }
    components = {**made.get("components", {}), "securitySchemes": schemes}
    return {
        **made,
        "info": INFO,
        "servers": [{"url": f"{address}/api/v1"}],
        "components": components,
        "security": [{"client": []}, {"session": []}],
    }


@require_GET
def schema(request: HttpRequest) -> HttpResponse:
    made = document(request.build_absolute_uri("/").rstrip("/"))
    return JsonResponse(made, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_GET
@csp_update(VIEWER_SOURCES)
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/viewer.html")
