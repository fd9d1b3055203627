"""Plain words for what the log says. Closed sets: each value of theirs has its words here."""

from django.utils.translation import gettext_lazy as _

from consent.accesslog.events import Action, Event
from consent.accesslog.sampling import Why
from consent.accesslog.viewing import Result
from consent.facts import Obstacle
from consent.vocabulary import Reason, RelationGround, Row

ACTION_WORDS = {
    Action.ACCESS: _("Öppnade sidan om relation och samtycke"),
    Action.OVERVIEW: _("Öppnade översikten"),
    Action.DETAIL: _("Öppnade en lista i översikten"),
    Action.RETRY: _("Hämtade en lista i översikten igen"),
    Action.SOURCES: _("Såg vilka system som svarat"),
    Action.TIMELINE: _("Öppnade tidslinjen"),
    Action.SEARCH: _("Sökte i uppgifterna"),
    Action.PRINT: _("Skrev ut"),
    Action.MEETING: _("Visade valda uppgifter i mötesläge"),
    Action.PREPARE: _("Öppnade valet inför utskrift eller möte"),
    Action.PHONE: _("Visade enheternas telefonnummer"),
    Action.API: _("Hämtade uppgifter till ett annat system"),
}

EVENT_WORDS = {
    Event.SEARCH: _("Sökte på numret"),
    Event.LAUNCHED: _("Kom från ett annat system, med patienten vald där"),
    Event.INTENT: _("Öppnade uppgifter"),
    Event.SHOWN: _("Läste uppgifter"),
    Event.LEFT: _("Lämnade sidan innan allt hade visats"),
    Event.REFUSED: _("Nekades att läsa"),
    Event.INTERRUPTED: _("Visningen avbröts"),
    Event.RELATION_CONFIRMED: _("Intygade att enheten deltar i vården"),
    Event.RELATION_ENDED: _("Avslutade vårdrelationen"),
    Event.UNITS_CHOSEN: _("Valde att öppna andra enheter inom samma vårdgivare"),
    Event.CONSENT_GIVEN: _("Registrerade samtycke"),
    Event.CONSENT_ENDED: _("Avslutade samtycke"),
    Event.CONSENT_ANNULLED: _("Makulerade ett samtycke som registrerats av misstag"),
    Event.CONSENT_REFUSED: _("Registrerade att samtycke nekats"),
    Event.REFUSAL_ANNULLED: _("Makulerade ett nekat samtycke som registrerats av misstag"),
    Event.SIP_CONSENT_GIVEN: _("Registrerade samtycke till SIP"),
    Event.SIP_CONSENT_ENDED: _("Avslutade samtycke till SIP"),
    Event.SIP_CONSENT_ANNULLED: _("Makulerade ett samtycke till SIP som registrerats av misstag"),
    Event.EMERGENCY_DECLARED: _("Registrerade en nödsituation"),
    Event.EMERGENCY_OPENED: _("Gjorde en nödöppning"),
    Event.INABILITY_RECORDED: _("Registrerade att samtycke inte kan lämnas"),
    Event.CHILD_ASSESSED: _("Registrerade om barnet självt kan ta ställning"),
    Event.BLOCK_RECORDED: _("Registrerade en spärr"),
    Event.BLOCK_ENDED: _("Avslutade en spärr"),
    Event.BLOCK_LIFTED: _("Hävde en spärr"),
    Event.LIFT_ENDED: _("Lät en hävd spärr gälla igen"),
    Event.LIFT_ASKED: _("Begärde att en spärr hävs"),
    Event.LIFT_ANSWERED: _("Besvarade en begäran om att häva en spärr"),
    Event.NUMBERS_LINKED: _("Länkade två nummer som gäller samma person"),
    Event.SIGNED_IN: _("Loggade in"),
    Event.SIGNED_OUT: _("Loggade ut"),
    Event.ASSIGNMENT_CHOSEN: _("Valde uppdrag"),
    Event.LOG_READ: _("Läste i åtkomstloggen"),
    Event.LOG_EXTRACTED: _("Tog fram ett loggutdrag"),
    Event.LOG_EXPORTED: _("Exporterade åtkomstloggen"),
    Event.LOG_ARCHIVED: _("Arkiverade en månad av åtkomstloggen"),
    Event.LOG_REVIEWED: _("Bedömde en visning i loggkontrollen"),
    Event.EPOCH_STARTED: _("Återläste systemet från en säkerhetskopia"),
    Event.RECORD_REPLAYED: _("Förde in en återkallelse på nytt efter återläsning"),
    Event.ERROR_REPORTED: _("Rapporterade en fel uppgift till den som äger den"),
    Event.LIST_ADDED: _("Lade patienten i enhetens lista"),
    Event.LIST_REMOVED: _("Tog bort patienten ur enhetens lista"),
    Event.ADMIN_CHANGED: _("Ändrade i administrationen"),
}

RESULT_WORDS = {
    Result.SHOWN: _("Uppgifter visades"),
    Result.NOTHING: _("Inga uppgifter visades"),
    Result.DENIED: _("Nekades, inga uppgifter visades"),
    Result.STOPPED: _("Stoppades, rätten att läsa hade ändrats"),
    Result.ACT: "",
}

# Rows of docs/decision-table.md that let through. Said to patients too: what was so, not which paragraph.
GROUND_WORDS = {
    Row.OWN_UNIT: _("Enhetens egna uppgifter"),
    Row.OWN_PROVIDER: _("En annan enhet inom samma vårdgivare, vald av läsaren"),
    Row.INNER_BLOCK_LIFTED: _("En spärr inom vårdgivaren hade hävts"),
    Row.CONSENT: _("Samtycke"),
    Row.EMERGENCY: _("Nödöppning: fara för liv eller hälsa, samtycke gick inte att få"),
    Row.LASTING_INABILITY: _("Kan varaktigt inte samtycka, uppgifterna behövdes för nödvändig vård"),
    Row.CHILD: _("Barn som inte själv kan ta ställning"),
    Row.SOCIAL_CONSENT: _("Samtycke, och insats eller utredning"),
    Row.SOCIAL_CHILD: _("Barn som inte själv kan ta ställning, och insats eller utredning"),
    Row.SOCIAL_INABILITY: _("Kan varaktigt inte samtycka, uppgifterna behövdes för nödvändig omsorg"),
    Row.SOCIAL_OWN: _("Omsorgsgivarens egna uppgifter"),
    Row.DECEASED: _("Avliden, den egna vårdgivarens uppgifter"),
}
OTHER_GROUND = _("Annan grund, rad %(row)s i beslutstabellen")

REFUSAL_WORDS = {
    Reason.WRONG_PURPOSE: _("Uppdragets ändamål ger inte rätt att läsa."),
    Reason.NO_RELATION: _("Ingen vårdrelation fanns."),
    Reason.RELATION_UNKNOWN: _("Det gick inte att få veta om det fanns en vårdrelation."),
    Reason.NO_SOCIAL_NEED: _("Ingen insats eller utredning fanns."),
    Reason.NOT_CHOSEN: _("Ingen annan enhet var vald."),
    Reason.BLOCKED: _("Uppgifter var spärrade."),
    Reason.BLOCKS_UNKNOWN: _("Det gick inte att få veta om uppgifter var spärrade."),
    Reason.MAY_ASK_TO_LIFT: _("Uppgifter var spärrade hos en annan vårdgivare."),
    # Whoever may not know of a block, or whose reviewer looks, is told what the page told: nothing of it.
    Reason.SILENT_BLOCK: _("Inget samtycke fanns."),
    Reason.NO_CONSENT: _("Inget samtycke fanns."),
    Reason.PATIENT_REFUSED: _("Samtycke hade nekats."),
    Reason.TEMPORARILY_UNABLE: _("Samtycke gick inte att få just då."),
    Reason.NAMES_ONLY: _("Bara namn på vårdgivare och omsorgsgivare fick visas."),
    Reason.NOT_IN_EMERGENCY: _("Omsorgens uppgifter öppnas inte i nödläge."),
    Reason.HEALTH_DATA_CLOSED: _("Hälso- och sjukvårdens uppgifter fick inte visas."),
    Reason.KIND_NOT_FOR_READER: _("Uppgifter av det slaget visas inte för läsaren."),
    Reason.DECEASED: _("Andras uppgifter om den som avlidit visas inte."),
    Reason.PROTECTED_IDENTITY: _("Personuppgifterna är skyddade."),
    Reason.LINK_EXPIRED: _("Länken gällde inte längre."),
}

RELATION_WORDS = {
    RelationGround.JOURNAL: _("Journalsystemet: aktuell patient hos enheten"),
    RelationGround.SERVICE: _("Pågående insats"),
    RelationGround.ASSESSMENT: _("Pågående utredning"),
    RelationGround.ATTESTED: _("Intygad av läsaren själv"),
    RelationGround.NONE: _("Journalsystemet: ingen aktuell patient hos enheten"),
}
NO_RELATION = _("Ingen")

OBSTACLE_WORDS = {
    Obstacle.UNCONSCIOUS: _("medvetslös"),
    Obstacle.TOO_ILL: _("för svårt sjuk för att ta ställning"),
    Obstacle.OTHER: _("annat skäl"),
}

WHY_WORDS = {
    Why.EMERGENCY: _("Nödöppning"),
    Why.OWN: _("Egen journal"),
    Why.COLLEAGUE: _("Kollega"),
    Why.ADDRESS: _("Samma adress som läsaren"),
    Why.PROTECTED: _("Skyddade personuppgifter"),
    Why.NO_RELATION: _("Ingen relation"),
    Why.UNREADABLE: _("Patienten kan inte läsas ur loggen"),
    Why.VOLUME: _("Många fler visningar än kollegerna"),
    Why.ATTESTED: _("Relation intygad av läsaren"),
    Why.RANDOM: _("Slumpvis"),
}

SOURCE_WORDS = {
    "answered": _("svarade"),
    "asked": _("fick frågan"),
    "unknown": _("avbröts"),
}
NOT_ASKED = _("frågades inte")
NO_ANSWER = _("svarade inte")
