"""Ambulans och mätvärden. Scores are the source's own, and said to be."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.kinds import Prehospital
from connectors.base.records import When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import Button, Column, Group, name_of
from portal.aggregation.lamps import NEVER_LIGHTS, Days, Judged, Lamp, Moment, first_dated, was_within
from portal.aggregation.wording import short_when


def judge(record: Prehospital, moment: Moment, days: Days) -> Lamp:
    if record.status in NEVER_LIGHTS:
        return Lamp.PAST
    limit = days["mission"] if record.is_mission else days["value"]
    return Lamp.NEW if was_within(dated(record), moment, limit) else Lamp.PAST


def dated(record: Prehospital) -> When | None:
    return first_dated(record.start, record.recorded)


def headline(judged: Sequence[Judged], moment: Moment) -> str:
    records = [one.record for one in judged if isinstance(one.record, Prehospital)]
    missions = [record for record in records if record.is_mission]
    values = [record for record in records if not record.is_mission and record.value]
    parts = [describe_mission(missions[0], moment)] if missions else []
    parts += [describe_value(values[0])] if values else []
    return " · ".join(parts) or name_of(judged[0].record)


def describe_mission(record: Prehospital, moment: Moment) -> str:
    what = record.assessment or name_of(record)
    day = short_when(dated(record), moment.today)
    if record.handed_over_to:
        what = _("%(what)s, till %(where)s") % {"what": what, "where": record.handed_over_to}
    return f"{what} {day}".strip()


def describe_value(record: Prehospital) -> str:
    parts = (name_of(record), record.value, record.value_unit, _("(källans värde)"))
    return " ".join(part for part in parts if part)


BUTTON = Button(
    kind=Kind.PREHOSPITAL,
    label=gettext_lazy("Ambulans och mätvärden"),
    icon="ambulance",
    group=Group.CARE,
    judge=judge,
    lights=gettext_lazy(
        "Ett ambulansuppdrag de senaste %(mission)d dagarna eller ett mätvärde de senaste %(value)d dagarna."
    ),
    headline=headline,
    dated=dated,
    days={"mission": 90, "value": 7},
    columns=(
        Column(gettext_lazy("Bedömning"), lambda r: r.assessment),
        Column(gettext_lazy("Överlämnad till"), lambda r: r.handed_over_to),
        Column(gettext_lazy("Värde"), lambda r: f"{r.value} {r.value_unit}".strip()),
        Column(gettext_lazy("Mätt med"), lambda r: r.device),
    ),
)
