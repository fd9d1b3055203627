"""Why a sign-in through an identity provider was refused, in closed form and in words."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Why(StrEnum):
    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    STALE = "stale"
    UNTRUSTED = "untrusted"
    WEAK = "weak"
    NO_HSA_ID = "no_hsa_id"
    CLOSED = "closed"
    ANOTHER = "another"


class SignInRefused(Exception):
    """Nobody is signed in. ``detail`` is for the log: which check failed, never about whom."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Words:
    heading: Promise
    advice: Promise


WORDS = {
    Why.CANCELLED: Words(_("Inloggningen avbröts"), _("Försök igen om du vill logga in.")),
    Why.UNREACHABLE: Words(
        _("Inloggningstjänsten svarar inte"),
        _("Försök igen om en stund. Det är inget fel på ditt kort."),
    ),
    Why.STALE: Words(
        _("Inloggningen hann bli för gammal"),
        _("Den hade redan använts, eller tog mer än tio minuter. Börja om från inloggningssidan."),
    ),
    Why.UNTRUSTED: Words(
        _("Svaret från inloggningstjänsten godtogs inte"),
        _("Försök igen. Händer det på nytt, meddela supporten fel-id:t nedan."),
    ),
    Why.WEAK: Words(
        _("Inloggningen var inte stark nog"),
        _("Här krävs tillitsnivå 3. Logga in med SITHS-kort eller Mobilt SITHS."),
    ),
    Why.NO_HSA_ID: Words(
        _("Inloggningen saknar HSA-id"),
        _("Utan HSA-id kan ingen läsa här. Kontakta den som sköter din anställning i HSA."),
    ),
    Why.ANOTHER: Words(
        _("Någon annan är inloggad här"),
        _("Bekräfta med samma kort som du loggade in med, eller logga ut först."),
    ),
    Why.CLOSED: Words(
        _("Ditt konto är avstängt här"), _("Kontakta den som sköter behörigheter hos dig om det är fel.")
    ),
}
