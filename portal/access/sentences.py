"""What the access step says: finished sentences about relation, consent, refusal, emergency and the rest."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from consent.facts import ConsentFact
from consent.ruling import Ruling
from consent.terms import SWEDISH_TIME, Refusal
from consent.vocabulary import CareKind, Purpose, Reason, RelationGround, Right
from portal.aggregation.wording import clock


def moment(at: datetime) -> str:
    """A time on the clock in Sweden, with its day: 2026-01-14 kl. 14.05, as the language writes it."""
    return f"{day(at)} {_('kl.')} {clock(at)}"


def day(at: datetime) -> str:
    return f"{at.astimezone(SWEDISH_TIME):%Y-%m-%d}"


def last_day(ends_at: datetime) -> str:
    """It ends at midnight: the last day it holds is the day before."""
    return day(ends_at - timedelta(seconds=1))


def relation_words(ruling: Ruling) -> str:
    """What the relation rests on, or that nobody could tell: that is not the same as none."""
    social = ruling.actor.kind is CareKind.SOCIAL_CARE
    standing = ruling.standing
    if standing.has_relation is None:
        if social:
            return _("Verksamhetssystemet svarade inte om insats eller utredning. Det kan finnas ändå.")
        return _("Journalsystemet svarade inte om vårdrelation. Bekräfta den själv.")
    if not standing.has_relation:
        return "" if social else _("Ingen vårdrelation är registrerad.")
    grounds = standing.relation_grounds
    if RelationGround.JOURNAL in grounds:
        return _("Vårdrelation: bekräftad av journalsystemet.")
    if RelationGround.SERVICE in grounds:
        return _("Omsorgsrelation: patienten har insats hos er.")
    if RelationGround.ASSESSMENT in grounds:
        return _("Omsorgsrelation: utredning pågår hos er.")
    if RelationGround.ATTESTED in grounds:
        return _("Vårdrelation: intygad av dig, gäller ett dygn.")
    return _("Omsorgsrelation finns.") if social else _("Vårdrelation finns.")


def consent_words(ruling: Ruling) -> str:
    consent = ruling.standing.consent
    if consent is None or ruling.person.died is not None:
        return ""
    who = _("dig") if consent.employee_id else _("enheten")
    if consent.ends_at is None:
        return _("Samtycke för %(who)s tills vidare.") % {"who": who}
    return _("Samtycke för %(who)s till och med %(day)s.") % {"who": who, "day": last_day(consent.ends_at)}


def ahead_words(ruling: Ruling) -> str:
    """A consent recorded ahead says when it begins, so that nobody asks twice."""
    found: ConsentFact | None = ruling.standing.consent_ahead
    if found is None or ruling.standing.consent is not None or ruling.person.died is not None:
        return ""
    return _("Samtycke är registrerat i förväg. Det börjar gälla %(day)s.") % {"day": day(found.starts_at)}


def reconfirm_words(ruling: Ruling) -> str:
    if ruling.standing.to_reconfirm is None:
        return ""
    return _("Samtycket är registrerat före en återläsning. Fråga patienten igen.")


def refusal_words(ruling: Ruling) -> str:
    refusal = ruling.standing.refusal
    if refusal is None or ruling.person.died is not None:
        return ""
    return _("Patienten nekade samtycke %(when)s. Egen vårdgivares uppgifter visas ändå.") % {
        "when": moment(refusal.recorded_at)
    }


def emergency_words(ruling: Ruling) -> str:
    emergency = ruling.standing.emergency
    if emergency is None or ruling.person.died is not None:
        return ""
    if not emergency.is_indispensable:
        return _("Nödsituation registrerad. Inget är öppnat än.")
    return _("Nödöppning för dig till %(when)s. Den granskas i efterhand.") % {
        "when": moment(emergency.ends_at)
    }


def inability_words(ruling: Ruling) -> str:
    standing = ruling.standing
    found, due = standing.inability, standing.renewable_inability
    if found is not None and found.is_asserted:
        return _("Kan varaktigt inte samtycka. Ska omprövas senast %(day)s.") % {"day": day(found.review_at)}
    if due is not None:
        return _("Att patienten varaktigt inte kan samtycka skulle ha omprövats %(day)s.") % {
            "day": day(due.review_at)
        }
    if found is not None:
        return _("Kan varaktigt inte samtycka: registrerat. Inget är öppnat än.")
    return ""


def temporary_words(ruling: Ruling) -> str:
    if not ruling.standing.is_temporarily_unable:
        return ""
    return _("Kan inte ta ställning just nu. Fråga igen senare, eller ring om uppgifterna behövs före dess.")


def child_words(ruling: Ruling) -> tuple[str, ...]:
    """For a child: whether it is asked, and what its guardians may and may not."""
    if ruling.standing.is_child_unable:
        return (
            _("Barnet kan inte själv ta ställning: andras uppgifter visas utan samtycke."),
            _("Vårdnadshavare samtycker inte i barnets ställe, och kan inte spärra barnets uppgifter."),
        )
    return ()


def certificate_words(ruling: Ruling) -> str:
    if ruling.actor.purpose is not Purpose.CERTIFICATE or not ruling.standing.has_relation:
        return ""
    return _("Uppdraget gäller intyg: andras uppgifter visas bara med patientens samtycke.")


def administration_words(ruling: Ruling) -> str:
    if ruling.actor.purpose is not Purpose.ADMINISTRATION or not ruling.acts:
        return ""
    return _("Du registrerar samtycken. Inga uppgifter om patienten visas.")


def notes_of(ruling: Ruling) -> tuple[str, ...]:
    """What the page of consents says before the list."""
    died = _("Patienten är avliden. Inget öppnas med samtyckena.") if ruling.person.died else ""
    return tuple(filter(None, (administration_words(ruling), ahead_words(ruling), died)))


def language_words(ruling: Ruling) -> str:
    """Another language is neither inability nor emergency: with whom to ask instead."""
    person = ruling.person
    if not person.language or not ruling.standing.person_may_be_named:
        return ""
    if not person.needs_interpreter:
        return _("Språk: %(language)s.") % {"language": person.language}
    return _("Språk: %(language)s. Fråga genom tolk.") % {"language": person.language}


def unit_words(ruling: Ruling) -> str:
    provider = {"provider": ruling.actor.provider.name}
    if ruling.actor.kind is CareKind.SOCIAL_CARE:
        return _("Andra enheter inom %(provider)s visas när du väljer dem.") % provider
    return _("Andra enheter inom %(provider)s visas när du väljer dem. Varje val loggas.") % provider


def sip_words(ruling: Ruling) -> str:
    found = ruling.standing.sip_consent
    if found is None:
        return _("Samtycke till SIP: inte registrerat.")
    return _("Samtycke till SIP: registrerat %(day)s.") % {"day": day(found.recorded_at)}


def dead_end(ruling: Ruling) -> str:
    """Why nothing at all can be shown, where nothing the reader may do here changes it."""
    if ruling.permit is not None or ruling.acts:
        return ""
    reasons = {d.reason for d in ruling.decisions.values() if isinstance(d, Refusal)}
    if Right.ADMINISTER_CONSENTS in ruling.actor.rights:
        return _nothing_to_administer(ruling)
    if Reason.WRONG_PURPOSE in reasons:
        return _("Uppdragets ändamål ger inte rätt att läsa om patienter. Byt uppdrag.")
    if Reason.RELATION_UNKNOWN in reasons:
        return _("Det går inte att se om ni har insats eller utredning. Därför visas inget. Försök igen.")
    if ruling.actor.kind is CareKind.SOCIAL_CARE:
        return _("Ni har ingen pågående insats eller utredning för det här numret. Därför visas inget.")
    return _("Inget kan visas under det här uppdraget.")


def _nothing_to_administer(ruling: Ruling) -> str:
    if ruling.person.died is not None:
        return _("Personen är avliden. Samtycken kan inte registreras.")
    if ruling.standing.is_child_unable:
        return _("Barn som inte själv kan ta ställning lämnar inget samtycke. Inget kan registreras.")
    return _("Uppdragets ändamål ger inte rätt att läsa om patienter. Byt uppdrag.")
