"""The hand-over sheet: what the next unit asks for first, on two pages together with the lines to write on.

Limitations, and that something is missing, are never shortened; records give way to them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from consent.vocabulary import Kind
from portal.aggregation.outcomes import Outcome
from portal.overview.presenters.details import Item
from portal.overview.presenters.paper import Section, Sheet, present_sheet, rest_words
from portal.overview.visit import Visit

# Two A4 pages but for the head, what is written by hand, and what a page break wastes; in lines of 4.5 mm.
LINES = 60.0
LINE_CHARACTERS = 88
LARGE_LINE_CHARACTERS = 70
ROW_LINES = 2.2
# When a record was written down is for the list on the screen; what it says of the patient is not.
LEFT_OUT = frozenset({"recorded", "updated"})


def present_handover(visit: Visit, outcomes: Mapping[str, Outcome], kinds: frozenset[Kind]) -> Sheet:
    sheet = present_sheet(visit, outcomes, kinds, kinds)
    sections = tuple(shortened(section) for section in sheet.sections if not is_told_above(section, sheet))
    return replace(sheet, sections=fitting(sections, LINES - lines_above(sheet)))


def is_told_above(section: Section, sheet: Sheet) -> bool:
    """Whether the limitations on top are all that this list holds, so that it would say the same again."""
    tile, safety = section.row.tile, sheet.safety
    is_limits = tile.key == Kind.CARE_LIMITATION.value and safety is not None
    return is_limits and not tile.flags and 0 < tile.count == len(safety.limits if safety else ())


def shortened(section: Section) -> Section:
    items = tuple(
        replace(item, facts=tuple(fact for fact in item.facts if fact.key not in LEFT_OUT), origin=())
        for item in section.items
    )
    return replace(section, items=items)


def fitting(sections: Sequence[Section], budget: float) -> tuple[Section, ...]:
    """As many records as there are lines for: the first of each list before the second of any. What has no
    room is counted where its list ends."""
    taken = [0] * len(sections)
    left = budget
    for depth in range(max((len(section.items) for section in sections), default=0)):
        for place, section in enumerate(sections):
            if taken[place] < depth or depth >= len(section.items):
                continue
            cost = lines_of(section.items[depth])
            if cost <= left:
                left -= cost
                taken[place] += 1
    return tuple(
        replace(section, items=section.items[:count], rest=rest_words(count, section.row.tile.count))
        for section, count in zip(sections, taken, strict=True)
    )


def lines_above(sheet: Sheet) -> float:
    """What stands on the sheet however little room there is: limitations, what is missing, each button."""
    safety = sheet.safety
    limits = sum(
        written(limit.text, LARGE_LINE_CHARACTERS) * 1.3 + written(limit.who) + 1 + bool(limit.chips) * 1.5
        for limit in (safety.limits if safety else ())
    )
    told = sum(written(line) for line in (safety.lines if safety else ()))
    missing = sum(written(one.label + one.text + one.phone) for one in sheet.missing)
    notices = sum(written(notice.text) + 0.6 for notice in sheet.notices)
    rows = sum(ROW_LINES + written(section.row.tile.headline, 40) - 1 for section in sheet.sections)
    return limits + told + missing + notices + rows + 2 * sheet.is_incomplete


def lines_of(item: Item) -> float:
    """How high a record stands on paper, rather too high than too low."""
    facts = " ".join(f"{fact.label}: {fact.value}   " for fact in item.facts)
    return written(item.title + item.when) + written(item.text) + len(item.phones) + written(facts) + 1.2


def written(text: str, characters: int = LINE_CHARACTERS) -> float:
    """Lines that a text takes; none for no text."""
    return float(sum(1 + len(line) // characters for line in text.splitlines()))
