"""A printed page in finished words: whose, when, by whom, what is missing, what the buttons and lists say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.ruling import Notice
from consent.terms import SWEDISH_TIME, Actor
from consent.vocabulary import Kind
from portal.access.notices import NoticeView, present_notices
from portal.aggregation.buttons import BUTTON_OF, BUTTONS, GROUP_LABELS, Group
from portal.aggregation.buttons.declaration import Button
from portal.aggregation.judging import read_all, read_button
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import Flag, Reading, State
from portal.aggregation.wording import clock
from portal.overview.presenters.banner import Banner, present_banner
from portal.overview.presenters.details import Item, present_items
from portal.overview.presenters.safety import Safety, present_safety
from portal.overview.presenters.sources import SourceLine, present_sources, present_summary
from portal.overview.presenters.tiles import Tile, present_tile
from portal.overview.visit import Visit

# A list longer than this is for the screen; the paper says how much is left.
MOST_ITEMS = 40
# A state without colour and without icons: a letterform beside its word.
MARKS: Mapping[State, str] = {
    State.ONGOING: "●",
    State.NEW: "●",
    State.CURRENT: "◐",
    State.PAST: "○",
    State.EMPTY: "–",
    State.EMPTY_AMONG_CONNECTED: "–",
    State.UNKNOWN: "✕",
    State.CHOOSE: "□",
    State.CONSENT: "□",
    State.BLOCKED: "□",
    State.CLOSED: "□",
    State.WAITING: "✕",
}
# What makes a page incomplete although every source that was asked has answered.
UNREAD = frozenset({Notice.BLOCKS_UNKNOWN, Notice.PERSON_UNKNOWN})


@dataclass(frozen=True, slots=True)
class Row:
    """A button as one row of the page."""

    tile: Tile
    mark: str


@dataclass(frozen=True, slots=True)
class Section:
    """A button's list. ``rest``: that there is more of it than the paper holds, or empty."""

    row: Row
    items: tuple[Item, ...]
    rest: str = ""
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Who did not answer, or not with everything; ``phone``: where one can ask instead."""

    label: str
    text: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the paper. ``stamp`` stands on each page where anything did not answer."""

    banner: Banner
    printed: str
    stamp: str
    missing: tuple[Missing, ...]
    copies: tuple[Missing, ...]
    notices: tuple[NoticeView, ...]
    safety: Safety | None
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    sections: tuple[Section, ...]

    @property
    def is_incomplete(self) -> bool:
        return bool(self.stamp)


def present_sheet(
    visit: Visit,
    outcomes: Mapping[str, Outcome],
    rows: frozenset[Kind],
    lists: frozenset[Kind],
    most_items: int = MOST_ITEMS,
) -> Sheet:
    """``rows``: buttons told in one line each; ``lists``: those whose records follow. Limitations stand on
    top wherever they are among the rows."""
    buttons = [button for button in BUTTONS if button.kind in rows | lists]
    readings = read_all(visit.scene, buttons, outcomes)
    lines = present_sources((outcomes[p.slug] for p in visit.asked if p.slug in outcomes), visit.ruling.at)
    told = present_summary(readings, visit.asked, outcomes)
    is_missing = bool(told.missing) or any(is_unknown(reading) for reading in readings)
    made = {reading.button.kind: present_row(reading, visit) for reading in readings}
    return Sheet(
        banner=on_paper(present_banner(visit.ruling)),
        printed=printed_words(visit.ruling.at, visit.ruling.actor),
        stamp=_("INTE KOMPLETT") if is_missing or visit.ruling.notices & UNREAD else "",
        missing=tuple(missing_of(lines)),
        copies=tuple(Missing(line.label, line.text) for line in lines if line.state == "copy"),
        notices=present_notices(visit.ruling),
        safety=safety_of(visit, outcomes) if Kind.CARE_LIMITATION in rows else None,
        groups=tuple(
            (str(GROUP_LABELS[group]), tuple(made[b.kind] for b in among))
            for group in Group
            if (among := [b for b in buttons if b.group is group and b.kind in rows])
        ),
        sections=tuple(
            present_section(reading, made[reading.button.kind], visit, outcomes, most_items)
            for reading in readings
            if reading.button.kind in lists
        ),
    )


def is_unknown(reading: Reading) -> bool:
    return reading.state in (State.UNKNOWN, State.WAITING) or Flag.PARTIAL in reading.flags


def on_paper(banner: Banner) -> Banner:
    """Until when a consent holds is a matter for the screen: paper would go on saying it."""
    return replace(banner, more=tuple(fact for fact in banner.more if fact.key != "consent"))


def printed_words(at: datetime, actor: Actor) -> str:
    moment = at.astimezone(SWEDISH_TIME)
    who = ", ".join(part for part in (actor.name, actor.title) if part)
    return _("Utskriven %(time)s av %(who)s, %(unit)s, %(provider)s. Strimla efter användning.") % {
        "time": f"{moment:%Y-%m-%d} {clock(at)}",
        "who": who,
        "unit": actor.unit.name,
        "provider": actor.provider.name,
    }


def safety_of(visit: Visit, outcomes: Mapping[str, Outcome]) -> Safety:
    scene = visit.scene
    limitations: Button = BUTTON_OF[Kind.CARE_LIMITATION]
    warnings: Button = BUTTON_OF[Kind.WARNING]
    return present_safety(
        read_button(scene, limitations, outcomes), read_button(scene, warnings, outcomes), outcomes, ""
    )


def present_row(reading: Reading, visit: Visit) -> Row:
    """Nothing can be pressed on paper."""
    tile = present_tile(reading, visit.opened.handle, 0, clock(visit.ruling.at))
    return Row(replace(tile, action=None), MARKS[reading.state])


def present_section(
    reading: Reading, row: Row, visit: Visit, outcomes: Mapping[str, Outcome], most: int
) -> Section:
    permit = visit.ruling.permit
    is_hiding = permit is not None and permit.is_protected and permit.hides_phones and bool(reading.judged)
    hidden = _("visas inte vid skyddade personuppgifter") if is_hiding else ""
    first = replace(reading, judged=reading.judged[:most])
    return Section(
        row,
        present_items(first, outcomes, hidden_phone=hidden),
        rest_words(len(first.judged), len(reading.judged)),
        _("Telefon visas inte vid skyddade personuppgifter.") if is_hiding else "",
    )


def rest_words(shown: int, count: int) -> str:
    """That a list goes on, and where. Never left out in silence."""
    if shown >= count:
        return ""
    words = ngettext(
        "%(n)d till finns i listan på skärmen.", "%(n)d till finns i listan på skärmen.", count - shown
    )
    return words % {"n": count - shown}


def missing_of(lines: Iterable[SourceLine]) -> Iterable[Missing]:
    """Each source by name, and each system behind one, that gave less than all."""
    for line in lines:
        if line.state in ("failed", "part"):
            yield Missing(line.label, " ".join((line.text, *line.messages)), line.phone)
        for part in line.parts:
            if part.state in ("failed", "part"):
                text = f"{part.text} ({part.buttons})" if part.buttons else part.text
                yield Missing(f"{line.label}: {part.label}", text)
