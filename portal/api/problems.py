"""From what went wrong to what the caller is told: a code, a status, words in her language."""

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse

from consent.accesslog.write import LogUnavailable
from consent.acts import NotAllowed
from consent.identity import InvalidNumber
from portal.accounts.proofs import NeedsProof
from portal.api.refusing import ADVICE, Code, Flaw, Refused
from portal.errors import RETRY_AFTER_S, error_id_of
from portal.patients.handles import HandleExpired
from portal.patients.presenters import flaw_words
from portal.problems import problem

_CODES: tuple[tuple[type[Exception], Code], ...] = (
    (HandleExpired, Code.NOT_FOUND),
    (Http404, Code.NOT_FOUND),
    (NotAllowed, Code.NOT_NOW),
    (NeedsProof, Code.PROVE_AGAIN),
    (RequestDataTooBig, Code.TOO_LARGE),
    (LogUnavailable, Code.LOG_UNAVAILABLE),
    (OperationalError, Code.DATABASE_UNAVAILABLE),
    (InterfaceError, Code.DATABASE_UNAVAILABLE),
)

log = structlog.get_logger(__name__)


def answer_problem(request: HttpRequest, error: Exception) -> HttpResponse:
    """None goes by: a program is never met by a page for people."""
    refused = refused_as(error)
    advice, error_id = ADVICE[refused.code], error_id_of(request)
    if refused.code is Code.OUR_FAULT:
        log.error("api_error", error_id=error_id, exc_info=error)
    else:
        log.info("api_refused", code=refused.code.value, error_id=error_id)
    more = {}
    if refused.flaws:
        more["errors"] = [
            {"field": flaw.field, "code": flaw.code, "message": str(flaw.message)} for flaw in refused.flaws
        ]
    response = problem(
        request,
        code=refused.code.value,
        status=advice.status,
        title=str(advice.what),
        detail=" ".join(filter(None, (refused.detail, str(advice.do)))),
        error_id=error_id,
        **more,
    )
    if advice.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if advice.status in (429, 503):
        response.headers["Retry-After"] = str(refused.retry_after_s or RETRY_AFTER_S)
    if refused.allow:
        response.headers["Allow"] = ", ".join(refused.allow)
    return response


def refused_as(error: Exception) -> Refused:
    """What an exception of a view is to the caller, in the asker's language: words are chosen here, on no
    database thread."""
    if isinstance(error, InvalidNumber):
        words = flaw_words(error, "")
        flaw = Flaw("number", error.flaw.value, words.message)
        return Refused(Code.BAD_NUMBER, words.advice, (flaw,))
    return error if isinstance(error, Refused) else Refused(_code_of(error))


def _code_of(error: Exception) -> Code:
    return next((code for kind, code in _CODES if isinstance(error, kind)), Code.OUR_FAULT)
