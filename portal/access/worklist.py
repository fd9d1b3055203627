"""Samtycken att göra: whom at the own unit to ask. A number and what to do, never a name or a count.

Protected people are never listed, and how many are left out is not told: each page is filled with others.
Whether somebody is protected is the register's to say, so each is looked up before being shown.
"""

import asyncio
import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from connectors.facts import person_source
from connectors.sources import configured_sources
from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, write
from consent.database import on_database_thread
from consent.encryption import Undecipherable, seal, unseal_with_any
from consent.identity import display_number
from consent.models.organisations import RAISED_AT
from consent.person import Person, PersonSource
from consent.remote import RemoteFacts, find_person
from consent.terms import Actor
from consent.vocabulary import Purpose
from consent.worklist import Place, Task, Why, may_be_listed, may_be_read_by, people_of, place_of, tasks_for
from portal.access.sentences import day, last_day
from portal.accounts.actors import actor_of, trace_of
from portal.accounts.doors import opens_patient
from portal.patients.handles import make_handle

AT_ONCE = 20
# However many in a row cannot be shown, one page asks the register about no more than this.
MOST_LOOK_UPS = 5 * AT_ONCE
WHY_WORDS: dict[Why, str | Promise] = {
    Why.MISSING: gettext_lazy("Samtycke saknas"),
    Why.EXPIRING: gettext_lazy("Går snart ut"),
    Why.REFUSED: gettext_lazy("Nekat"),
    Why.RELATION_ENDED: gettext_lazy("Relation upphörd, samtycke kvar"),
}


@dataclass(frozen=True, slots=True)
class Line:
    handle: str
    number: str
    why: str
    what: str
    raised_at: str
    unit: str


@dataclass(slots=True)
class Page:
    """``rest``: where the next page goes on. ``is_partial``: the register did not answer for everybody."""

    shown: list[tuple[Task, Person]] = field(default_factory=list)
    rest: Place | None = None
    is_partial: bool = False


@require_GET
@opens_patient
async def worklist(request: HttpRequest) -> HttpResponse:
    """From own provider's and kind's records alone (PDL 2:8). One row of the log for each patient shown."""
    actor, tasks, register = await on_database_thread(_read, request)
    if not may_be_read_by(actor):
        return render(request, "consents/worklist.html", {"actor": actor, "is_closed": True}, status=403)
    wanted = request.GET.get("visa", "") if request.GET.get("visa") in set(Why) else ""
    after = _opened(request, request.GET.get("efter", ""))
    page = await _fill([t for t in tasks if wanted in ("", t.why.value)], after, register)
    lines = await on_database_thread(_log_and_present, request, actor, page)
    context = {
        "actor": actor,
        "lines": lines,
        "choices": [(why.value, words, why.value == wanted) for why, words in WHY_WORDS.items()],
        "wanted": wanted,
        "rest": _sealed(request, page.rest) if page.rest else "",
        "is_partial": page.is_partial,
        "has_register": register is not None,
        "is_administrator": actor.purpose is Purpose.ADMINISTRATION,
    }
    return render(request, "consents/worklist.html", context)


def _read(request: HttpRequest) -> tuple[Actor, tuple[Task, ...], PersonSource | None]:
    actor = actor_of(request)
    return actor, tasks_for(actor), person_source(configured_sources())


async def _fill(tasks: list[Task], after: Place | None, register: PersonSource | None) -> Page:
    """As many as fit of those that may be listed, from a place on."""
    page, looked_up = Page(), 0
    waiting = [task for task in tasks if after is None or place_of(task) > after]
    while waiting and len(page.shown) < AT_ONCE and looked_up < MOST_LOOK_UPS and register is not None:
        batch = waiting[: AT_ONCE - len(page.shown)]
        waiting = waiting[len(batch) :]
        looked_up += len(batch)
        numbers = await on_database_thread(people_of, batch)
        people = await asyncio.gather(
            *(find_person(RemoteFacts(person=register), numbers[task.dossier_id]) for task in batch)
        )
        for task, person in zip(batch, people, strict=True):
            page.is_partial |= not person.is_known and not person.is_missing
            if may_be_listed(person, timezone.now()):
                page.shown.append((task, person))
        page.rest = place_of(batch[-1]) if waiting else None
    return page


def _log_and_present(request: HttpRequest, actor: Actor, page: Page) -> list[Line]:
    """All of the rows of the log or none of the lines. Raises LogUnavailable."""
    trace, detail = trace_of(request), {"list": "worklist"}
    with transaction.atomic():
        for task, person in page.shown:
            about: dict[str, Any] = {**detail, "why": task.why.value}
            write(Entry(Event.SEARCH, actor, trace, person.id, action=Action.SEARCH, detail=about))
        if not page.shown:
            write(Entry(Event.SEARCH, actor, trace, action=Action.SEARCH, detail={**detail, "shown": 0}))
    return list(_lines(request, page.shown))


def _lines(request: HttpRequest, shown: Iterable[tuple[Task, Person]]) -> Iterable[Line]:
    raised = dict(RAISED_AT)
    for task, person in shown:
        yield Line(
            handle=make_handle(request, person.id),
            number=display_number(person.id),
            why=task.why.value,
            what=_what(task),
            raised_at=str(raised[task.raised_at.value]),
            unit=task.unit.name,
        )


def _what(task: Task) -> str:
    match task.why:
        case Why.MISSING:
            return _("Samtycke saknas, sedan %(day)s") % {"day": day(task.since)}
        case Why.EXPIRING:
            return _("Samtycket gäller till och med %(day)s") % {"day": last_day(task.until or task.since)}
        case Why.REFUSED:
            return _("Nekade %(day)s. Fråga igen bara om något har ändrats.") % {"day": day(task.since)}
        case _:
            return _("Relationen upphörde %(day)s, men samtycket gäller. Avsluta det.") % {
                "day": day(task.since)
            }


def _sealed(request: HttpRequest, place: Place) -> str:
    """A place in the list as an address may carry it: bound to the session, and telling nothing."""
    body = json.dumps(place).encode()
    return base64.urlsafe_b64encode(seal(body, _bound_to(request), settings.KEYS.handle)).decode()


def _opened(request: HttpRequest, text: str) -> Place | None:
    """From the beginning, where it cannot be read."""
    try:
        number, when, who, unit = json.loads(
            unseal_with_any(base64.urlsafe_b64decode(text), _bound_to(request), settings.KEYS.handles)
        )
        return int(number), str(when), str(who), str(unit)
    except (ValueError, binascii.Error, Undecipherable):
        return None


def _bound_to(request: HttpRequest) -> bytes:
    return f"worklist\0{request.session.session_key}".encode()
