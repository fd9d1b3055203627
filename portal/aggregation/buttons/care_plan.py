"""Vårdplaner, each under the name its source gives it. A crisis plan comes first."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.base.kinds import CarePlan
from connectors.base.records import When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import SINCE, UNTIL, Button, Column, Group, listed, name_of
from portal.aggregation.lamps import Days, Judged, Lamp, Moment, first_dated, is_said_to_hold, judge_lasting


def judge(record: CarePlan, moment: Moment, _days: Days) -> Lamp:
    """Lit while valid, whatever its age; one that nobody has ended is not said to be in force."""
    return judge_lasting(record, moment)


def dated(record: CarePlan) -> When | None:
    return first_dated(record.start, record.recorded, record.updated)


def headline(judged: Sequence[Judged], _moment: Moment) -> str:
    strongest = [one.record for one in judged if one.lamp is judged[0].lamp]
    plans = [record for record in strongest if isinstance(record, CarePlan)]
    plans.sort(key=lambda record: not record.is_crisis)
    names = listed([describe(record) for record in plans])
    ending = _ending(judged[0].lamp, plans)
    return f"{names}, {ending}" if ending else names


def _ending(lamp: Lamp, plans: Sequence[CarePlan]) -> str:
    """What holds for all that are named. Nothing where some are said to hold and others are not."""
    if lamp is Lamp.PAST:
        return ngettext("avslutad", "avslutade", len(plans))
    said = {is_said_to_hold(plan) for plan in plans}
    if lamp is not Lamp.ONGOING or len(said) > 1:
        return ""
    return _("gäller") if said == {True} else _("slut ej angivet")


def describe(record: CarePlan) -> str:
    """The source's kind and title; once where both are the same words."""
    return " ".join(dict.fromkeys(part for part in (record.plan_kind, name_of(record)) if part))


BUTTON = Button(
    kind=Kind.CARE_PLAN,
    label=gettext_lazy("Vårdplaner"),
    icon="plan",
    group=Group.HOME,
    judge=judge,
    lights=gettext_lazy("En plan som gäller, hur gammal den än är, eller som ingen källa har sagt är slut."),
    headline=headline,
    dated=dated,
    columns=(
        Column(gettext_lazy("Slag enligt källan"), lambda r: r.plan_kind),
        SINCE,
        UNTIL,
        Column(gettext_lazy("Dokument"), lambda r: r.link),
    ),
)
