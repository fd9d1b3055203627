"""Why something is not taken, as a closed list: a code, a sentence, and what to do. The public page, the
interface's answers and the reports on files all speak from here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connectors.base.contract import Words


class Code(StrEnum):
    """What was wrong with one record (above), or with the whole of what was sent (below)."""

    NOT_AN_OBJECT = "not_an_object"
    MISSING = "missing"
    WRONG_SHAPE = "wrong_shape"
    NOT_A_WORD = "not_a_word"
    TOO_LONG = "too_long"
    NOT_A_TIME = "not_a_time"
    IN_THE_FUTURE = "in_the_future"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_VERSION = "unknown_version"
    NOT_A_NUMBER = "not_a_number"
    NO_CENTURY = "no_century"
    OTHER_NUMBER_TYPE = "other_number_type"
    WRONG_OWNER = "wrong_owner"
    NOT_AGREED = "not_agreed"
    OUTSIDE_LAW = "outside_law"
    RECORD_TOO_LARGE = "record_too_large"
    UNREADABLE = "unreadable"
    NOT_A_ROW = "not_a_row"
    OLDER = "older"

    NOT_JSON = "not_json"
    NOT_A_DELIVERY = "not_a_delivery"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    NOT_A_FILE = "not_a_file"
    NOTHING_USABLE = "nothing_usable"
    NO_TOKEN = "no_token"  # noqa: S105 (a code, no secret)
    WRONG_TOKEN = "wrong_token"  # noqa: S105
    TOKEN_WAITING = "token_waiting"  # noqa: S105
    NOT_RECEIVING = "not_receiving"
    WRONG_MEDIA_TYPE = "wrong_media_type"
    THROTTLED = "throttled"
    BAD_SIGNATURE = "bad_signature"
    NOTICE_TOO_OLD = "notice_too_old"
    NOTICE_REPEATED = "notice_repeated"
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"
    OUR_FAULT = "our_fault"


@dataclass(frozen=True, slots=True)
class Advice:
    """``status``: the HTTP status where the whole request is refused; 0 for a code of one record."""

    what: Words
    do: Words
    status: int = 0


ADVICE: Mapping[Code, Advice] = {
    Code.NOT_AN_OBJECT: Advice(_("Posten är inte ett JSON-objekt."), _("Skicka varje post som ett objekt.")),
    Code.MISSING: Advice(
        _("Ett obligatoriskt fält saknas eller är tomt."),
        _("Fyll i fältet. Saknas kolumnen i er tabell: lägg till den, med fältets namn som rubrik."),
    ),
    Code.WRONG_SHAPE: Advice(
        _("Fältet har fel slag av värde."), _("Se fältets beskrivning: text, tal, ja/nej eller lista.")
    ),
    Code.NOT_A_WORD: Advice(
        _("Värdet är inte ett av dem som får stå där."), _("Använd ett av fältets värden, med små bokstäver.")
    ),
    Code.TOO_LONG: Advice(_("Texten är för lång för fältet."), _("Korta texten.")),
    Code.NOT_A_TIME: Advice(
        _("Det är ingen dag eller tid som går att läsa."),
        _("Skriv ÅÅÅÅ-MM-DD, eller ÅÅÅÅ-MM-DDTTT:MM:SS med tidszon."),
    ),
    Code.IN_THE_FUTURE: Advice(
        _("Tiden ligger framåt, men ska vara när något hände."), _("Rätta tiden, eller klockan hos er.")
    ),
    Code.UNKNOWN_TYPE: Advice(_("Typen finns inte i kontraktet."), _("Använd en av typerna på sidan.")),
    Code.UNKNOWN_VERSION: Advice(_("Versionen finns inte."), _("Skriv 1, eller utelämna v.")),
    Code.NOT_A_NUMBER: Advice(
        _("Det är inget giltigt personnummer, samordningsnummer eller reservnummer."),
        _("Skriv alla tolv siffrorna. I en tabell: låt kolumnen vara text."),
    ),
    Code.NO_CENTURY: Advice(
        _("Numret har tio siffror. Seklet fattas, och gissas aldrig."),
        _("Skriv alla tolv siffrorna, med seklet först: 19 eller 20."),
    ),
    Code.OTHER_NUMBER_TYPE: Advice(
        _("Numret är av ett annat slag än patient_type säger."), _("Rätta patient_type eller utelämna det.")
    ),
    Code.WRONG_OWNER: Advice(
        _("Posten tillhör en annan vårdgivare eller omsorgsgivare än källan."),
        _("Skriv ert eget HSA-id i unit.provider. En källa lämnar bara sin egen ägares uppgifter."),
    ),
    Code.NOT_AGREED: Advice(
        _("Källan är inte inställd för uppgifter av den typen."),
        _("Kontakta den som förvaltar portalen, eller låt bli att skicka typen."),
    ),
    Code.OUTSIDE_LAW: Advice(
        _("Uppgiften får inte ingå i sammanhållen vård- och omsorgsdokumentation. Den är inte sparad."),
        _("Skicka inte uppgifter om barnavård, ekonomiskt bistånd, missbruk, våld eller tvång."),
    ),
    Code.RECORD_TOO_LARGE: Advice(_("Posten är större än 64 KiB."), _("Korta texten.")),
    Code.UNREADABLE: Advice(_("Posten går inte att tolka."), _("Jämför med exemplen på sidan.")),
    Code.NOT_A_ROW: Advice(
        _("Raden har ett annat antal celler än rubrikraden, eller går inte att läsa."),
        _("Sätt citattecken om text som innehåller semikolon."),
    ),
    Code.OLDER: Advice(
        _("En nyare uppgift finns redan. Den här ändrar inget."), _("Inget, om det var meningen.")
    ),
    Code.NOT_JSON: Advice(
        _("Innehållet går inte att läsa som JSON."),
        _("Skicka UTF-8, varje nyckel en gång, inga NaN eller Infinity, högst 64 nivåer."),
        400,
    ),
    Code.NOT_A_DELIVERY: Advice(
        _("Leveransen saknar en lista records, eller har ett fält av fel slag."),
        _("Skicka ett objekt med en lista records."),
        400,
    ),
    Code.TOO_MANY: Advice(_("Fler än 500 poster."), _("Dela upp dem på flera anrop."), 413),
    Code.TOO_LARGE: Advice(_("Det är mer än vad som tas emot."), _("Dela upp det."), 413),
    Code.NOT_A_FILE: Advice(
        _("Filen går inte att läsa."),
        _("Spara den som CSV med semikolon, Excel (.xlsx), NDJSON eller JSON."),
        400,
    ),
    Code.NOTHING_USABLE: Advice(
        _("Ingen enda post går att använda, så inget byts ut."),
        _("Rätta felen och lämna filen igen. Det som fanns ligger kvar."),
        400,
    ),
    Code.NO_TOKEN: Advice(
        _("Ingen nyckel skickades."), _("Skicka den i huvudet Authorization: Bearer …"), 401
    ),
    Code.WRONG_TOKEN: Advice(
        _("Nyckeln gäller inte."), _("Använd en nyckel som är godkänd och inte återkallad."), 401
    ),
    Code.TOKEN_WAITING: Advice(
        _("Nyckeln är rätt men inte godkänd än."),
        _("Vänta tills en andra administratör hos portalen har godkänt den, och skicka sedan igen."),
        401,
    ),
    Code.NOT_RECEIVING: Advice(
        _("Källan tar inte emot leveranser just nu."),
        _("Kontakta den som förvaltar portalen. Skicka igen när källan är påslagen."),
        403,
    ),
    Code.WRONG_MEDIA_TYPE: Advice(
        _("Innehållet är av ett slag som inte tas emot."),
        _("Skicka Content-Type: application/json, eller text/csv för en tabell, utan komprimering."),
        415,
    ),
    Code.THROTTLED: Advice(
        _("För många anrop på kort tid."), _("Vänta så länge som Retry-After säger."), 429
    ),
    Code.BAD_SIGNATURE: Advice(
        _("Signaturen stämmer inte."),
        _("Räkna HMAC-SHA-256 över tidsstämpel, punkt och innehåll, med källans nyckel."),
        401,
    ),
    Code.NOTICE_TOO_OLD: Advice(
        _("Tidsstämpeln är mer än fem minuter från portalens klocka."),
        _("Signera när ni skickar, och ställ klockan."),
        401,
    ),
    Code.NOTICE_REPEATED: Advice(
        _("Samma avisering har redan tagits emot."), _("Inget. Nästa ska ha en ny tidsstämpel."), 409
    ),
    Code.NOT_FOUND: Advice(_("Adressen finns inte."), _("Se adresserna på sidan."), 404),
    Code.NOT_ALLOWED: Advice(_("Adressen tar inte emot den metoden."), _("Använd POST."), 405),
    Code.OUR_FAULT: Advice(
        _("Ett fel i portalen. Inget är sparat."), _("Skicka igen om en stund. Uppge felets nummer."), 500
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one record. ``field``: its dotted name, or empty for the record as a whole.
    ``allowed``: the words that may stand there, the likeliest first."""

    code: Code
    field: str = ""
    allowed: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        return str(ADVICE[self.code].what)

    @property
    def do(self) -> str:
        """With the words that may stand there, where they are few enough to be told."""
        if not self.allowed:
            return str(ADVICE[self.code].do)
        return gettext("Skriv ett av: %(words)s.") % {"words": ", ".join(self.allowed)}


class RefusedWhole(Exception):
    """Nothing of what was sent is taken. ``detail``: where it went wrong, without content. ``do``: what to do
    about it, where that is another thing than for the code in general; empty: ``detail`` says it."""

    def __init__(self, code: Code, detail: str = "", do: str | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.detail = detail
        self.do: Words = ADVICE[code].do if do is None else do


def words_of(refusal: RefusedWhole) -> str:
    """Why the whole is refused, in a sentence or three."""
    advice = ADVICE[refusal.code]
    what = "" if refusal.code is Code.NOT_A_FILE and refusal.detail else str(advice.what)
    return " ".join(filter(None, (what, refusal.detail, str(refusal.do))))
