"""Every refusal as OperationOutcome: the codes of the other interface, and a few that FHIR alone needs."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from connectors.fhir.elements import Resource
from portal.api.problems import refused_as
from portal.api.refusing import ADVICE, Advice, Code, Refused
from portal.errors import RETRY_AFTER_S, error_id_of
from portal.fhir.issues import outcome_of
from portal.fhir.names import ISSUE
from portal.fhir.negotiating import respond

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What FHIR calls it, and what is said."""

    status: int
    issue: str
    what: str | Promise


FLAWS: Mapping[str, Flaw] = {
    "not_acceptable": Flaw(406, "not-supported", _("Svaret finns bara som application/fhir+json, FHIR 4.0.")),
    "wrong_media_type": Flaw(415, "not-supported", _("Innehållet är av fel slag för den här adressen.")),
    "unknown_parameter": Flaw(400, "not-supported", _("En parameter som inte finns här.")),
    "missing_parameter": Flaw(400, "required", _("Frågan måste gälla en patient: patient=Patient/id.")),
    "not_a_resource": Flaw(400, "structure", _("Innehållet är inte den resurs som väntas här.")),
    "unknown_type": Flaw(404, "not-supported", _("Den resurstypen lämnas inte här.")),
    "source_silent": Flaw(
        503, "transient", _("Posten hittades inte, men alla källor svarade inte. Okänt om den finns.")
    ),
}
_ISSUE_OF_STATUS = {
    400: "structure",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "value",
    429: "throttled",
    503: "transient",
}


class FhirRefused(Exception):
    """A refusal that only this interface has. ``about``: the name of a parameter, never what it said."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code, self.about = code, about


def answer_outcome(request: HttpRequest, error: Exception) -> HttpResponse:
    """None goes by: a client is never met by a page, nor by another format."""
    error_id = error_id_of(request)
    if isinstance(error, FhirRefused):
        flaw = FLAWS[error.code]
        log.info("fhir_refused", code=error.code, error_id=error_id)
        said = _outcome(flaw.issue, error.code, str(flaw.what), error.about, error_id)
        return respond(said, status=flaw.status, retry_after_s=RETRY_AFTER_S if flaw.status == 503 else 0)
    refused = refused_as(error)
    if refused.code is Code.OUR_FAULT:
        log.error("fhir_error", error_id=error_id, exc_info=error)
    else:
        log.info("fhir_refused", code=refused.code.value, error_id=error_id)
    advice = ADVICE[refused.code]
    issue = _ISSUE_OF_STATUS.get(advice.status, "exception")
    said = _outcome(issue, refused.code.value, str(advice.what), _what_to_do(refused, advice), error_id)
    response = respond(said, status=advice.status)
    if advice.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if advice.status in (429, 503):
        response.headers["Retry-After"] = str(refused.retry_after_s or RETRY_AFTER_S)
    if refused.allow:
        response.headers["Allow"] = ", ".join(refused.allow)
    return response


def _what_to_do(refused: Refused, advice: Advice) -> str:
    return " ".join(filter(None, (refused.detail, str(advice.do))))


def _outcome(issue: str, code: str, words: str, more: str, error_id: str) -> Resource:
    details = {"coding": [{"system": ISSUE, "code": code}], "text": words}
    diagnostics = " ".join(filter(None, (more, f"error_id {error_id}")))
    return outcome_of([{"severity": "error", "code": issue, "details": details, "diagnostics": diagnostics}])
