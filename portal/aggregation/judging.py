"""From what the sources said to what each button says. Pure: the same input gives the same page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

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
    # Worked out once: what rests on the decisions alone, and what a button's rule says of a record.
    _feeds: dict[Kind, "Feed"] = field(default_factory=dict, init=False, compare=False, repr=False)
    _placed: dict[tuple[int, int], "Placed"] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def feed(self, kind: Kind) -> "Feed":
        """Who feeds a button, whatever they hold."""
        if kind not in self._feeds:
            self._feeds[kind] = feed_of(self, kind)
        return self._feeds[kind]

    def place(self, button: Button, record: Record) -> "Placed":
        """Where a record stands under a button. A view's records are its own, and are told apart by identity:
        one that is kept here keeps its identity too."""
        key = (id(button), id(record))
        placed = self._placed.get(key)
        if placed is None or placed.button is not button:
            placed = self._placed[key] = place_under(self, button, record)
        return placed


@dataclass(frozen=True, slots=True)
class Feed:
    """feeding: the sources of a kind; asked: those that may be asked for it; closed: the closed states that
    hold for some of what feeds the button."""

    feeding: tuple[SourceProfile, ...]
    asked: tuple[SourceProfile, ...]
    closed: Mapping[State, Reason]
    not_delivering: tuple[Provider, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A record under a button, and its place: strongest first, then newest; undated last. The id makes the
    order the same every time."""

    button: Button
    judged: Judged
    place: tuple[int, int, str]


def feed_of(scene: Scene, kind: Kind) -> Feed:
    feeding = tuple(profile for profile in scene.profiles if kind in profile.kinds)
    return Feed(
        feeding=feeding,
        asked=tuple(p for p in feeding if kind in permitted_kinds(scene.actor, scene.decisions, p)),
        closed=states_closed(scene, feeding, kind),
        not_delivering=owners_not_delivering(scene, kind),
    )


def place_under(scene: Scene, button: Button, record: Record) -> Placed:
    own = scene.days.get(button.kind)
    days = {**button.days, **own} if own else button.days
    lamp = Lamp.PAST if scene.is_deceased else button.judge(record, scene.moment, days)
    day = day_of(button.dated(record))
    place = (STRENGTH[lamp], -day.toordinal() if day else 0, record.id)
    return Placed(button, Judged(record, lamp), place)


def read_button(scene: Scene, button: Button, outcomes: Mapping[str, Outcome]) -> Reading:
    """One button, given what has come so far, by source. A source without outcome is still awaited."""
    kind = button.kind
    feed = scene.feed(kind)
    came = [outcomes[profile.slug] for profile in feed.asked if profile.slug in outcomes]
    answers = [outcome for outcome in came if isinstance(outcome, Answered)]
    partial = [answer for answer in answers if not answer.is_complete_for(kind)]
    if not scene.is_protected and any(answer.is_protected for answer in answers):
        scene = replace(scene, is_protected=True)
        feed = scene.feed(kind)
    judged = judge_all(scene, button, answers)
    copies = [made for answer in answers for made in answer.copies_of(kind)]
    reading = Reading(
        button=button,
        state=State.WAITING,
        judged=judged,
        asked=len(feed.asked),
        answered=len(answers) - len(partial),
        unparsed=sum(answer.unparsed for answer in partial),
        is_copy=bool(copies),
        copy_from=min((made for made in copies if made is not None), default=None),
        answered_at=max((answer.as_of for answer in answers), default=None),
        not_delivering=feed.not_delivering,
    )
    is_waiting = len(came) < len(feed.asked)
    reading = settle(reading, scene, feed.closed, is_waiting=is_waiting, is_fed=bool(feed.feeding))
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
    told = (r for answer in answers for r in answer.records if r.kind is button.kind)
    records = list(standing(told, (each for answer in answers for each in answer.nullified)))
    if not all(map(is_personal, records)):
        named = units_named(records)
        records = [r for r in records if is_personal(r) or r.origin.unit_id in named]
    placed = sorted([scene.place(button, record) for record in records], key=attrgetter("place"))
    direct = frozenset(profile.slug for profile in scene.profiles if profile.owner is not None)
    return merge_duplicates([each.judged for each in placed], direct)


def units_named(records: Iterable[Record]) -> frozenset[str]:
    """The units that what is known about the patient names: only how those are reached is shown."""
    return frozenset(r.origin.unit_id for r in records if is_personal(r) and r.origin.names_unit)


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
