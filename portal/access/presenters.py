"""The words of the access step. What may be offered comes from ``ruling.acts``; nothing is decided here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.acts import Act
from consent.ruling import Ruling
from consent.terms import SWEDISH_TIME, Basis, Provider, Reach, Refusal
from consent.vocabulary import CareKind, Distance, Reason
from portal.dates import today

DEFAULT_CONSENT_DAYS = 365


@dataclass(frozen=True, slots=True)
class AccessPanel:
    """What the access step says and offers. Every line is a finished sentence; empty: nothing to say."""

    handle: str
    relation: str
    consent: str
    refusal: str
    emergency: str
    child: str
    other_units: str
    dead_end: str
    may_confirm_relation: bool
    may_consent: bool
    may_end_consent: bool
    may_annul_refusal: bool
    may_choose_units: bool
    may_declare_emergency: bool
    may_open_emergency: bool
    may_say_unable: bool
    may_assert_inability: bool
    may_assess_child: bool
    inability: str
    default_until: str
    latest_until: str
    existence: str

    @property
    def is_calm(self) -> bool:
        """Everything is open and nothing is asked for: one line with the consent is enough."""
        return not (self.may_confirm_relation or self.may_consent or self.may_choose_units or self.dead_end)

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to do or know before the buttons are read."""
        return bool(
            self.dead_end
            or self.refusal
            or self.emergency
            or self.may_consent
            or self.may_confirm_relation
            or self.may_choose_units
        )


def access_panel(ruling: Ruling, handle: str, existence: str = "") -> AccessPanel:
    standing, acts = ruling.standing, ruling.acts
    has_consent = standing.consent is not None
    others_open = any(
        isinstance(d, Basis) for r, d in ruling.decisions.items() if r.distance is Distance.OTHER_PROVIDER
    )
    return AccessPanel(
        handle=handle,
        relation=_relation_words(ruling),
        consent=_consent_words(ruling),
        refusal=_refusal_words(ruling),
        emergency=_emergency_words(ruling),
        child=_child_words(ruling),
        other_units=_unit_words(ruling),
        dead_end=_dead_end(ruling),
        may_confirm_relation=Act.CONFIRM_RELATION in acts,
        may_consent=Act.GIVE_CONSENT in acts and not has_consent,
        may_end_consent=Act.END_CONSENT in acts,
        may_annul_refusal=Act.ANNUL_REFUSAL in acts,
        may_choose_units=Act.CHOOSE_UNITS in acts and not standing.has_all_units,
        may_declare_emergency=(
            Act.DECLARE_EMERGENCY in acts
            and not has_consent
            and standing.emergency is None
            and not others_open
        ),
        may_open_emergency=Act.OPEN_EMERGENCY in acts,
        may_say_unable=Act.RECORD_INABILITY in acts,
        may_assert_inability=Act.ASSERT_INABILITY in acts,
        may_assess_child=Act.ASSESS_CHILD in acts,
        inability=_inability_words(ruling),
        default_until=(today() + timedelta(days=DEFAULT_CONSENT_DAYS)).isoformat(),
        latest_until=(today() + timedelta(days=5 * 366)).isoformat(),
        existence=existence,
    )


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


def moment(at: datetime) -> str:
    """A time on the clock in Sweden, with its day: 14 jan 2026 kl. 14.05."""
    local = at.astimezone(SWEDISH_TIME)
    return f"{local:%Y-%m-%d} {_('kl.')} {local:%H.%M}"


def _relation_words(ruling: Ruling) -> str:
    social = ruling.actor.kind is CareKind.SOCIAL_CARE
    match ruling.standing.has_relation:
        case True:
            return _("Omsorgsrelation finns.") if social else _("Vårdrelation finns.")
        case None:
            return _("Journalsystemet svarade inte om vårdrelation. Bekräfta den själv.")
        case _:
            return "" if social else _("Ingen vårdrelation är registrerad.")


def _consent_words(ruling: Ruling) -> str:
    consent = ruling.standing.consent
    if consent is None or ruling.person.died is not None:
        return ""
    who = _("dig") if consent.employee_id else _("enheten")
    if consent.ends_at is None:
        return _("Samtycke för %(who)s tills vidare.") % {"who": who}
    last = (consent.ends_at - timedelta(seconds=1)).astimezone(SWEDISH_TIME)
    return _("Samtycke för %(who)s till och med %(day)s.") % {"who": who, "day": f"{last:%Y-%m-%d}"}


def _refusal_words(ruling: Ruling) -> str:
    refusal = ruling.standing.refusal
    if refusal is None:
        return ""
    return _("Patienten nekade samtycke %(when)s. Egen vårdgivares uppgifter visas ändå.") % {
        "when": moment(refusal.recorded_at)
    }


def _emergency_words(ruling: Ruling) -> str:
    emergency = ruling.standing.emergency
    if emergency is None:
        return ""
    if not emergency.is_indispensable:
        return _("Nödsituation registrerad. Inget är öppnat än.")
    return _("Nödöppning för dig till %(when)s. Den granskas i efterhand.") % {
        "when": moment(emergency.ends_at)
    }


def _inability_words(ruling: Ruling) -> str:
    found = ruling.standing.inability
    if found is not None and found.is_asserted:
        day = found.review_at.astimezone(SWEDISH_TIME)
        return _("Kan varaktigt inte samtycka. Ska omprövas senast %(day)s.") % {"day": f"{day:%Y-%m-%d}"}
    if found is not None:
        return _("Kan varaktigt inte samtycka: registrerat. Inget är öppnat än.")
    if ruling.standing.is_temporarily_unable:
        return _("Kan inte ta ställning just nu. Ring jour eller enhet om uppgifterna behövs före dess.")
    return ""


def _child_words(ruling: Ruling) -> str:
    if not ruling.standing.is_child_unable:
        return ""
    return _("Barn som inte själv kan ta ställning: uppgifter visas utan samtycke.")


def _unit_words(ruling: Ruling) -> str:
    if ruling.actor.kind is CareKind.SOCIAL_CARE:
        return _("Andra enheter inom %(provider)s visas när du väljer dem.") % {
            "provider": ruling.actor.provider.name
        }
    return _("Andra enheter inom %(provider)s visas när du väljer dem. Varje val loggas.") % {
        "provider": ruling.actor.provider.name
    }


_DEAD_ENDS = (Reason.WRONG_PURPOSE, Reason.NO_SOCIAL_NEED, Reason.NO_RELATION, Reason.RELATION_UNKNOWN)


def _dead_end(ruling: Ruling) -> str:
    """Why nothing at all can be shown, where nothing the reader may do here changes it."""
    if ruling.permit is not None or ruling.acts:
        return ""
    reasons = {d.reason for d in ruling.decisions.values() if isinstance(d, Refusal)}
    if Reason.WRONG_PURPOSE in reasons:
        return _("Uppdragets ändamål ger inte rätt att läsa om patienter. Byt uppdrag.")
    if ruling.actor.kind is CareKind.SOCIAL_CARE:
        return _("Ni har ingen pågående insats eller utredning för det här numret. Därför visas inget.")
    return _("Inget kan visas under det här uppdraget.")


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
