"""Why a launch was refused, in closed form, in words and in the log."""

import uuid
from dataclasses import dataclass
from enum import StrEnum

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_log = structlog.get_logger(__name__)


class Why(StrEnum):
    UNKNOWN_SYSTEM = "unknown_system"
    UNTRUSTED = "untrusted"
    STALE = "stale"
    USED = "used"
    NO_PATIENT = "no_patient"
    UNREACHABLE = "unreachable"
    NO_HSA_ID = "no_hsa_id"
    ANOTHER = "another"
    NO_ASSIGNMENT = "no_assignment"
    TOO_MANY = "too_many"


class LaunchRefused(Exception):
    """Nothing is opened. ``detail`` and ``system`` are for the log: which check failed and whose launch it
    was, never about whom."""

    def __init__(self, why: Why, detail: str = "", system: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.detail = detail
        self.system = system


@dataclass(frozen=True, slots=True)
class Words:
    heading: Promise
    advice: Promise


_AGAIN = _("Gå tillbaka till journalsystemet och gör uthoppet på nytt.")
WORDS = {
    Why.UNKNOWN_SYSTEM: Words(
        _("Systemet får inte göra uthopp hit"),
        _("Det är inte anslutet. Du kan logga in och söka patienten här i stället."),
    ),
    Why.UNTRUSTED: Words(
        _("Uthoppet godtogs inte"),
        _("Gör uthoppet på nytt. Händer det igen, meddela supporten fel-id:t nedan."),
    ),
    Why.STALE: Words(_("Uthoppet hann bli för gammalt"), _AGAIN),
    Why.USED: Words(_("Uthoppet har redan använts"), _AGAIN),
    Why.NO_PATIENT: Words(
        _("Uthoppet säger inte vilken patient det gäller"),
        _(
            "Det saknar ett fullständigt personnummer, samordningsnummer eller reservnummer. "
            "Sök patienten här i stället."
        ),
    ),
    Why.UNREACHABLE: Words(
        _("Journalsystemet svarar inte"),
        _("Det går inte att få veta vilken patient uthoppet gäller. Försök igen, eller sök patienten här."),
    ),
    Why.NO_HSA_ID: Words(
        _("Uthoppet säger inte vem du är"),
        _("Det saknar HSA-id. Kontakta dem som sköter journalsystemet. Du kan söka patienten här i stället."),
    ),
    Why.ANOTHER: Words(
        _("Någon annan är inloggad här"),
        _("Uthoppet gäller en annan person än den som är inloggad. Logga ut, och gör uthoppet på nytt."),
    ),
    Why.NO_ASSIGNMENT: Words(
        _("Uppdraget i uthoppet finns inte här"),
        _(
            "Du har inget giltigt uppdrag på den enhet som uthoppet gäller. "
            "Välj ett annat uppdrag och sök patienten."
        ),
    ),
    Why.TOO_MANY: Words(_("För många uthopp på kort tid"), _("Vänta en minut och försök igen.")),
}
RETRY_AFTER_S = 60


def refuse(request: HttpRequest, refused: LaunchRefused) -> HttpResponse:
    """Why, in words; in the log which check failed. Neither says who it was or about whom."""
    error_id = (getattr(request, "trace_id", "") or uuid.uuid4().hex)[:12]
    told = {"why": refused.why.value, "detail": refused.detail, "system": refused.system}
    _log.warning("launch_refused", error_id=error_id, **told)
    context = {
        "words": WORDS[refused.why],
        "error_id": error_id,
        "must_sign_out": refused.why is Why.ANOTHER,
    }
    status = 429 if refused.why is Why.TOO_MANY else 403
    response = render(request, "launching/refused.html", context, status=status)
    if status == 429:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response
