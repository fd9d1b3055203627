"""Error pages in the house's own look: what happened, what it means, what to do, whom to ring, and an id that
the log knows too. None of them needs the database.

Not found and not yours are the same page, byte for byte but for the id.
"""

import sys
import uuid

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from consent.accesslog.write import LogUnavailable
from portal.problems import is_for_fhir, is_for_program, outcome, problem

log = structlog.get_logger(__name__)

STATUS = {
    "400": 400,
    "403": 403,
    "403_form": 403,
    "404": 404,
    "409": 409,
    "413": 413,
    "429": 429,
    "500": 500,
    "503": 503,
    "database_down": 503,
    "log_down": 503,
}
# What a program is told instead of the page: code, title and what to do.
TOLD = {
    "400": ("not_json", _("Anropet gick inte att läsa."), _("Se beskrivningen av gränssnittet.")),
    "403": ("forbidden", _("Det går inte här."), _("Se beskrivningen av gränssnittet.")),
    "403_form": (
        "form_token_missing",
        _("Anropet kom inte från en egen sida."),
        _("Skicka X-CSRFToken tillsammans med sessionen."),
    ),
    "404": ("not_found", _("Det finns inget här."), _("Sök patienten igen.")),
    "413": ("too_large", _("Innehållet är för stort."), _("Högst 64 kB.")),
    "500": ("our_fault", _("Ett fel i portalen."), _("Ange error_id när ni hör av er.")),
    "503": ("database_unavailable", _("Portalen är ur drift."), _("Försök igen om en stund.")),
    "database_down": (
        "database_unavailable",
        _("Portalen når inte sin databas. Inga uppgifter visas."),
        _("Försök igen om en stund."),
    ),
    "log_down": (
        "log_unavailable",
        _("Loggning fungerar inte. Inga uppgifter visas."),
        _("Försök igen om en stund."),
    ),
}
RETRY_AFTER_S = 30
DATABASE_IS_DOWN = (OperationalError, InterfaceError)


def error_page(request: HttpRequest, name: str) -> HttpResponse:
    """One of the pages in templates/errors, logged under the id that it shows."""
    status = STATUS[name]
    error_id = error_id_of(request)
    log.warning("error_page", status=status, page=name, error_id=error_id)
    response = _tell(request, name, status, error_id)
    if status in (429, 503):
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _tell(request: HttpRequest, name: str, status: int, error_id: str) -> HttpResponse:
    """The page; or, where an address of an interface was asked for, the problem or the outcome."""
    if name in TOLD and is_for_fhir(request):
        code, title, detail = TOLD[name]
        return outcome(code, status, str(title), str(detail), error_id)
    if name in TOLD and is_for_program(request):
        code, title, detail = TOLD[name]
        said = {"title": str(title), "detail": str(detail), "error_id": error_id}
        return problem(request, code=code, status=status, **said)
    return render(request, f"errors/{name}.html", {"error_id": error_id}, status=status)


def error_id_of(request: HttpRequest) -> str:
    """Twelve characters of the request's id."""
    return (getattr(request, "trace_id", "") or uuid.uuid4().hex)[:12]


def page_for(exception: BaseException | None) -> str:
    """Which page an exception deserves that nobody else took care of."""
    if isinstance(exception, LogUnavailable):
        return "log_down"
    if isinstance(exception, DATABASE_IS_DOWN):
        return "database_down"
    return "500"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    is_too_large = isinstance(exception, RequestDataTooBig | TooManyFilesSent)
    return error_page(request, "413" if is_too_large else "400")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return error_page(request, "403")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form from an ended session, or from somewhere else."""
    return error_page(request, "403_form")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, "404")


def throttled(request: HttpRequest) -> HttpResponse:
    return error_page(request, "429")


def server_error(request: HttpRequest) -> HttpResponse:
    """What went wrong is still being handled: a database that is away is said to be."""
    return error_page(request, page_for(sys.exc_info()[1]))
