"""What patients are told before they are asked (SVOD 2:2), to read aloud or print. Nothing about anybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from consent.database import on_database_thread
from portal.access.consents.options import current_texts
from portal.accounts.doors import opens_patient
from portal.patients.opening import open_patient

LANGUAGE = "sprak"


@require_GET
@opens_patient
async def information(request: HttpRequest, handle: str) -> HttpResponse:
    """One language at a time: the one asked for, else the first there is."""
    opened = await open_patient(request, handle)
    texts = await on_database_thread(current_texts)
    wanted = request.GET.get(LANGUAGE, "")
    shown = next((text for text in texts if text.language == wanted), texts[0] if texts else None)
    context = {"actor": opened.actor, "handle": handle, "texts": texts, "text": shown}
    return render(request, "consents/information.html", context)
