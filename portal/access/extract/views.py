"""Loggutdrag: the patient's own extract of the log, made by a reviewer for handing out, on screen and paper.

Reviewers alone may: the extract says who has looked, and that is what they are appointed to handle. The
number comes by POST and lives in the address as a handle. Nothing of a record is shown, so nothing passes the
gate.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from connectors.facts import person_source
from connectors.sources import configured_sources
from consent.accesslog.extract import Extract
from consent.accesslog.write import Trace
from consent.database import on_database_thread
from consent.extracting import hand_out
from consent.gate import RemoteFacts, find_person
from consent.identity import InvalidNumber, read_number
from consent.person import Person
from consent.terms import Actor, PersonId
from consent.vocabulary import Right
from portal.access.extract.presenters import extract_lines, whom
from portal.access.review.doors import needs_right, reader_of
from portal.access.review.lines import clock_of, day_of, provider_names
from portal.accounts.actors import actor_of, trace_of
from portal.accounts.doors import needs_fresh_proof, opens_patient
from portal.accounts.proofs import FINISH_WITHIN_S, demand_fresh
from portal.dates import today
from portal.patients.handles import make_handle, open_handle
from portal.patients.presenters import flaw_words

# As far back as patients have a right to look by EHDS art. 9; the log itself is kept for longer.
USUAL_YEARS = 3
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Swedish days, both included."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class _Ordered:
    """One order, read in one hop."""

    actor: Actor
    trace: Trace
    person: PersonId
    remote: RemoteFacts


@require_http_methods(["GET", "POST"])
@needs_fresh_proof
@needs_right(Right.REVIEW_LOG)
def order(request: HttpRequest) -> HttpResponse:
    """Number, period and language. POST: on to the extract, under a handle."""
    day = today()
    usual = Period(day.replace(year=day.year - USUAL_YEARS, day=min(day.day, 28)), day)
    context: dict[str, Any] = {"actor": reader_of(request), "usual": usual, "written_in": settings.LANGUAGES}
    if request.method == "GET":
        return render(request, "extract/order.html", context)
    text = request.POST.get("number", "")
    period = _period(request.POST)
    try:
        person = read_number(text, day)
    except InvalidNumber as flaw:
        context |= {"typed": text[:64], "flaw": flaw_words(flaw, text), "given": request.POST}
        return render(request, "extract/order.html", context, status=422)
    if period is None:
        context |= {"typed": text[:64], "bad_period": True, "given": request.POST}
        return render(request, "extract/order.html", context, status=422)
    query = QueryDict(mutable=True)
    query["from"], query["to"] = period.since.isoformat(), period.until.isoformat()
    query["language"] = _language(request.POST)
    return redirect(f"{reverse('extract', args=[make_handle(request, person)])}?{query.urlencode()}")


@require_GET
@opens_patient
async def show(request: HttpRequest, handle: str) -> HttpResponse:
    """The extract, for screen and paper. Each time it is shown is logged, with the patient."""
    ordered = await on_database_thread(_read, request, handle)
    period = _period(request.GET)
    if period is None:
        raise Http404
    known = await find_person(ordered.remote, ordered.person)
    context = await on_database_thread(_hand_out, ordered, known, period)
    language = _language(request.GET)
    with translation.override(language):
        context |= _words(ordered, known, period, context)
        response = render(request, "extract/extract.html", context)
    response.headers["Content-Language"] = language
    return response


def _read(request: HttpRequest, handle: str) -> _Ordered:
    actor = actor_of(request)
    reader_of(request, Right.REVIEW_LOG)
    demand_fresh(request.session, FINISH_WITHIN_S)
    source = person_source(configured_sources())
    return _Ordered(actor, trace_of(request), open_handle(request, handle), RemoteFacts(person=source))


def _hand_out(ordered: _Ordered, known: Person, period: Period) -> dict[str, Any]:
    numbers, found = hand_out(ordered.actor, ordered.trace, ordered.person, known, period.since, period.until)
    return {"numbers": numbers, "found": found, "providers": provider_names()}


def _words(ordered: _Ordered, known: Person, period: Period, context: dict[str, Any]) -> dict[str, Any]:
    found: Extract = context["found"]
    now = timezone.now()
    return {
        "actor": ordered.actor,
        "whom": whom(ordered.person, context["numbers"], known),
        "lines": extract_lines(found.rows, context["providers"]),
        "lost_months": ", ".join(found.lost_months),
        "archived_months": ", ".join(found.archived_months),
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "made": f"{day_of(now)} {_('kl.')} {clock_of(now)}",
    }


def _period(form: Any) -> Period | None:
    """None where a day is missing, is no day, or they come in the wrong order."""
    try:
        since, until = date.fromisoformat(form.get("from", "")), date.fromisoformat(form.get("to", ""))
    except ValueError:
        return None
    return period_between(since, until)


def period_between(since: date, until: date) -> Period | None:
    """No longer than there can be anything to tell of. None: in the wrong order."""
    until = min(until, today() + timedelta(days=1))
    return Period(max(since, EARLIEST), until) if since <= until else None


def _language(form: Any) -> str:
    asked = form.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
