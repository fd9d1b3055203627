"""What is left out where a person's identity is protected: whom she is near and where she will be.

Source: Socialstyrelsen on skyddade personuppgifter; the portal hides relatives, and visits still to come.
"""

from dataclasses import replace

from connectors.base.kinds import CareContact, Contact, ContactForm, ContactRole, HomeCare, HomeCareAspect
from connectors.base.records import Record
from consent.vocabulary import Kind
from portal.aggregation.lamps import Moment, is_to_come
from portal.aggregation.outcomes import Answered, Outcome

# Of these a protected person's page can never say that nothing is registered: some may have been left out.
SHIELDED_KINDS = frozenset({Kind.CONTACT, Kind.CARE_CONTACT, Kind.HOME_CARE})


def shield(outcome: Outcome, moment: Moment) -> Outcome:
    """The outcome without what would tell where a protected person can be found."""
    if not isinstance(outcome, Answered):
        return outcome
    kept = tuple(shield_record(record) for record in outcome.records if not is_telling(record, moment))
    return replace(outcome, records=kept)


def is_telling(record: Record, moment: Moment) -> bool:
    if isinstance(record, Contact):
        return record.role is ContactRole.RELATIVE
    if isinstance(record, CareContact):
        return record.form is ContactForm.BOOKED or is_to_come(record, moment)
    return isinstance(record, HomeCare) and record.aspect is HomeCareAspect.VISIT


def shield_record(record: Record) -> Record:
    return replace(record, next_visit=None) if isinstance(record, HomeCare) else record
