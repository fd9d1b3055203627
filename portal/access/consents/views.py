"""The consents of one patient at the reader's own provider: what is recorded, and everything that can be."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from consent import consenting
from consent.accesslog.events import Action
from consent.acts import Act, NotAllowed
from consent.database import on_database_thread
from consent.register import Entry, entries_of
from consent.ruling import Ruling
from portal.access.acting import go_on, record
from portal.access.consents import forms
from portal.access.consents.options import Options, options_for
from portal.access.consents.reasons import ANNUL, END, Given, read_reason
from portal.access.consents.rows import names_of_staff, present_rows
from portal.access.consents.showing import may_be_seen, note_shown
from portal.access.page import about, access_page
from portal.access.presenters import DONE, DONE_WORDS, NOT_NOW
from portal.access.sentences import language_words, notes_of
from portal.accounts.doors import opens_patient
from portal.accounts.proofs import proved_at
from portal.patients.opening import Opened, open_patient
from portal.patients.validity import seal_validity


@require_GET
@opens_patient
async def page(request: HttpRequest, handle: str) -> HttpResponse:
    return await _show(request, await open_patient(request, handle))


@require_POST
@opens_patient
async def give(request: HttpRequest, handle: str) -> HttpResponse:
    """A consent with all its terms. What is wrong is said beside each field, and nothing typed is lost."""
    opened = await open_patient(request, handle)
    options = await on_database_thread(options_for, opened.actor)
    form = forms.typed(request.POST)
    terms = forms.read_terms(form, options)
    if terms is None:
        return await _show(request, opened, form=form, status=422)
    return await _record(request, opened, consenting.give_consent, "given", dict(terms), form=form)


@require_POST
@opens_patient
async def refuse(request: HttpRequest, handle: str) -> HttpResponse:
    """The patient says no, to the own unit; an administrator names which."""
    opened = await open_patient(request, handle)
    unit = request.POST.get("unit", "")
    return await _record(request, opened, consenting.refuse_consent, "refused", {"unit_id": unit})


@require_POST
@opens_patient
async def end(request: HttpRequest, handle: str) -> HttpResponse:
    """The patient takes one consent back: nothing rests on it from now on."""
    return await _stop(request, handle, "end", consenting.end_consent, "ended")


@require_POST
@opens_patient
async def annul(request: HttpRequest, handle: str) -> HttpResponse:
    """One that never was: recorded by mistake."""
    return await _stop(request, handle, "annul", consenting.annul_consent, "annulled")


@require_POST
@opens_patient
async def annul_refusal(request: HttpRequest, handle: str) -> HttpResponse:
    opened = await open_patient(request, handle)
    reason, given = read_reason(request.POST, "annul")
    if not reason:
        return await _show(request, opened, given=given, status=422)
    unit = request.POST.get("unit", "")
    details = {"reason": reason, "unit_id": unit}
    act = consenting.annul_refusal
    return await _record(request, opened, act, "refusal_annulled", details, given=given)


@require_POST
@opens_patient
async def give_sip(request: HttpRequest, handle: str) -> HttpResponse:
    opened = await open_patient(request, handle)
    return await _record(request, opened, consenting.give_sip_consent, "sip_given", {})


@require_POST
@opens_patient
async def stop_sip(request: HttpRequest, handle: str, way: str) -> HttpResponse:
    """The consent to a SIP is taken back (end), or was a mistake (annul)."""
    opened = await open_patient(request, handle)
    reason, given = read_reason(request.POST, way)
    if not reason:
        return await _show(request, opened, given=given, status=422)
    is_mistake = way == "annul"
    done = "sip_annulled" if is_mistake else "sip_ended"
    details = {"reason": reason, "is_mistake": is_mistake}
    return await _record(request, opened, consenting.end_sip_consent, done, details, given=given)


async def _stop(
    request: HttpRequest, handle: str, way: str, act: Callable[..., None], done: str
) -> HttpResponse:
    opened = await open_patient(request, handle)
    reason, given = read_reason(request.POST, way)
    if not reason or not given.entry_id:
        return await _show(request, opened, given=given, status=422)
    details = {"reason": reason, "consent_id": given.entry_id}
    return await _record(request, opened, act, done, details, given=given)


async def _record(
    request: HttpRequest,
    opened: Opened,
    act: Callable[..., None],
    done: str,
    details: Mapping[str, Any],
    form: forms.Form | None = None,
    given: Given | None = None,
) -> HttpResponse:
    try:
        await record(opened, act, proved_at(request.session), **details)
    except NotAllowed:
        message = str(NOT_NOW)
        return await _show(request, opened, form=form, given=given, message=message, status=409)
    return go_on("consents", opened.handle, done)


async def _show(
    request: HttpRequest,
    opened: Opened,
    form: forms.Form | None = None,
    given: Given | None = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    """Through the gate first; a reader who may not see the list meets the access step instead."""
    ruling = await opened.ask(Action.ACCESS)
    if not may_be_seen(ruling):
        return await access_page(request, opened, ruling, message, status)
    entries, names, options = await on_database_thread(_read, opened, ruling)
    if not await note_shown(ruling, opened.trace, len(entries)):
        return await access_page(request, opened, ruling, str(NOT_NOW), 409)
    shown = form or forms.blank(options)
    context = {
        **about(opened, ruling),
        "rows": present_rows(entries, ruling, names, given),
        "may": {act.value for act in ruling.acts},
        "may_give": Act.GIVE_CONSENT in ruling.acts,
        "may_refuse": Act.REFUSE_CONSENT in ruling.acts
        and (options.is_administrator or ruling.standing.refusal is None),
        "options": options,
        "form": shown,
        "choices": {
            "groups": forms.group_choices(shown, options),
            "units": forms.unit_choices(shown, options),
            "raised_at": forms.raised_choices(shown),
            "forms": forms.form_choices(shown),
        },
        "reasons": {"end": END, "annul": ANNUL},
        "notes": notes_of(ruling),
        "language": language_words(ruling),
        "message": message or (_("Rätta det som är markerat.") if shown.errors or given else ""),
        "done": DONE_WORDS.get(request.GET.get(DONE, "")),
        "validity": seal_validity(ruling),
    }
    return render(request, "consents/page.html", context, status=status)


def _read(opened: Opened, ruling: Ruling) -> tuple[tuple[Entry, ...], dict[str, str], Options]:
    entries = entries_of(opened.actor, ruling.person.id)
    return entries, names_of_staff(entries), options_for(opened.actor)
