"""No order of acts, and no moment, makes the rules contradict the plain reference of ``reference``.

Without a database: rows in memory, the product's policy, acts and facts. The same steps go through HTTP in
tests/people/test_state_machine_over_http.py.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from consent.facts import LegalSettings, Obstacle
from consent.vocabulary import RelationGround
from tests.consent.examples import GROWN_UP, NOW
from tests.consent.machine import DOCUMENTS, HOUR, PROVIDERS, UNITS, OneRecord, casts
from tests.consent.recorded import Record
from tests.consent.reference import SOCIAL, Gap, Reference

EXAMPLES, STEPS = 10_000 if os.environ.get("SOAK") else 1000, 50
BIRTHS = {
    "grown up": date(1939, 8, 13),
    "nine": date(2017, 10, 3),
    "thirteen in two days": date(2013, 11, 17),
    "fifteen": date(2011, 3, 1),
    "eighteen in two days": date(2008, 11, 17),
    "unknown": None,
}


class InMemory(OneRecord):
    """The rules alone, on rows in memory."""

    @initialize(
        cast=casts,
        born=st.sampled_from(["grown up", "grown up", "fifteen", "fifteen", *BIRTHS]),
        are_all_related=st.sampled_from([True, True, True, False]),
        has_blocks=st.booleans(),
        blocks_may_be_seen=st.sampled_from([True, True, False]),
        emergency_may_pass_a_no=st.sampled_from([True, True, False]),
        fate=st.sampled_from(["well", "well", "well", "restored", "restored", "dead"]),
    )
    def begin(
        self,
        cast: tuple[str, ...],
        born: str = "grown up",
        fate: str = "well",
        *,
        are_all_related: bool = True,
        has_blocks: bool = True,
        blocks_may_be_seen: bool = True,
        emergency_may_pass_a_no: bool = True,
    ) -> None:
        self.cast, self.has_blocks = cast, has_blocks
        self.is_mortal, self.is_restorable = fate == "dead", fate == "restored"
        self.is_young = born not in ("grown up", "unknown")
        legal = LegalSettings(
            blocks_are_visible=blocks_may_be_seen, emergency_after_refusal=emergency_may_pass_a_no
        )
        person = replace(GROWN_UP, born=BIRTHS[born])
        self.product = Record(DOCUMENTS, tuple(PROVIDERS.values()), NOW, person, legal)
        self.law = Reference(
            born=BIRTHS[born],
            blocks_may_be_seen=blocks_may_be_seen,
            emergency_may_pass_a_no=emergency_may_pass_a_no,
        )
        for unit in UNITS.values() if are_all_related else ():
            is_social = unit.provider.kind is SOCIAL
            ground = RelationGround.SERVICE if is_social else RelationGround.JOURNAL
            self.product.answer_of_journal(unit.hsa_id, ground)
            self.law.journal[unit.hsa_id] = ground


def test_the_rules_never_contradict_the_reference() -> None:
    """1,000 lives of 50 steps each; with SOAK ten times as many."""
    run_state_machine_as_test(
        InMemory,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


# What the machine has found, step by step; the reference without leave to do otherwise than the law. ----


def no_of_another_provider(life: InMemory) -> None:
    """The municipality's administrator learns of a no at the region, and may annul what is not hers."""
    life.begin(("administrator", "doctor"))
    life.refuse_consent("doctor")


def no_after_a_yes_by_mistake(life: InMemory) -> None:
    """A mis-tapped yes is annulled: it never was, so the no before it still stands."""
    life.begin(("nurse",))
    life.refuse_consent("nurse")
    life.give_consent("nurse", is_personal=False, is_wide=False, begins_in=None, ends_in=None)
    life.annul_consent("nurse")


def no_after_a_yes_that_began_later(life: InMemory) -> None:
    """A yes for three days from tomorrow answers the no as one that begins at once would."""
    life.begin(("nurse",))
    life.refuse_consent("nurse")
    life.give_consent("nurse", is_personal=False, is_wide=False, begins_in=1, ends_in=2)
    for _ in range(4):
        life.wait(24 * HOUR)


def child_past_a_no(life: InMemory) -> None:
    """Fifteen, has said no, then lies unconscious: finding her unable must not open all that the no closed.

    The emergency is only declared, no name has been seen, and social care data open too.
    """
    life.begin(("doctor",), "fifteen")
    life.refuse_consent("doctor")
    life.declare_emergency("doctor", Obstacle.UNCONSCIOUS)
    life.assess_child("doctor", is_able=False)


def child_before_a_restore(life: InMemory) -> None:
    """Fifteen, found unable before the backup; what was found since is lost: she is asked about again."""
    life.begin(("doctor",), "fifteen")
    life.assess_child("doctor", is_able=False)
    life.restore()


def inability_before_a_yes(life: InMemory) -> None:
    """She was held to be lastingly unable, then consented, then took it back: nothing may stay open."""
    life.begin(("nurse",))
    life.inability("nurse", goes_on=True)
    life.give_consent("nurse", is_personal=False, is_wide=False, begins_in=None, ends_in=None)
    life.end_consent("nurse")


def emergency_before_a_yes(life: InMemory) -> None:
    """Unconscious, then awake and consenting, then taking it back: consent could be obtained, and was not."""
    life.begin(("nurse",))
    life.emergency("nurse", Obstacle.UNCONSCIOUS, goes_on=True)
    life.give_consent("nurse", is_personal=False, is_wide=False, begins_in=None, ends_in=None)
    life.end_consent("nurse")


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the product does otherwise, see reference.Gap")
@pytest.mark.parametrize(
    "lead",
    [
        pytest.param(no_of_another_provider, id=Gap.OTHERS_NO),
        pytest.param(no_after_a_yes_by_mistake, id=Gap.MISTAKEN_YES),
        pytest.param(no_after_a_yes_that_began_later, id=Gap.YES_AHEAD),
        pytest.param(child_past_a_no, id=Gap.CHILD_PAST_NO),
        pytest.param(child_before_a_restore, id=Gap.CHILD_BEFORE_RESTORE),
        pytest.param(inability_before_a_yes, id=f"{Gap.ANSWERED}: inability"),
        pytest.param(emergency_before_a_yes, id=f"{Gap.ANSWERED}: emergency"),
    ],
)
def test_what_the_product_still_does_otherwise(lead: Callable[[InMemory], None]) -> None:
    life = InMemory()
    lead(life)
    life.law.gaps = frozenset()
    life.everybody_looks()
