"""One text for each member of every closed set that reaches the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from connectors.base.contract import Fault
from connectors.base.kinds import Measure
from connectors.base.records import Status
from consent.vocabulary import Reason
from portal.access.notices import NOTICE_WORDS as NOTICE_WORDS
from portal.aggregation.buttons.declaration import Words
from portal.aggregation.states import Flag, State


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state's word, its icon, and the line where a headline would have stood."""

    word: Words
    icon: str
    line: Words = ""


STATE_WORDS: Mapping[State, StateWords] = {
    State.ONGOING: StateWords(_("Pågår"), "dot"),
    State.NEW: StateWords(_("Nytt"), "dot"),
    State.CURRENT: StateWords(_("Finns"), "half"),
    State.PAST: StateWords(_("Tidigare"), "ring"),
    State.EMPTY: StateWords(_("Inget registrerat"), "dash"),
    State.EMPTY_AMONG_CONNECTED: StateWords(_("Inget hos anslutna"), "dash"),
    State.UNKNOWN: StateWords(_("Kunde inte hämtas"), "nocloud", _("Okänt om uppgifter finns")),
    State.CHOOSE: StateWords(_("Annan enhet: välj"), "units", _("Andra enheter kan ha uppgifter")),
    State.CONSENT: StateWords(_("Samtycke behövs"), "ask", _("Andra kan ha uppgifter")),
    State.BLOCKED: StateWords(_("Spärrat"), "lock", _("Spärrade uppgifter finns")),
    State.CLOSED: StateWords(_("Visas inte"), "closed"),
    State.WAITING: StateWords(_("Hämtar"), "clock"),
}

FLAG_WORDS: Mapping[Flag, tuple[str, Words]] = {
    Flag.WAITING: ("clock", _("Hämtar fler källor")),
    Flag.PARTIAL: ("nocloud", _("Delvis")),
    Flag.COPY: ("clock", _("Kopia")),
    Flag.CHOOSE: ("units", _("Annan enhet: välj")),
    Flag.CONSENT: ("ask", _("Samtycke behövs")),
    Flag.BLOCKED: ("lock", _("Spärr")),
    Flag.MORE: ("closed", _("Fler uppgifter kan finnas")),
}

REASON_WORDS: Mapping[Reason, Words] = {
    Reason.WRONG_PURPOSE: _("Uppdragets ändamål ger inte rätt att läsa detta."),
    Reason.NO_RELATION: _("Vård- eller omsorgsrelation saknas."),
    Reason.RELATION_UNKNOWN: _("Vårdrelationen kunde inte kontrolleras."),
    Reason.NOT_CHOSEN: _("Andra enheter kan ha uppgifter. Välj för att visa."),
    Reason.BLOCKED: _("Spärrade uppgifter finns. Patienten kan häva spärren."),
    Reason.BLOCKS_UNKNOWN: _("Spärrar kunde inte läsas, därför visas inget härifrån."),
    Reason.MAY_ASK_TO_LIFT: _("Spärrade uppgifter finns. Ring vårdgivaren och be dem häva."),
    # Indistinguishable from an answer that holds nothing: the reader is told nothing at all.
    Reason.SILENT_BLOCK: _("Svarade"),
    Reason.NO_CONSENT: _("Andra kan ha uppgifter. Samtycke behövs."),
    Reason.PATIENT_REFUSED: _("Patienten har nekat. Andra kan ha uppgifter."),
    Reason.TEMPORARILY_UNABLE: _("Patienten kan inte ta ställning just nu."),
    Reason.NAMES_ONLY: _("Än så länge visas bara vårdgivarnas namn."),
    Reason.NOT_IN_EMERGENCY: _("Får inte öppnas i nödläge. Ring."),
    Reason.NO_SOCIAL_NEED: _("Kräver pågående insats eller utredning."),
    Reason.HEALTH_DATA_CLOSED: _("Hälso- och sjukvårdens uppgifter får inte öppnas här."),
    Reason.KIND_NOT_FOR_READER: _("Ingår inte i uppdragets behörighet."),
    Reason.PROTECTED_IDENTITY: _("Närstående och planerade besök visas inte vid skyddade personuppgifter."),
    Reason.DECEASED: _("Patienten är avliden. Andras uppgifter visas inte."),
    Reason.LINK_EXPIRED: _("Länken gäller inte längre."),
}

FAULT_WORDS: Mapping[Fault, Words] = {
    Fault.CONNECT: _("Gick inte att nå."),
    Fault.DNS: _("Gick inte att hitta."),
    Fault.TLS: _("Säker anslutning misslyckades."),
    Fault.CERTIFICATE: _("Portalens certifikat för källan har gått ut. Källan tillfrågades inte."),
    Fault.TIMED_OUT: _("Svarade inte i tid."),
    Fault.TRUNCATED: _("Svaret avbröts."),
    Fault.AUTH: _("Godkände inte portalens inloggning."),
    Fault.CONFIG: _("Källan är felinställd i portalen."),
    Fault.FORBIDDEN: _("Ligger på en adress som portalen inte får anropa."),
    Fault.THROTTLED: _("Bad oss vänta."),
    Fault.UNAVAILABLE: _("Är ur drift."),
    Fault.REDIRECT: _("Hänvisade till en annan adress."),
    Fault.FORMAT: _("Svaret gick inte att tolka."),
    Fault.TOO_LARGE: _("Svaret var för stort."),
    Fault.REPORTED: _("Meddelade ett fel."),
    Fault.FOREIGN_PATIENT: _("Svaret gällde delvis någon annan och kastades."),
    Fault.BUSY: _("För många frågor samtidigt. Källan hann inte tillfrågas."),
    Fault.NOT_ASKED: _("Tillfrågades inte: svarade inte nyss."),
    Fault.OUR_BUG: _("Ett fel i portalen."),
}

MEASURE_WORDS: Mapping[Measure, Words] = {
    Measure.NO_CPR: _("Ej HLR"),
    Measure.NO_INTENSIVE_CARE: _("Ej intensivvård"),
    Measure.NO_LIFE_SUPPORT: _("Ej livsuppehållande behandling"),
    Measure.END_OF_LIFE_TALK: _("Brytpunktssamtal"),
    Measure.OTHER: _("Annan begränsning"),
}

STATUS_WORDS: Mapping[Status, Words] = {
    Status.ACTIVE: _("Aktiv"),
    Status.PLANNED: _("Planerad"),
    Status.ENDED: _("Avslutad"),
    Status.CANCELLED: _("Inställd eller upphörd"),
    Status.IN_ERROR: _("Felregistrerad"),
    Status.UNKNOWN: _("Status ej angiven"),
}

NOT_STATED = _("ej angivet")
DATE_MISSING = _("Datum saknas")
