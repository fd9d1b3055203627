"""Läkemedel enligt journal: what each journal lists. Not the national list, which has a law of its own."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.base.kinds import Medication, MedicationChange
from connectors.base.records import When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import SINCE, Button, Column, Group
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
from portal.aggregation.wording import full_when, short_day

CHANGE_NAMES = {
    MedicationChange.STARTED: gettext_lazy("Insatt"),
    MedicationChange.CHANGED: gettext_lazy("Ändrat"),
    MedicationChange.STOPPED: gettext_lazy("Utsatt"),
}


def judge(record: Medication, moment: Moment, days: Days) -> Lamp:
    """Started, changed or stopped lately is new; what is merely taken is "finns"."""
    moments = (record.changed, record.start, record.end)
    if record.status not in NEVER_LIGHTS and any(was_within(m, moment, days["changed"]) for m in moments):
        return Lamp.NEW
    return Lamp.PAST if is_over(record, moment) else Lamp.CURRENT


def dated(record: Medication) -> When | None:
    return first_dated(record.changed, record.end, record.start, record.recorded)


def headline(judged: Sequence[Judged], moment: Moment) -> str:
    records = [one.record for one in judged if isinstance(one.record, Medication)]
    current = [record for record in records if not is_over(record, moment)]
    text = ngettext("%(n)d aktuellt", "%(n)d aktuella", len(current)) % {"n": len(current)}
    days = [day for one in judged if one.lamp is Lamp.NEW and (day := day_of(dated_past(one, moment)))]
    if not days:
        return text
    return _("%(text)s, ändrat %(day)s") % {"text": text, "day": short_day(max(days), moment.today)}


def dated_past(one: Judged, moment: Moment) -> When | None:
    """The latest change that has happened: an end planned ahead is none yet."""
    record = one.record
    candidates = [getattr(record, "changed", None), record.start, record.end]
    past = [when for when in candidates if (day := day_of(when)) and day <= moment.today]
    return max(past, key=lambda when: str(day_of(when)), default=None)


def change_words(record: Medication) -> str:
    if record.change is None:
        return ""
    return f"{CHANGE_NAMES[record.change]} {full_when(record.changed)}".strip()


BUTTON = Button(
    kind=Kind.MEDICATION,
    label=gettext_lazy("Läkemedel enligt journal"),
    icon="pill",
    group=Group.CARE,
    judge=judge,
    lights=gettext_lazy("Ett läkemedel som är insatt, ändrat eller utsatt de senaste %(changed)d dagarna."),
    headline=headline,
    dated=dated,
    days={"changed": 30},
    columns=(
        Column(gettext_lazy("Dosering"), lambda r: r.dose, is_always_shown=True),
        SINCE,
        Column(gettext_lazy("Ordinatör"), lambda r: r.prescriber, is_always_shown=True),
        Column(gettext_lazy("Ändring"), change_words),
    ),
)
