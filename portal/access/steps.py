"""The openings in two steps: names first, then what is there. Emergency, and lasting inability to consent."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consent import incapacity, recording
from consent.accesslog.events import Action
from consent.acts import Act
from consent.facts import Obstacle
from portal.access.acting import record_act
from portal.access.page import about, access_page
from portal.access.presenters import (
    NOT_NOW,
    STATEMENTS,
    emergency_names,
    names_of_others,
    statement_words,
)
from portal.accounts.doors import opens_patient
from portal.patients.opening import open_patient


@opens_patient
async def emergency(request: HttpRequest, handle: str) -> HttpResponse:
    """First step. GET: which obstacle. POST: declared, and the names of vårdgivare come next."""
    chosen = request.POST.get("obstacle", "")
    if request.method == "POST" and chosen in set(Obstacle):
        return await record_act(
            request, handle, recording.declare_emergency, "emergency_names", obstacle=Obstacle(chosen)
        )
    opened = await open_patient(request, handle)
    ruling = await opened.ask(Action.ACCESS)
    if Act.DECLARE_EMERGENCY not in ruling.acts:
        return await access_page(request, opened, ruling, _("Nödöppning går inte här."), 409)
    context = {**about(opened, ruling), "obstacles": _obstacles()}
    return render(request, "access/emergency.html", context)


@opens_patient
async def names(request: HttpRequest, handle: str) -> HttpResponse:
    """Second step. GET: names only. POST: judged indispensable, and the overview opens."""
    if request.method == "POST":
        return await record_act(request, handle, recording.open_emergency)
    opened = await open_patient(request, handle)
    ruling = await opened.ask(Action.ACCESS)
    if ruling.standing.emergency is None:
        return redirect("emergency", handle)
    context = {**about(opened, ruling), "names": emergency_names(ruling, opened.owners)}
    return render(request, "access/names.html", context)


@opens_patient
async def inability(request: HttpRequest, handle: str) -> HttpResponse:
    """Kan inte samtycka. GET: lastingly or just now. POST: lastingly, and the names come next."""
    if request.method == "POST":
        return await record_act(request, handle, incapacity.record_inability, "inability_names")
    opened = await open_patient(request, handle)
    ruling = await opened.ask(Action.ACCESS)
    if not {Act.RECORD_INABILITY, Act.ASSERT_INABILITY, Act.RECORD_TEMPORARY} & ruling.acts:
        return await access_page(request, opened, ruling, str(NOT_NOW), 409)
    return render(request, "access/inability.html", about(opened, ruling))


@require_POST
@opens_patient
async def renew(request: HttpRequest, handle: str) -> HttpResponse:
    """At the review: what was asserted still holds, for another half year."""
    return await record_act(request, handle, incapacity.renew_inability)


@require_POST
@opens_patient
async def temporary(request: HttpRequest, handle: str) -> HttpResponse:
    """Unable just now and no danger: nothing opens, the page says whom to ring."""
    return await record_act(request, handle, incapacity.record_temporary)


@opens_patient
async def inability_names(request: HttpRequest, handle: str) -> HttpResponse:
    """GET: names, and the three statements to affirm. POST: all affirmed, and the overview opens."""
    if request.method == "POST":
        affirmed: dict[str, Any] = {name: request.POST.get(name) == "yes" for name in STATEMENTS}
        return await record_act(request, handle, incapacity.assert_inability, **affirmed)
    opened = await open_patient(request, handle)
    ruling = await opened.ask(Action.ACCESS)
    if Act.ASSERT_INABILITY not in ruling.acts:
        return redirect("overview", handle)
    context = {
        **about(opened, ruling),
        "names": names_of_others(ruling, opened.owners),
        "statements": statement_words(),
    }
    return render(request, "access/inability_names.html", context)


def _obstacles() -> list[tuple[str, str]]:
    return [
        (Obstacle.UNCONSCIOUS.value, _("Medvetslös")),
        (Obstacle.TOO_ILL.value, _("För svårt sjuk för att ta ställning")),
        (Obstacle.OTHER.value, _("Annat skäl")),
    ]
