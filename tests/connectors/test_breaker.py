"""When a source is left alone, and for how long."""

import pytest

from connectors.base.breaker import Breaker
from connectors.base.contract import Fault


class Hands:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def breaker(hands: Hands) -> Breaker:
    return Breaker(faults_before_rest=3, rest_s=10, clock=hands)


def fail(breaker: Breaker, times: int, fault: Fault = Fault.CONNECT) -> None:
    for _ in range(times):
        breaker.note_fault("cosmic", fault)


def test_it_opens_after_so_many_faults_in_a_row(breaker: Breaker) -> None:
    fail(breaker, 2)
    assert breaker.may_ask("cosmic")
    fail(breaker, 1)
    assert not breaker.may_ask("cosmic")
    assert breaker.may_ask("viva")


def test_an_answer_in_between_starts_the_count_anew(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.note_answer("cosmic")
    fail(breaker, 2)
    assert breaker.may_ask("cosmic")


def test_after_the_rest_one_call_tries_for_all(breaker: Breaker, hands: Hands) -> None:
    fail(breaker, 3)
    hands.at += 10
    assert [breaker.may_ask("cosmic"), breaker.may_ask("cosmic")] == [True, False]
    fail(breaker, 1)
    assert not breaker.may_ask("cosmic")
    hands.at += 10
    assert breaker.may_ask("cosmic")
    breaker.note_answer("cosmic")
    assert breaker.may_ask("cosmic")


def test_a_trial_whose_reader_left_does_not_hold_the_door_for_ever(breaker: Breaker, hands: Hands) -> None:
    fail(breaker, 3)
    hands.at += 10
    assert breaker.may_ask("cosmic")
    hands.at += 10
    assert breaker.may_ask("cosmic")


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.OUR_BUG, Fault.FOREIGN_PATIENT, Fault.NOT_ASKED])
def test_what_is_not_the_sources_health_never_opens_it(breaker: Breaker, fault: Fault) -> None:
    fail(breaker, 10, fault)
    assert breaker.may_ask("cosmic")


@pytest.mark.parametrize(
    ("asked_for", "rest_s"),
    [(30.0, 30), (None, 10), (0.0, 0), (-5.0, 10), (10**9, 300), (float("nan"), 10), (float("inf"), 300)],
)
def test_a_throttled_source_is_left_alone_as_long_as_it_asks_within_reason(
    breaker: Breaker, hands: Hands, asked_for: float | None, rest_s: float
) -> None:
    breaker.note_fault("cosmic", Fault.THROTTLED, asked_for)
    hands.at += rest_s - 0.1
    assert not breaker.may_ask("cosmic")
    hands.at += 0.2
    assert breaker.may_ask("cosmic")


def test_an_answer_does_not_end_a_rest_the_source_has_asked_for(breaker: Breaker, hands: Hands) -> None:
    """It was on its way before, or came beside the part that asked."""
    breaker.note_fault("cosmic", Fault.THROTTLED, 30)
    breaker.note_answer("cosmic")
    breaker.note_fault("cosmic", Fault.THROTTLED, 1)
    hands.at += 29
    assert not breaker.may_ask("cosmic")
    hands.at += 1
    assert breaker.may_ask("cosmic")
    breaker.note_answer("cosmic")
    assert breaker.may_ask("cosmic")
    assert "cosmic" not in breaker.conditions


def test_an_answer_ends_a_rest_of_our_own(breaker: Breaker) -> None:
    fail(breaker, 3)
    breaker.note_answer("cosmic")
    assert breaker.may_ask("cosmic")
