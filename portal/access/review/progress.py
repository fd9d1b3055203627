"""How the review goes, month by month and unit by unit."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent import reviewing
from consent.models import CareUnit, ReviewDraw
from consent.reviewing import Progress

MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit's month. ``draw_id`` None: not drawn."""

    unit_id: str
    name: str
    draw_id: int | None
    drawn: int
    judged: int
    words: str
    emergencies: str
    may_draw: bool


@dataclass(frozen=True, slots=True)
class MonthCard:
    month: str
    title: str
    is_running: bool
    rows: tuple[UnitRow, ...]


def month_words(month: date) -> str:
    return date_format(month, "F Y")


def month_cards(provider_id: str, now: datetime) -> list[MonthCard]:
    """The running month, the one before, and every earlier one that has a draw."""
    running = reviewing.month_of(now)
    drawn = ReviewDraw.objects.filter(provider_id=provider_id).order_by("-month")
    months = {running, reviewing.month_before(running), *drawn.values_list("month", flat=True).distinct()}
    names = dict(CareUnit.objects.filter(provider_id=provider_id).values_list("pk", "name"))
    return [_card(provider_id, month, now, names) for month in sorted(months, reverse=True)[:MONTHS_SHOWN]]


def _card(provider_id: str, month: date, now: datetime, names: dict[str, str]) -> MonthCard:
    over = reviewing.is_over(month, now)
    rows = [
        unit_row(progress, names.get(progress.unit_id, progress.unit_id), over)
        for progress in reviewing.progress_of(provider_id, month)
    ]
    by_name = sorted(rows, key=lambda row: row.name)
    return MonthCard(month.isoformat(), month_words(month), not over, tuple(by_name))


def unit_row(progress: Progress, name: str, is_over: bool) -> UnitRow:
    draw = progress.draw
    is_final = draw is not None and reviewing.is_complete(draw)
    waiting = progress.emergencies_left
    return UnitRow(
        unit_id=progress.unit_id,
        name=name,
        draw_id=draw.pk if draw is not None and progress.drawn else None,
        drawn=progress.drawn,
        judged=progress.judged,
        words=_words(progress, is_over, is_final),
        emergencies=ngettext(
            "Nödöppning: %(n)s visning väntar", "Nödöppning: %(n)s visningar väntar", waiting
        )
        % {"n": waiting}
        if waiting
        else "",
        may_draw=not is_final,
    )


def _words(progress: Progress, is_over: bool, is_final: bool) -> str:
    if is_over and not is_final:
        return _("Urvalet är inte draget.")
    if not progress.drawn:
        return _("Inga visningar att granska.") if is_over else _("Inget att granska än.")
    if not progress.left:
        return _("Klart: alla %(drawn)s bedömda.") % {"drawn": progress.drawn}
    return _("%(judged)s av %(drawn)s bedömda, %(left)s kvar.") % {
        "judged": progress.judged,
        "drawn": progress.drawn,
        "left": progress.left,
    }
