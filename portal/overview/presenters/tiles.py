"""A button as the template places it."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.vocabulary import Kind, Reason
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.states import WITH_RECORDS, Flag, Reading, State
from portal.aggregation.wording import full_when, short_moment
from portal.dates import today
from portal.overview.presenters.faces import Face, action_key
from portal.overview.presenters.latest import fresh_words
from portal.overview.presenters.quoting import quoted
from portal.overview.presenters.words import (
    DATE_MISSING,
    FLAG_WORDS,
    REASON_WORDS,
    STATE_WORDS,
    StateWords,
)

# The order flags stand in under a tile.
FLAG_ORDER = tuple(Flag)
ANSWERABLE = frozenset({Reason.NO_CONSENT, Reason.TEMPORARILY_UNABLE})


@dataclass(frozen=True, slots=True)
class FlagView:
    """``soon``: what is added while answers are still awaited; the sheet hides it when they are overdue."""

    key: str
    icon: str
    text: str
    soon: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done: ``key`` is retry, choose or consent; ``name`` says about which button."""

    key: str
    icon: str
    text: str
    name: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    face: Face
    slot: str
    action_slot: str
    headline: str
    when: str
    count: int
    count_word: str
    flags: tuple[FlagView, ...]
    action: Action | None

    @property
    def key(self) -> str:
        return self.face.kind.value

    @property
    def state(self) -> str:
        return self.face.state.value

    @property
    def label(self) -> str:
        return self.face.label

    @property
    def icon(self) -> str:
        return self.face.icon

    @property
    def is_lit(self) -> bool:
        return self.face.is_lit

    @property
    def word(self) -> str:
        return self.face.word

    @property
    def state_icon(self) -> str:
        return self.face.state_icon


@dataclass(frozen=True, slots=True)
class Awaited:
    """A button about which nothing has come, the same for everybody. ``version``: as a tile's."""

    kind: Kind
    version: int

    @property
    def tile(self) -> Tile:
        return present_tile(Reading(BUTTON_OF[self.kind], State.WAITING), "", self.version, "")

    @property
    def overdue(self) -> StateWords:
        """What it turns to by the sheet alone, where nothing has come after six seconds."""
        return STATE_WORDS[State.UNKNOWN]


def present_tile(reading: Reading, handle: str, version: int, fetched: str, fresh: int = 0) -> Tile:
    """``version`` numbers the content: a later one takes the place of an earlier. ``fetched``: page time.
    ``fresh``: how many are new since the reader last looked."""
    count, when, action = len(reading.judged), when_of(reading, fetched), action_of(reading, handle)
    headline = quoted(reading.headline, reading.records) or line_of(reading)
    return Tile(
        face=Face(
            kind=reading.button.kind,
            state=reading.state,
            is_acted=action is not None,
            has_headline=bool(headline),
            has_count=bool(count),
            has_when=bool(when),
        ),
        slot=f"{reading.button.key}-{version}",
        action_slot=f"{action_key(reading.button)}-{version}",
        headline=headline,
        when=when,
        count=count,
        count_word=ngettext("post", "poster", count),
        flags=(
            *(present_flag(flag, reading) for flag in FLAG_ORDER if flag in reading.flags),
            *((FlagView("fresh", "dot", fresh_words(fresh)),) if fresh else ()),
        ),
        action=action,
    )


def line_of(reading: Reading) -> str:
    """What stands where a headline would, in states that have none."""
    if reading.state is State.EMPTY:
        return str(reading.button.empty_note or STATE_WORDS[State.EMPTY].line)
    if reading.state is State.EMPTY_AMONG_CONNECTED:
        if not reading.not_delivering:
            return _("Ingen ansluten källa levererar detta.")
        owners = ", ".join(owner.name for owner in reading.not_delivering)
        return _("%(owners)s levererar inte detta.") % {"owners": owners}
    if reading.reason is not None:
        return str(REASON_WORDS[reading.reason])
    return str(STATE_WORDS[reading.state].line)


def when_of(reading: Reading, fetched: str) -> str:
    if reading.state in WITH_RECORDS:
        return full_when(reading.when)[:10] if reading.when and reading.when.day else date_missing(reading)
    if reading.state is State.EMPTY:
        at = reading.answered_at
        return _("Svarade %(time)s") % {"time": short_moment(at, today()) if at else fetched}
    return ""


def date_missing(reading: Reading) -> str:
    return full_when(reading.when) or str(DATE_MISSING)


def present_flag(flag: Flag, reading: Reading) -> FlagView:
    icon, text = FLAG_WORDS[flag]
    words = str(text)
    if flag in (Flag.PARTIAL, Flag.WAITING) and reading.answered < reading.asked:
        answered, asked = reading.answered, reading.asked
        words = ngettext("%(n)d av %(all)d källa", "%(n)d av %(all)d källor", asked) % {
            "n": answered,
            "all": asked,
        }
    if flag is Flag.PARTIAL and reading.unparsed:
        n = reading.unparsed
        words = ngettext("%(n)d post kunde inte tolkas", "%(n)d poster kunde inte tolkas", n) % {"n": n}
    if flag is Flag.COPY and reading.copy_from is not None:
        words = _("Kopia från %(time)s") % {"time": short_moment(reading.copy_from, today())}
    return FlagView(flag.value, icon, words, _(", hämtar") if flag is Flag.WAITING else "")


def action_of(reading: Reading, handle: str) -> Action | None:
    """One thing to do where the state is not an answer; its name says about which button."""
    button = str(reading.button.label)
    if reading.state is State.UNKNOWN:
        href = reverse("retry", args=[handle, reading.button.key])
        return named(Action("retry", "again", _("Försök igen"), button, href))
    if reading.state is State.CHOOSE:
        return named(Action("choose", "units", _("Visa alla enheter"), button))
    if reading.state is State.CONSENT and reading.reason in ANSWERABLE:
        return named(Action("consent", "ask", _("Registrera samtycke"), button, "#access"))
    return None


def named(action: Action) -> Action:
    """The accessible name begins with the visible words, and says about which button."""
    return replace(action, name=f"{action.text}: {action.name}")
