"""Back to the same patient after fifteen idle minutes: the old link opens once more, for who had it open.

A handle dies with its session, and the session's secret with it. So each opened patient leaves a ticket: the
number encrypted, found by a keyed digest of the handle. It holds for ten minutes from the moment that the
session ended by itself, once, for the same user in the same assignment; anybody else gets a dead link.
Signing out removes it, and choosing another assignment lets it lead nowhere.
"""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, write
from consent.terms import PersonId
from consent.vocabulary import IdType
from portal.accounts.actors import actor_of, trace_of
from portal.accounts.models import PortalSession
from portal.patients.models import ReturnTicket

LASTS = timedelta(minutes=10)
KEY = "tickets"
MOST = 10


def lacks_ticket(request: HttpRequest, handle: str) -> bool:
    return _short(handle) not in request.session.get(KEY, [])


def keep_ticket(request: HttpRequest, opened: Any) -> None:
    """One row, the first time that a link opens a page in its session. For a database thread.

    ``opened``: portal.patients.opening.Opened, which this module stands below.
    """
    patient = opened.patient
    ReturnTicket.objects.filter(handle=_digest(opened.handle)).delete()
    ReturnTicket.objects.create(
        handle=_digest(opened.handle),
        person=json.dumps([patient.type.value, patient.number]),
        user_id=opened.actor.user_id,
        assignment_id=opened.actor.assignment_id,
        session_key=request.session.session_key or "",
    )
    request.session[KEY] = [_short(opened.handle), *request.session.get(KEY, [])][:MOST]


def redeem(request: HttpRequest, handle: str) -> PersonId | None:
    """Whom a dead link stood for, if it is this reader's way back; spent then, and logged as a search."""
    actor = actor_of(request)
    mine = ReturnTicket.objects.filter(
        handle=_digest(handle), user_id=actor.user_id, assignment_id=actor.assignment_id
    )
    with transaction.atomic():
        ticket = mine.first()
        if ticket is None or not _is_open(ticket) or not mine.delete()[0]:
            return None
        kind, number = json.loads(ticket.person)
        patient = PersonId(number, IdType(kind))
        detail = {"returned": True}
        write(Entry(Event.SEARCH, actor, trace_of(request), patient, action=Action.SEARCH, detail=detail))
    return patient


def forget_tickets(sender: object, request: HttpRequest, user: Any, **_more: object) -> None:  # noqa: ARG001
    """Signing out is leaving for good: whatever session the tickets are of."""
    if user is not None:
        ReturnTicket.objects.filter(user_id=user.pk).delete()


def sweep() -> int:
    """Remove tickets of sessions that ended too long ago, or are gone."""
    kept = PortalSession.objects.filter(pk=OuterRef("session_key"), expire_date__gt=timezone.now() - LASTS)
    return ReturnTicket.objects.filter(~Exists(kept)).delete()[0]


def _is_open(ticket: ReturnTicket) -> bool:
    """Its session ended by itself, no longer ago than a ticket lasts. One signed out of has no row left."""
    ended = PortalSession.objects.filter(pk=ticket.session_key).values_list("expire_date", flat=True).first()
    return ended is not None and ended <= timezone.now() < ended + LASTS


def _digest(handle: str) -> bytes:
    return hmac.new(settings.KEYS.lookup, b"handle:" + handle.encode(), hashlib.sha256).digest()


def _short(handle: str) -> str:
    return _digest(handle).hex()[:16]
