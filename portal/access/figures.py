"""The administrator's five numbers: each as text with its unit, what it means, and where to act.

No names of people. Kept for a minute, the counts alone. A number that cannot be had says so; it is never
none.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.contrib.auth.models import Group
from django.db import Error, transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connectors.models import Source
from connectors.standing import DAY_H, WEEK_H
from consent import figures, reviewing
from consent.models import ReviewDraw
from portal.access import figures_hours
from portal.access.figures_kept import keep, recall
from portal.access.figures_masking import may_name_worst, percent_of, told_count, told_share
from portal.accounts.groups import LOG_REVIEWERS

log = structlog.get_logger(__name__)
KEPT_S = 60

Allowed = Callable[[str], bool]
Counts = dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Link:
    address: str
    words: str


@dataclass(frozen=True, slots=True)
class Figure:
    """``value``: the number in words; ``more``: what else there is to say of it."""

    title: str
    value: str
    meaning: str
    more: str = ""
    link: Link | None = None
    is_known: bool = True


def five_figures(now: datetime, may: Allowed) -> tuple[Figure, ...]:
    """All five, in their order. ``may``: whether the reader has a permission, for the links."""
    counts = _kept("log", lambda: _count_log(now))
    sources = Link(reverse("admin:connectors_source_changelist"), _("Se källorna"))
    to_sources = sources if may("connectors.view_source") else None
    return (
        _limitations(counts, to_sources),
        _in_time(counts, now, to_sources),
        _emergencies(now, _reviewers(may)),
        _consents(may),
        _reviewed(now, _reviewers(may)),
    )


def _kept(name: str, count: Callable[[], dict[str, Any]]) -> Counts:
    """The counts of a minute ago, or counted now; None where they cannot be had."""
    found: Counts = recall([name]).get(name)
    if found is None:
        try:
            with transaction.atomic():
                found = count()
        except Error:
            log.exception("figure_unknown", figure=name)
            return None
        keep(name, found, KEPT_S)
    return found


def _count_log(now: datetime) -> dict[str, Any]:
    hours = figures_hours.count_hours(now)
    total, worst, worst_count = figures_hours.unknown_limitations(hours)
    answered, asked = figures_hours.in_time(hours)
    enabled = Source.objects.filter(enabled=True).values_list("slug", flat=True)
    outage = figures_hours.longest_outage(hours, enabled)
    return {
        "hours": len(hours),
        "unknown": total,
        "worst": worst if may_name_worst(worst_count) else "",
        "answered": answered,
        "asked": asked,
        "out": outage.slug if outage else "",
        "since": outage.since.isoformat() if outage else "",
    }


def _unknown(title: str, meaning: str) -> Figure:
    return Figure(title, _("Kunde inte räknas"), meaning, _("Okänt just nu. Försök igen."), is_known=False)


def _limitations(counts: Counts, link: Link | None) -> Figure:
    title = _("Vårdbegränsningar okända, 7 dagar")
    meaning = _("Visningar där en källa till vårdbegränsningar inte svarade, så att läsaren såg ”okänt”.")
    if counts is None:
        return _unknown(title, meaning)
    total, worst = counts["unknown"], counts["worst"]
    value = _counted(total, _("visningar"))
    more = _("Oftast: %(source)s.") % {"source": _label_of(worst)} if worst else ""
    return Figure(title, value, meaning, _and(more, _how_far(counts, WEEK_H)), link)


def _in_time(counts: Counts, now: datetime, link: Link | None) -> Figure:
    title = _("Källor som svarar i tid, ett dygn")
    meaning = _("Andel av frågorna till källorna som fick svar inom tidsgränsen.")
    if counts is None:
        return _unknown(title, meaning)
    answered, asked = counts["answered"], counts["asked"]
    value = _percent(answered, asked) if asked else _("Inga frågor ställda")
    more = _("Inget avbrott pågår.")
    if counts["out"]:
        length = lasting(now - datetime.fromisoformat(counts["since"]))
        told = {"source": _label_of(counts["out"]), "time": length}
        more = _("Längsta avbrott nu: %(source)s, %(time)s.") % told
    return Figure(title, value, meaning, _and(more, _how_far(counts, DAY_H)), link)


def _emergencies(now: datetime, link: Link | None) -> Figure:
    title = _("Nödöppningar, 30 dagar")
    meaning = _("Uppgifter som öppnats utan samtycke vid fara för liv eller hälsa. Alla ska granskas.")
    counts = _kept("emergencies", lambda: asdict(figures.count_emergencies(now)))
    if counts is None:
        return _unknown(title, meaning)
    opened = counts["opened"]
    value = _counted(opened, _("nödöppningar"))
    waiting = told_count(counts["waiting"])
    more = _("Väntar på granskning sedan mer än 7 dagar: %(count)s.") % {"count": waiting}
    return Figure(title, value, meaning, more, link)


def _consents(may: Allowed) -> Figure:
    title = _("Svar om samtycke bland inskrivna")
    meaning = _("Andel av inskrivna, vid enheter där samtycke väcks, som har ett gällande ja eller nej.")
    counts = _kept("consents", lambda: asdict(figures.count_consents()))
    if counts is None:
        return _unknown(title, meaning)
    units = reverse("admin:consent_careunit_changelist")
    link = Link(units, _("Se enheterna")) if may("consent.view_careunit") else None
    value = told_share(counts["part"], counts["whole"]) if counts["whole"] else _("Inga inskrivna")
    return Figure(title, value, meaning, "", link)


def _reviewed(now: datetime, link: Link | None) -> Figure:
    month = reviewing.month_before(reviewing.month_of(now))
    title = _("Loggkontroll för %(month)s") % {"month": date_format(month, "F")}
    meaning = _("Andel av förra månadens urval ur åtkomstloggen som är bedömd.")
    counts = _kept(f"reviewed:{month}", lambda: _count_reviewed(month))
    if counts is None:
        return _unknown(title, meaning)
    part, whole = counts["part"], counts["whole"]
    if not counts["is_drawn"]:
        value = _("Urvalet är inte draget")
    elif not whole:
        value = _("Inget att granska")
    else:
        value = _("Klar") if part == whole else told_share(part, whole)
    return Figure(title, value, meaning, "", link)


def _count_reviewed(month: date) -> dict[str, Any]:
    return {**asdict(figures.count_reviewed(month)), "is_drawn": _is_drawn(month)}


def _is_drawn(month: date) -> bool:
    draws = list(ReviewDraw.objects.filter(month=month).only("month", "drawn_at"))
    return bool(draws) and all(reviewing.is_complete(draw) for draw in draws)


def _counted(count: int, unit: str) -> str:
    """As: 12 visningar, Färre än 5 visningar, Inga visningar. Never a singular: it would give away a one."""
    text = f"{told_count(count)} {unit}"
    return text[:1].upper() + text[1:]


def _percent(part: int, whole: int) -> str:
    return _("%(percent)s %%") % {"percent": percent_of(part, whole)}


def _and(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _how_far(counts: dict[str, Any], wanted: int) -> str:
    done = counts["hours"]
    if done >= wanted:
        return ""
    told = ngettext(
        "Räknas fortfarande: siffran gäller den senaste timmen.",
        "Räknas fortfarande: siffran gäller de senaste %(hours)s timmarna.",
        done,
    )
    return told % {"hours": done}


def _label_of(slug: str) -> str:
    return Source.objects.filter(pk=slug).values_list("label", flat=True).first() or slug


def _reviewers(may: Allowed) -> Link | None:
    """Those who review have a page of their own; who runs the system sees to it that there are any."""
    if may("consent.view_reviewdraw"):
        return Link(reverse("review_home"), _("Till loggkontrollen"))
    group = Group.objects.filter(name=LOG_REVIEWERS).first()
    if group is None or not may("accounts.view_user"):
        return None
    users = reverse("admin:accounts_user_changelist")
    return Link(f"{users}?groups__id__exact={group.pk}", _("Se vilka som granskar"))


def lasting(length: timedelta) -> str:
    """As: 3 timmar, 2 dygn; the largest unit that fits."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 60:
        return ngettext("%(n)s minut", "%(n)s minuter", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)s timme", "%(n)s timmar", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s dygn", "%(n)s dygn", minutes // 1440) % {"n": minutes // 1440}
