"""A protected person's page tells neither who is near nor where she will be."""

from datetime import timedelta

import pytest

from connectors.base.kinds import CareContact, Contact, ContactForm, ContactRole, HomeCare, HomeCareAspect
from connectors.base.records import Record, When
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.judging import Scene, read_button
from portal.aggregation.outcomes import Answered
from portal.aggregation.protection import SHIELDED_KINDS, shield
from portal.aggregation.states import State
from portal.dates import today
from tests.aggregation.examples import COSMIC, MOMENT, NOON, record
from tests.factories.permits import actor_at, everything_open

TOMORROW = When.on(today() + timedelta(days=1))


@pytest.mark.parametrize(
    "telling",
    [
        record(Contact, role=ContactRole.RELATIVE),
        record(CareContact, form=ContactForm.BOOKED),
        record(CareContact, start=TOMORROW),
        record(HomeCare, aspect=HomeCareAspect.VISIT),
    ],
)
def test_relatives_and_coming_visits_are_left_out(telling: Record) -> None:
    assert shield(telling) is None


def test_what_has_been_and_who_treats_stays() -> None:
    for plain in (record(Contact, role=ContactRole.PAL), record(CareContact, start=When.on(today()))):
        assert shield(plain) == plain


def test_home_care_stays_without_its_next_visit() -> None:
    one = shield(record(HomeCare, next_visit=TOMORROW))
    assert isinstance(one, HomeCare)
    assert one.next_visit is None


@pytest.mark.parametrize("kind", sorted(COSMIC.kinds))
def test_what_may_have_been_left_out_is_not_called_nothing(kind: Kind) -> None:
    scene = Scene(actor_at(), everything_open(actor_at()), (COSMIC,), MOMENT, is_protected=True)
    reading = read_button(scene, BUTTON_OF[kind], {"cosmic": Answered(COSMIC, COSMIC.kinds, (), NOON)})
    assert reading.state is (State.CLOSED if kind in SHIELDED_KINDS else State.EMPTY)
