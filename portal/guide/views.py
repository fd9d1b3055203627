"""Så läser du knapparna, and the accessibility statement. About no patient, so open to everybody."""

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from portal.guide.presenters import explained_flags, explained_states, what_lights

# When accessibility was last judged, and how: lag (2018:1937) 13 §. To be moved by whoever judges anew.
ASSESSED = date(2026, 11, 28)
SHORTCOMINGS = (
    _("Portalen är inte provad av personer som använder skärmläsare, punktskrift eller röststyrning."),
    _("Ingen utomstående har granskat den. Bedömningen är leverantörens egen."),
    _("Den är provad i Chromium. Andra webbläsare är inte provade."),
    _(
        "Utan skript varnas inte innan en session går ut, och sidan tömmer sig inte själv. Servern avslutar"
        " sessionen ändå."
    ),
    _("Texter från andra system visas ordagrant, på det språk och med de förkortningar som källan använder."),
    _("Administrationens sidor bygger på ett verktyg från andra och är inte lika noga provade."),
)


@require_GET
def read_the_buttons(request: HttpRequest) -> HttpResponse:
    context = {"states": explained_states(), "flags": explained_flags(), "buttons": what_lights()}
    return render(request, "guide/buttons.html", context)


@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """Tillgänglighetsredogörelse: lag (2018:1937) 10 and 13 §§."""
    context = {"owner": settings.SERVICE_OWNER, "assessed": ASSESSED, "shortcomings": SHORTCOMINGS}
    return render(request, "guide/accessibility.html", context)
