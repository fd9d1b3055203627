"""A button as the template places it."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.vocabulary import Reason
from portal.aggregation.buttons.declaration import Button
from portal.aggregation.states import LIT, WITH_RECORDS, Flag, Reading, State
from portal.aggregation.wording import full_when, short_moment
from portal.dates import today
from portal.overview.presenters.latest import fresh_words
from portal.overview.presenters.quoting import quoted
from portal.overview.presenters.words import DATE_MISSING, FLAG_WORDS, REASON_WORDS, STATE_WORDS

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
    key: str
    slot: str
    action_slot: str
    label: str
    icon: str
    state: str
    is_lit: bool
    word: str
    state_icon: str
    headline: str
    when: str
    count: int
    count_word: str
    flags: tuple[FlagView, ...]
    action: Action | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A button's fixed place: its link, and how many times its content may be replaced."""

    key: str
    action_key: str
    href: str
    depth: int


def action_key(button: Button) -> str:
    return f"{button.key}-do"


def present_cell(button: Button, handle: str, depth: int) -> Cell:
    return Cell(button.key, action_key(button), reverse("detail", args=[handle, button.key]), depth)


def present_tile(reading: Reading, handle: str, version: int, fetched: str, fresh: int = 0) -> Tile:
    """``version`` numbers the content: a later one takes the place of an earlier. ``fetched``: page time.
    ``fresh``: how many are new since the reader last looked."""
    words = STATE_WORDS[reading.state]
    count = len(reading.judged)
    return Tile(
        key=reading.button.key,
        slot=f"{reading.button.key}-{version}",
        action_slot=f"{action_key(reading.button)}-{version}",
        label=str(reading.button.label),
        icon=reading.button.icon,
        state=reading.state.value,
        is_lit=reading.state in LIT,
        word=str(words.word),
        state_icon=words.icon,
        headline=quoted(reading.headline, reading.records) or line_of(reading),
        when=when_of(reading, fetched),
        count=count,
        count_word=ngettext("post", "poster", count),
        flags=(
            *(present_flag(flag, reading) for flag in FLAG_ORDER if flag in reading.flags),
            *((FlagView("fresh", "dot", fresh_words(fresh)),) if fresh else ()),
        ),
        action=action_of(reading, handle),
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
