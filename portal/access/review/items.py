"""One drawn view, put in words for the one who judges it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from connectors.models import Source
from consent import judging, staff
from consent.accesslog.reviewing import of_same_patient
from consent.accesslog.sampling import Why
from consent.accesslog.viewing import Viewing, numbers_of
from consent.identity import display_number
from consent.judging import Drawn
from consent.models import CareUnit, ReviewItem
from consent.reviewing import bounds_of
from portal.access.review.lines import (
    Line,
    clock_of,
    day_of,
    kind_words,
    line_of,
    provider_names,
    relation_words,
    source_words,
)
from portal.access.review.words import WHY_WORDS
from portal.accounts.models import Assignment


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One drawn view in a list. ``is_own``: the reviewer's, which somebody else must judge."""

    id: str
    moment: str
    reader: str
    reasons: tuple[str, ...]
    is_emergency: bool
    is_own: bool
    is_judged: bool
    finding: str


@dataclass(frozen=True, slots=True)
class ShownPart:
    """What was shown of one owner's information."""

    owner: str
    unit: str
    kinds: str


def item_lines(items: list[ReviewItem], reviewer_id: str) -> list[ItemLine]:
    names = staff.names_of({item.user_hsa_id for item in items})
    return [
        ItemLine(
            id=str(item.pk),
            moment=moment_of(item.viewed_at),
            reader=names.get(item.user_hsa_id, item.user_hsa_id),
            reasons=why_words(item.reasons),
            is_emergency=Why.EMERGENCY in item.reasons,
            is_own=item.user_hsa_id == reviewer_id,
            is_judged=item.reviewed_at is not None,
            finding=item.get_finding_display() if item.finding else "",
        )
        for item in items
    ]


def moment_of(at: datetime) -> str:
    return f"{day_of(at)} {_('kl.')} {clock_of(at)}"


def why_words(reasons: list[str]) -> tuple[str, ...]:
    known = set(Why)
    return tuple(str(WHY_WORDS[Why(r)]) if r in known else r for r in reasons)


def about_item(drawn: Drawn) -> dict[str, Any]:
    """What every page about one item begins with; nothing of the view itself."""
    item = drawn.item
    names = staff.names_of({item.user_hsa_id, *(each.by for each in drawn.history)})
    return {
        "item": item,
        "moment": moment_of(item.viewed_at),
        "reader": names.get(item.user_hsa_id, _("Okänd användare")),
        "why": why_words(item.reasons),
        "history": [_judgement(each, names) for each in drawn.history],
        "findings": ReviewItem.FINDINGS,
        "actions": ReviewItem.ACTIONS,
    }


def about_view(drawn: Drawn) -> dict[str, Any]:
    """What was done and shown, and what else the reader did with the patient that month."""
    if drawn.view is None:
        return {}
    view, first = drawn.view, drawn.view.first
    # Whoever it is about, her number stands nowhere here until it is asked for.
    beside = of_same_patient(view, *bounds_of(drawn.item.draw.month))
    others = [] if beside is None else [each for each in beside if each.first.view_id != first.view_id]
    return {
        "line": line_of(view),
        "unit": first.unit_name,
        "purpose": dict(Assignment.PURPOSES).get(first.purpose, first.purpose),
        "relation": relation_words(first.detail.get("relation", ())),
        "shown": shown_parts(view),
        "sources": _sources(view),
        "others": [line_of(each) for each in others],
        "others_unknown": beside is None,
        "like": len(judging.others_like(drawn)),
        "reason": first.reason,
    }


def shown_parts(view: Viewing) -> list[ShownPart]:
    """Owner by owner and unit by unit, which kinds. How many records says little, and is left out."""
    kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
    for owner, unit_id, kind, _count in view.origins:
        kinds[owner, unit_id].add(kind)
    providers = provider_names()
    units = dict(CareUnit.objects.filter(pk__in=[unit for _, unit in kinds]).values_list("pk", "name"))
    return [
        ShownPart(providers.get(owner, owner), units.get(unit_id, unit_id), kind_words(found))
        for (owner, unit_id), found in sorted(kinds.items())
    ]


def full_numbers(view: Viewing) -> list[str]:
    """The patient's numbers in full; empty where the key is lost."""
    return [display_number(person) for person in numbers_of(view.first)]


def _sources(view: Viewing) -> list[tuple[str, str]]:
    labels = dict(Source.objects.values_list("slug", "label"))
    return [(labels.get(slug, slug), source_words(word)) for slug, word in sorted(view.outcomes.items())]


def _judgement(each: judging.Judgement, names: dict[str, str]) -> dict[str, str]:
    return {
        "moment": moment_of(datetime.fromisoformat(each.at)),
        "by": names.get(each.by, each.by),
        "finding": str(dict(ReviewItem.FINDINGS).get(each.finding, each.finding)),
        "action": str(dict(ReviewItem.ACTIONS).get(each.action, each.action)),
        "note": each.note,
    }


__all__ = ["ItemLine", "Line", "about_item", "about_view", "full_numbers", "item_lines", "moment_of"]
