"""In which form: application/fhir+json and FHIR 4.0, by header or by _format. Nothing else is made."""

import json
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse

from connectors.fhir.elements import Resource

MEDIA_TYPE = "application/fhir+json"
ANSWER_TYPE = f"{MEDIA_TYPE}; charset=utf-8; fhirVersion=4.0"
FORM_TYPE = "application/x-www-form-urlencoded"
RESOURCE_TYPES = frozenset({MEDIA_TYPE, "application/json"})
_ACCEPTED = frozenset({*RESOURCE_TYPES, "text/json", "*/*", "application/*"})
_FORMATS = frozenset({"json", *RESOURCE_TYPES, "text/json"})


def is_acceptable(request: HttpRequest) -> bool:
    """``_format`` goes before the header. Versions and sets of characters that are not ours are none."""
    if wanted := request.GET.getlist("_format"):
        return all(is_known_format(each) for each in wanted)
    header = request.headers.get("Accept", "") or "*/*"
    return any(_may_be_answered(each, _ACCEPTED) for each in header.split(","))


def is_known_format(wanted: str) -> bool:
    """A plus in an address or a form is a blank."""
    return _may_be_answered(wanted.replace(" ", "+"), _FORMATS)


def _may_be_answered(wanted: str, known: Iterable[str]) -> bool:
    name, *parameters = (part.strip().lower() for part in wanted.split(";"))
    said = dict(part.partition("=")[::2] for part in parameters)
    version, quality = said.get("fhirversion", "4.0"), said.get("q", "1")
    charset = said.get("charset", "utf-8").strip('"')
    is_ours = version.strip('"') in ("4.0", "4.0.1") and charset in ("utf-8", "utf8")
    return name in known and is_ours and quality.rstrip("0") not in ("0.", "")


def respond(resource: Resource, status: int = 200, retry_after_s: int = 0) -> HttpResponse:
    body = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(body, status=status, content_type=ANSWER_TYPE)
    if retry_after_s:
        response.headers["Retry-After"] = str(retry_after_s)
    return response
