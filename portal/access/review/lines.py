"""One line of the log in plain words, for those who review it and for those who look at their own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from connectors.labels import KIND_LABELS
from consent.accesslog.events import Action, Event
from consent.accesslog.viewing import Result, Viewing, patient_of
from consent.facts import Obstacle
from consent.models import CareProvider
from consent.terms import SWEDISH_TIME, PersonId
from consent.vocabulary import IdType, Kind, Reason, RelationGround, Row
from portal.access.review.words import (
    ACTION_WORDS,
    EVENT_WORDS,
    GROUND_WORDS,
    NO_ANSWER,
    NO_RELATION,
    NOT_ASKED,
    OBSTACLE_WORDS,
    OTHER_GROUND,
    REFUSAL_WORDS,
    RELATION_WORDS,
    RESULT_WORDS,
    SOURCE_WORDS,
)


@dataclass(frozen=True, slots=True)
class Line:
    """``result`` is one of consent.accesslog.viewing.Result, for the look; everything else is words."""

    at: datetime
    day: str
    clock: str
    what: str
    outcome: str
    result: str
    is_emergency: bool
    kinds: str
    grounds: tuple[str, ...]
    refusals: tuple[str, ...]
    unit: str
    patient: str = ""


def line_of(view: Viewing) -> Line:
    first = view.first
    shown = {kind for _owner, _unit, kind, _count in view.origins}
    denied = first.detail.get("refusals", ()) if view.result is Result.DENIED else ()
    return Line(
        at=view.at,
        day=day_of(view.at),
        clock=clock_of(view.at),
        what=what_words(first.event, first.action, first.kinds, first.detail),
        outcome=str(RESULT_WORDS[view.result]),
        result=view.result.value,
        is_emergency=view.is_emergency,
        kinds=kind_words(shown),
        grounds=ground_words(row for _owner, row in view.bases),
        refusals=refusal_words(denied),
        unit=first.unit_name,
        patient=hidden_number(patient_of(first)) if first.patient_sealed is not None else "",
    )


def what_words(event: str, action: str, asked: Iterable[str], detail: Mapping[str, Any]) -> str:
    """What was done. A list is called by its button where the view asked for one kind alone."""
    kinds = tuple(asked)
    if action in (Action.DETAIL, Action.RETRY) and len(kinds) == 1:
        opened = _("Öppnade %(list)s") if action == Action.DETAIL else _("Hämtade %(list)s igen")
        return opened % {"list": kind_words(kinds)}
    if event in (Event.INTENT, Event.REFUSED, Event.SHOWN) and action in set(Action):
        return str(ACTION_WORDS[Action(action)])
    if event == Event.LAUNCHED and detail.get("outcome", "opened") != "opened":
        return _("Nekades vid uthopp från ett annat system")
    words = str(EVENT_WORDS[Event(event)]) if event in set(Event) else event
    obstacle = detail.get("obstacle", "")
    return f"{words} ({OBSTACLE_WORDS[Obstacle(obstacle)]})" if obstacle in set(Obstacle) else words


def kind_words(kinds: Iterable[str]) -> str:
    """In the order of the page."""
    wanted = set(kinds)
    return ", ".join(str(KIND_LABELS[kind]) for kind in Kind if kind.value in wanted)


def ground_words(rows: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ground(row) for row in rows))


def _ground(row: str) -> str:
    known = GROUND_WORDS.get(Row(row)) if row in set(Row) else None
    return str(known) if known is not None else str(OTHER_GROUND) % {"row": row}


def refusal_words(reasons: Iterable[str]) -> tuple[str, ...]:
    known = set(Reason)
    return tuple(dict.fromkeys(str(REFUSAL_WORDS[Reason(r)]) if r in known else r for r in reasons))


def relation_words(grounds: Iterable[str]) -> str:
    known = set(RelationGround)
    words = [str(RELATION_WORDS[RelationGround(g)]) if g in known else g for g in grounds]
    return ", ".join(words) or str(NO_RELATION)


def source_words(word: str) -> str:
    """As the reader saw it: an owner blocked without her knowing looked like one that had answered, and her
    provider's reviewer may know no more than she."""
    word = "answered" if word == Reason.SILENT_BLOCK else word
    if word in SOURCE_WORDS:
        return str(SOURCE_WORDS[word])
    return str(NOT_ASKED if word in set(Reason) else NO_ANSWER)


def hidden_number(person: PersonId | None) -> str:
    """Enough to tell one's patients apart by age and no more: the year. None: it cannot be read."""
    if person is None:
        return _("Går inte att läsa")
    year = person.number[:4]
    begins_with_year = person.type is not IdType.RESERVNUMMER or person.number[:8].isdigit()
    return f"{year}••••-••••" if begins_with_year else _("Reservnummer ••••")


def day_of(at: datetime) -> str:
    return f"{at.astimezone(SWEDISH_TIME):%Y-%m-%d}"


def clock_of(at: datetime) -> str:
    return f"{at.astimezone(SWEDISH_TIME):%H.%M}"


def provider_names() -> dict[str, str]:
    """HSA-id → name, of every provider known here. One query."""
    return dict(CareProvider.objects.values_list("hsa_id", "name"))
