"""What is missing from a page that gathers all buttons, said in full: a gap never looks like "nothing"."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.aggregation.outcomes import Answered, Failed, Outcome
from portal.aggregation.states import Flag, Reading, State
from portal.overview.presenters.parts import label_of, part_words
from portal.overview.presenters.sources import answered_words
from portal.overview.presenters.tiles import line_of
from portal.overview.presenters.words import FAULT_WORDS, FLAG_WORDS, STATE_WORDS

# What the decisions close, whether it stands as a button's state or as a flag beside what did come.
CLOSED = {State.CHOOSE: Flag.CHOOSE, State.CONSENT: Flag.CONSENT, State.BLOCKED: Flag.BLOCKED}


@dataclass(frozen=True, slots=True)
class Gap:
    """``key``: failed, part, told or closed."""

    key: str
    icon: str
    text: str


def present_gaps(readings: Sequence[Reading], outcomes: Mapping[str, Outcome]) -> tuple[Gap, ...]:
    """Sources that did not answer first, then those that gave less than all, then what is not permitted."""
    return (*failed_gaps(outcomes.values()), *part_gaps(outcomes.values()), *closed_gaps(readings))


def failed_gaps(outcomes: Iterable[Outcome]) -> Iterable[Gap]:
    for outcome in outcomes:
        if isinstance(outcome, Failed):
            why = {"source": outcome.source.label, "why": FAULT_WORDS[outcome.fault]}
            yield Gap("failed", "nocloud", _("%(source)s saknas här: %(why)s") % why)


def part_gaps(outcomes: Iterable[Outcome]) -> Iterable[Gap]:
    for outcome in outcomes:
        if not isinstance(outcome, Answered):
            continue
        state, icon, text = answered_words(outcome)
        if state != "ok":
            yield Gap("part", icon, f"{outcome.source.label}: {text}")
        for part in outcome.parts:
            part_state, part_icon, words = part_words(part)
            if part_state != "ok":
                told = {"source": outcome.source.label, "system": label_of(part), "words": words}
                yield Gap("part", part_icon, _("%(source)s (%(system)s): %(words)s") % told)
        for said in outcome.warnings:
            told = {"source": outcome.source.label, "words": said}
            yield Gap("told", "warning", _("%(source)s meddelar: %(words)s") % told)


def closed_gaps(readings: Sequence[Reading]) -> Iterable[Gap]:
    """In the words of the buttons, with the buttons it is about."""
    for state, flag in CLOSED.items():
        about = [r for r in readings if r.state is state or flag in r.flags]
        if about:
            icon, _text = FLAG_WORDS[flag]
            yield Gap("closed", icon, f"{STATE_WORDS[state].word}: {names_of(about)}")
    for state in (State.CLOSED, State.EMPTY_AMONG_CONNECTED):
        lines: dict[str, list[Reading]] = {}
        for reading in readings:
            if reading.state is state:
                lines.setdefault(line_of(reading), []).append(reading)
        for line, about in lines.items():
            yield Gap("closed", STATE_WORDS[state].icon, f"{line} ({names_of(about)})")


def names_of(readings: Iterable[Reading]) -> str:
    return ", ".join(str(reading.button.label) for reading in readings)
