"""One act of the access step: recorded, what is known elsewhere asked afresh, and on to the next page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from consent import recording
from consent.accesslog.events import Action
from consent.acts import Act, NotAllowed, must_prove_again
from consent.database import on_database_thread
from portal.access.page import access_page
from portal.access.presenters import DONE, NOT_NOW
from portal.accounts.doors import to_prove_again
from portal.accounts.proofs import NeedsProof, proved_at
from portal.patients.opening import Opened, open_patient

# Acts that may want a newer proof of who records them (consent.acts.PROVED_WITHIN), by what records them.
WEIGHTY: dict[Callable[..., None], Act] = {
    recording.declare_emergency: Act.DECLARE_EMERGENCY,
    recording.open_emergency: Act.OPEN_EMERGENCY,
}


async def record_act(
    request: HttpRequest,
    handle: str,
    act: Callable[..., None],
    then: str = "overview",
    *,
    done: str = "",
    **details: Any,
) -> HttpResponse:
    """Record and go on to ``then``, which says what was ``done``. Where it may not be recorded, the access
    step says what holds instead. What ends access leads to a page that shows nothing of what was open."""
    opened = await open_patient(request, handle)
    try:
        await record(opened, act, proved_at(request.session), **details)
    except NeedsProof:
        return to_prove_again(request, reverse("emergency", args=[handle]))
    except NotAllowed:
        return await access_page(request, opened, await opened.ask(Action.ACCESS), str(NOT_NOW), 409)
    return go_on(then, handle, done)


async def record(opened: Opened, act: Callable[..., None], proof_at: datetime | None, **details: Any) -> None:
    """The act itself, whichever face it was asked through. ``proof_at``: when the reader last proved who she
    is. Raises NeedsProof, NotAllowed, LogUnavailable."""
    weighty = WEIGHTY.get(act)
    if weighty and must_prove_again(weighty, proof_at, timezone.now()):
        raise NeedsProof
    by = await opened.recorder()
    await on_database_thread(act, by, **details)


def go_on(then: str, handle: str, done: str = "") -> HttpResponse:
    address = reverse(then, args=[handle])
    return redirect(f"{address}?{DONE}={done}" if done else address)


async def explain(request: HttpRequest, handle: str, message: str, status: int = 422) -> HttpResponse:
    """The access step again, with what was wrong in what was sent."""
    opened = await open_patient(request, handle)
    return await access_page(request, opened, await opened.ask(Action.ACCESS), message, status)
