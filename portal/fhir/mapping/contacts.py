"""Contact to CareTeam, one for each; a relative to RelatedPerson."""

from connectors.base.kinds import Contact, ContactRole
from connectors.base.records import Phone, Status
from connectors.fhir.elements import Resource
from portal.aggregation.buttons.contact import ROLE_NAMES
from portal.aggregation.buttons.declaration import phone_note
from portal.fhir import names
from portal.fhir.elements import Telling, begin, coding, filled, notes, period

_STATUS = {
    Status.PLANNED: "proposed",
    Status.ENDED: "inactive",
    Status.CANCELLED: "inactive",
    Status.IN_ERROR: "entered-in-error",
}


def map_contact(record: Contact, telling: Telling) -> Resource:
    if record.role is ContactRole.RELATIVE:
        return map_relative(record, telling)
    role = [coding(names.ROLE, record.role.value, str(ROLE_NAMES[record.role]))]
    if record.role is ContactRole.CARE_CONTACT:
        role.append(coding(names.CONTACT_TYPE, names.FIXED_CARE_CONTACT))
    called = record.title or str(ROLE_NAMES[record.role])
    return {
        **begin(record, telling, "CareTeam"),
        "status": _STATUS.get(record.status, "active"),
        "participant": [
            {"role": [{"coding": role, "text": called}], "member": {"display": record.name or called}}
        ],
        **filled(
            name=record.name,
            period=period(record.start, record.end),
            telecom=[phone_of(phone) for phone in record.phones if phone.number.strip()],
            note=notes(record.text),
        ),
    }


def phone_of(phone: Phone) -> Resource:
    """With what it is for and when it is answered, beside the number."""
    said = phone_note(phone)
    note = [{"url": names.PHONE_COMMENT, "valueString": said}] if said else []
    return filled(system="phone", value=phone.number, extension=note)


def map_relative(record: Contact, telling: Telling) -> Resource:
    return {
        **begin(record, telling, "RelatedPerson", "patient"),
        "active": record.status not in (Status.ENDED, Status.CANCELLED, Status.IN_ERROR),
        **filled(
            relationship=[{"text": said}] if (said := record.relation or record.title) else [],
            name=[{"text": record.name}] if record.name.strip() else [],
            telecom=[phone_of(phone) for phone in record.phones if phone.number.strip()],
            period=period(record.start, record.end),
        ),
    }
