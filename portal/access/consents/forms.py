"""The form for a consent: read into terms, or given back as it was typed with what is wrong beside it."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from consent.consenting import ConsentTerms
from consent.models import Consent
from consent.models.organisations import RAISED_AT
from consent.vocabulary import ConsentForm, RaisedAt
from portal.access.consents.options import Options
from portal.access.panel import DEFAULT_CONSENT_DAYS, LONGEST_CONSENT
from portal.dates import today

LONGEST_AHEAD = timedelta(days=366)
GROUP = "group-"
NO_TEXT = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str | Promise
    is_chosen: bool


@dataclass(slots=True)
class Form:
    """What was typed, as the page shows it again. ``errors``: by field, in the order of the page."""

    who: str
    units: tuple[str, ...] = ()
    begin: str = "today"
    starts: str = ""
    period: str = "day"
    until: str = ""
    raised_at: str = ""
    form: str = ConsentForm.ORAL.value
    interpreter: bool = False
    information: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def blank(options: Options) -> Form:
    """What most consents are, filled in; which text the patient was given is for somebody to say."""
    until = (today() + timedelta(days=DEFAULT_CONSENT_DAYS)).isoformat()
    if options.is_administrator:
        return Form("units", (options.own_unit_id,), until=until, raised_at=options.raised_at)
    return Form("unit", until=until, raised_at=options.raised_at)


def typed(post: QueryDict) -> Form:
    return Form(
        who=post.get("who", ""),
        units=tuple(post.getlist("unit")),
        begin=post.get("begin", ""),
        starts=post.get("starts", "").strip(),
        period=post.get("period", ""),
        until=post.get("until", "").strip(),
        raised_at=post.get("raised_at", ""),
        form=post.get("form", ""),
        interpreter=post.get("interpreter") == "yes",
        information=post.get("information", ""),
    )


def read_terms(form: Form, options: Options) -> ConsentTerms | None:
    """The terms, or None with ``form.errors`` saying what is wrong, field by field."""
    terms: ConsentTerms = {"through_interpreter": form.interpreter}
    _read_who(form, options, terms)
    _read_days(form, terms)
    _read_what(form, options, terms)
    return None if form.errors else terms


def _read_who(form: Form, options: Options, terms: ConsentTerms) -> None:
    groups = {f"{GROUP}{key}": key for key, _name in options.groups}
    chosen = [unit for unit in form.units if unit in dict(options.units)]
    if form.who in groups:
        terms["group_id"] = groups[form.who]
    elif form.who == "units" and chosen:
        terms["unit_ids"] = chosen
    elif form.who == "units":
        form.errors["who"] = _("Kryssa för minst en enhet.")
    elif form.who in ("unit", "me") and not options.is_administrator:
        terms["is_personal"] = form.who == "me"
    else:
        form.errors["who"] = _("Välj vem samtycket gäller.")


def _read_days(form: Form, terms: ConsentTerms) -> None:
    starts, until = None, None
    if form.begin == "later":
        starts = _day(form.starts)
        if starts is None or not today() <= starts <= today() + LONGEST_AHEAD:
            form.errors["starts"] = _("Skriv första dagen: i dag eller senare, högst ett år fram.")
    if form.period != "open":
        until = _day(form.until)
        if until is None or not (starts or today()) <= until <= today() + LONGEST_CONSENT:
            form.errors["until"] = _("Skriv sista dagen: inte före den första, högst fem år fram.")
    terms["starts"] = starts if starts != today() else None
    terms["until"] = until


def _read_what(form: Form, options: Options, terms: ConsentTerms) -> None:
    terms["raised_at"] = RaisedAt(form.raised_at) if form.raised_at in set(RaisedAt) else None
    if form.form in set(ConsentForm):
        terms["form"] = ConsentForm(form.form)
    else:
        form.errors["form"] = _("Välj hur patienten samtyckte.")
    given = {str(text.id): text.id for text in options.texts}
    if form.information in given:
        terms["information_id"] = given[form.information]
    elif form.information != NO_TEXT:
        form.errors["information"] = _("Välj vilken information patienten har fått.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def raised_choices(form: Form) -> list[Choice]:
    rows: list[tuple[str, str | Promise]] = [("", _("Inte angivet")), *RAISED_AT]
    return [Choice(value, label, form.raised_at == value) for value, label in rows]


def form_choices(form: Form) -> list[Choice]:
    return [Choice(value, label, form.form == value) for value, label in Consent.FORMS]


def group_choices(form: Form, options: Options) -> list[Choice]:
    return [Choice(f"{GROUP}{key}", name, form.who == f"{GROUP}{key}") for key, name in options.groups]


def unit_choices(form: Form, options: Options) -> list[Choice]:
    return [Choice(key, name, key in form.units) for key, name in options.units]
