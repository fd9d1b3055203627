"""Vårdbegränsningar: standpoints on what care not to give. The text is the source's, word for word."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.kinds import CareLimitation
from connectors.base.records import Record, When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import SINCE, UNTIL, Button, Column, Group
from portal.aggregation.lamps import Days, Judged, Lamp, Moment, first_dated, is_over, is_to_come
from portal.aggregation.wording import short_when

# About three lines on a telephone.
LONGEST_ON_A_BUTTON = 48


def judge(record: CareLimitation, moment: Moment, _days: Days) -> Lamp:
    """Lit while valid, whatever its age. What nobody has ended counts as valid even without a date: a
    standpoint that is missed does more harm than one that is read too often."""
    if is_over(record, moment):
        return Lamp.PAST
    return Lamp.CURRENT if is_to_come(record, moment) else Lamp.ONGOING


def dated(record: CareLimitation) -> When | None:
    return first_dated(record.decided, record.start, record.recorded)


def headline(judged: Sequence[Judged], moment: Moment) -> str:
    """Word for word where it fits on a button. What is longer stands whole above the buttons and in the list:
    the button says which standpoint it is, and never cuts a text (docs/decisions/0043-room.md)."""
    record = judged[0].record
    text = record.text or record.title
    parts = [text if len(text) <= LONGEST_ON_A_BUTTON else standpoint(record, moment)]
    if record.end is not None:
        parts.append(_("gäller t.o.m. %(end)s") % {"end": short_when(record.end, moment.today)})
    return " · ".join(parts)


def standpoint(record: Record, moment: Moment) -> str:
    decided = short_when(dated(record), moment.today) if isinstance(record, CareLimitation) else ""
    unit = "" if record.origin.unit_is_assumed else record.origin.unit_name
    words = _("Ställningstagande %(day)s") % {"day": decided or _("utan datum")}
    return ", ".join(filter(None, (words, unit)))


BUTTON = Button(
    kind=Kind.CARE_LIMITATION,
    label=gettext_lazy("Vårdbegränsningar"),
    icon="limit",
    group=Group.IMPORTANT,
    judge=judge,
    lights=gettext_lazy("Ett ställningstagande som gäller, hur gammalt det än är."),
    headline=headline,
    dated=dated,
    template="records/care_limitation.html",
    columns=(
        Column(gettext_lazy("Läkare"), lambda r: r.decided_by, is_always_shown=True),
        Column(gettext_lazy("Rådgjort med"), lambda r: r.consulted, is_always_shown=True),
        Column(gettext_lazy("Patientens inställning"), lambda r: r.patient_attitude, is_always_shown=True),
        Column(gettext_lazy("Närståendes inställning"), lambda r: r.relatives_attitude, is_always_shown=True),
        SINCE,
        UNTIL,
        Column(gettext_lazy("Lokal benämning"), lambda r: r.local_term, is_always_shown=True),
    ),
)
