"""What an administrator can do about each fault. What the fault means is in ``connectors.labels``."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from connectors.base.contract import Fault, Words

ASK_WHO_RUNS_IT = _("Fråga den som driver källan om den är igång, och om portalen får nå den.")
ASK_WHO_RUNS_US = _("Kontakta den som driver portalen; felloggen säger mer.")
CHECK_KEYS = _("Kontrollera att nyckel eller klientuppgifter gäller hos källan, och ange dem på nytt.")
CHECK_ADDRESS = _("Jämför adressen och inställningarna med leverantörens beskrivning.")
WAIT = _("Vänta några minuter och testa igen.")
_ADVICE: Mapping[Fault, Words] = {
    Fault.CONNECT: ASK_WHO_RUNS_IT,
    Fault.DNS: _("Kontrollera att adressen är rätt stavad och att portalens nät känner namnet."),
    Fault.TLS: _("Be den som driver källan kontrollera certifikatets namn, utfärdare och sista dag."),
    Fault.CERTIFICATE: _(
        "Skaffa ett nytt klientcertifikat och ange det med sin nyckel i källans inställningar."
    ),
    Fault.TIMED_OUT: _("Testa igen. Händer det ofta: fråga den som driver källan om svarstiden."),
    Fault.TRUNCATED: ASK_WHO_RUNS_IT,
    Fault.AUTH: CHECK_KEYS,
    Fault.CONFIG: CHECK_ADDRESS,
    Fault.FORBIDDEN: _("Rätta adressen, eller be den som driver portalen att lista källans nät."),
    Fault.THROTTLED: _("Vänta. Återkommer det: be om en högre gräns för antalet frågor."),
    Fault.UNAVAILABLE: WAIT,
    Fault.REDIRECT: CHECK_ADDRESS,
    Fault.FORMAT: _("Kontrollera att adressen leder till tjänsten, i den version kopplingen läser."),
    Fault.TOO_LARGE: ASK_WHO_RUNS_IT,
    Fault.REPORTED: WAIT,
    Fault.FOREIGN_PATIENT: _("Stäng av källan och ring den som driver den: svar kan gälla fel person."),
    Fault.BUSY: WAIT,
    Fault.NOT_ASKED: WAIT,
    Fault.OUR_BUG: ASK_WHO_RUNS_US,
}


def advice_on(fault: Fault) -> Words:
    return _ADVICE.get(fault, ASK_WHO_RUNS_US)
