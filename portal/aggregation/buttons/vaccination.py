"""Covid-19 och vaccinationer: registered doses and infections. Never "fully vaccinated"."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.base.kinds import Vaccination
from connectors.base.records import When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import Button, Column, Group, listed, name_of
from portal.aggregation.lamps import NEVER_LIGHTS, Days, Judged, Lamp, Moment, day_of, first_dated, was_within
from portal.aggregation.wording import short_when


def judge(record: Vaccination, moment: Moment, days: Days) -> Lamp:
    """Never under way: a dose or an infection is new for a while, and then past."""
    is_covid = record.is_covid and record.status not in NEVER_LIGHTS
    return Lamp.NEW if is_covid and was_within(dated(record), moment, days["covid"]) else Lamp.PAST


def dated(record: Vaccination) -> When | None:
    return first_dated(record.given, record.start, record.recorded)


def newest(records: Sequence[Vaccination]) -> Vaccination:
    return max(records, key=lambda record: str(day_of(dated(record)) or ""))


def headline(judged: Sequence[Judged], moment: Moment) -> str:
    records = [one.record for one in judged if isinstance(one.record, Vaccination)]
    covid = [record for record in records if record.is_covid and record.status not in NEVER_LIGHTS]
    doses = [record for record in covid if not record.is_infection]
    infections = [record for record in covid if record.is_infection]
    parts = []
    if doses:
        count = ngettext("%(n)d registrerad dos", "%(n)d registrerade doser", len(doses)) % {"n": len(doses)}
        last = short_when(dated(newest(doses)), moment.today) or _("datum saknas")
        parts.append(_("Covid: %(count)s, senast %(last)s") % {"count": count, "last": last})
    if infections:
        last = short_when(dated(newest(infections)), moment.today) or _("datum saknas")
        parts.append(_("infektion %(last)s") % {"last": last})
    return "; ".join(parts) or listed([record.product or name_of(record) for record in records])


def arrange(judged: Sequence[Judged], _moment: Moment) -> Sequence[Judged]:
    """Covid first, other vaccinations after; within each the order they have."""
    return sorted(judged, key=lambda one: not getattr(one.record, "is_covid", False))


def infection_words(record: Vaccination) -> str:
    if not record.is_infection:
        return ""
    return _("Bekräftad") if record.is_confirmed else _("Ej bekräftad enligt källan")


BUTTON = Button(
    kind=Kind.VACCINATION,
    label=gettext_lazy("Covid-19 och vaccinationer"),
    icon="vaccine",
    group=Group.IMPORTANT,
    judge=judge,
    lights=gettext_lazy("En covid-dos eller covid-infektion de senaste %(covid)d dagarna."),
    headline=headline,
    dated=dated,
    days={"covid": 90},
    arrange=arrange,
    columns=(
        Column(gettext_lazy("Vaccin"), lambda r: r.product),
        Column(gettext_lazy("Dos"), lambda r: "" if r.dose_number is None else str(r.dose_number)),
        Column(gettext_lazy("Batch"), lambda r: r.batch),
        Column(gettext_lazy("Infektion"), infection_words),
    ),
)
