"""Varningar och överkänslighet."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from connectors.base.kinds import Warning as Caution
from connectors.base.records import When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import Button, Column, Group, name_of
from portal.aggregation.lamps import Days, Judged, Lamp, Moment, first_dated, judge_lasting


def judge(record: Caution, moment: Moment, _days: Days) -> Lamp:
    """Lit while active, or until somebody ends it. A statement that nothing is known is no warning."""
    lamp = judge_lasting(record, moment)
    return Lamp.CURRENT if lamp is Lamp.ONGOING and record.is_none_known else lamp


def dated(record: Caution) -> When | None:
    return first_dated(record.start, record.recorded, record.updated)


def headline(judged: Sequence[Judged], _moment: Moment) -> str:
    """All of the strongest, never cut: what is left out here might be what mattered."""
    strongest = [one.record for one in judged if one.lamp is judged[0].lamp]
    return " · ".join(dict.fromkeys(describe(record) for record in strongest if isinstance(record, Caution)))


def describe(record: Caution) -> str:
    name = record.substance or name_of(record)
    return f"{name}, {record.severity}" if record.severity else name


BUTTON = Button(
    kind=Kind.WARNING,
    label=_("Varningar och överkänslighet"),
    icon="warning",
    group=Group.IMPORTANT,
    judge=judge,
    lights=_("En varning eller överkänslighet som är aktiv. Att ingen är känd lyser inte."),
    headline=headline,
    dated=dated,
    columns=(
        Column(_("Substans"), lambda r: r.substance),
        Column(_("Allvarlighet"), lambda r: r.severity, is_always_shown=True),
        Column(_("Visshet"), lambda r: r.certainty, is_always_shown=True),
        Column(_("Slag"), lambda r: r.category),
    ),
)
