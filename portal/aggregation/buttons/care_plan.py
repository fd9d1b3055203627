"""Vårdplaner, each under the name its source gives it. A crisis plan comes first."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.base.kinds import CarePlan
from connectors.base.records import When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import SINCE, UNTIL, Button, Column, Group, listed, name_of
from portal.aggregation.lamps import Days, Judged, Lamp, Moment, first_dated, judge_running


def judge(record: CarePlan, moment: Moment, _days: Days) -> Lamp:
    """Lit while valid, whatever its age."""
    return judge_running(record, moment)


def dated(record: CarePlan) -> When | None:
    return first_dated(record.start, record.recorded, record.updated)


def headline(judged: Sequence[Judged], _moment: Moment) -> str:
    strongest = [one.record for one in judged if one.lamp is judged[0].lamp]
    plans = [record for record in strongest if isinstance(record, CarePlan)]
    plans.sort(key=lambda record: not record.is_crisis)
    names = listed([describe(record) for record in plans])
    endings = {Lamp.ONGOING: _("gäller"), Lamp.PAST: ngettext("avslutad", "avslutade", len(plans))}
    ending = endings.get(judged[0].lamp)
    return f"{names}, {ending}" if ending else names


def describe(record: CarePlan) -> str:
    """The source's kind and title; once where both are the same words."""
    return " ".join(dict.fromkeys(part for part in (record.plan_kind, name_of(record)) if part))


BUTTON = Button(
    kind=Kind.CARE_PLAN,
    label=gettext_lazy("Vårdplaner"),
    icon="plan",
    group=Group.HOME,
    judge=judge,
    lights=gettext_lazy("En plan som gäller, hur gammal den än är."),
    headline=headline,
    dated=dated,
    columns=(
        Column(gettext_lazy("Slag enligt källan"), lambda r: r.plan_kind),
        SINCE,
        UNTIL,
        Column(gettext_lazy("Dokument"), lambda r: r.link),
    ),
)
