"""Systems behind an aggregating source: fresh, copy, stale or silent, and who may be named to whom."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from connectors.base.contract import Answer, Freshness, Part, SourceProfile
from connectors.base.kinds import CareLimitation, Diagnosis
from consent.terms import ANY, Basis, Block, Permit, Reach, Refusal
from consent.vocabulary import EVERY_KIND, BlockKind, CareKind, Distance, Kind, Reason, Row
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.checking import check
from portal.aggregation.judging import Scene, is_incomplete, read_button
from portal.aggregation.outcomes import Answered
from portal.aggregation.parts import parts_told
from portal.aggregation.states import Flag, Reading, State
from portal.overview.presenters.gaps import part_gaps
from portal.overview.presenters.parts import present_parts
from portal.overview.presenters.safety import present_safety
from portal.overview.presenters.sources import present_source
from portal.overview.presenters.tiles import present_flag
from portal.overview.visit import shown_by
from tests.aggregation.examples import COSMIC, MOMENT, NOON, record, source
from tests.factories.permits import FJALL, OMSORG, VARD, actor_at, altered, everything_open, permit_for

NPO = source("npo", None, EVERY_KIND, label="NPÖ")
MADE = datetime(2026, 3, 11, 12, 58, tzinfo=UTC)
VB, DI = frozenset({Kind.CARE_LIMITATION}), frozenset({Kind.DIAGNOSIS})


def part(
    freshness: Freshness | None, kinds: frozenset[Kind] = VB, as_of: datetime | None = MADE, **more: Any
) -> Part:
    return Part(more.pop("system", "SE1-SYS"), kinds, freshness, "Norrjournal", as_of, (VARD,), **more)


def answer(*parts: Part, records: tuple[Any, ...] = ()) -> Answered:
    return Answered(NPO, EVERY_KIND, records, NOON, parts=parts)


def reading(outcome: Answered, kind: Kind = Kind.CARE_LIMITATION) -> Reading:
    scene = Scene(actor_at(), everything_open(actor_at()), (NPO,), MOMENT)
    return read_button(scene, BUTTON_OF[kind], {"npo": outcome})


@pytest.mark.parametrize("freshness", [None, Freshness.STALE])
def test_system_that_gave_nothing_new_is_never_empty(freshness: Freshness | None) -> None:
    assert reading(answer(part(freshness))).state is State.UNKNOWN
    assert is_incomplete(answer(part(freshness)))


@pytest.mark.parametrize("freshness", [Freshness.FRESH, Freshness.CACHED])
def test_system_that_answered_and_holds_nothing_is_empty(freshness: Freshness) -> None:
    assert reading(answer(part(freshness))).state is State.EMPTY
    assert not is_incomplete(answer(part(freshness)))


@pytest.mark.parametrize(
    ("freshness", "flags"),
    [
        (Freshness.FRESH, set()),
        (Freshness.CACHED, {Flag.COPY}),
        (Freshness.STALE, {Flag.COPY, Flag.PARTIAL}),
        (None, {Flag.PARTIAL}),
    ],
)
def test_button_flags_what_did_not_come_fresh(freshness: Freshness | None, flags: set[Flag]) -> None:
    seen = reading(answer(part(freshness), records=(record(CareLimitation, source="npo"),)))
    assert (seen.state, seen.flags) == (State.ONGOING, flags)


def test_only_buttons_the_system_feeds_are_touched() -> None:
    mixed = answer(part(None, DI), part(Freshness.CACHED, VB))
    assert reading(mixed, Kind.DIAGNOSIS).state is State.UNKNOWN
    assert reading(mixed, Kind.CARE_LIMITATION).flags == {Flag.COPY}
    assert reading(mixed, Kind.VACCINATION).state is State.EMPTY


@time_machine.travel(NOON, tick=False)
def test_copy_says_from_when_and_also_where_nobody_told() -> None:
    seen = reading(answer(part(Freshness.CACHED)))
    assert present_flag(Flag.COPY, seen).text == "Kopia från 11 mar 13.58"
    assert present_flag(Flag.COPY, reading(answer(part(Freshness.CACHED, as_of=NOON)))).text == (
        "Kopia från 12.32"
    )
    assert present_flag(Flag.COPY, reading(answer(part(Freshness.CACHED, as_of=None)))).text == "Kopia"


def test_each_system_has_a_line_and_the_missing_come_first() -> None:
    lines = present_parts(
        [part(Freshness.FRESH), part(Freshness.CACHED), part(Freshness.STALE), part(None, DI)], EVERY_KIND
    )
    assert [line.state for line in lines] == ["failed", "part", "copy", "ok"]
    assert lines[0].text == "Svarade inte. Okänt om uppgifter finns."
    assert (lines[0].label, lines[0].buttons) == ("Norrjournal", "Diagnoser")
    assert present_parts([part(None, DI)], DI)[0].buttons == ""


@pytest.mark.parametrize(
    ("freshness", "state"),
    [(Freshness.FRESH, "ok"), (Freshness.CACHED, "copy"), (Freshness.STALE, "part"), (None, "part")],
)
def test_source_is_as_whole_as_its_systems(freshness: Freshness | None, state: str) -> None:
    line = present_source(answer(part(freshness)), NOON)
    assert (line.state, len(line.parts)) == (state, 1)


def test_safety_strip_names_the_system_that_did_not_answer_about_limitations() -> None:
    outcome = answer(part(None), part(None, DI, system="SE2-SYS"))
    strip = present_safety(reading(outcome), reading(outcome, Kind.WARNING), {"npo": outcome}, FJALL.name)
    assert strip.state == "unknown"
    assert strip.lines == ("NPÖ (Norrjournal): Svarade inte. Okänt om uppgifter finns.",)


# Who may be named.


def told(*parts: Part, decisions: Any = None) -> tuple[Part, ...]:
    return parts_told(permit_for(decisions=decisions), parts)


def with_decision(provider: Any, decision: Any) -> Any:
    actor = actor_at()
    reach = Reach(Distance.OTHER_PROVIDER, provider.kind, provider.hsa_id)
    return {**everything_open(actor), reach: decision}


BLOCKED = Basis(Row.CONSENT, blocks=(Block("b", BlockKind.OUTER, VARD.hsa_id),), hides_silently=True)
REFUSED = Refusal(Row.NO_CONSENT, Reason.NO_CONSENT)


def test_system_of_an_open_owner_is_named() -> None:
    assert told(part(Freshness.FRESH)) == (part(Freshness.FRESH),)


@pytest.mark.parametrize("decision", [BLOCKED, REFUSED], ids=["blocked", "refused"])
def test_system_of_a_closed_owner_is_not_named_and_not_told_of_where_it_answered(decision: Any) -> None:
    decisions = with_decision(VARD, decision)
    assert told(part(Freshness.FRESH), decisions=decisions) == ()
    (nameless,) = told(part(None), part(None, DI, system="SE2-SYS"), decisions=decisions)
    assert (nameless.system, nameless.label, nameless.owners) == ("", "", ())
    assert nameless.kinds == VB | DI


def test_system_nobody_knows_the_owner_of_is_not_named() -> None:
    assert told(Part("SE9-SYS", VB, Freshness.FRESH, "Okänd journal")) == ()
    assert told(Part("SE9-SYS", VB, None, "Okänd journal"))[0].label == ""


def test_system_with_one_closed_owner_among_open_ones_is_not_named() -> None:
    shared = Part("SE1-SYS", VB, Freshness.FRESH, "Delad journal", owners=(VARD, OMSORG))
    reach = Reach(Distance.OTHER_PROVIDER, CareKind.SOCIAL_CARE, ANY)
    assert told(shared)
    assert told(shared, decisions={**everything_open(actor_at()), reach: REFUSED}) == ()


def test_checking_lets_only_what_may_be_told_through() -> None:
    given = Answer((record(Diagnosis, source="npo"),), NOON, parts=(part(None), part(Freshness.FRESH)))
    kept = check(permit_for(decisions=with_decision(VARD, REFUSED)), NPO, EVERY_KIND, given)
    assert [p.label for p in kept.parts] == [""]


def test_log_is_given_the_parts_as_they_were_told() -> None:
    came = Answer((), NOON, parts=(part(Freshness.FRESH), part(None, DI, system="SE2-SYS")))
    outcome = check(permit_for(), NPO, EVERY_KIND, came)
    assert shown_by((outcome,)).parts == {"npo": (("SE1-SYS", "fresh"), ("SE2-SYS", "silent"))}
    closed = check(permit_for(decisions=with_decision(VARD, REFUSED)), NPO, EVERY_KIND, came)
    assert shown_by((closed,)).parts == {"npo": (("", "silent"),)}
    assert shown_by((answer(),)).parts == {}


# In the source's own words.

SAID = "Uppgifter äldre än två år visas inte."


def quoted(permit: Permit, asked: SourceProfile = NPO, said: str = SAID) -> Answered:
    return check(permit, asked, EVERY_KIND, Answer((), NOON, warnings=(said,)))


def test_words_of_a_source_stand_at_the_source_and_among_the_gaps() -> None:
    outcome = quoted(permit_for())
    line = present_source(outcome, NOON)
    assert (line.state, line.messages) == ("ok", (SAID,)), "words are no fault"
    assert [(gap.key, gap.text) for gap in part_gaps([outcome])] == [("told", f"NPÖ meddelar: {SAID}")]
    assert reading(outcome).state is State.EMPTY


def test_a_control_character_in_them_is_seen() -> None:
    assert quoted(permit_for(), said="två\x07år").warnings == ("två\u2407år",)


OTHERS = Reach(Distance.OTHER_PROVIDER, CareKind.HEALTH_CARE)
OWN = Reach(Distance.OWN_PROVIDER, FJALL.kind, FJALL.hsa_id)


@pytest.mark.parametrize(
    ("reach", "decision", "is_told"),
    [
        (OTHERS, REFUSED, False),
        (OTHERS, BLOCKED, False),
        (OWN, Refusal(Row.OWN_PROVIDER, Reason.NOT_CHOSEN), True),
        (OWN, Refusal(Row.OWN_PROVIDER, Reason.BLOCKED), False),
    ],
)
def test_words_are_told_where_nothing_the_source_holds_is_closed(
    reach: Reach, decision: Any, is_told: bool
) -> None:
    permit = permit_for(decisions={**everything_open(actor_at()), reach: decision})
    assert quoted(permit).warnings == ((SAID,) if is_told else ())


def test_words_of_a_source_with_one_owner_rest_on_that_owner_alone() -> None:
    closed = {**everything_open(actor_at()), OTHERS: REFUSED}
    assert quoted(permit_for(decisions=closed), COSMIC).warnings == (SAID,)


def test_words_about_a_protected_person_are_not_told() -> None:
    assert quoted(altered(permit_for(), is_protected=True)).warnings == ()
