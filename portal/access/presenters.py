"""The words of the two-step openings: statements to affirm, and names of those who may hold something."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.ruling import Ruling
from consent.terms import Basis, Provider, Reach, Refusal
from consent.vocabulary import Distance, Reason

# What a page may say that was just done; the address carries the key alone.
DONE = "klart"
DONE_WORDS = {
    "given": gettext_lazy("Samtycket är registrerat."),
    "refused": gettext_lazy("Att patienten nekar är registrerat."),
    "ended": gettext_lazy("Samtycket är avslutat. Det som vilade på det visas inte längre."),
    "annulled": gettext_lazy("Samtycket är makulerat. Det som vilade på det visas inte längre."),
    "refusal_annulled": gettext_lazy("Det nekade samtycket är makulerat."),
    "relation": gettext_lazy("Enhetens relation och samtycke är avslutade här."),
    "sip_given": gettext_lazy("Samtycket till SIP är registrerat."),
    "sip_ended": gettext_lazy("Samtycket till SIP är avslutat."),
    "sip_annulled": gettext_lazy("Samtycket till SIP är makulerat."),
}
NOT_NOW = gettext_lazy("Det går inte just nu. Läs vad som gäller nedan.")

# The three statements of SVOD 3:3 and 3:4, in the order they are affirmed.
STATEMENTS = ("is_needed", "is_attitude_clarified", "is_no_objection_known")


def statement_words() -> tuple[tuple[str, str], ...]:
    """Field name and sentence of each."""
    sentences = (
        _("Uppgifterna behövs för vård eller omsorg som är nödvändig för patienten."),
        _("Patientens inställning är klarlagd så långt det går."),
        _("Inget tyder på att patienten skulle ha motsatt sig."),
    )
    return tuple(zip(STATEMENTS, sentences, strict=True))


def names_of_others(ruling: Ruling, owners: tuple[Provider, ...]) -> tuple[str, ...]:
    """Providers that may hold what the assertions would open. Names only (SVOD 3:3, 3:4 first step)."""
    named = []
    for owner in sorted(set(owners), key=lambda o: o.name):
        decision = ruling.decisions.get(Reach(Distance.OTHER_PROVIDER, owner.kind, owner.hsa_id))
        if isinstance(decision, Refusal) and decision.reason is Reason.NAMES_ONLY:
            named.append(owner.name)
    return tuple(named)


@dataclass(frozen=True, slots=True)
class EmergencyNames:
    """Vårdgivare that may hold health data, and those whose block holds even now. Never omsorgsgivare."""

    openable: tuple[str, ...]
    blocked: tuple[str, ...]


def emergency_names(ruling: Ruling, owners: tuple[Provider, ...]) -> EmergencyNames:
    """Names of vårdgivare only (SVOD 3:6, first step); a block is lifted by its provider alone."""
    openable, blocked = [], []
    for owner in sorted(set(owners), key=lambda o: o.name):
        decision = ruling.decisions.get(Reach(Distance.OTHER_PROVIDER, owner.kind, owner.hsa_id))
        if isinstance(decision, Basis) or (decision and decision.reason is Reason.NAMES_ONLY):
            openable.append(owner.name)
        elif decision and decision.reason is Reason.MAY_ASK_TO_LIFT:
            blocked.append(owner.name)
    return EmergencyNames(tuple(openable), tuple(blocked))
