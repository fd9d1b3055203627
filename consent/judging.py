"""A reviewer's judgement of a drawn view: finding, action and a note, none without the others.

Nobody judges a view she made herself, or one of her own record. What was judged stays judged: a correction is
one more judgement below the first, which is kept as it was. The notes may name people, so that history is the
encrypted note; the access log keeps who judged what and when, and never the note.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import Error, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from consent.accesslog.events import Event
from consent.accesslog.sampling import Why
from consent.accesslog.viewing import Viewing, numbers_of, viewings
from consent.accesslog.write import Entry, LogUnavailable, Trace, write
from consent.encryption import lookup_key
from consent.models import ReviewDraw, ReviewItem
from consent.staff import find_member
from consent.terms import Actor
from consent.vocabulary import Right

LONGEST_NOTE = 2000


class NotYours(Exception):
    """The item belongs to another provider, or the right to review is missing. Looks like no item at all."""


class OwnView(Exception):
    """The reviewer's own view, or a view of the reviewer's own record: somebody else must judge it."""


class BadJudgement(ValueError):
    """Finding, action or note is missing or not among those offered. ``missing``: names of the fields."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = tuple(missing)


class JudgedMeanwhile(Exception):
    """Somebody judged it since the reviewer's page was made."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement as it was made. ``by``: HSA-id; ``at``: ISO 8601, UTC."""

    at: str
    by: str
    finding: str
    action: str
    note: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn view before a reviewer. ``view`` None: its rows are gone from the log, or never were there."""

    item: ReviewItem
    view: Viewing | None
    is_own: bool
    history: tuple[Judgement, ...] = ()


def find_item(item_id: UUID, by: Actor) -> Drawn:
    """For a reviewer of the provider whose staff made the view. Blocking. Raises NotYours."""
    found = _mine(by).filter(pk=item_id).first()
    if found is None:
        raise NotYours
    view = viewings([found.view_id]).get(found.view_id)
    return Drawn(found, view, _is_own(found, view, by), history_of(found))


def find_draw(draw_id: int, by: Actor) -> ReviewDraw:
    """Blocking. Raises NotYours."""
    draw = _drawn_for(by).filter(pk=draw_id).first()
    if draw is None:
        raise NotYours
    return draw


def history_of(item: ReviewItem) -> tuple[Judgement, ...]:
    """Every judgement, oldest first."""
    return tuple(Judgement(**each) for each in json.loads(item.note)) if item.note else ()


def others_like(drawn: Drawn) -> list[ReviewItem]:
    """Unjudged items of the same draw, reader and patient: one visit is often many views."""
    if drawn.view is None:
        return []
    patient = numbers_of(drawn.view.first)[:1]
    if not patient:
        return []
    candidates = {
        item.view_id: item
        for item in ReviewItem.objects.filter(
            draw=drawn.item.draw_id, user_hsa_id=drawn.item.user_hsa_id, reviewed_at=None
        ).exclude(pk=drawn.item.pk)
    }
    return [
        candidates[view_id]
        for view_id, view in viewings(candidates).items()
        if numbers_of(view.first)[:1] == patient
    ]


def judge(
    drawn: Drawn,
    by: Actor,
    trace: Trace,
    *,
    finding: str,
    action: str,
    note: str,
    also: Sequence[ReviewItem] = (),
) -> None:
    """Record one judgement, of this item and of those it is said to hold for too; each is logged.

    Blocking. Raises OwnView, BadJudgement, JudgedMeanwhile, LogUnavailable.
    """
    if drawn.is_own:
        raise OwnView
    text = note.replace("\0", "").strip()[:LONGEST_NOTE]
    _check(finding, action, text)
    expected = {drawn.item.pk: len(drawn.history), **{item.pk: 0 for item in also}}
    try:
        with transaction.atomic():
            items = ReviewItem.objects.annotate(now=Now()).select_related("draw").filter(pk__in=expected)
            if connection.features.has_select_for_update:
                items = items.select_for_update(of=("self",))
            for item in items.order_by("pk"):
                if len(history_of(item)) != expected[item.pk]:
                    raise JudgedMeanwhile
                _record(item, Judgement(item.now.isoformat(), by.hsa_id, finding, action, text), item.now)
                detail = {"item": str(item.pk), "view": str(item.view_id), "finding": finding}
                write(Entry(Event.LOG_REVIEWED, by, trace, detail={**detail, "action": action}))
    except Error as error:
        raise LogUnavailable from error


def _record(item: ReviewItem, judgement: Judgement, at: datetime) -> None:
    item.note = json.dumps([asdict(each) for each in (*history_of(item), judgement)], ensure_ascii=False)
    item.finding, item.action = judgement.finding, judgement.action
    item.reviewed_by, item.reviewed_at = judgement.by, at
    item.save(update_fields=["note", "finding", "action", "reviewed_by", "reviewed_at"])


def _check(finding: str, action: str, note: str) -> None:
    missing = []
    if finding not in dict(ReviewItem.FINDINGS):
        missing.append("finding")
    if action not in dict(ReviewItem.ACTIONS):
        missing.append("action")
    if not note:
        missing.append("note")
    if missing:
        raise BadJudgement(missing)


def items_of(draw: ReviewDraw) -> list[ReviewItem]:
    """What is to be judged first comes first: the unjudged, emergencies among them, then the oldest."""
    return sorted(
        ReviewItem.objects.filter(draw=draw),
        key=lambda item: (item.reviewed_at is not None, Why.EMERGENCY not in item.reasons, item.viewed_at),
    )


def _drawn_for(by: Actor) -> QuerySet[ReviewDraw]:
    """A reviewer's own provider's units; nothing for whoever is no reviewer."""
    if Right.REVIEW_LOG not in by.rights:
        return ReviewDraw.objects.none()
    return ReviewDraw.objects.filter(provider_id=by.provider.hsa_id)


def _mine(by: Actor) -> QuerySet[ReviewItem]:
    return ReviewItem.objects.filter(draw__in=_drawn_for(by)).select_related("draw")


def _is_own(item: ReviewItem, view: Viewing | None, by: Actor) -> bool:
    if item.user_hsa_id == by.hsa_id:
        return True
    reviewer = find_member(by.hsa_id)
    if reviewer is None or reviewer.number is None or view is None:
        return False
    return reviewer.number in {lookup_key(number) for number in numbers_of(view.first)}
