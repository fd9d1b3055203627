"""Min lista: the patients that the reader's unit follows. Name and number, and nothing else.

Who they are is asked of the register each time; where it does not answer the number stands alone. Each who is
shown is one row of the log.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from connectors.facts import remote_facts
from connectors.sources import configured_sources
from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, write
from consent.acts import keeps_list
from consent.database import on_database_thread
from consent.following import Followed, Listed, followed_by, judge, leave
from consent.person import Person
from consent.remote import Known, RemoteFacts, recognise
from consent.terms import Actor
from portal.accounts.actors import actor_of, trace_of
from portal.accounts.doors import opens_patient
from portal.patients.order import keep_order
from portal.patients.recents import Line, line_of

# How many are asked about at once, and how long the page waits for all of them together.
AT_ONCE = 8
PATIENCE_S = 4.0
# Å, Ä and Ö end the alphabet, in that order.
SWEDISH = str.maketrans("åäö", "{|}")


@dataclass(frozen=True, slots=True)
class Reading:
    actor: Actor
    followed: tuple[Followed, ...]
    remote: RemoteFacts


@require_GET
@opens_patient
async def my_list(request: HttpRequest) -> HttpResponse:
    reading = await on_database_thread(_read, request)
    if not keeps_list(reading.actor):
        return render(request, "patients/list.html", {"is_closed": True}, status=403)
    known = await _know_all(reading)
    judged = [judge(one, about) for one, about in zip(reading.followed, known, strict=True)]
    gone = [one for one, listed in zip(reading.followed, judged, strict=True) if listed is None]
    shown = sorted((listed for listed in judged if listed is not None), key=_order)
    lines = await on_database_thread(_log_and_present, request, reading.actor, gone, shown)
    context = {"lines": lines, "unit": reading.actor.unit.name, "is_partial": any(not x.name for x in lines)}
    return render(request, "patients/list.html", context)


def _read(request: HttpRequest) -> Reading:
    actor = actor_of(request)
    return Reading(actor, followed_by(actor), remote_facts(configured_sources(), actor.unit))


async def _know_all(reading: Reading) -> list[Known]:
    """What can be had of everybody in time; of the rest, nothing is known."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def know(one: Followed) -> Known:
        async with gate:
            return await recognise(reading.remote, reading.actor, one.patient)

    asked = [asyncio.create_task(know(one)) for one in reading.followed]
    if asked:
        _done, late = await asyncio.wait(asked, timeout=PATIENCE_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
    return [
        _nothing(one) if task.cancelled() or task.exception() else task.result()
        for one, task in zip(reading.followed, asked, strict=True)
    ]


def _nothing(one: Followed) -> Known:
    return Known(Person(one.patient), None, None, None)


def _order(listed: Listed) -> tuple[str, str]:
    """By name, Swedish alphabet; those without one last, by number."""
    name = name_of(listed)
    return name.casefold().translate(SWEDISH) or "~", listed.person.id.number


def name_of(listed: Listed) -> str:
    person = listed.person
    names = (person.family_name, person.given_name) if listed.may_be_named else ()
    return ", ".join(name for name in names if name)


def _log_and_present(
    request: HttpRequest, actor: Actor, gone: Sequence[Followed], shown: Sequence[Listed]
) -> list[Line]:
    """All of the rows of the log or none of the lines. Raises LogUnavailable."""
    trace, detail = trace_of(request), {"list": "unit"}
    with transaction.atomic():
        leave(actor, trace, gone)
        for listed in shown:
            write(Entry(Event.SEARCH, actor, trace, listed.person.id, action=Action.SEARCH, detail=detail))
        if not shown:
            write(Entry(Event.SEARCH, actor, trace, action=Action.SEARCH, detail={**detail, "shown": 0}))
    keep_order(request, [listed.person.id for listed in shown])
    return [line_of(request, listed.person.id, name_of(listed)) for listed in shown]
