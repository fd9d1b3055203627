"""SoL- och LSS-insatser. Housing first: it decides where the patient can be sent."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.kinds import SocialService
from connectors.base.records import Law, Status, When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import Button, Column, Group, listed, name_of, phones_words
from portal.aggregation.lamps import (
    Days,
    Judged,
    Lamp,
    Moment,
    day_of,
    first_dated,
    judge_running,
    was_within,
)
from portal.aggregation.wording import full_when, short_day, short_when

LAW_NAMES = {Law.SOL: "SoL", Law.LSS: "LSS", Law.HSL: "HSL"}
STALE_AFTER_DAYS = 365


def judge(record: SocialService, moment: Moment, days: Days) -> Lamp:
    """Lit while it runs; one that ended lately is news, since somebody must now do without."""
    lamp = judge_running(record, moment)
    ended = lamp is Lamp.PAST and record.status is not Status.CANCELLED
    return Lamp.NEW if ended and was_within(record.end, moment, days["ended"]) else lamp


def dated(record: SocialService) -> When | None:
    return first_dated(record.updated, record.start, record.recorded, record.end)


def headline(judged: Sequence[Judged], moment: Moment) -> str:
    strongest = [one for one in judged if one.lamp is judged[0].lamp]
    records = [one.record for one in strongest if isinstance(one.record, SocialService)]
    records.sort(key=lambda record: not record.is_housing)
    text = listed([describe(record, moment) for record in records])
    if judged[0].lamp is Lamp.NEW:
        text = _("Avslutad: %(text)s") % {"text": text}
    stale = stale_since(records, moment)
    return f"{text} · {stale}" if stale else text


def describe(record: SocialService, moment: Moment) -> str:
    name = " ".join(part for part in (record.service or name_of(record), record.extent) if part)
    if record.end is None:
        return name
    return _("%(name)s t.o.m. %(end)s") % {"name": name, "end": short_when(record.end, moment.today)}


def stale_since(records: Sequence[SocialService], moment: Moment) -> str:
    """Says so where even the latest update of what runs is more than a year old."""
    days = [day_of(first_dated(r.updated, r.recorded, r.start)) for r in records if not day_of(r.end)]
    known = [day for day in days if day]
    if not known or (moment.today - max(known)).days <= STALE_AFTER_DAYS:
        return ""
    return _("ej uppdaterad sedan %(day)s") % {"day": short_day(max(known), moment.today)}


BUTTON = Button(
    kind=Kind.SOCIAL_SERVICE,
    label=gettext_lazy("SoL- och LSS-insatser"),
    icon="home",
    group=Group.HOME,
    judge=judge,
    lights=gettext_lazy("En insats som pågår, eller som har avslutats de senaste %(ended)d dagarna."),
    headline=headline,
    dated=dated,
    days={"ended": 90},
    empty_note=gettext_lazy("Insatser kan ges utan beslut"),
    columns=(
        Column(gettext_lazy("Lagrum"), lambda r: LAW_NAMES[r.law]),
        Column(gettext_lazy("Beslut"), lambda r: r.decision),
        Column(gettext_lazy("Omfattning"), lambda r: r.extent),
        Column(gettext_lazy("Utförare"), lambda r: r.performer),
        Column(gettext_lazy("Telefon"), lambda r: phones_words(r.phones), is_phone=True),
        Column(gettext_lazy("Uppdaterat"), lambda r: full_when(r.updated), is_always_shown=True),
    ),
)
