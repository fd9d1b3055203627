"""The pieces FHIR R4 resources are put together from, as the region's record system writes them.

Every resource names its care unit and care provider in the shared Swedish hierarchy extension, because
R4 has no common place for it and blocks cannot be checked without it.
"""

from typing import Any

from demo.people.facts import Person
from demo.people.places import Staff, Unit

Resource = dict[str, Any]

HSA = "urn:oid:1.2.752.29.4.19"
SNOMED = "http://snomed.info/sct"
ICD10_SE = "http://terminology.hl7.se/CodeSystem/icd-10-se"
ATC = "http://www.whocc.no/atc"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
HIERARCHY = "https://commonprofiles.care/fhir/StructureDefinition/common-hsaHierarchy"
ALERT = "http://hl7.se/fhir/r4/ig/medicalalertinformation/"
ALERT_CATEGORY = ALERT + "CodeSystem/SEAlertInformationCategoryCS"
CARE_TEAM_PROFILE = "https://fhir.inera.se/ig/careteam/StructureDefinition/RIVCareManager-careteam"
CAMBIO = "https://fhir.cambio.se/StructureDefinition/"
COORDINATED_PLAN = CAMBIO + "CareplanCordinatedCareSe"
NUMBER_SYSTEM = {
    "personnummer": "http://electronichealth.se/identifier/personnummer",
    "samordningsnummer": "http://electronichealth.se/identifier/samordningsnummer",
    "reservnummer": "http://electronichealth.se/identifier/nationelltReservnummer",
}
# Which published alert profile a category belongs to.
ALERT_PROFILE = {
    "A1": "SEAlertInformation-1-OtherMedicalConditionFlag",
    "A2": "SEAlertInformation-2-TreatmentFlag",
    "B1": "SEAlertInformation-5-PresenceOfInfectiousAgentFlag",
    "D1": "SEAlertInformation-8-SpecialCareRoutineFlag",
    "D2": "SEAlertInformation-9-DecisionSpecialCareRoutineFlag",
}
NO_CPR = (SNOMED, "61921000052102", "Ej hjärt-lungräddning")


def codeable(text: str, *codings: tuple[str, str, str]) -> Resource:
    """CodeableConcept with the source's own text and any (system, code, display)."""
    concept: Resource = {"text": text}
    if codings:
        concept["coding"] = [{"system": s, "code": c, "display": d} for s, c, d in codings]
    return concept


def term(system: str, code: str) -> Resource:
    """CodeableConcept of one HL7 terminology code, the system given by its last part."""
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}]}


def unit_reference(unit: Unit) -> Resource:
    """Reference that can be read without a second question: HSA-id and name stand in it."""
    return {
        "reference": f"Organization/{unit.hsa}",
        "type": "Organization",
        "identifier": {"system": HSA, "value": unit.hsa},
        "display": unit.name,
    }


def staff_reference(staff: Staff) -> Resource:
    """The same for a person who works there."""
    return {
        "reference": f"Practitioner/{staff.hsa}",
        "type": "Practitioner",
        "identifier": {"system": HSA, "value": staff.hsa},
        "display": f"{staff.name}, {staff.role}",
    }


def hierarchy(unit: Unit) -> Resource:
    """The extension that says which care provider and care unit answer for a record."""

    def level(name: str, hsa: str, label: str) -> Resource:
        value = {"type": "Organization", "identifier": {"system": HSA, "value": hsa}, "display": label}
        return {"url": name, "valueReference": value}

    levels = [
        level("hsaCareProvider", unit.provider.hsa, unit.provider.name),
        level("hsaCareUnit", unit.hsa, unit.name),
    ]
    return {"url": HIERARCHY, "extension": levels}


def organization(unit: Unit) -> Resource:
    """The unit as a resource, with telephone and its provider."""
    telecom = [{"system": "phone", "value": unit.phone, "use": "work"}]
    if unit.phone_night and unit.phone_night != unit.phone:
        telecom.append({"system": "phone", "value": unit.phone_night, "use": "temp"})
    return {
        "resourceType": "Organization",
        "id": unit.hsa,
        "extension": [hierarchy(unit)],
        "identifier": [{"system": HSA, "value": unit.hsa}],
        "active": True,
        "type": [codeable("Vårdenhet", (SNOMED, "43741000", "vårdenhet"))],
        "name": unit.name,
        "telecom": telecom,
        "partOf": {
            "reference": f"Organization/{unit.provider.hsa}",
            "identifier": {"system": HSA, "value": unit.provider.hsa},
            "display": unit.provider.name,
        },
    }


def location(unit: Unit) -> Resource:
    """Where the unit receives people."""
    return {
        "resourceType": "Location",
        "id": f"loc-{unit.hsa}",
        "status": "active",
        "name": unit.name,
        "managingOrganization": unit_reference(unit),
    }


def practitioner(staff: Staff) -> Resource:
    """Somebody who writes, as a resource."""
    given, family = staff.name.split(" ", 1)
    return {
        "resourceType": "Practitioner",
        "id": staff.hsa,
        "identifier": [{"system": HSA, "value": staff.hsa}],
        "active": True,
        "name": [{"text": staff.name, "family": family, "given": [given]}],
        "qualification": [{"code": {"text": staff.role}}],
    }


def patient(person: Person, patient_id: str, number: str, number_type: str, provider: Resource) -> Resource:
    """The region's own Patient. A protected person's address stands here too, as it does in real systems."""
    entry: Resource = {
        "resourceType": "Patient",
        "id": patient_id,
        "identifier": [{"system": NUMBER_SYSTEM[number_type], "value": number}],
        "active": True,
        "name": [
            {
                "use": "official",
                "text": person.name,
                "family": person.family_name,
                "given": [person.given_name],
            }
        ],
        "gender": person.sex,
        "birthDate": person.born.isoformat(),
        "managingOrganization": provider,
    }
    if person.address:
        entry["address"] = [{"use": "home", "text": person.address, "country": "SE"}]
    if person.phone:
        entry["telecom"] = [{"system": "phone", "value": person.phone, "use": "mobile"}]
    if person.relatives:
        entry["contact"] = [
            {
                "relationship": [{"text": relative.relation}],
                "name": {"text": relative.name},
                "telecom": [{"system": "phone", "value": relative.phone}],
            }
            for relative in person.relatives
        ]
    if person.protection != "none":
        code = {"sekretessmarkering": "sekretessmarkering", "skyddad_folkbokforing": "skyddadFolkbokforing"}
        label = {
            "system": "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel",
            "code": code[person.protection],
        }
        entry["meta"] = {"security": [label]}
    return entry
