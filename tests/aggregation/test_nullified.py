"""What one source says was withdrawn is shown as another's by no button."""

import asyncio
from dataclasses import replace

import pytest

from connectors.base.contract import Nullified
from connectors.base.kinds import CareLimitation
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTONS
from portal.aggregation.fanout import fan_out
from portal.aggregation.judging import Scene, read_button
from portal.aggregation.states import Reading, State
from tests.aggregation.examples import KINDS_OF_CARE, MEDICIN, MOMENT, answering, exchange_of, record, source
from tests.factories.permits import FJALL, permit_for

NAME = "GetAlertInformation/SE1-SYS/1"
GONE = Nullified("SE1-SYS", NAME, FJALL.hsa_id)
LIMIT = record(
    CareLimitation,
    id=NAME,
    system="SE1-SYS",
    document_id="1",
    text="Ej HLR.",
    unit=MEDICIN,
    source="platform",
)
(BUTTON,) = [button for button in BUTTONS if button.kind is Kind.CARE_LIMITATION]


def shown(told: CareLimitation, *nullified: Nullified) -> Reading:
    """The button, where one platform tells of the record and another of what was withdrawn."""
    scripts = {"platform": answering(told), "npo": answering(nullified=nullified)}
    profiles = tuple(source(slug, None, KINDS_OF_CARE, deadline_s=4.0) for slug in scripts)
    permit = permit_for()

    async def run() -> Reading:
        exchange, _ = exchange_of(scripts)
        outcomes = {o.source.slug: o async for b in fan_out(permit, profiles, exchange=exchange) for o in b}
        return read_button(Scene(permit.actor, permit.decisions, profiles, MOMENT), BUTTON, outcomes)

    return asyncio.run(run())


def test_withdrawal_in_one_source_hides_the_copy_of_another() -> None:
    assert len(shown(LIMIT).judged) == 1
    reading = shown(LIMIT, GONE)
    assert reading.judged == ()
    assert reading.state in (State.EMPTY, State.EMPTY_AMONG_CONNECTED)


@pytest.mark.parametrize(
    "told",
    [
        replace(LIMIT, id=f"{NAME}#2"),
        replace(LIMIT, id=f"{NAME}@later"),
        replace(LIMIT, id=f"{NAME}#2@later"),
    ],
    ids=["part", "later", "part of the later"],
)
def test_every_telling_of_it_is_withdrawn(told: CareLimitation) -> None:
    assert shown(told, GONE).judged == ()


@pytest.mark.parametrize(
    "other",
    [replace(GONE, system="SE2-SYS"), replace(GONE, id=f"{NAME}1"), replace(GONE, provider_id="SE9")],
    ids=["system", "id", "owner"],
)
def test_another_systems_id_or_owners_withdrawal_hides_nothing(other: Nullified) -> None:
    assert len(shown(LIMIT, other).judged) == 1


def test_a_telling_without_the_systems_id_is_hidden_by_no_withdrawal_that_resembles_it() -> None:
    """The same words may have been written anew after a mistaken entry: hidden, they would be missed."""
    nameless = replace(LIMIT, id="Flag/1", system="", document_id="")
    assert len(shown(nameless, GONE).judged) == 1
