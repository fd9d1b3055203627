"""Who it is about. Before a relation no name; of a protected person nothing that tells where she is."""

from connectors.fhir.elements import Resource
from connectors.fhir.emit import as_json, emit_identifier
from consent.person import Person, Protection
from consent.ruling import Ruling
from consent.terms import PersonId
from portal.fhir import names
from portal.fhir.elements import UNKNOWN, coding, filled
from portal.fhir.mapping import checked

_GENDER = {"female": "female", "male": "male"}
_LABELS = {
    Protection.CONFIDENTIALITY_MARK: "sekretessmarkering",
    Protection.PROTECTED_REGISTRATION: "skyddadFolkbokforing",
}


def tell_person(ruling: Ruling, patient_id: str) -> Resource:
    """Patient, as much of it as the banner would say."""
    person = ruling.person
    is_named = ruling.standing.person_may_be_named and person.is_known
    numbers = (person.id, *person.aliases)
    patient = {
        "resourceType": "Patient",
        "id": patient_id,
        "meta": filled(security=security_of(person)),
        "identifier": [as_json(emit_identifier(number)) for number in numbers],
        **(_facts(person) if is_named else {"name": [UNKNOWN]}),
    }
    made = checked(filled(**patient))
    if "birthDate" not in made:
        # A primitive that nobody has told of: fhirclient's models have no place for what is said beside it.
        made["_birthDate"] = UNKNOWN
    return made


def tell_number(number: PersonId, patient_id: str) -> Resource:
    """Patient with nothing but the number that was asked with: whether it is somebody's is not told here."""
    return checked(
        {"resourceType": "Patient", "id": patient_id, "identifier": [as_json(emit_identifier(number))]}
    )


def security_of(person: Person) -> list[Resource]:
    """The label of protected identity, and where nobody could tell, that it is to be handled as such."""
    if not person.is_protected:
        return []
    known = _LABELS.get(person.protection)
    labels = [coding(names.SECURITY_LABEL, known)] if known else []
    return [*labels, coding(names.CONFIDENTIALITY, "R")]


def _facts(person: Person) -> Resource:
    shown = person.without_contacts() if person.is_protected else person
    full_name = f"{person.given_name} {person.family_name}".strip()
    language = filled(
        coding=[coding("urn:ietf:bcp:47", person.language_code)] if person.language_code else [],
        text=person.language,
    )
    return filled(
        name=[filled(text=full_name, family=person.family_name, given=person.given_name.split())]
        if full_name
        else [UNKNOWN],
        gender=_GENDER.get(person.sex, "unknown"),
        birthDate=person.born.isoformat() if person.born else "",
        deceasedDateTime=person.died.isoformat() if person.died else "",
        telecom=[{"system": "phone", "value": shown.phone}] if shown.phone else [],
        address=[{"text": shown.address}] if shown.address else [],
        communication=[{"language": language}] if language else [],
    )
