"""SIP och utskrivning: discharge cases, where the hour counts, and coordinated individual plans."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.kinds import Coordination
from connectors.base.records import When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import Button, Column, Group, name_of
from portal.aggregation.lamps import (
    Days,
    Judged,
    Lamp,
    Moment,
    first_dated,
    is_over,
    judge_lasting,
    was_within,
)
from portal.aggregation.wording import full_when, short_when, short_when_with_clock

EVENTS_IN_HEADLINE = 2


def judge(record: Coordination, moment: Moment, days: Days) -> Lamp:
    """A valid SIP lights, as does one that nobody has ended; a discharge case only while something has
    happened in it lately. A case that nobody closed and nothing happens in is past, and its headline says
    since when it has stood open."""
    if is_over(record, moment):
        return Lamp.PAST
    if record.is_sip:
        return judge_lasting(record, moment)
    happened: list[When | None] = [event.when for event in record.events]
    happened = happened or [record.updated, record.start]
    if any(was_within(when, moment, days["event"]) for when in happened):
        return Lamp.ONGOING
    return Lamp.PAST


def dated(record: Coordination) -> When | None:
    latest = record.events[-1].when if record.events else None
    return first_dated(latest, record.updated, record.start, record.recorded)


def headline(judged: Sequence[Judged], moment: Moment) -> str:
    strongest = [one for one in judged if one.lamp is judged[0].lamp]
    cases = [one for one in strongest if isinstance(one.record, Coordination)]
    return " · ".join(dict.fromkeys(describe(one, moment) for one in cases[:2]))


def describe(one: Judged, moment: Moment) -> str:
    record, today = one.record, moment.today
    if not isinstance(record, Coordination):
        return name_of(record)
    if one.lamp is Lamp.PAST and not is_over(record, moment):
        return _("Öppet sedan %(day)s") % {"day": short_when(record.start, today) or _("okänt datum")}
    if record.events:
        return " · ".join(
            f"{event.text} {short_when_with_clock(event.when, today)}".strip()
            for event in record.events[-EVENTS_IN_HEADLINE:]
        )
    text = record.stage or name_of(record)
    if record.follow_up is None:
        return text
    return _("%(text)s, uppföljning %(day)s") % {"text": text, "day": short_when(record.follow_up, today)}


def events(record: Coordination) -> str:
    return " · ".join(f"{full_when(event.when)} {event.text}".strip() for event in record.events)


def told_events(record: Coordination) -> Sequence[tuple[When | None, str]]:
    return tuple((event.when, event.text) for event in record.events)


BUTTON = Button(
    kind=Kind.COORDINATION,
    label=gettext_lazy("SIP och utskrivning"),
    icon="people",
    group=Group.HOME,
    judge=judge,
    lights=gettext_lazy(
        "En SIP som gäller, eller ett utskrivningsärende där något har hänt de senaste %(event)d dagarna."
    ),
    headline=headline,
    dated=dated,
    days={"event": 90},
    events=told_events,
    columns=(
        Column(gettext_lazy("Skede"), lambda r: r.stage),
        Column(gettext_lazy("Händelser"), events),
        Column(gettext_lazy("Ansvarig"), lambda r: r.responsible, is_always_shown=True),
        Column(gettext_lazy("Fast vårdkontakt"), lambda r: r.care_contact, is_always_shown=True),
        Column(gettext_lazy("Mål"), lambda r: " · ".join(r.goals)),
        Column(gettext_lazy("Vem gör vad"), lambda r: " · ".join(r.activities)),
        Column(gettext_lazy("Uppföljning"), lambda r: full_when(r.follow_up)),
    ),
)
