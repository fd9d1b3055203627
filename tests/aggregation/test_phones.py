"""A protected person's units are rung once somebody has asked for their numbers, and that was logged."""

from dataclasses import replace

import pytest

from connectors.base.contract import Answer
from connectors.base.kinds import Contact, ContactRole, Diagnosis, HomeCare, SocialService
from connectors.base.records import Phone, Record
from consent.terms import Basis, Permit, Reach, Refusal
from consent.vocabulary import EVERY_KIND, Distance, Kind, Reason, Row
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.checking import check
from portal.aggregation.judging import Scene, read_button
from portal.aggregation.outcomes import Answered
from portal.overview.presenters.details import present_items
from tests.aggregation.examples import COSMIC, MEDICIN, MOMENT, NOON, record
from tests.factories.permits import FJALL, actor_at, altered, everything_open, permit_for

NUMBER = "0980-319210"
PHONE = (Phone(NUMBER),)
RINGING = [
    record(Contact, role=ContactRole.PAL, name="Karin Åselid", phones=PHONE),
    record(HomeCare, title="Inskriven", phones=PHONE),
    record(SocialService, title="Hemtjänst", phones=PHONE),
    record(Diagnosis, title="Astma", unit_phone=NUMBER),
]
PROTECTED = altered(permit_for(), is_protected=True)


def checked(permit: Permit, *records: Record) -> Answered:
    return check(permit, COSMIC, EVERY_KIND, Answer(records, NOON))


@pytest.mark.parametrize("ringing", RINGING, ids=lambda one: one.kind.value)
def test_no_number_comes_along_until_it_is_asked_for(ringing: Record) -> None:
    (bare,) = checked(PROTECTED, ringing).records
    assert NUMBER not in repr(bare)
    assert bare.title == ringing.title
    assert checked(altered(PROTECTED, hides_phones=False), ringing).records == (ringing,)
    assert checked(permit_for(), ringing).records == (ringing,)


def test_relatives_stay_away_even_then() -> None:
    relative = record(Contact, role=ContactRole.RELATIVE, phones=PHONE)
    assert checked(altered(PROTECTED, hides_phones=False), relative).records == ()


@pytest.mark.parametrize("ringing", RINGING[:3], ids=lambda one: one.kind.value)
def test_a_hidden_number_is_never_called_missing(ringing: Record) -> None:
    answer = replace(checked(PROTECTED, ringing), kinds=EVERY_KIND)
    scene = Scene(actor_at(), everything_open(actor_at()), (replace(COSMIC, kinds=EVERY_KIND),), MOMENT)
    reading = read_button(scene, BUTTON_OF[ringing.kind], {"cosmic": answer})
    (item,) = present_items(reading, {"cosmic": answer}, hidden_phone="visas efter ett tryck")
    told = {fact.label: fact.value for fact in item.facts}
    assert told["Telefon"] == "visas efter ett tryck"
    assert item.phones == ()


def test_what_waits_for_a_choice_is_told_apart_from_all_else_held_back() -> None:
    """So that it can be said which units there are to choose."""
    own = Reach(Distance.OWN_PROVIDER, FJALL.kind, FJALL.hsa_id)
    elsewhere = record(Diagnosis, unit=MEDICIN)
    for decision, waits in (
        (Refusal(Row.OWN_PROVIDER, Reason.NOT_CHOSEN), ((elsewhere.origin, Kind.DIAGNOSIS),)),
        (Refusal(Row.INNER_BLOCK, Reason.BLOCKED), ()),
        (Basis(Row.OWN_PROVIDER), ()),
    ):
        permit = permit_for(decisions={**everything_open(actor_at()), own: decision})
        assert checked(permit, elsewhere).unchosen == waits
