"""A permit to test with opens nothing where a person could be shown, and is about nobody."""

import pytest

from consent.accesslog.events import Action
from consent.accesslog.write import Trace
from consent.models import AccessEvent
from consent.release import NotReleased, Shown, release_now
from consent.specimen import SpecimenRefused, is_test_number, specimen_permit
from consent.terms import Origin, PersonId, Provider
from consent.vocabulary import CareKind, IdType, InformationType, Kind
from portal.aggregation.fanout import SpecimenInView, fan_out

SOMEBODY = PersonId("198507171234")


def test_it_opens_every_owner_and_kind_of_a_test_person():
    permit = specimen_permit()
    for kind in CareKind:
        origin = Origin(Provider("SE1", "V", kind), "SE1-E", "E", InformationType.ALERT)
        assert all(permit.covers(origin, k) for k in Kind)
    assert permit.is_specimen


@pytest.mark.parametrize(
    "person",
    [SOMEBODY, PersonId("19121212-1212"), PersonId(""), PersonId("98240301AA06", IdType.RESERVNUMMER),
     PersonId("191212121212", IdType.SAMORDNINGSNUMMER), PersonId("2380", IdType.PERSONNUMMER),
     PersonId("١٩٨٥٠٧١٧٢٣٨٠")],
)  # fmt: skip
def test_a_number_somebody_may_have_is_refused(person):
    assert not is_test_number(person)
    with pytest.raises(SpecimenRefused):
        specimen_permit(person)


@pytest.mark.parametrize("number", ["191212121212", "189002149806", "202312292382", "199001272392"])
def test_numbers_reserved_for_tests_are_let_through(number):
    assert specimen_permit(PersonId(number)).patient.number == number


@pytest.mark.parametrize(("name", "value"), [("SPECIMEN_PERMITS", False), ("PRODUCTION", True)])
def test_it_is_refused_unless_switched_on_and_always_in_production(settings, name, value):
    setattr(settings, name, value)
    with pytest.raises(SpecimenRefused):
        specimen_permit()


def test_it_is_refused_where_nothing_is_said(settings):
    del settings.SPECIMEN_PERMITS
    with pytest.raises(SpecimenRefused):
        specimen_permit()


@pytest.mark.django_db
def test_nothing_is_released_or_logged_with_it():
    before = AccessEvent.objects.count()
    with pytest.raises(NotReleased):
        release_now(specimen_permit(), Shown(), Action.OVERVIEW, Trace())
    assert AccessEvent.objects.count() == before


def test_no_source_is_asked_with_it():
    async def asking():
        return [released async for released in fan_out(specimen_permit(), ())]

    import asyncio

    with pytest.raises(SpecimenInView):
        asyncio.run(asking())
