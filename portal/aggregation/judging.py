"""From what the sources said to what each button says. Pure: the same input gives the same page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.base.answers import standing
from connectors.base.contract import SourceProfile
from connectors.base.kinds import is_personal
from connectors.base.records import Record
from consent.terms import Actor, Provider
from consent.vocabulary import Kind, Reason
from portal.aggregation.asking import Decisions, closed_reasons, permitted_kinds, reason_told
from portal.aggregation.buttons.declaration import Button
from portal.aggregation.duplicates import merge_duplicates
from portal.aggregation.lamps import STRENGTH, Days, Judged, Lamp, Moment, day_of
from portal.aggregation.outcomes import Answered, Failed, Outcome
from portal.aggregation.protection import SHIELDED_KINDS
from portal.aggregation.states import STATE_OF_LAMP, Flag, Reading, State

STATE_OF_REASON: Mapping[Reason, State | None] = {
    Reason.SILENT_BLOCK: None,
    Reason.BLOCKS_UNKNOWN: State.UNKNOWN,
    Reason.NOT_CHOSEN: State.CHOOSE,
    Reason.NO_CONSENT: State.CONSENT,
    Reason.PATIENT_REFUSED: State.CONSENT,
    Reason.TEMPORARILY_UNABLE: State.CONSENT,
    Reason.NAMES_ONLY: State.CONSENT,
    Reason.NOT_IN_EMERGENCY: State.CONSENT,
    Reason.BLOCKED: State.BLOCKED,
    Reason.MAY_ASK_TO_LIFT: State.BLOCKED,
}
CLOSED_ORDER = (State.UNKNOWN, State.CHOOSE, State.CONSENT, State.BLOCKED, State.CLOSED)
FLAG_OF_STATE: Mapping[State, Flag] = {
    State.UNKNOWN: Flag.PARTIAL,
    State.CHOOSE: Flag.CHOOSE,
    State.CONSENT: Flag.CONSENT,
    State.BLOCKED: Flag.BLOCKED,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything but the answers: who reads, under which decisions, from which sources, when.

    expected: owners that should deliver a kind, whether or not a source is configured for them.
    """

    actor: Actor
    decisions: Decisions
    profiles: tuple[SourceProfile, ...]
    moment: Moment
    is_deceased: bool = False
    is_protected: bool = False
    expected: Mapping[Kind, tuple[Provider, ...]] = field(default_factory=dict)
    days: Mapping[Kind, Days] = field(default_factory=dict)
    _fed: dict[Kind, "Feed"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def fed(self, kind: Kind) -> "Feed":
        """Which sources feed a button. It rests on the decisions alone, so it is worked out once a scene."""
        if kind not in self._fed:
            feeding = tuple(profile for profile in self.profiles if kind in profile.kinds)
            asked = (p for p in feeding if kind in permitted_kinds(self.actor, self.decisions, p))
            self._fed[kind] = Feed(feeding, tuple(asked), states_closed(self, feeding, kind))
        return self._fed[kind]


@dataclass(frozen=True, slots=True)
class Feed:
    """The sources that hold a kind, those of them that may be asked for it, and why some of it is closed."""

    feeding: tuple[SourceProfile, ...]
    asked: tuple[SourceProfile, ...]
    closed: Mapping[State, Reason]


def read_button(scene: Scene, button: Button, outcomes: Mapping[str, Outcome]) -> Reading:
    """One button, given what has come so far, by source. A source without outcome is still awaited."""
    kind = button.kind
    asked = scene.fed(kind).asked
    came = [outcomes[profile.slug] for profile in asked if profile.slug in outcomes]
    answers = [outcome for outcome in came if isinstance(outcome, Answered)]
    whole = [answer for answer in answers if answer.is_complete_for(kind)]
    if any(answer.is_protected for answer in answers):
        scene = replace(scene, is_protected=True)
    feed = scene.fed(kind)
    judged = judge_all(scene, button, answers)
    copies = [made for answer in answers for made in answer.copies_of(kind)]
    reading = Reading(
        button=button,
        state=State.WAITING,
        judged=judged,
        asked=len(asked),
        answered=len(whole),
        unparsed=sum(answer.unparsed for answer in answers if answer not in whole),
        is_copy=bool(copies),
        copy_from=min((made for made in copies if made is not None), default=None),
        answered_at=max((answer.as_of for answer in answers), default=None),
        not_delivering=owners_not_delivering(scene, kind),
    )
    reading = settle(
        reading, scene, feed.closed, is_waiting=len(came) < len(asked), is_fed=bool(feed.feeding)
    )
    return flag(reading, feed.closed, len(came))


def states_closed(scene: Scene, feeding: Iterable[SourceProfile], kind: Kind) -> dict[State, Reason]:
    """The closed states that hold for some of what feeds the button, by the decisions alone."""
    found: dict[State, set[Reason]] = {}
    for profile in feeding:
        for reason in closed_reasons(scene.actor, scene.decisions, profile, kind):
            state = STATE_OF_REASON.get(reason, State.CLOSED)
            if state is not None:
                found.setdefault(state, set()).add(reason)
    if scene.is_protected and kind in SHIELDED_KINDS:
        found.setdefault(State.CLOSED, set()).add(Reason.PROTECTED_IDENTITY)
    return {state: reason_told(frozenset(found[state])) for state in CLOSED_ORDER if state in found}


def judge_all(scene: Scene, button: Button, answers: Sequence[Answered]) -> tuple[Judged, ...]:
    """What any source says was withdrawn stands in none of them."""
    days = {**button.days, **scene.days.get(button.kind, {})}
    judged = []
    told = (r for answer in answers for r in answer.records if r.kind is button.kind)
    records = list(standing(told, (each for answer in answers for each in answer.nullified)))
    named = units_named(records)
    for record in records:
        if is_personal(record) or record.origin.unit_id in named:
            lamp = Lamp.PAST if scene.is_deceased else button.judge(record, scene.moment, days)
            judged.append(Judged(record, lamp))
    direct = frozenset(profile.slug for profile in scene.profiles if profile.owner is not None)
    return merge_duplicates(sorted(judged, key=lambda one: order_of(button, one)), direct)


def units_named(records: Iterable[Record]) -> frozenset[str]:
    """The units that what is known about the patient names: only how those are reached is shown."""
    return frozenset(r.origin.unit_id for r in records if is_personal(r) and r.origin.names_unit)


def order_of(button: Button, one: Judged) -> tuple[int, int, str]:
    """Strongest first, then newest; undated last. The id makes the order the same every time."""
    day = day_of(button.dated(one.record))
    return STRENGTH.index(one.lamp), -day.toordinal() if day else 0, one.record.id


def owners_not_delivering(scene: Scene, kind: Kind) -> tuple[Provider, ...]:
    delivering = {p.owner.hsa_id for p in scene.profiles if p.owner is not None and kind in p.kinds}
    return tuple(owner for owner in scene.expected.get(kind, ()) if owner.hsa_id not in delivering)


def settle(
    reading: Reading, scene: Scene, closed: Mapping[State, Reason], *, is_waiting: bool, is_fed: bool
) -> Reading:
    """The state: of what came, else what is still awaited, else the strongest reason why nothing did.

    A silently blocked owner is in none of these: the button reads as if that owner held nothing.
    """
    if reading.judged:
        first = reading.judged[0]
        headline = reading.button.headline(reading.judged, scene.moment)
        when = reading.button.dated(first.record)
        return replace(reading, state=STATE_OF_LAMP[first.lamp], headline=headline, when=when)
    if is_waiting:
        return reading
    if reading.answered < reading.asked:
        return replace(reading, state=State.UNKNOWN)
    for state, reason in closed.items():
        return replace(reading, state=state, reason=reason)
    if reading.not_delivering or not is_fed:
        return replace(reading, state=State.EMPTY_AMONG_CONNECTED)
    return replace(reading, state=State.EMPTY)


def flag(reading: Reading, closed: Mapping[State, Reason], came: int) -> Reading:
    """One flag for each thing that did not come, beside the state."""
    flags = {FLAG_OF_STATE[state] for state in closed if state in FLAG_OF_STATE and state != reading.state}
    if came < reading.asked:
        flags.add(Flag.WAITING)
    if reading.answered < came and reading.state is not State.UNKNOWN:
        flags.add(Flag.PARTIAL)
    if reading.is_copy:
        flags.add(Flag.COPY)
    if reading.state is State.WAITING:
        flags -= {Flag.WAITING}
    return replace(reading, flags=frozenset(flags))


def read_all(scene: Scene, buttons: Iterable[Button], outcomes: Mapping[str, Outcome]) -> tuple[Reading, ...]:
    return tuple(read_button(scene, button, outcomes) for button in buttons)


def is_incomplete(outcome: Outcome) -> bool:
    """Whether a source that was asked gave less than a complete, fresh answer."""
    if isinstance(outcome, Answered):
        is_part_missing = any(not part.is_complete for part in outcome.parts)
        return bool(outcome.withheld or outcome.unparsed or outcome.absent or is_part_missing)
    return isinstance(outcome, Failed)
