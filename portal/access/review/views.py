"""Loggkontroll: progress, what was drawn, and one view at a time to be judged.

No page here shows a patient's record, so none passes the gate; each that shows rows of the log says so in it.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import judging, reviewing
from consent.accesslog.events import Event
from consent.accesslog.viewing import patient_of
from consent.accesslog.write import Entry, write
from consent.judging import Drawn
from consent.models import CareUnit
from consent.terms import Actor, PersonId
from consent.vocabulary import Right
from portal.access.review.doors import needs_right, reader_of
from portal.access.review.items import about_item, about_view, full_numbers, item_lines
from portal.access.review.lines import hidden_number
from portal.access.review.progress import month_cards, month_words
from portal.accounts.actors import trace_of

MOST_LISTED = 100
LONGEST_BACK = timedelta(days=5 * 366)


@require_GET
@needs_right(Right.REVIEW_LOG)
def home(request: HttpRequest) -> HttpResponse:
    """Progress of the reviewer's own provider. Counts alone, so nothing of the log is read."""
    actor = reader_of(request)
    cards = month_cards(actor.provider.hsa_id, timezone.now())
    return render(request, "review/home.html", {"actor": actor, "cards": cards})


@require_POST
@needs_right(Right.REVIEW_LOG)
def draw(request: HttpRequest) -> HttpResponse:
    """Draw one unit's month now instead of tonight. The sample is the same whoever draws it, and when."""
    actor = reader_of(request)
    unit = CareUnit.objects.filter(pk=request.POST.get("unit"), provider=actor.provider.hsa_id).first()
    month = _month(request.POST.get("month", ""))
    if unit is None or month is None:
        raise Http404
    # Opening each patient to compare is reading the log.
    _log_read(request, actor, draw=unit.pk, month=f"{month:%Y-%m}")
    made = reviewing.draw_unit(unit.pk, actor.provider.hsa_id, month, timezone.now())
    if made is None:
        raise Http404
    name, drawn = unit.name, made.items.count()
    messages.success(
        request, _("%(unit)s: %(drawn)s visningar att granska.") % {"unit": name, "drawn": drawn}
    )
    return redirect("review_draw", made.pk) if drawn else redirect("review_home")


@require_GET
@needs_right(Right.REVIEW_LOG)
def listing(request: HttpRequest, draw_id: int) -> HttpResponse:
    """Everything drawn for one unit and month: what is left first, emergencies before the rest."""
    actor = reader_of(request)
    try:
        found = judging.find_draw(draw_id, actor)
    except judging.NotYours:
        raise Http404 from None
    _log_read(request, actor, draw=found.pk)
    lines = item_lines(judging.items_of(found), actor.hsa_id)
    left = [line for line in lines if not line.is_judged]
    unit = CareUnit.objects.filter(pk=found.unit_id).first()
    context = {
        "draw": found,
        "unit": unit.name if unit else found.unit_id,
        "month": month_words(found.month),
        "is_complete": reviewing.is_complete(found),
        "total": len(lines),
        "judged": [line for line in lines if line.is_judged],
        "left": left[:MOST_LISTED],
        "left_count": len(left),
        "more": max(0, len(left) - MOST_LISTED),
    }
    return render(request, "review/draw.html", context)


@require_http_methods(["GET", "POST"])
@needs_right(Right.REVIEW_LOG)
def item(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """GET: one view and how it may be judged. POST: judged, and on to the next."""
    actor = reader_of(request)
    drawn = _find(item_id, actor)
    if request.method == "POST":
        return _judge(request, actor, drawn)
    _log_read(request, actor, item=str(drawn.item.pk))
    return _item_page(request, drawn)


@require_POST
@needs_right(Right.REVIEW_LOG)
def number(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The same page with the patient's number in full, logged with the patient before it shows."""
    actor = reader_of(request)
    drawn = _find(item_id, actor)
    if drawn.is_own or drawn.view is None:
        raise Http404
    patient = patient_of(drawn.view.first)
    _log_read(request, actor, patient, item=str(drawn.item.pk), number=True)
    return _item_page(request, drawn, numbers=full_numbers(drawn.view))


def _judge(request: HttpRequest, actor: Actor, drawn: Drawn) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("finding", "action", "note")}
    if request.POST.get("judged", "0") != str(len(drawn.history)):
        return _item_page(request, drawn, given=given, message=str(_MEANWHILE), status=409)
    also = judging.others_like(drawn) if request.POST.get("also") == "yes" else []
    try:
        judging.judge(drawn, actor, trace_of(request), **given, also=also)
    except judging.BadJudgement as bad:
        return _item_page(request, drawn, given=given, missing=bad.missing, status=422)
    except judging.OwnView:
        return _item_page(request, drawn, status=403)
    except judging.JudgedMeanwhile:
        return _item_page(
            request, _find(drawn.item.pk, actor), given=given, message=str(_MEANWHILE), status=409
        )
    messages.success(request, _("Bedömningen är sparad."))
    following = _next(drawn, actor)
    return redirect("review_item", following) if following else redirect("review_draw", drawn.item.draw_id)


_MEANWHILE = gettext_lazy("Någon annan har bedömt visningen sedan du öppnade sidan. Läs bedömningen nedan.")


def _item_page(
    request: HttpRequest,
    drawn: Drawn,
    *,
    numbers: list[str] | None = None,
    given: dict[str, str] | None = None,
    missing: tuple[str, ...] = (),
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    """Of the reviewer's own view, or one of her own record, nothing but that it waits for somebody else."""
    context: dict[str, Any] = {**about_item(drawn), "is_own": drawn.is_own, "draw": drawn.item.draw}
    if not drawn.is_own:
        context |= about_view(drawn)
        if drawn.view is not None:
            context["hidden"] = hidden_number(patient_of(drawn.view.first))
    context |= {
        "view": drawn.view,
        "numbers": numbers,
        "given": given or {},
        "missing": missing,
        "message": message,
    }
    return render(request, "review/item.html", context, status=status)


def _find(item_id: UUID, actor: Actor) -> Drawn:
    try:
        return judging.find_item(item_id, actor)
    except judging.NotYours:
        raise Http404 from None


def _next(drawn: Drawn, actor: Actor) -> UUID | None:
    """The next one in the draw that the reviewer may judge."""
    waiting = (
        each
        for each in judging.items_of(drawn.item.draw)
        if each.reviewed_at is None and each.user_hsa_id != actor.hsa_id and each.pk != drawn.item.pk
    )
    following = next(waiting, None)
    return following.pk if following else None


def _month(text: str) -> date | None:
    """The month that a form named, if it is one that may be drawn."""
    now = timezone.now()
    try:
        month = date.fromisoformat(text).replace(day=1)
    except ValueError:
        return None
    return month if reviewing.month_of(now - LONGEST_BACK) <= month <= reviewing.month_of(now) else None


def _log_read(request: HttpRequest, actor: Actor, patient: PersonId | None = None, **detail: Any) -> None:
    """Reading the log is logged, before it is read. Raises LogUnavailable."""
    write(Entry(Event.LOG_READ, actor, trace_of(request), patient=patient, detail={**detail, "in": "review"}))
