"""Diagnoser: the latest main diagnosis. Which one matters most is not for a page to say."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from connectors.base.kinds import Diagnosis
from connectors.base.records import Status, When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import Button, Column, Group, name_of
from portal.aggregation.lamps import (
    NEVER_LIGHTS,
    Days,
    Judged,
    Lamp,
    Moment,
    day_of,
    first_dated,
    is_over,
    was_within,
)


def judge(record: Diagnosis, moment: Moment, days: Days) -> Lamp:
    if record.status not in NEVER_LIGHTS and was_within(dated(record), moment, days["new"]):
        return Lamp.NEW
    lasts = record.is_chronic or record.status is Status.ACTIVE or day_of(dated(record)) is None
    return Lamp.CURRENT if lasts and not is_over(record, moment) else Lamp.PAST


def dated(record: Diagnosis) -> When | None:
    return first_dated(record.start, record.recorded)


def headline(judged: Sequence[Judged], _moment: Moment) -> str:
    """The latest main one by date alone; the latest of all where no source marks any as main."""
    records = [one.record for one in judged if isinstance(one.record, Diagnosis)]
    standing = [record for record in records if record.status not in NEVER_LIGHTS] or records
    mains = [record for record in standing if record.is_main] or standing
    latest = max(mains, key=lambda record: str(day_of(dated(record)) or ""))
    return name_of(latest) or latest.code


BUTTON = Button(
    kind=Kind.DIAGNOSIS,
    label=_("Diagnoser"),
    icon="diagnosis",
    group=Group.CARE,
    judge=judge,
    lights=_("En diagnos som är daterad de senaste %(new)d dagarna."),
    headline=headline,
    dated=dated,
    days={"new": 90},
    columns=(
        Column(_("Kod"), lambda r: r.code),
        Column(_("Huvuddiagnos"), lambda r: str(_("Ja")) if r.is_main else ""),
        Column(_("Kronisk enligt källan"), lambda r: str(_("Ja")) if r.is_chronic else ""),
    ),
)
