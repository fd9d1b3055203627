"""The access step: each act is one POST, recorded by ``consent.recording``, and leads back to the patient."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from consent import consenting, incapacity, recording
from consent.accesslog.events import Action
from consent.acts import Act, NotAllowed
from consent.database import on_database_thread
from consent.facts import ChildAbility, Obstacle
from portal.access.page import about, access_page
from portal.access.presenters import (
    NOT_NOW,
    STATEMENTS,
    emergency_names,
    names_of_others,
    statement_words,
)
from portal.accounts.doors import opens_patient
from portal.dates import today
from portal.patients.opening import open_patient

LONGEST_CONSENT = timedelta(days=5 * 366)


class BadChoice(ValueError):
    """A form field holds something the form never offered. Carries words for the user."""


async def _record(
    request: HttpRequest, handle: str, act: Callable[..., None], then: str = "overview", **details: Any
) -> HttpResponse:
    """Record one act and go on; where it may not be recorded, the access step says what holds."""
    opened = await open_patient(request, handle)
    by = await opened.recorder()
    try:
        await on_database_thread(act, by, **details)
    except NotAllowed:
        ruling = await opened.ask(Action.ACCESS)
        return await access_page(request, opened, ruling, str(NOT_NOW), 409)
    return redirect(then, handle)


@require_GET
@opens_patient
async def step(request: HttpRequest, handle: str) -> HttpResponse:
    """The access step as a page of its own: relation, consent, emergency."""
    opened = await open_patient(request, handle)
    return await access_page(request, opened, await opened.ask(Action.ACCESS))


@require_POST
@opens_patient
async def relation(request: HttpRequest, handle: str) -> HttpResponse:
    return await _record(request, handle, recording.confirm_relation)


@require_POST
@opens_patient
async def consent(request: HttpRequest, handle: str) -> HttpResponse:
    """The patient consents: whole unit or only me, until a day or until further notice."""
    try:
        until = _last_day(request.POST)
    except BadChoice as bad:
        opened = await open_patient(request, handle)
        return await access_page(request, opened, await opened.ask(Action.ACCESS), str(bad), 422)
    personal = request.POST.get("scope") == "me"
    return await _record(request, handle, consenting.give_consent, is_personal=personal, until=until)


@require_POST
@opens_patient
async def refuse(request: HttpRequest, handle: str) -> HttpResponse:
    return await _record(request, handle, consenting.refuse_consent)


@require_POST
@opens_patient
async def annul_refusal(request: HttpRequest, handle: str) -> HttpResponse:
    reason = request.POST.get("reason", "").strip() or "felregistrerat"
    return await _record(request, handle, consenting.annul_refusal, reason=reason)


@require_POST
@opens_patient
async def end_consent(request: HttpRequest, handle: str) -> HttpResponse:
    reason = request.POST.get("reason", "").strip() or "patienten återkallar"
    return await _record(request, handle, consenting.end_consent, reason=reason)


@require_POST
@opens_patient
async def choose_units(request: HttpRequest, handle: str) -> HttpResponse:
    """Own provider's other units: the ticked ones, or all where the patient is being received."""
    units = request.POST.getlist("unit")
    if not units:
        opened = await open_patient(request, handle)
        return await access_page(
            request, opened, await opened.ask(Action.ACCESS), _("Välj minst en enhet."), 422
        )
    return await _record(request, handle, recording.choose_units, unit_ids=units)


@opens_patient
async def emergency(request: HttpRequest, handle: str) -> HttpResponse:
    """First step. GET: which obstacle. POST: declared, and the names of vårdgivare come next."""
    chosen = request.POST.get("obstacle", "")
    if request.method == "POST" and chosen in set(Obstacle):
        return await _record(
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
        return await _record(request, handle, recording.open_emergency)
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
        return await _record(request, handle, incapacity.record_inability, "inability_names")
    opened = await open_patient(request, handle)
    ruling = await opened.ask(Action.ACCESS)
    if not {Act.RECORD_INABILITY, Act.ASSERT_INABILITY, Act.RECORD_TEMPORARY} & ruling.acts:
        return await access_page(request, opened, ruling, str(NOT_NOW), 409)
    return render(request, "access/inability.html", about(opened, ruling))


@require_POST
@opens_patient
async def temporary(request: HttpRequest, handle: str) -> HttpResponse:
    """Unable just now and no danger: nothing opens, the page says whom to call."""
    return await _record(request, handle, incapacity.record_temporary)


@opens_patient
async def inability_names(request: HttpRequest, handle: str) -> HttpResponse:
    """GET: names, and the three statements to affirm. POST: all affirmed, and the overview opens."""
    if request.method == "POST":
        affirmed: dict[str, Any] = {name: request.POST.get(name) == "yes" for name in STATEMENTS}
        return await _record(request, handle, incapacity.assert_inability, **affirmed)
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


@require_POST
@opens_patient
async def child(request: HttpRequest, handle: str) -> HttpResponse:
    """The answer to whether the child can decide for itself."""
    able = request.POST.get("ability") == ChildAbility.ABLE.value
    ability = ChildAbility.ABLE if able else ChildAbility.UNABLE
    return await _record(request, handle, incapacity.assess_child, ability=ability)


def _obstacles() -> list[tuple[str, str]]:
    return [
        (Obstacle.UNCONSCIOUS.value, _("Medvetslös")),
        (Obstacle.TOO_ILL.value, _("För svårt sjuk för att ta ställning")),
        (Obstacle.OTHER.value, _("Annat skäl")),
    ]


def _last_day(form: Any) -> date | None:
    """The last day of a consent. Empty: until further notice."""
    text = form.get("until", "").strip()
    if form.get("period") == "open" or not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadChoice(_("Skriv datumet som år-månad-dag, till exempel 2027-01-31.")) from None
    if not today() <= day <= today() + LONGEST_CONSENT:
        raise BadChoice(_("Sista dag ska vara i dag eller senare, högst fem år fram."))
    return day
