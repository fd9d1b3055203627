"""Refusals of a whole request, as ``application/problem+json`` (RFC 9457), in the asker's language."""

import uuid
from typing import Any

import structlog
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework import exceptions
from rest_framework.response import Response

from connectors.openfeed.refusing import ADVICE, Code, RefusedWhole

PROBLEM_TYPE = "application/problem+json"
_CODES: tuple[tuple[type[Exception], Code], ...] = (
    (exceptions.NotAuthenticated, Code.NO_TOKEN),
    (exceptions.PermissionDenied, Code.NOT_RECEIVING),
    (exceptions.UnsupportedMediaType, Code.WRONG_MEDIA_TYPE),
    (exceptions.Throttled, Code.THROTTLED),
    (exceptions.MethodNotAllowed, Code.NOT_ALLOWED),
    (exceptions.ParseError, Code.NOT_JSON),
    (Http404, Code.NOT_FOUND),
)

log = structlog.get_logger(__name__)


def language_of(request: HttpRequest) -> str:
    """Swedish, unless the asker prefers English (Accept-Language)."""
    for language, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if (short := language.partition("-")[0]) in ("sv", "en"):
            return short
    return "sv"


def answer_problem(error: Exception, context: dict[str, Any]) -> Response:
    """What Django REST framework asks for every exception of a view. None goes by: a sender is never met by
    a page for people."""
    request = context["request"]
    code = _code_of(error)
    detail = error.detail if isinstance(error, RefusedWhole) else ""
    do = error.do if isinstance(error, RefusedWhole) else ADVICE[code].do
    error_id = (getattr(request, "trace_id", "") or uuid.uuid4().hex)[:12]
    if code is Code.OUR_FAULT:
        log.error("feed_error", error_id=error_id, exc_info=error)
    else:
        log.info("feed_refused", code=code.value, error_id=error_id)
    advice = ADVICE[code]
    with translation.override(language_of(request)):
        said = {
            "type": f"{request.build_absolute_uri(reverse('feed_home'))}#{code.value}",
            "title": str(advice.what),
            "status": advice.status,
            "detail": " ".join(filter(None, (detail, str(do)))),
            "code": code.value,
            "error_id": error_id,
        }
    headers = {}
    if code in (Code.NO_TOKEN, Code.WRONG_TOKEN, Code.TOKEN_WAITING):
        headers["WWW-Authenticate"] = 'Bearer realm="anslut"'
    if isinstance(error, exceptions.Throttled) and error.wait is not None:
        headers["Retry-After"] = str(max(1, round(error.wait)))
    if isinstance(error, exceptions.MethodNotAllowed):
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    return Response(said, status=advice.status, headers=headers, content_type=PROBLEM_TYPE)


def _code_of(error: Exception) -> Code:
    if isinstance(error, RefusedWhole):
        return error.code
    return next((code for kind, code in _CODES if isinstance(error, kind)), Code.OUR_FAULT)
