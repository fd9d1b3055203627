"""The words of the search page."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent.identity import Flaw, InvalidNumber


@dataclass(frozen=True, slots=True)
class FlawWords:
    """What is wrong with a number, what to do, and full numbers that may have been meant."""

    message: str
    advice: str
    suggestions: tuple[str, ...] = ()


def flaw_words(flaw: InvalidNumber, typed: str) -> FlawWords:
    messages = {
        Flaw.EMPTY: (_("Skriv ett nummer först."), _("Tolv siffror, eller ett reservnummer.")),
        Flaw.TEN_DIGITS: (
            _("Numret har tio siffror. Skriv tolv."),
            _("Tio siffror kan gälla två personer, hundra år isär."),
        ),
        Flaw.LENGTH: (_("Numret ska ha tolv tecken."), _("Mellanslag och bindestreck räknas inte.")),
        Flaw.LETTERS: (
            _("Numret har tecken som inte hör dit."),
            _("Bara siffror. Reservnummer kan även innehålla bokstäver."),
        ),
        Flaw.DATE: (_("Datumet i numret finns inte."), _("Kontrollera år, månad och dag.")),
        Flaw.CHECK_DIGIT: (
            _("Numret stämmer inte. Kontrollera siffrorna."),
            _("Kontrollsiffran passar inte."),
        ),
        Flaw.FUTURE: (_("Datumet i numret ligger i framtiden."), _("Kontrollera årtalet.")),
    }
    message, advice = messages[flaw.flaw]
    digits = "".join(c for c in typed if c.isdigit())
    full = tuple(f"{str(year)[:2]}{digits[:6]}-{digits[6:]}" for year in flaw.centuries)
    return FlawWords(message, advice, full)
