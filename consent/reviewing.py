"""Reviewing the log: a month's draw for one unit, and how each drawn view was judged (HSLF-FS 2016:40 ch. 4).

A month that has ended is drawn once and for all. While it runs, what must always be looked at (emergencies,
own and colleagues' records and the like) is taken in as it comes, so that nobody waits a month for it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from celery import shared_task
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from consent import staff
from consent.accesslog import reviewing, sampling
from consent.accesslog.sampling import Why
from consent.models import CareUnit, ReviewDraw, ReviewItem
from consent.terms import SWEDISH_TIME

# A view this young may still be followed by the relation that it lacked.
SETTLED_AFTER = sampling.SOON
MONTHS_BACK = 2
# An emergency lasts a day: its first view may come that long after it was declared.
OVERLAP = timedelta(hours=25)


def month_of(at: datetime) -> date:
    """The first day of the month in Sweden."""
    return at.astimezone(SWEDISH_TIME).date().replace(day=1)


def month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def bounds_of(month: date) -> tuple[datetime, datetime]:
    """From its first moment in Sweden up to the next month's."""
    following = (month.replace(day=28) + timedelta(days=5)).replace(day=1)
    since, until = (datetime(day.year, day.month, 1, tzinfo=SWEDISH_TIME) for day in (month, following))
    return since, until


def is_over(month: date, at: datetime) -> bool:
    """Whether every view of the month has settled."""
    return at >= bounds_of(month)[1] + SETTLED_AFTER


def is_complete(draw: ReviewDraw) -> bool:
    """Drawn after its month was over, its random part included; before that only what comes at once."""
    return is_over(draw.month, draw.drawn_at)


def draw_unit(unit_id: str, provider_id: str, month: date, now: datetime) -> ReviewDraw | None:
    """Draw one unit's month, or what it holds so far that is always looked at. Safe to do again, and at the
    same time: a view is drawn once. None for a month that has not begun. Blocking.
    """
    since, until = bounds_of(month)
    if now < since:
        return None
    over = is_over(month, now)
    views = reviewing.views_of(unit_id, since if over else _new_since(unit_id, month), until)
    chosen = sampling.draw(views, provider_id, staff.everybody(), reviewing.rank_for(unit_id, month))
    if not over:
        settled = {view.id for view in views if view.at <= now - SETTLED_AFTER}
        chosen = {pk: why & sampling.AT_ONCE for pk, why in chosen.items() if pk in settled}
    items = [(view, chosen[view.id]) for view in views if chosen.get(view.id)]
    with transaction.atomic():
        # Made with a time before the month's end: not complete until it has been filled.
        draw, _ = ReviewDraw.objects.get_or_create(
            month=month, unit_id=unit_id, defaults={"provider_id": provider_id, "drawn_at": since}
        )
        draw = _lock(draw)
        if is_complete(draw):
            return draw
        _keep(draw, items)
        draw.view_count = len(views) if over else 0
        draw.random_count = sum(Why.RANDOM in why for _, why in items)
        draw.drawn_at = now
        draw.save()
    return draw


def _new_since(unit_id: str, month: date) -> datetime:
    """From when on a running month is read: what earlier nights have drawn is not opened again and again."""
    draw = ReviewDraw.objects.filter(month=month, unit_id=unit_id).first()
    since = bounds_of(month)[0]
    return since if draw is None else max(since, draw.drawn_at - OVERLAP)


def _lock(draw: ReviewDraw) -> ReviewDraw:
    """As it is now, and nobody else's to fill until we are done. SQLite has one writer anyway."""
    rows = ReviewDraw.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    return rows.get(pk=draw.pk)


def _keep(draw: ReviewDraw, items: Iterable[tuple[sampling.View, frozenset[Why]]]) -> None:
    """New items; those that were there from the running month learn why else they were drawn."""
    there = {item.view_id: item for item in draw.items.all()}
    order = list(Why)
    fresh = []
    for view, why in items:
        reasons = sorted(why, key=order.index)
        item = there.get(view.id)
        if item is None:
            fresh.append(
                ReviewItem(
                    draw=draw, view_id=view.id, viewed_at=view.at, user_hsa_id=view.reader, reasons=reasons
                )
            )
        elif set(item.reasons) != set(reasons):
            item.reasons = sorted(set(map(Why, item.reasons)) | why, key=order.index)
            item.save(update_fields=["reasons"])
    ReviewItem.objects.bulk_create(fresh, batch_size=500)


def draw_month(month: date, now: datetime) -> int:
    """Every unit's draw of one month; returns how many were made or added to. Where the month is over, a unit
    at which nobody opened anything gets an empty draw: no draw never means no views."""
    seen = reviewing.units_with_views(*bounds_of(month))
    known = dict(CareUnit.objects.values_list("pk", "provider_id")) if seen and is_over(month, now) else {}
    complete = {draw.unit_id for draw in ReviewDraw.objects.filter(month=month) if is_complete(draw)}
    todo = {unit: provider for unit, provider in {**known, **seen}.items() if unit not in complete}
    for unit_id, provider_id in sorted(todo.items()):
        draw_unit(unit_id, provider_id, month, now)
    return len(todo)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def draw_reviews() -> int:
    """Each night: what always is looked at of the running month, and whole months that have ended. Carries
    nothing; a night that was missed is made up for by the next."""
    now = timezone.now()
    month, drawn = month_of(now), 0
    for _ in range(MONTHS_BACK + 1):
        drawn += draw_month(month, now)
        month = month_before(month)
    return drawn


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one unit's month has come. ``draw`` None: not drawn yet."""

    unit_id: str
    draw: ReviewDraw | None
    drawn: int = 0
    judged: int = 0
    emergencies_left: int = 0

    @property
    def left(self) -> int:
        return self.drawn - self.judged


def progress_of(provider_id: str, month: date) -> list[Progress]:
    """Every unit of the provider, and any other that has a draw. Three queries."""
    draws = ReviewDraw.objects.filter(provider_id=provider_id, month=month).annotate(
        drawn=Count("items"), judged=Count("items", filter=Q(items__reviewed_at__isnull=False))
    )
    waiting = Counter(
        draw_id
        for draw_id, reasons in ReviewItem.objects.filter(
            draw__provider_id=provider_id, draw__month=month, reviewed_at=None
        ).values_list("draw_id", "reasons")
        if Why.EMERGENCY in reasons
    )
    found = {
        draw.unit_id: Progress(draw.unit_id, draw, draw.drawn, draw.judged, waiting[draw.pk])
        for draw in draws
    }
    units = CareUnit.objects.filter(provider_id=provider_id).values_list("pk", flat=True)
    return [found.get(unit_id) or Progress(unit_id, None) for unit_id in sorted({*units, *found})]
