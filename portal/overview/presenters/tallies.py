"""How many buttons are in each sort of state, in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import ngettext

from portal.aggregation.states import EMPTY_STATES, LIT, Reading, State


@dataclass(frozen=True, slots=True)
class Tally:
    key: str
    icon: str
    count: int
    word: str


def tally_all(readings: Iterable[Reading]) -> Iterable[Tally]:
    counts = Counter(tally_of(reading.state) for reading in readings)
    words = {
        "lit": ("dot", ngettext("lyser", "lyser", counts["lit"])),
        "current": ("half", ngettext("finns", "finns", counts["current"])),
        "past": ("ring", ngettext("tidigare", "tidigare", counts["past"])),
        "empty": ("dash", ngettext("tom", "tomma", counts["empty"])),
        "unknown": ("nocloud", ngettext("okänd", "okända", counts["unknown"])),
        "closed": ("lock", ngettext("visas inte", "visas inte", counts["closed"])),
        "waiting": ("clock", ngettext("hämtas", "hämtas", counts["waiting"])),
    }
    for key, (icon, word) in words.items():
        if counts[key]:
            yield Tally(key, icon, counts[key], word)


def tally_of(state: State) -> str:
    if state in LIT:
        return "lit"
    if state in EMPTY_STATES:
        return "empty"
    plain = {State.CURRENT, State.PAST, State.UNKNOWN, State.WAITING}
    return state.value if state in plain else "closed"
