"""Put the open patient on the unit's list, or take her off: one tap each, and back to her page."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consent import following
from portal.access.acting import explain, record_act
from portal.accounts.doors import opens_patient


@require_POST
@opens_patient
async def follow(request: HttpRequest, handle: str) -> HttpResponse:
    try:
        return await record_act(request, handle, following.follow)
    except following.ListFull:
        words = _("Enhetens lista är full: den rymmer %(most)d. Ta bort någon och försök igen.")
        return await explain(request, handle, words % {"most": following.MOST}, 409)


@require_POST
@opens_patient
async def unfollow(request: HttpRequest, handle: str) -> HttpResponse:
    return await record_act(request, handle, following.unfollow)
