"""Blocks: what a reader is told, an officer's lifting of the own provider's, asking another to lift its own.

Every page asks the gate, which logs it; every act is recorded by ``consent.lifting`` alone.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import lifting
from consent.accesslog.events import Action
from consent.acts import Act, NotAllowed
from consent.database import on_database_thread
from consent.models import CareUnit
from consent.ruling import Notice, Ruling
from consent.terms import Provider
from consent.vocabulary import BlockKind, LiftGround
from portal.access.lifting_form import LiftForm, blank, read_lift, typed
from portal.access.lifting_presenters import (
    BlockLine,
    present_blocks,
    present_lifts,
    present_lines,
    sent_to,
)
from portal.access.page import about
from portal.access.presenters import NOT_NOW
from portal.access.staff import has_assignment, names_of_staff, units_by_id
from portal.accounts.doors import opens_patient
from portal.patients.opening import Opened, open_patient


@require_GET
@opens_patient
async def blocks(request: HttpRequest, handle: str) -> HttpResponse:
    """What may be said of blocks, whom to ring, and for an officer what may be lifted or ended."""
    opened = await open_patient(request, handle)
    return await blocks_page(request, opened, await opened.ask(Action.ACCESS))


async def blocks_page(
    request: HttpRequest, opened: Opened, ruling: Ruling, message: str = "", status: int = 200
) -> HttpResponse:
    units, staff = await on_database_thread(names_for, opened.actor.provider, ruling)
    own = ruling.standing.own_blocks
    context = {
        **about(opened, ruling),
        "lines": present_lines(ruling),
        "may_lift": Act.LIFT_BLOCK in ruling.acts,
        "inner": present_blocks(own, BlockKind.INNER, units, opened.actor.provider),
        "outer": present_blocks(own, BlockKind.OUTER, units, opened.actor.provider),
        "lifts": present_lifts(ruling, units, staff),
        "is_noticed": Notice.BLOCKED in ruling.notices,
        "is_unknown": Notice.BLOCKS_UNKNOWN in ruling.notices,
        "message": message,
    }
    return render(request, "lifting/blocks.html", context, status=status)


@require_http_methods(["GET", "POST"])
@opens_patient
async def lift_by_consent(request: HttpRequest, handle: str) -> HttpResponse:
    """The patient consents: every block with all there is to know of it, and one form."""
    if request.method == "POST":
        return await _lift(request, handle, LiftGround.CONSENT)
    opened, ruling = await _opened(request, handle)
    if Act.LIFT_BLOCK not in ruling.acts:
        return await blocks_page(request, opened, ruling, str(NOT_NOW), 409)
    return await _form_page(request, opened, ruling, LiftGround.CONSENT, blank(opened.actor.unit.hsa_id))


@require_http_methods(["GET", "POST"])
@opens_patient
async def lift_by_need(request: HttpRequest, handle: str) -> HttpResponse:
    """Consent cannot be had (PDL 4:5 p. 2). First only which units have blocked; then, of the chosen ones,
    the blocks, to be judged and lifted."""
    if request.method == "POST" and request.POST.get("step") != "names":
        return await _lift(request, handle, LiftGround.NEED)
    opened, ruling = await _opened(request, handle)
    if Act.LIFT_BLOCK not in ruling.acts:
        return await blocks_page(request, opened, ruling, str(NOT_NOW), 409)
    if request.POST.getlist("from"):
        return await _form_page(request, opened, ruling, LiftGround.NEED, blank(opened.actor.unit.hsa_id))
    lines = await inner_blocks(opened, ruling)
    is_flawed = request.method == "POST"
    context = {
        **about(opened, ruling),
        "names": tuple(dict.fromkeys((line.unit_id, line.unit) for line in lines)),
        "is_flawed": is_flawed,
    }
    return render(request, "lifting/units.html", context, status=422 if is_flawed else 200)


async def _lift(request: HttpRequest, handle: str, ground: LiftGround) -> HttpResponse:
    opened = await open_patient(request, handle)
    form = typed(request.POST, opened.actor.unit.hsa_id)
    is_there = not form.person or await on_database_thread(has_assignment, form.person, form.unit)
    wanted = read_lift(form, ground, is_staff_there=is_there)
    if wanted is None:
        ruling = await opened.ask(Action.ACCESS)
        if Act.LIFT_BLOCK in ruling.acts:
            return await _form_page(request, opened, ruling, ground, form, 422)
        return await blocks_page(request, opened, ruling, str(NOT_NOW), 409)
    return await _record(request, opened, lifting.lift_blocks, **wanted)


async def _form_page(
    request: HttpRequest,
    opened: Opened,
    ruling: Ruling,
    ground: LiftGround,
    form: LiftForm,
    status: int = 200,
) -> HttpResponse:
    """The form over the own provider's inner blocks: all of them, or those of the units chosen by name."""
    units = await on_database_thread(units_of, opened.actor.provider)
    lines = await inner_blocks(opened, ruling)
    is_need = ground is LiftGround.NEED
    chosen = tuple(dict.fromkeys(request.POST.getlist("from"))) if is_need else ()
    context = {
        **about(opened, ruling),
        "form": form,
        "blocks": tuple(line for line in lines if line.unit_id in chosen) if is_need else lines,
        "chosen": chosen,
        "units": sorted(units.items(), key=lambda unit: unit[1]),
        "is_need": is_need,
    }
    return render(request, "lifting/lift.html", context, status=status)


@require_POST
@opens_patient
async def end_lift(request: HttpRequest, handle: str) -> HttpResponse:
    """The block is in force again. A reason is required; the field says so before anything is sent."""
    opened = await open_patient(request, handle)
    reason = request.POST.get("reason", "")
    return await _record(
        request, opened, lifting.end_lift, lift_id=request.POST.get("lift", ""), reason=reason
    )


@require_POST
@opens_patient
async def ask_to_lift(request: HttpRequest, handle: str) -> HttpResponse:
    """Be dem häva (SVOD 3:5). One request at a time; asking opens nothing."""
    opened, ruling = await _opened(request, handle)
    provider_id = request.POST.get("provider", "")
    sent = sent_to(ruling, provider_id)
    if sent is not None and not sent.is_answered:
        return redirect("blocks", handle)
    return await _record(request, opened, lifting.ask_to_lift, provider_id=provider_id)


async def inner_blocks(opened: Opened, ruling: Ruling) -> tuple[BlockLine, ...]:
    own = opened.actor.provider
    units = await on_database_thread(units_of, own)
    return present_blocks(ruling.standing.own_blocks, BlockKind.INNER, units, own)


async def _opened(request: HttpRequest, handle: str) -> tuple[Opened, Ruling]:
    opened = await open_patient(request, handle)
    return opened, await opened.ask(Action.ACCESS)


async def _record(
    request: HttpRequest, opened: Opened, act: Callable[..., None], **details: Any
) -> HttpResponse:
    """Record one act and show what holds now, whether it could be recorded or not."""
    by = await opened.recorder()
    try:
        await on_database_thread(act, by, **details)
    except NotAllowed:
        ruling = await opened.ask(Action.ACCESS)
        return await blocks_page(request, opened, ruling, str(NOT_NOW), 409)
    return redirect("blocks", opened.handle)


def names_for(provider: Provider, ruling: Ruling) -> tuple[dict[str, str], dict[str, str]]:
    """Of the provider's units, and of whom and where anything is lifted for. For a database thread."""
    lifts = ruling.standing.own_lifts
    elsewhere = {hsa_id: str(unit) for hsa_id, unit in units_by_id(x.unit_id for x in lifts).items()}
    return {**elsewhere, **units_of(provider)}, names_of_staff(x.employee_id for x in lifts)


def units_of(provider: Provider) -> dict[str, str]:
    """Names of a provider's units, by HSA-id. For a database thread."""
    return dict(CareUnit.objects.filter(provider_id=provider.hsa_id).values_list("hsa_id", "name"))
