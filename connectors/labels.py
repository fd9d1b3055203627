"""Swedish words for what an administrator meets: kinds, faults, interfaces."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from connectors.base.contract import Fault, Words
from connectors.base.places import Misplaced
from connectors.base.quality import Tier
from consent.vocabulary import Kind

KIND_LABELS: Mapping[Kind, Words] = {
    Kind.CARE_LIMITATION: _("Vårdbegränsningar"),
    Kind.WARNING: _("Varningar och överkänslighet"),
    Kind.CONTACT: _("Kontakter"),
    Kind.VACCINATION: _("Covid-19 och vaccinationer"),
    Kind.SOCIAL_SERVICE: _("SoL- och LSS-insatser"),
    Kind.HOME_CARE: _("Hemsjukvård"),
    Kind.COORDINATION: _("SIP och utskrivning"),
    Kind.CARE_PLAN: _("Vårdplaner"),
    Kind.CARE_CONTACT: _("Vårdkontakter"),
    Kind.PREHOSPITAL: _("Ambulans och mätvärden"),
    Kind.DIAGNOSIS: _("Diagnoser"),
    Kind.MEDICATION: _("Läkemedel enligt journal"),
}
FAULT_LABELS: Mapping[Fault, Words] = {
    Fault.CONNECT: _("Ingen svarar på adressen."),
    Fault.DNS: _("Adressens namn går inte att slå upp."),
    Fault.TLS: _("Certifikatet godkänns inte, eller källan kräver ett av oss."),
    Fault.CERTIFICATE: _("Vårt klientcertifikat för källan har gått ut. Källan frågas inte."),
    Fault.TIMED_OUT: _("Inget svar inom tidsgränsen."),
    Fault.TRUNCATED: _("Svaret bröts på vägen."),
    Fault.AUTH: _("Källan godkänner inte våra uppgifter. Kontrollera nyckel eller klientuppgifter."),
    Fault.CONFIG: _("Adressen leder inte till tjänsten. Kontrollera adress och inställningar."),
    Fault.FORBIDDEN: _(
        "Adressen ligger utanför de nät som portalen får anropa (SOURCE_NETWORKS, SOURCE_HOSTS)."
    ),
    Fault.THROTTLED: _("Källan ber oss vänta."),
    Fault.UNAVAILABLE: _("Källan svarar att den inte är tillgänglig."),
    Fault.REDIRECT: _("Källan hänvisar till en annan adress. Hänvisningar följs aldrig. Ange rätt adress."),
    Fault.FORMAT: _("Något svarar, men inte som tjänsten ska."),
    Fault.TOO_LARGE: _("Svaret är större än vad som tas emot."),
    Fault.REPORTED: _("Källan svarar att den har ett fel."),
    Fault.FOREIGN_PATIENT: _("Källan svarade om en annan person."),
    Fault.BUSY: _("För många frågor på väg till källan."),
    Fault.NOT_ASKED: _("Källan frågas inte just nu."),
    Fault.OUR_BUG: _("Ett fel i portalen. Det finns i felloggen."),
}
MISPLACED_LABELS: Mapping[Misplaced, Words] = {
    Misplaced.NO_ADDRESS: _("Ange en fullständig adress som börjar med http:// eller https://."),
    Misplaced.CREDENTIALS: _("Adressen får inte innehålla användarnamn eller lösenord."),
    Misplaced.HOST: _(
        "Portalen får inte anropa den här värden. Den som driver portalen lägger till den i SOURCE_HOSTS."
    ),
    Misplaced.NETWORK: _(
        "Portalen får inte anropa det här nätet. Den som driver portalen lägger till det i SOURCE_NETWORKS."
    ),
}
TIER_LABELS: Mapping[Tier, Words] = {
    Tier.NONE: _("under brons"),
    Tier.BRONZE: _("brons"),
    Tier.SILVER: _("silver"),
    Tier.GOLD: _("guld"),
    Tier.PLATINUM: _("platina"),
}
# What a connector has left to show, by the names of the ledger's rules.
RULE_LABELS: Mapping[str, Words] = {
    "manifest": _("beskriver sig själv"),
    "readme": _("har en beskrivning av vad som visas"),
    "conformance": _("klarar provsviten"),
    "secrets": _("skyddar sina hemligheter"),
    "probe": _("kan nås utan att någon person nämns"),
    "origin": _("anger ägare och enhet för varje uppgift"),
    "real_messages": _("läser meddelanden som andra har gjort"),
    "partial": _("säger vad som inte kunde hämtas"),
    "vendor_environment": _("provad mot leverantörens testmiljö"),
    "vendor_review": _("granskad av någon som kan systemet"),
    "in_time": _("svarar medan sidan väntar"),
    "many_records": _("provad med två hundra uppgifter och fel person på varje plats"),
    "typed": _("helt typad kod"),
    "searched": _("provad med 200 000 påhittade svar"),
    "in_operation": _("trettio dagar i drift med alla fel förklarade"),
}
ASSUMED_INTERFACE = _("Antaget gränssnitt")
PUBLIC_INTERFACE = _("Offentligt gränssnitt")
