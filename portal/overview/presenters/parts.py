"""How each system behind an aggregating source did, and when what came was got, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from connectors.base.contract import Freshness, Part
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.outcomes import Answered
from portal.aggregation.wording import clock, short_moment
from portal.dates import today


def when_got(outcome: Answered) -> tuple[str, str]:
    """When it was fetched; of what a source delivers by itself, when it did."""
    if outcome.is_delivered:
        return _("Levererat"), short_moment(outcome.as_of, today())
    return _("Hämtat"), clock(outcome.as_of)


def got_words(outcome: Answered) -> str:
    """The same within a sentence."""
    label, time = when_got(outcome)
    return f"{label.lower()} {time}"


@dataclass(frozen=True, slots=True)
class PartLine:
    """``state``: ok, copy, part or failed, as for a whole source. ``buttons``: about which, if not all."""

    label: str
    state: str
    icon: str
    text: str
    buttons: str


def present_parts(parts: Iterable[Part], asked: frozenset[Kind]) -> tuple[PartLine, ...]:
    """What is missing first; within that, in the order of the source. ``asked``: all it was asked for."""
    order = {"failed": 0, "part": 1, "copy": 2, "ok": 3}
    return tuple(sorted((present_part(part, asked) for part in parts), key=lambda line: order[line.state]))


def present_part(part: Part, asked: frozenset[Kind]) -> PartLine:
    about = part.kinds if part.kinds < asked else frozenset()
    buttons = ", ".join(str(BUTTON_OF[kind].label) for kind in BUTTON_OF if kind in about)
    state, icon, text = part_words(part)
    return PartLine(label_of(part), state, icon, text, buttons)


def label_of(part: Part) -> str:
    return part.label or part.system or _("Ett källsystem")


def part_words(part: Part) -> tuple[str, str, str]:
    if part.freshness is None:
        return "failed", "nocloud", _("Svarade inte. Okänt om uppgifter finns.")
    if part.freshness is Freshness.FRESH:
        return "ok", "check", _("Svarade")
    copy = copy_words(part)
    if part.freshness is Freshness.STALE:
        return "part", "nocloud", _("%(copy)s. Svarade inte nu, nyare uppgifter kan finnas.") % {"copy": copy}
    return "copy", "clock", copy


def copy_words(part: Part) -> str:
    if part.as_of is None:
        return _("Kopia, ålder ej angiven")
    return _("Kopia från %(time)s") % {"time": short_moment(part.as_of, today())}


def lines_about(label: str, parts: Iterable[Part], kind: Kind) -> list[str]:
    """One sentence for each system that did not give its own, fresh answer about a kind."""
    return [
        _("%(source)s (%(system)s): %(words)s")
        % {"source": label, "system": label_of(part), "words": part_words(part)[2]}
        for part in parts
        if kind in part.kinds and part.freshness is not Freshness.FRESH
    ]
