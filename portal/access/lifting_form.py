"""The form that lifts blocks: read into what is recorded, or given back as typed with what is wrong."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from consent.lifting import LONGEST_LIFT
from consent.terms import SWEDISH_TIME
from consent.vocabulary import LiftGround
from portal.dates import today

# The last day whose end is surely not more than the longest lift away.
LAST_DAY_AHEAD = LONGEST_LIFT - timedelta(days=1)


@dataclass(slots=True)
class LiftForm:
    """What was typed. ``judged``: that the data may matter for care the patient absolutely needs (PDL 4:5).

    ``errors``: by field, in the order of the page.
    """

    unit: str
    blocks: tuple[str, ...] = ()
    judged: bool = False
    reason: str = ""
    person: str = ""
    period: str = "day_and_night"
    until: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def latest(self) -> str:
        return (today() + LAST_DAY_AHEAD).isoformat()

    @property
    def earliest(self) -> str:
        return today().isoformat()


def blank(unit: str, blocks: tuple[str, ...] = ()) -> LiftForm:
    """For the officer's own unit, for 24 hours."""
    return LiftForm(unit=unit, blocks=blocks, until=(today() + timedelta(days=1)).isoformat())


def typed(post: QueryDict, own_unit: str) -> LiftForm:
    return LiftForm(
        unit=post.get("unit", "") or own_unit,
        blocks=tuple(post.getlist("block")),
        judged=post.get("judged") == "yes",
        reason=post.get("reason", "").replace("\0", "").strip()[:300],
        person=post.get("person", "").replace("\0", "").strip().upper()[:32],
        period=post.get("period", ""),
        until=post.get("until", "").strip(),
    )


def read_lift(form: LiftForm, ground: LiftGround, *, is_staff_there: bool) -> dict[str, Any] | None:
    """What ``consent.lifting.lift_blocks`` takes, or None with ``form.errors`` saying what is wrong.

    ``is_staff_there``: whether the person named has an assignment at the unit.
    """
    if not form.blocks:
        form.errors["block"] = _("Välj minst en spärr.")
    if ground is LiftGround.NEED and not form.judged:
        form.errors["judged"] = _("Intyga att uppgifterna kan behövas oundgängligen. Annars får inget hävas.")
    if not form.reason:
        form.errors["reason"] = _("Skriv varför spärren hävs.")
    if form.person and not is_staff_there:
        form.errors["person"] = _("Ingen med det HSA-id:t har ett uppdrag vid enheten.")
    ends_at = None
    if form.period != "day_and_night":
        ends_at = _end_of(form.until)
        if ends_at is None:
            form.errors["until"] = _("Skriv sista dagen, i dag eller senare, högst 30 dygn fram: 2027-01-31.")
    if form.errors:
        return None
    return {
        "block_ids": form.blocks,
        "ground": ground,
        "reason": form.reason,
        "ends_at": ends_at,
        "unit_id": form.unit,
        "employee_id": form.person,
    }


def _end_of(text: str) -> datetime | None:
    """The first moment after a Swedish day that may be the last, or None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if not today() <= day <= today() + LAST_DAY_AHEAD:
        return None
    return datetime.combine(day + timedelta(days=1), time(), SWEDISH_TIME)
