"""What is left out where a person's identity is protected: whom she is near and where she will be.

Source: Socialstyrelsen on skyddade personuppgifter; the portal hides relatives, and visits still to come. A
unit's telephone tells where she goes: it is shown once somebody asks for it, and that is logged.
"""

from dataclasses import replace

from connectors.base.kinds import (
    CareContact,
    Contact,
    ContactForm,
    ContactRole,
    HomeCare,
    HomeCareAspect,
    SocialService,
)
from connectors.base.records import Record, Status, When
from consent.vocabulary import Kind
from portal.aggregation.lamps import day_of
from portal.dates import today

# Of these a protected person's page can never say that nothing is registered: some may have been left out.
SHIELDED_KINDS = frozenset({Kind.CONTACT, Kind.CARE_CONTACT, Kind.HOME_CARE})


def shield(record: Record) -> Record | None:
    """The record without what tells where a protected person can be found; None where nothing is left."""
    if isinstance(record, Contact):
        return None if record.role is ContactRole.RELATIVE else record
    if isinstance(record, CareContact):
        is_planned = record.form is ContactForm.BOOKED or record.status is Status.PLANNED
        return None if is_planned or lies_ahead(record.start) else record
    if isinstance(record, HomeCare):
        return None if record.aspect is HomeCareAspect.VISIT else replace(record, next_visit=None)
    return record


def without_phones(record: Record) -> Record:
    """The record without any number to ring."""
    silent = replace(record, unit_phone="")
    return replace(silent, phones=()) if isinstance(silent, Contact | HomeCare | SocialService) else silent


def lies_ahead(when: When | None) -> bool:
    day = day_of(when)
    return day is not None and day > today()
