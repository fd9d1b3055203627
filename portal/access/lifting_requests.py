"""What others have asked the reader's provider to lift: a list for its officers, and the answer to each."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent import lifting
from consent.accesslog.events import Action
from consent.accesslog.write import Trace
from consent.acts import Act, NotAllowed
from consent.database import on_database_thread
from consent.facts import LiftRequestFact
from consent.identity import display_number
from consent.lifting import Waiting
from consent.ruling import Notice, Ruling
from consent.terms import Actor, PersonId
from consent.vocabulary import BlockKind, LiftAnswer
from portal.access.lifting import blocks_page, units_of
from portal.access.lifting_presenters import (
    RequestLine,
    block_count_words,
    present_blocks,
    waiting_of,
)
from portal.access.oncall import NOT_DIALLED, OnCall
from portal.access.page import about
from portal.access.presenters import NOT_NOW
from portal.access.sentences import moment
from portal.access.staff import names_of_staff, units_by_id
from portal.accounts.actors import actor_of, trace_of
from portal.accounts.doors import needs_assignment, opens_patient
from portal.patients.handles import make_handle
from portal.patients.opening import Opened, open_patient


@require_GET
@needs_assignment
def lift_requests(request: HttpRequest) -> HttpResponse:
    """Everything the own provider has been asked and nobody has answered. Each patient listed is logged."""
    actor, trace = actor_of(request), trace_of(request)
    try:
        lines = waiting_lines(actor, trace, lambda person: make_handle(request, person))
    except NotAllowed as error:
        raise PermissionDenied from error
    return render(request, "lifting/requests.html", {"lines": lines})


def waiting_lines(actor: Actor, trace: Trace, make_handle: Callable[[PersonId], str]) -> list[RequestLine]:
    """The same through any face. ``make_handle``: of the one who asks. For a database thread.

    Raises NotAllowed to whom may not lift blocks, LogUnavailable.
    """
    waiting = lifting.waiting_requests(actor, trace)
    return [
        replace(
            line,
            number=display_number(each.patient),
            handle=make_handle(each.patient),
            blocks=block_count_words(each.block_count),
        )
        for line, each in zip(request_lines(waiting), waiting, strict=True)
    ]


@require_http_methods(["GET", "POST"])
@opens_patient
async def answer_lift(request: HttpRequest, handle: str) -> HttpResponse:
    """Häv, for the one who asked and 24 hours, or Häv inte. A reason is required for both."""
    opened = await open_patient(request, handle)
    if request.method == "GET":
        return await _request_page(request, opened, await opened.ask(Action.ACCESS))
    answer, reason = request.POST.get("answer", ""), request.POST.get("reason", "").strip()
    if answer not in set(LiftAnswer) or not reason:
        flaw = _("Skriv skälet till svaret.") if not reason else _("Välj ett svar.")
        return await _request_page(request, opened, await opened.ask(Action.ACCESS), flaw, 422)
    by = await opened.recorder()
    details: dict[str, Any] = {
        "request_id": request.POST.get("request", ""),
        "answer": LiftAnswer(answer),
        "reason": reason,
    }
    try:
        await on_database_thread(lifting.answer_request, by, **details)
    except NotAllowed:
        return await _request_page(request, opened, await opened.ask(Action.ACCESS), str(NOT_NOW), 409)
    return redirect("lift_requests")


async def _request_page(
    request: HttpRequest, opened: Opened, ruling: Ruling, message: str = "", status: int = 200
) -> HttpResponse:
    if Act.ANSWER_LIFT_REQUEST not in ruling.acts:
        return await blocks_page(request, opened, ruling, message or str(NOT_NOW), 409)
    own = opened.actor.provider
    units = await on_database_thread(units_of, own)
    context = {
        **about(opened, ruling),
        "lines": await on_database_thread(request_lines, waiting_of(ruling)),
        "blocks": present_blocks(ruling.standing.own_blocks, BlockKind.OUTER, units, own),
        "is_unknown": Notice.BLOCKS_UNKNOWN in ruling.notices,
        "flawed": request.POST.get("request", "") if message else "",
        "reason": request.POST.get("reason", ""),
        "message": message,
    }
    return render(request, "lifting/answer.html", context, status=status)


def request_lines(asked: Iterable[Waiting | LiftRequestFact]) -> list[RequestLine]:
    """Who asks, from where and since when, oldest first. For a database thread."""
    found = sorted(asked, key=_asked_at)
    staff, units = names_of_staff(r.employee_id for r in found), units_by_id(r.unit_id for r in found)
    lines = []
    for each in found:
        unit = units.get(each.unit_id)
        phone = (unit.on_call_phone or unit.phone) if unit else ""
        lines.append(
            RequestLine(
                id=each.id,
                who=staff.get(each.employee_id, each.employee_id),
                where=str(unit) if unit else each.unit_id,
                on_call=OnCall(unit.name, phone, NOT_DIALLED.sub("", phone)) if unit and phone else None,
                when=moment(_asked_at(each)),
            )
        )
    return lines


def _asked_at(asked: Waiting | LiftRequestFact) -> Any:
    return asked.asked_at if isinstance(asked, Waiting) else asked.recorded_at
