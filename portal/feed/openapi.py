"""The OpenAPI document of the interface, and a viewer for it that needs no network."""

from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

# What the viewer's own style sheet needs beyond the content policy of every other page. Nothing else here is
# exempt from anything.
VIEWER_SOURCES: dict[str, Any] = {"img-src": ["data:"]}


class TokenScheme(OpenApiAuthenticationExtension):
    """How a source proves itself, for the document."""

    target_class = "portal.feed.requests.TokenAuthentication"
    name = "leveransnyckel"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "description": "Nyckeln som källan har fått."}


def document(address: str) -> dict[str, Any]:
    """The interface alone, as OpenAPI 3.1. ``address``: of this portal, without a slash at its end."""
    generator = SchemaGenerator(urlconf="portal.feed.interface_urls")
    made: dict[str, Any] = generator.get_schema(request=None, public=True)
    return {**made, "servers": [{"url": f"{address}/api/feed/v1"}]}


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    made = document(request.build_absolute_uri("/").rstrip("/"))
    return JsonResponse(made, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_GET
@csp_update(VIEWER_SOURCES)
def viewer(request: HttpRequest) -> HttpResponse:
    return render(request, "feed/viewer.html")
