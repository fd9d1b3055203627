"""Mina visningar: what the signed-in user has opened herself. A line leads nowhere and names nobody."""

from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from consent.accesslog.events import Event
from consent.accesslog.reviewing import own_viewings
from consent.accesslog.viewing import archived_months
from consent.accesslog.write import Entry, write
from consent.terms import SWEDISH_TIME
from portal.access.review.doors import reader_of
from portal.access.review.lines import line_of
from portal.accounts.actors import trace_of
from portal.accounts.doors import needs_assignment
from portal.dates import today

AT_ONCE = 50
LAST_PAGE = 1000
EARLIEST = datetime(2000, 1, 1, tzinfo=SWEDISH_TIME)


@require_GET
@needs_assignment
def own_views(request: HttpRequest) -> HttpResponse:
    """Newest first, under all her assignments; of one day where she names it. Reading them is logged."""
    actor = reader_of(request)
    day = _day(request.GET.get("day", ""))
    page = _page(request.GET.get("page", ""))
    detail = {"own": True, "day": day.isoformat() if day else "", "page": page}
    write(Entry(Event.LOG_READ, actor, trace_of(request), detail=detail))
    since, until = (_midnight(day), _midnight(day + timedelta(days=1))) if day else (None, None)
    found = own_viewings(actor.hsa_id, since, until, (page - 1) * AT_ONCE, AT_ONCE + 1)
    is_end = len(found) <= AT_ONCE
    context = {
        "archived": ", ".join(archived_months(since or EARLIEST, until or timezone.now())) if is_end else "",
        "lines": [line_of(view) for view in found[:AT_ONCE]],
        "day": day.isoformat() if day else "",
        "latest": today().isoformat(),
        "newer": _address(day, page - 1) if page > 1 else "",
        "older": "" if is_end else _address(day, page + 1),
    }
    return render(request, "review/own.html", context)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 9000 else None


def _page(text: str) -> int:
    return min(int(text), LAST_PAGE) if text.isascii() and text.isdigit() and int(text) > 0 else 1


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SWEDISH_TIME)


def _address(day: date | None, page: int) -> str:
    query = QueryDict(mutable=True)
    if day is not None:
        query["day"] = day.isoformat()
    query["page"] = str(page)
    return f"{reverse('own_views')}?{query.urlencode()}"
