"""Who reads in the admin, how a patient is named there, and how one is found with no number in an address."""

import base64
import hashlib
import json
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.accesslog.events import Event
from consent.accesslog.write import Entry, Trace, write
from consent.encryption import Undecipherable, seal, unseal_with_any
from consent.identity import InvalidNumber, display_number, read_number
from consent.terms import SWEDISH_TIME, Actor, PersonId, Provider, Unit
from consent.vocabulary import CareKind, IdType, Purpose

Request = Any
SEES_NUMBERS = "consent.view_dossier"


def may_see_patients(request: Request) -> bool:
    """Who may not see whom an act is about sees that there is an act."""
    return bool(request.user.has_perm(SEES_NUMBERS))


def assignment_of(request: Request) -> Any:
    """The chosen assignment while it holds, the only one where none is chosen, or None."""
    if not hasattr(request, "admin_assignment"):
        request.admin_assignment = _find_assignment(request)
    return request.admin_assignment


def _find_assignment(request: Request) -> Any:
    if not getattr(request.user, "hsa_id", None):
        return None
    day = today()
    held = list(
        request.user.assignments.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_until=None) | Q(valid_until__gte=day),
            is_active=True,
            # What an identity provider gave counts only where it vouched for the sign-in.
            from_idp__in={"", (request.session.get("sign_in") or {}).get("idp", "")},
        ).select_related("unit__provider")
    )
    chosen = request.session.get("assignment")
    if chosen is None:
        return held[0] if len(held) == 1 else None
    return next((a for a in held if a.pk == chosen), None)


def own_provider(request: Request) -> str | None:
    """Whose acts and log may be read here: those of the assignment's provider, which answers for them (PDL
    2:6). Without an assignment nobody's: "". None: everybody's, for the superuser."""
    if request.user.is_superuser:
        return None
    assignment = assignment_of(request)
    return str(assignment.unit.provider_id) if assignment else ""


def reader_of(request: Request) -> Actor:
    """The administrator as the log names her: by HSA-id, under her assignment with its rights, if any."""
    user = request.user
    assignment = assignment_of(request)
    if assignment is not None:
        actor: Actor = assignment.as_actor()
        return actor
    unit = Unit("", "", Provider("", "", CareKind.HEALTH_CARE))
    return Actor(
        user_id=user.pk,
        hsa_id=getattr(user, "hsa_id", None) or user.get_username()[:32],
        name=str(user),
        title=getattr(user, "title", ""),
        assignment_id="admin",
        unit=unit,
        purpose=Purpose.ADMINISTRATION,
    )


def trace_of(request: Request) -> Trace:
    key = request.session.session_key or ""
    return Trace(
        request_id=getattr(request, "trace_id", ""),
        session_id=hashlib.sha256(key.encode()).hexdigest()[:32] if key else "",
        ip=request.META.get("REMOTE_ADDR", "") or "",
    )


def log_it(
    request: Request, event: Event, patient: PersonId | None = None, reason: str = "", **detail: Any
) -> None:
    """One row of the access log for what the administrator does. Raises LogUnavailable."""
    said = {**detail, "in": "admin"}
    write(Entry(event, reader_of(request), trace_of(request), patient=patient, detail=said, reason=reason))


def masked(person: PersonId | None) -> str:
    """Enough to recognise a patient one has before one, not to look her up: YYYYMMDD-••••."""
    if person is None:
        return "–"
    shown = display_number(person)
    return f"{shown[:-4]}••••" if person.type is not IdType.RESERVNUMMER else f"{shown[:4]}••••••••"


def today() -> date:
    return timezone.now().astimezone(SWEDISH_TIME).date()


def typed_person(text: str) -> PersonId | None:
    """The number that a search may be about, or None where it is other text."""
    try:
        return read_number(text, today())
    except InvalidNumber:
        return None


def looks_like_number(text: str) -> bool:
    """Digits and nothing else to speak of: a number of somebody, even where a digit is wrong."""
    return sum(c.isdigit() for c in text) >= 8 and not any(c.isalpha() for c in text)


def number_advice() -> str:
    return _("Numret är inte ett giltigt nummer med tolv siffror. Kontrollera siffrorna.")


def patient_token(request: Request, person: PersonId) -> str:
    """What stands for a patient in the address of a list: sealed, and bound to this session."""
    body = json.dumps([person.type.value, person.number]).encode().ljust(48)
    return base64.urlsafe_b64encode(seal(body, _bound_to(request), settings.KEYS.handle)).decode()


def person_of_token(request: Request, token: str) -> PersonId | None:
    """The patient that a token stands for in this session, or None."""
    try:
        kind, number = json.loads(
            unseal_with_any(base64.urlsafe_b64decode(token), _bound_to(request), settings.KEYS.handles)
        )
        return PersonId(number, IdType(kind))
    except (ValueError, Undecipherable):
        return None


def _bound_to(request: Request) -> bytes:
    return f"admin\0{request.session.session_key}".encode()
