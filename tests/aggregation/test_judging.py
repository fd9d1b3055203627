"""What a button says of what came and of what did not."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base.contract import Fault, Freshness, SourceProfile
from connectors.base.kinds import CareContact, CareLimitation, Diagnosis, HomeCare, SocialService
from connectors.base.records import Record
from consent.terms import ANY, Basis, Block, Decision, Provider, Reach, Refusal
from consent.vocabulary import BlockKind, CareKind, Distance, Kind, Reason, Row
from portal.aggregation.buttons import BUTTON_OF, BUTTONS
from portal.aggregation.judging import Scene, read_all, read_button
from portal.aggregation.outcomes import Answered, Failed, Outcome
from portal.aggregation.states import EMPTY_STATES, Flag, Reading, State
from tests.aggregation.examples import (
    COSMIC,
    HEMSJUKVARDEN,
    HEMTJANSTEN,
    MOMENT,
    NOON,
    VIVA_HSL,
    VIVA_SOL,
    ago,
    plain,
    record,
    source,
)
from tests.factories.permits import FJALL, OMSORG, VARD, actor_at, everything_open

PROFILES = (COSMIC, VIVA_HSL, VIVA_SOL)
ACTOR = actor_at()
OPEN = everything_open(ACTOR)
OTHER_HEALTH = Reach(Distance.OTHER_PROVIDER, CareKind.HEALTH_CARE)
OTHER_SOCIAL = Reach(Distance.OTHER_PROVIDER, CareKind.SOCIAL_CARE)
OWN_OTHER_UNITS = Reach(Distance.OWN_PROVIDER, FJALL.kind, FJALL.hsa_id, ANY)
NO_CONSENT = Refusal(Row.NO_CONSENT, Reason.NO_CONSENT)
BEFORE_CONSENT = {**OPEN, OTHER_HEALTH: NO_CONSENT, OTHER_SOCIAL: NO_CONSENT}


def scene(decisions: Mapping[Reach, Decision] = OPEN, **more: object) -> Scene:
    profiles = more.pop("profiles", PROFILES)
    return Scene(ACTOR, decisions, profiles, MOMENT, **more)  # type: ignore[arg-type]


def answered(profile: SourceProfile, *records: Record, **more: object) -> Answered:
    return Answered(profile, profile.kinds, records, NOON, **more)  # type: ignore[arg-type]


def failed(profile: SourceProfile, fault: Fault = Fault.TIMED_OUT) -> Failed:
    return Failed(profile, profile.kinds, fault, NOON)


def read(kind: Kind, *outcomes: Outcome, at: Scene | None = None) -> Reading:
    return read_button(at or scene(), BUTTON_OF[kind], {o.source.slug: o for o in outcomes})


NOTHING = (answered(COSMIC), answered(VIVA_HSL), answered(VIVA_SOL))


def test_nothing_is_said_to_be_registered_when_all_answered_in_full() -> None:
    assert {reading.state for reading in read_all(scene(), BUTTONS, {o.source.slug: o for o in NOTHING})} == {
        State.EMPTY
    }


def test_a_button_waits_until_all_that_feed_it_have_come() -> None:
    assert read(Kind.CARE_LIMITATION, answered(COSMIC)).state is State.WAITING
    assert read(Kind.CARE_LIMITATION, answered(COSMIC), answered(VIVA_HSL)).state is State.EMPTY


def test_what_has_come_is_shown_while_the_rest_is_awaited() -> None:
    reading = read(Kind.CARE_LIMITATION, answered(COSMIC, record(CareLimitation, text="Ej HLR")))
    assert (reading.state, reading.flags) == (State.ONGOING, {Flag.WAITING})


def test_nothing_from_one_and_no_answer_from_another_is_unknown() -> None:
    assert read(Kind.CARE_LIMITATION, answered(COSMIC), failed(VIVA_HSL)).state is State.UNKNOWN


def test_data_from_one_and_no_answer_from_another_is_partial() -> None:
    reading = read(Kind.CARE_LIMITATION, answered(COSMIC, record(CareLimitation)), failed(VIVA_HSL))
    assert (reading.state, reading.flags) == (State.ONGOING, {Flag.PARTIAL})
    assert (reading.answered, reading.asked) == (1, 2)


@pytest.mark.parametrize(
    "doubt", [{"withheld": True}, {"unparsed": 1}, {"absent": frozenset({Kind.DIAGNOSIS})}], ids=str
)
def test_less_than_a_whole_answer_never_reads_as_nothing(doubt: dict[str, object]) -> None:
    assert read(Kind.DIAGNOSIS, answered(COSMIC, **doubt)).state is State.UNKNOWN
    reading = read(Kind.DIAGNOSIS, answered(COSMIC, record(Diagnosis), **doubt))
    assert Flag.PARTIAL in reading.flags


def test_a_view_that_fills_reads_as_one_that_begins_with_all_of_it() -> None:
    """What a view has worked out already holds for what comes later too."""
    came = (
        answered(COSMIC, *(plain(kind) for kind in COSMIC.kinds), record(Diagnosis, id="2", title="Feber")),
        failed(VIVA_SOL),
        answered(VIVA_HSL, record(CareLimitation, text="Ej HLR", decided=ago(3)), is_protected=True),
    )
    filling = scene()
    for number in range(len(came) + 1):
        outcomes = {outcome.source.slug: outcome for outcome in came[:number]}
        assert read_all(filling, BUTTONS, outcomes) == read_all(scene(), BUTTONS, outcomes)


def test_where_a_source_alone_marks_the_identity_nothing_reads_as_registered_nowhere() -> None:
    """What tells where she is was left out, whoever knew: the button may not say that there is nothing."""
    at = scene()
    assert read(Kind.CONTACT, at=at).state is State.WAITING
    reading = read(Kind.CONTACT, answered(COSMIC, is_protected=True), *NOTHING[1:], at=at)
    assert (reading.state, reading.reason) == (State.CLOSED, Reason.PROTECTED_IDENTITY)


def test_a_sources_own_copy_says_from_when() -> None:
    reading = read(Kind.DIAGNOSIS, answered(COSMIC, record(Diagnosis), freshness=Freshness.STALE))
    assert reading.flags == {Flag.COPY}
    assert reading.copy_from == NOON


def test_an_expected_owner_who_does_not_deliver_is_named() -> None:
    at = scene(expected={Kind.HOME_CARE: (VARD, OMSORG)})
    reading = read(Kind.HOME_CARE, answered(VIVA_HSL), at=at)
    assert (reading.state, reading.not_delivering) == (State.EMPTY_AMONG_CONNECTED, (OMSORG,))


def test_a_kind_nobody_delivers_is_not_called_empty() -> None:
    assert read(Kind.PREHOSPITAL, at=scene(profiles=(VIVA_SOL,))).state is State.EMPTY_AMONG_CONNECTED


def test_other_units_not_chosen_leave_it_open_whether_they_hold_anything() -> None:
    at = scene({**OPEN, OWN_OTHER_UNITS: Refusal(Row.OWN_PROVIDER, Reason.NOT_CHOSEN)})
    assert read(Kind.DIAGNOSIS, answered(COSMIC), at=at).state is State.CHOOSE
    lit = read(Kind.DIAGNOSIS, answered(COSMIC, record(Diagnosis, start=ago(1))), at=at)
    assert (lit.state, lit.flags) == (State.NEW, {Flag.CHOOSE})


def test_before_consent_what_others_feed_reads_the_same_for_a_full_and_an_empty_patient() -> None:
    full = (
        answered(COSMIC),
        answered(VIVA_SOL, record(SocialService, unit=HEMTJANSTEN)),
        answered(VIVA_HSL, record(HomeCare, unit=HEMSJUKVARDEN)),
    )
    at = scene(BEFORE_CONSENT)
    for kind in (Kind.SOCIAL_SERVICE, Kind.HOME_CARE):
        without = read(kind, answered(COSMIC), at=at)
        assert without == read(kind, at=at)
        assert (without.state, without.reason) == (State.CONSENT, Reason.NO_CONSENT)
    assert read(Kind.SOCIAL_SERVICE, at=at).judged == ()
    assert full[1].records


def test_own_data_lights_and_says_that_others_need_consent() -> None:
    reading = read(Kind.CARE_LIMITATION, answered(COSMIC, record(CareLimitation)), at=scene(BEFORE_CONSENT))
    assert (reading.state, reading.flags) == (State.ONGOING, {Flag.CONSENT})
    assert read(Kind.CARE_LIMITATION, answered(COSMIC), at=scene(BEFORE_CONSENT)).state is State.CONSENT


def test_a_block_is_said_of_every_button_it_may_touch_and_of_no_other() -> None:
    block = Block("b", BlockKind.OUTER, VARD.hsa_id, excluded_types=frozenset({"upp"}))
    at = scene({**OPEN, OTHER_HEALTH: Basis(Row.CONSENT, blocks=(block,))})
    assert read(Kind.HOME_CARE, answered(VIVA_HSL), at=at).state is State.BLOCKED
    assert read(Kind.CARE_LIMITATION, *NOTHING, at=at).state is State.EMPTY


def test_blocked_social_care_shows_nothing_at_all() -> None:
    silent = Refusal(Row.SOCIAL_BLOCK, Reason.SILENT_BLOCK)
    at = scene({**OPEN, OTHER_SOCIAL: silent})
    reading = read(Kind.SOCIAL_SERVICE, answered(VIVA_SOL), at=at)
    assert (reading.state, reading.flags, reading.reason) == (State.EMPTY, frozenset(), None)


@pytest.mark.parametrize(
    ("owner", "state"), [(OMSORG, State.EMPTY), (VARD, State.EMPTY), (None, State.BLOCKED)]
)
def test_a_source_of_many_owners_tells_of_no_block_that_its_owner_has_its_own_word_on(
    owner: Provider | None, state: State
) -> None:
    """Row 16: that social care is blocked is nobody's to know, also where records of unnamed owners are held
    against every block there is."""
    many = replace(COSMIC, slug="npo", owner=None)
    block = Block("b", BlockKind.OUTER, owner.hsa_id if owner else "SE9999999999-0000")
    named = {Reach(Distance.OTHER_PROVIDER, p.kind, p.hsa_id): Basis(Row.CONSENT) for p in (VARD, OMSORG)}
    decisions = {**OPEN, **named, OTHER_HEALTH: Basis(Row.CONSENT, blocks=(block,))}
    at = scene(decisions, profiles=(many,))
    assert read(Kind.DIAGNOSIS, answered(many), at=at).state is state


def test_a_source_of_many_owners_tells_of_a_named_vardgivares_block_by_that_owners_own_decision() -> None:
    many = replace(COSMIC, slug="npo", owner=None)
    block = Block("b", BlockKind.OUTER, VARD.hsa_id)
    blocked = Basis(Row.CONSENT, blocks=(block,))
    decisions = {
        **OPEN,
        Reach(Distance.OTHER_PROVIDER, VARD.kind, VARD.hsa_id): blocked,
        OTHER_HEALTH: blocked,
    }
    reading = read(Kind.DIAGNOSIS, answered(many), at=scene(decisions, profiles=(many,)))
    assert reading.state is State.BLOCKED


def test_unreadable_blocks_make_it_unknown() -> None:
    at = scene({**OPEN, OTHER_HEALTH: Refusal(Row.OUTER_BLOCK, Reason.BLOCKS_UNKNOWN)})
    assert read(Kind.HOME_CARE, at=at).state is State.UNKNOWN


def test_in_emergency_social_care_stays_closed_and_says_why() -> None:
    at = scene({**OPEN, OTHER_SOCIAL: Refusal(Row.EMERGENCY, Reason.NOT_IN_EMERGENCY)})
    assert read(Kind.SOCIAL_SERVICE, at=at).reason is Reason.NOT_IN_EMERGENCY


def test_nothing_lights_for_the_deceased() -> None:
    records = [plain(kind, start=ago(1)) for kind in COSMIC.kinds]
    readings = read_all(scene(is_deceased=True), BUTTONS, {"cosmic": answered(COSMIC, *records)})
    assert not [reading.button.key for reading in readings if reading.is_lit]
    assert (
        read(Kind.DIAGNOSIS, answered(COSMIC, record(Diagnosis)), at=scene(is_deceased=True)).state
        is State.PAST
    )


def test_ongoing_comes_first_then_the_newest_and_the_undated_last() -> None:
    visits = [
        record(CareContact, id="old", start=ago(900)),
        record(CareContact, id="undated"),
        record(CareContact, id="new", start=ago(2)),
        record(CareContact, id="older", start=ago(20)),
    ]
    assert [r.id for r in read(Kind.CARE_CONTACT, answered(COSMIC, *visits)).records] == [
        "new",
        "older",
        "old",
        "undated",
    ]


outcome_of: dict[str, Callable[[SourceProfile], Outcome | None]] = {
    "whole": answered,
    "withheld": lambda p: answered(p, withheld=True),
    "unparsed": lambda p: answered(p, unparsed=3),
    "absent": lambda p: answered(p, absent=p.kinds),
    "late": lambda _p: None,
    **{fault.value: partial(failed, fault=fault) for fault in Fault},
}
decisions_tried = st.fixed_dictionaries(
    {
        reach: st.sampled_from(
            [Basis(Row.CONSENT)]
            + [Refusal(Row.NOTHING, reason) for reason in Reason if reason is not Reason.SILENT_BLOCK]
        )
        for reach in (OWN_OTHER_UNITS, OTHER_HEALTH, OTHER_SOCIAL)
    }
)


@given(
    decisions=decisions_tried,
    fates=st.tuples(*(st.sampled_from(sorted(outcome_of)) for _ in range(4))),
)
def test_empty_is_only_ever_said_when_everybody_answered_in_full(
    decisions: dict[Reach, Decision], fates: tuple[str, ...]
) -> None:
    profiles = (*PROFILES, source("npo", None, frozenset({Kind.DIAGNOSIS, Kind.SOCIAL_SERVICE})))
    at = scene({**OPEN, **decisions}, profiles=profiles)
    came = {p.slug: outcome_of[fate](p) for p, fate in zip(profiles, fates, strict=True)}
    outcomes = {slug: outcome for slug, outcome in came.items() if outcome is not None}
    for reading in read_all(at, BUTTONS, outcomes):
        feeding = [p for p in profiles if reading.button.kind in p.kinds]
        if reading.state in EMPTY_STATES:
            whole = [
                isinstance(came[p.slug], Answered) and fates[profiles.index(p)] == "whole" for p in feeding
            ]
            refused = [d for d in decisions_bearing(at, feeding) if isinstance(d, Refusal)]
            assert all(whole)
            assert not refused


def decisions_bearing(at: Scene, feeding: list[SourceProfile]) -> list[Decision]:
    """Written apart from the code under test: by owner alone."""
    found: list[Decision] = []
    for profile in feeding:
        if profile.owner == FJALL:
            found.append(at.decisions[OWN_OTHER_UNITS])
        elif profile.owner is not None:
            found.append(at.decisions[OTHER_SOCIAL if profile.owner == OMSORG else OTHER_HEALTH])
    return found


@given(st.sampled_from(sorted(Kind)), st.sampled_from(sorted(Fault)))
def test_any_fault_of_any_source_feeding_a_button_never_reads_as_nothing(kind: Kind, fault: Fault) -> None:
    for broken in (p for p in PROFILES if kind in p.kinds):
        outcomes = {p.slug: failed(p, fault) if p is broken else answered(p) for p in PROFILES}
        assert read_button(scene(), BUTTON_OF[kind], outcomes).state is State.UNKNOWN
