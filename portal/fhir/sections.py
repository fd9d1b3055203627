"""The sections of a patient summary: each fed by one button, and never empty without a reason.

Absent, unknown and withheld are three things. Which it is follows from the button's state, as on the page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base.kinds import Prehospital, Vaccination
from connectors.fhir.elements import Resource
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.states import WITH_RECORDS, Flag, Reading, State
from portal.fhir import names
from portal.fhir.elements import coding, filled, narrative, term
from portal.fhir.mapping.limitations import map_directive
from portal.fhir.mapping.warnings import is_allergy
from portal.fhir.telling import Told, reference_to
from portal.overview.presenters.tiles import FLAG_ORDER, line_of, present_flag
from portal.overview.presenters.words import STATE_WORDS

NIL_KNOWN, NOT_ASKED, WITHHELD, UNAVAILABLE = "nilknown", "notasked", "withheld", "unavailable"
REASON_OF_STATE: Mapping[State, str] = {
    State.EMPTY: NIL_KNOWN,
    State.EMPTY_AMONG_CONNECTED: NOT_ASKED,
    State.UNKNOWN: UNAVAILABLE,
    State.WAITING: UNAVAILABLE,
    State.CHOOSE: WITHHELD,
    State.CONSENT: WITHHELD,
    State.BLOCKED: WITHHELD,
    State.CLOSED: WITHHELD,
}
FAILED = frozenset({Flag.PARTIAL, Flag.WAITING})
CLOSED = frozenset({Flag.CHOOSE, Flag.CONSENT, Flag.BLOCKED, Flag.MORE})
# No summary grows without end: what comes after stands in a search.
MOST = 100


@dataclass(frozen=True, slots=True)
class Section:
    """``loinc``: its code in IPS, '' where IPS has none; our own code stands beside it. ``takes``: which of
    the button's records. ``map_as``: where they are told as something else than in a search."""

    kind: Kind
    loinc: str = ""
    takes: Callable[[Any], bool] = lambda _record: True
    map_as: Callable[[Any, Any], Resource] | None = None

    @property
    def codes(self) -> list[Resource]:
        own = coding(names.KIND, self.kind.value, str(BUTTON_OF[self.kind].label))
        return [coding(names.LOINC, self.loinc), own] if self.loinc else [own]


def is_dose(record: Vaccination) -> bool:
    return not record.is_infection


def is_infection(record: Vaccination) -> bool:
    return record.is_infection


def is_other_warning(record: Any) -> bool:
    return not is_allergy(record)


def is_value(record: Prehospital) -> bool:
    return not record.is_mission


def is_mission(record: Prehospital) -> bool:
    return record.is_mission


# What IPS demands first, in its order; then what it allows; then what only this portal has.
SECTIONS: tuple[Section, ...] = (
    Section(Kind.DIAGNOSIS, "11450-4"),
    Section(Kind.WARNING, "48765-2", is_allergy),
    Section(Kind.MEDICATION, "10160-0"),
    Section(Kind.VACCINATION, "11369-6", is_dose),
    Section(Kind.CARE_LIMITATION, "42348-3", map_as=map_directive),
    Section(Kind.WARNING, "104605-1", is_other_warning),
    Section(Kind.CARE_PLAN, "18776-5"),
    Section(Kind.PREHOSPITAL, "8716-3", is_value),
    Section(Kind.VACCINATION, "11348-0", is_infection),
    Section(Kind.CONTACT, "85847-2"),
    Section(Kind.CARE_CONTACT, "46240-8"),
    Section(Kind.SOCIAL_SERVICE),
    Section(Kind.HOME_CARE),
    Section(Kind.COORDINATION),
    Section(Kind.PREHOSPITAL, takes=is_mission),
)


def write_section(section: Section, reading: Reading, told: Told, left_out: int) -> Resource:
    """``left_out``: records of it that did not find room."""
    entries = [{"reference": reference_to(resource)} for resource, _ in told.resources]
    absent = absence_of(reading, is_short=bool(told.untold or left_out))
    is_empty = not entries
    return filled(
        title=str(BUTTON_OF[section.kind].label),
        code={"coding": section.codes},
        text=narrative(words_of(reading)),
        entry=entries,
        emptyReason=term(names.EMPTY_REASON, reason_of(reading, absent)) if is_empty else {},
        extension=[{"url": names.DATA_ABSENT, "valueCode": absent}] if entries and absent else [],
    )


def absence_of(reading: Reading, *, is_short: bool = False) -> str:
    """What there may be beside what came: '' where the button is whole. A failure goes before a closed door:
    nobody knows what was behind it."""
    if reading.flags & FAILED or is_short:
        return "temp-unknown"
    if reading.flags & CLOSED:
        return "masked"
    return "unsupported" if reading.not_delivering else ""


def reason_of(reading: Reading, absent: str) -> str:
    """Why the section holds nothing. ``nilknown`` only where everything that feeds it answered, whole."""
    if reading.state not in WITH_RECORDS:
        return REASON_OF_STATE[reading.state]
    return {"temp-unknown": UNAVAILABLE, "masked": WITHHELD, "unsupported": NOT_ASKED}.get(absent, NIL_KNOWN)


def words_of(reading: Reading) -> list[tuple[str, str]]:
    """The button as it reads: its state, its headline or why there is none, a flag for what is missing."""
    state = str(STATE_WORDS[reading.state].word)
    flags = [present_flag(flag, reading).text for flag in FLAG_ORDER if flag in reading.flags]
    return [("", state), ("", reading.headline or line_of(reading)), *(("", flag) for flag in flags)]
