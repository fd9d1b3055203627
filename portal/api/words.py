"""The closed sets of words that the interface answers with beside the house's own."""

from collections.abc import Iterable, Mapping

from consent.ruling import Notice, Ruling
from portal.access.notices import present_notices
from portal.aggregation.states import EMPTY_STATES, WITH_RECORDS, Reading, State
from portal.aggregation.states import LIT as LIT_STATES

RECORDS, NOTHING, UNKNOWN, WITHHELD = "records", "nothing", "unknown", "withheld"
ANSWERS = (RECORDS, NOTHING, UNKNOWN, WITHHELD)
LIT = ("yes", "no", "unknown")
SAFETY_STATES = ("limits", "none", "unknown", "closed", "waiting")
SOURCE_STATES = ("ok", "copy", "part", "failed", "refused", "waiting")
# Of one length: who counts bytes on the way learns nothing from which of them it was (row 5).
EXISTENCE_OF: Mapping[Notice, str] = {
    Notice.EXISTENCE_YES: "present",
    Notice.EXISTENCE_NO: "missing",
    Notice.EXISTENCE_UNKNOWN: "unknown",
    Notice.EXISTENCE_DEFAULT: "unasked",
}
EXISTENCE = tuple(EXISTENCE_OF.values())


def answer_of(state: State) -> str:
    """What a button's state is an answer to: nothing is only what everybody who was asked has said."""
    if state in WITH_RECORDS:
        return RECORDS
    if state in EMPTY_STATES:
        return NOTHING
    return UNKNOWN if state in (State.UNKNOWN, State.WAITING) else WITHHELD


def lit_of(readings: Iterable[Reading]) -> str:
    """no: everybody answered in full, everything is open, and nothing of it lights."""
    read = list(readings)
    if any(reading.state in LIT_STATES for reading in read):
        return "yes"
    is_whole = all(answer_of(r.state) in (RECORDS, NOTHING) and not r.flags for r in read)
    return "no" if is_whole else "unknown"


def existence_of(ruling: Ruling) -> str | None:
    """Row 5's one word, where the page has its sentence; None where it has none."""
    if not any(view.key == "existence" for view in present_notices(ruling)):
        return None
    return next((EXISTENCE_OF[n] for n in EXISTENCE_OF if n in ruling.notices), None)
