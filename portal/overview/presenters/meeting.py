"""What a room may see: the chosen buttons, and of all else only that something could not be read.

Consent, relation and blocks are between the patient and the reader. A button that waits for any of them says
"Visas inte" and that there may be more: never nothing, and never why. Failures stand as they always do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTON_OF, BUTTONS
from portal.aggregation.judging import read_button
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import Flag, Reading, State
from portal.aggregation.wording import clock
from portal.overview.presenters.banner import Banner, present_banner
from portal.overview.presenters.paper import (
    MOST_ITEMS,
    UNREAD,
    Missing,
    Section,
    is_unknown,
    missing_of,
    present_row,
    present_section,
)
from portal.overview.presenters.safety import Safety, present_safety
from portal.overview.presenters.sources import present_sources, present_summary
from portal.overview.visit import Visit

PRIVATE_STATES = frozenset({State.CHOOSE, State.CONSENT, State.BLOCKED, State.CLOSED})
PRIVATE_FLAGS = frozenset({Flag.CHOOSE, Flag.CONSENT, Flag.BLOCKED})
# Where somebody lives and how she is reached is nothing that a meeting needs on the wall.
SHOWN_FACTS = frozenset({"born", "sex"})
SHOWN_MORE = frozenset({"language", "interpreter"})


@dataclass(frozen=True, slots=True)
class Room:
    """Everything on the screen at a meeting. ``is_incomplete``: something that was asked did not answer."""

    banner: Banner
    is_incomplete: bool
    summary: str
    missing: tuple[Missing, ...]
    safety: Safety | None
    sections: tuple[Section, ...]
    fetched: str


def present_room(visit: Visit, outcomes: Mapping[str, Outcome], kinds: frozenset[Kind]) -> Room:
    readings = [
        without_reasons(read_button(visit.scene, button, outcomes))
        for button in BUTTONS
        if button.kind in kinds
    ]
    lines = present_sources((outcomes[p.slug] for p in visit.asked if p.slug in outcomes), visit.ruling.at)
    told = present_summary(readings, visit.asked, outcomes)
    is_missing = bool(told.missing) or any(is_unknown(reading) for reading in readings)
    return Room(
        banner=for_the_room(present_banner(visit.ruling)),
        is_incomplete=is_missing or bool(visit.ruling.notices & UNREAD),
        summary=told.missing,
        missing=tuple(missing_of(lines)),
        safety=safety_of(visit, outcomes, kinds) if Kind.CARE_LIMITATION in kinds else None,
        sections=tuple(
            present_section(reading, present_row(reading, visit), visit, outcomes, MOST_ITEMS)
            for reading in readings
        ),
        fetched=clock(visit.ruling.at),
    )


def without_reasons(reading: Reading) -> Reading:
    """The same honesty in fewer words: that something is not shown, without why."""
    is_more = reading.state in PRIVATE_STATES or bool(reading.flags & PRIVATE_FLAGS)
    return replace(
        reading,
        state=State.CLOSED if reading.state in PRIVATE_STATES else reading.state,
        flags=(reading.flags - PRIVATE_FLAGS) | (frozenset({Flag.MORE}) if is_more else frozenset()),
        reason=None,
    )


def safety_of(visit: Visit, outcomes: Mapping[str, Outcome], kinds: frozenset[Kind]) -> Safety:
    """Warnings stand under the limitations only where they were chosen too."""
    limitations = without_reasons(read_button(visit.scene, BUTTON_OF[Kind.CARE_LIMITATION], outcomes))
    warnings = without_reasons(read_button(visit.scene, BUTTON_OF[Kind.WARNING], outcomes))
    safety = present_safety(limitations, warnings, outcomes, "")
    return safety if Kind.WARNING in kinds else replace(safety, caution="", caution_rest="")


def for_the_room(banner: Banner) -> Banner:
    """Whom it is about, and what the meeting must know to speak with her; no notices."""
    return replace(
        banner,
        facts=tuple(fact for fact in banner.facts if fact.key in SHOWN_FACTS),
        more=tuple(fact for fact in banner.more if fact.key in SHOWN_MORE),
        notices=(),
    )
