"""Who the page is about. Protected means hidden, and a name needs a relation or an emergency."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.identity import display_number
from consent.ruling import Ruling
from consent.terms import SWEDISH_TIME, PersonId
from consent.vocabulary import IdType
from portal.access.notices import NoticeView, present_notices

SPEECH = ("language", "interpreter", "no-interpreter")


@dataclass(frozen=True, slots=True)
class Fact:
    """``short``: what is enough of the value on a telephone, where it is less."""

    label: str
    value: str
    key: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Banner:
    """``name`` is empty where it may not be shown; the number always stands."""

    name: str
    number: str
    number_label: str
    facts: tuple[Fact, ...]
    more: tuple[Fact, ...]
    is_deceased: bool
    is_protected: bool
    deceased: str = ""
    protected: str = ""
    notices: tuple[NoticeView, ...] = ()


def number_label(person: PersonId) -> str:
    return {
        IdType.PERSONNUMMER: _("Personnr"),
        IdType.SAMORDNINGSNUMMER: _("Samordningsnr"),
        IdType.RESERVNUMMER: _("Reservnr"),
    }[person.type]


def present_banner(ruling: Ruling) -> Banner:
    person, today = ruling.person, ruling.at.astimezone(SWEDISH_TIME).date()
    may_name = ruling.standing.person_may_be_named and person.is_known
    name = ", ".join(part for part in (person.family_name, person.given_name) if part) if may_name else ""
    return Banner(
        name=name,
        number=display_number(person.id),
        number_label=number_label(person.id),
        facts=tuple(facts_of(ruling, today)) if may_name else (),
        more=tuple(more_of(ruling)) if may_name else tuple(consent_of(ruling)),
        is_deceased=person.died is not None,
        is_protected=person.is_protected,
        deceased=_("Avliden %(day)s") % {"day": person.died.isoformat()} if person.died else "",
        protected=_("Skyddade personuppgifter") if person.is_protected else "",
        notices=present_notices(ruling),
    )


def facts_of(ruling: Ruling, today: date) -> list[Fact]:
    person = ruling.person
    born, short = _("Ej angivet"), ""
    if person.born is not None:
        age = person.age_on(person.died or today) or 0
        years = ngettext("%(n)d år", "%(n)d år", age) % {"n": age}
        born = f"{person.born.isoformat()} ({years})"
        # A personnummer has the day in it already.
        short = years if person.id.type is IdType.PERSONNUMMER else ""
    sex = {"female": _("Kvinna"), "male": _("Man")}.get(person.sex, _("Ej angivet"))
    return [Fact(_("Född"), born, "born", short), Fact(_("Kön"), sex, "sex")]


def more_of(ruling: Ruling) -> list[Fact]:
    person = ruling.person
    facts = []
    if not person.is_protected:
        facts += [
            Fact(_("Adress"), person.address or _("Ej angivet"), "address"),
            Fact(_("Telefon"), person.phone or _("Ej angivet"), "phone"),
        ]
    if person.language:
        facts.append(Fact(_("Språk"), person.language, "language"))
    return [*facts, interpreter_of(ruling), *consent_of(ruling)]


def interpreter_of(ruling: Ruling) -> Fact:
    person = ruling.person
    if not person.needs_interpreter:
        return Fact(_("Tolk"), _("Nej"), "no-interpreter")
    phone = person.interpreter_phone
    return Fact(_("Tolk"), f"{_('Ja')}, {phone}" if phone else _("Ja"), "interpreter")


def speech_of(ruling: Ruling) -> tuple[Fact, ...]:
    """How to be understood: language and interpreter, for the list of whom to ring."""
    if not ruling.standing.person_may_be_named or not ruling.person.is_known:
        return ()
    return tuple(fact for fact in more_of(ruling) if fact.key in SPEECH)


def consent_of(ruling: Ruling) -> list[Fact]:
    consent = ruling.standing.consent
    if consent is None or ruling.person.died is not None:
        return []
    if consent.ends_at is None:
        return [Fact(_("Samtycke"), _("tills vidare"), "consent")]
    # It ends at midnight: the last day it holds is the day before.
    last = (consent.ends_at - timedelta(seconds=1)).astimezone(SWEDISH_TIME)
    return [Fact(_("Samtycke"), _("till och med %(day)s") % {"day": f"{last:%Y-%m-%d}"}, "consent")]
