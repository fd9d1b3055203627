"""Why the interface refuses, as a closed list: a stable code, a status, a sentence and what to do.

docs/api.md lists them; whoever calls can rest on the code, never on the words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Code(StrEnum):
    NO_CREDENTIALS = "no_credentials"
    WRONG_TOKEN = "wrong_token"  # noqa: S105 (a code, no secret)
    NO_ACTING_USER = "no_acting_user"
    WRONG_ASSERTION = "wrong_assertion"
    ASSERTION_SPENT = "assertion_spent"
    LOW_ASSURANCE = "low_assurance"
    NO_ASSIGNMENT = "no_assignment"
    SCOPE_MISSING = "scope_missing"
    PROVE_AGAIN = "prove_again"
    FORM_TOKEN_MISSING = "form_token_missing"  # noqa: S105
    NOTHING_PERMITTED = "nothing_permitted"
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "method_not_allowed"
    NOT_NOW = "not_now"
    ACCESS_CHANGED = "access_changed"
    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    WRONG_MEDIA_TYPE = "wrong_media_type"
    INVALID = "invalid"
    BAD_NUMBER = "bad_number"
    THROTTLED = "throttled"
    LOG_UNAVAILABLE = "log_unavailable"
    DATABASE_UNAVAILABLE = "database_unavailable"
    OUR_FAULT = "our_fault"


@dataclass(frozen=True, slots=True)
class Advice:
    status: int
    what: str | Promise
    do: str | Promise


ADVICE: Mapping[Code, Advice] = {
    Code.NO_CREDENTIALS: Advice(
        401, _("Det går inte att se vem som frågar."), _("Skicka Authorization: Bearer, eller logga in.")
    ),
    Code.WRONG_TOKEN: Advice(
        401, _("Klientsystemets bevis gäller inte."), _("Hämta ett nytt på /api/oauth/token.")
    ),
    Code.NO_ACTING_USER: Advice(
        401, _("Användaren som frågar är inte angiven."), _("Skicka ett signerat intyg i Acting-User.")
    ),
    Code.WRONG_ASSERTION: Advice(
        401,
        _("Intyget om användaren gäller inte."),
        _("Kontrollera signatur, utställare, mottagare och att tiden är högst 60 sekunder."),
    ),
    Code.ASSERTION_SPENT: Advice(
        401, _("Intyget om användaren är redan använt."), _("Skriv ett nytt för varje anrop.")
    ),
    Code.LOW_ASSURANCE: Advice(
        403,
        _("Användaren är inte inloggad starkt nog."),
        _("Logga in med tillitsnivå 3 och ange den i acr."),
    ),
    Code.NO_ASSIGNMENT: Advice(
        403,
        _("Användaren har inget sådant uppdrag här."),
        _("Kontrollera HSA-id, enhet och ändamål med den som sköter uppdragen."),
    ),
    Code.SCOPE_MISSING: Advice(
        403, _("Klientsystemet får inte göra detta."), _("Be om rätt omfång när beviset hämtas.")
    ),
    Code.PROVE_AGAIN: Advice(
        403,
        _("Användaren måste styrka vem hon är på nytt."),
        _("Låt användaren logga in igen och ange tiden i auth_time."),
    ),
    Code.FORM_TOKEN_MISSING: Advice(
        403, _("Anropet kom inte från en egen sida."), _("Skicka X-CSRFToken tillsammans med sessionen.")
    ),
    Code.NOTHING_PERMITTED: Advice(
        403,
        _("Inget får visas om patienten just nu."),
        _("Fråga åtkomststeget vad som gäller och vad som kan registreras."),
    ),
    Code.NOT_FOUND: Advice(404, _("Det finns inget här."), _("Sök patienten igen.")),
    Code.NOT_ALLOWED: Advice(405, _("Adressen tar inte emot den metoden."), _("Se Allow.")),
    Code.NOT_NOW: Advice(409, _("Det går inte just nu."), _("Fråga åtkomststeget vad som gäller.")),
    Code.ACCESS_CHANGED: Advice(
        409, _("Rätten att läsa ändrades under tiden. Inget visades."), _("Fråga igen.")
    ),
    Code.NOT_JSON: Advice(
        400, _("Innehållet är inte ett JSON-objekt."), _("UTF-8, inga dubbla fält, högst 64 nivåer.")
    ),
    Code.TOO_LARGE: Advice(413, _("Innehållet är för stort."), _("Högst 64 kB.")),
    Code.WRONG_MEDIA_TYPE: Advice(
        415, _("Innehållet är av fel slag."), _("Skicka application/json, opackat.")
    ),
    Code.INVALID: Advice(422, _("Något i anropet stämmer inte."), _("Se errors, fält för fält.")),
    Code.BAD_NUMBER: Advice(422, _("Numret stämmer inte."), _("Tolv siffror, eller ett reservnummer.")),
    Code.THROTTLED: Advice(429, _("För många anrop."), _("Vänta så länge som Retry-After säger.")),
    Code.LOG_UNAVAILABLE: Advice(
        503, _("Loggning fungerar inte. Inga uppgifter visas."), _("Försök igen om en stund.")
    ),
    Code.DATABASE_UNAVAILABLE: Advice(
        503, _("Portalen når inte sin databas. Inga uppgifter visas."), _("Försök igen om en stund.")
    ),
    Code.OUR_FAULT: Advice(500, _("Ett fel i portalen."), _("Ange error_id när ni hör av er.")),
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one field of what was sent."""

    field: str
    code: str
    message: str


@dataclass(eq=False)
class Refused(Exception):
    """The one refusal: who asks and what for. ``code`` is stable; ``detail`` is for people and names nobody.

    ``retry_after_s``: with THROTTLED alone.
    """

    code: Code
    detail: str = ""
    flaws: tuple[Flaw, ...] = ()
    retry_after_s: int = 0
    allow: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return self.code.value
