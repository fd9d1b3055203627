"""The access step: each act is one POST, recorded by ``consent.recording``, and leads back to the patient."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from consent import consenting, incapacity, recording
from consent.accesslog.events import Action
from consent.facts import ChildAbility
from portal.access.acting import explain, record_act
from portal.access.page import access_page
from portal.access.panel import LONGEST_CONSENT
from portal.accounts.doors import opens_patient
from portal.dates import today
from portal.patients.opening import open_patient

# Reasons that one tap stands for, as the log and the list of consents say them.
MISTAKE = "registrerat av misstag"
TAKEN_BACK = "patienten tog tillbaka samtycket"
NO_LONGER_OURS = "patienten är inte längre hos enheten"


class BadChoice(ValueError):
    """A form field holds something the form never offered. Carries words for the user."""


@require_GET
@opens_patient
async def step(request: HttpRequest, handle: str) -> HttpResponse:
    """The access step as a page of its own: relation, consent, emergency."""
    opened = await open_patient(request, handle)
    return await access_page(request, opened, await opened.ask(Action.ACCESS))


@require_POST
@opens_patient
async def relation(request: HttpRequest, handle: str) -> HttpResponse:
    return await record_act(request, handle, recording.confirm_relation)


@require_POST
@opens_patient
async def end_relation(request: HttpRequest, handle: str) -> HttpResponse:
    """The patient has moved or been discharged: the unit's relation ends, its consents with it."""
    details = {"reason": NO_LONGER_OURS, "done": "relation"}
    return await record_act(request, handle, consenting.end_relation, "access_step", **details)


@require_POST
@opens_patient
async def consent(request: HttpRequest, handle: str) -> HttpResponse:
    """The patient consents: whole unit or only me, until a day or until further notice."""
    try:
        until = _last_day(request.POST)
    except BadChoice as bad:
        return await explain(request, handle, str(bad))
    return await record_act(
        request,
        handle,
        consenting.give_consent,
        is_personal=request.POST.get("scope") == "me",
        until=until,
        through_interpreter=request.POST.get("interpreter") == "yes",
    )


@require_POST
@opens_patient
async def reconfirm(request: HttpRequest, handle: str) -> HttpResponse:
    """After a restore: the patient stands by what was recorded before it."""
    return await record_act(request, handle, consenting.reconfirm_consent)


@require_POST
@opens_patient
async def refuse(request: HttpRequest, handle: str) -> HttpResponse:
    return await record_act(request, handle, consenting.refuse_consent)


@require_POST
@opens_patient
async def annul_refusal(request: HttpRequest, handle: str) -> HttpResponse:
    return await record_act(request, handle, consenting.annul_refusal, reason=MISTAKE)


@require_POST
@opens_patient
async def end_consent(request: HttpRequest, handle: str) -> HttpResponse:
    """The patient takes it back: from now on nothing rests on it, and the screen is cleared."""
    details = {"reason": TAKEN_BACK, "done": "ended"}
    return await record_act(request, handle, consenting.end_consent, "consents", **details)


@require_POST
@opens_patient
async def annul_consent(request: HttpRequest, handle: str) -> HttpResponse:
    """A mis-tapped yes, made undone in one step."""
    details = {"reason": MISTAKE, "done": "annulled"}
    return await record_act(request, handle, consenting.annul_consent, "consents", **details)


@require_POST
@opens_patient
async def give_sip_consent(request: HttpRequest, handle: str) -> HttpResponse:
    """To a SIP (2017:612 4:2): another thing than consent to reading, and opens nothing."""
    return await record_act(request, handle, consenting.give_sip_consent)


@require_POST
@opens_patient
async def choose_units(request: HttpRequest, handle: str) -> HttpResponse:
    """Own provider's other units: the ticked ones, or all where the patient is being received."""
    units = request.POST.getlist("unit")
    if not units:
        return await explain(request, handle, _("Välj minst en enhet."))
    return await record_act(request, handle, recording.choose_units, unit_ids=units)


@require_POST
@opens_patient
async def child(request: HttpRequest, handle: str) -> HttpResponse:
    """The answer to whether the child can decide for itself."""
    able = request.POST.get("ability") == ChildAbility.ABLE.value
    ability = ChildAbility.ABLE if able else ChildAbility.UNABLE
    return await record_act(request, handle, incapacity.assess_child, ability=ability)


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
