"""One patient's chart in the region's record system: each verb adds one FHIR R4 resource.

Days are counted from the day the population is built; negative is the past.
"""

import base64
from datetime import date

from demo.people import fhir_shapes as shape
from demo.people.dates import WRITTEN, day, moment
from demo.people.facts import Person
from demo.people.fhir_shapes import Resource, codeable, staff_reference, term, unit_reference
from demo.people.places import REGION, Staff

HSA_PROVIDER: Resource = {
    "reference": f"Organization/{REGION.hsa}",
    "identifier": {"system": shape.HSA, "value": REGION.hsa},
    "display": REGION.name,
}


class Chart:
    """Collects what one Patient of the region has; ``staff`` writes, and their unit owns the record."""

    def __init__(self, today: date, person: Person, *, linked: bool = False) -> None:
        self.today = today
        self.patient_id = f"pat-{person.letter.lower()}" + ("-samordning" if linked else "")
        number = (person.linked_number or "") if linked else person.number
        number_type = person.linked_type if linked else person.number_type
        entry = shape.patient(person, self.patient_id, number, number_type, HSA_PROVIDER)
        if (died := person.died(today)) is not None:
            entry["deceasedDateTime"] = died.isoformat()
        self.resources: list[Resource] = [entry]

    def add(
        self, kind: str, staff: Staff, days: int, fields: Resource, profile: str | None = None
    ) -> Resource:
        """Append a resource, with an id, its own time of writing and the unit that answers for it."""
        resource: Resource = {"resourceType": kind, "id": self._next_id(kind)}
        resource["meta"] = {"lastUpdated": moment(self.today, days, WRITTEN)}
        if profile:
            resource["meta"]["profile"] = [profile]
        resource["extension"] = [shape.hierarchy(staff.unit)]
        resource.update(fields)
        self.resources.append(resource)
        return resource

    def _next_id(self, kind: str) -> str:
        return f"{self.patient_id}-{kind.lower()}-{len(self.resources)}"

    @property
    def _subject(self) -> Resource:
        return {"reference": f"Patient/{self.patient_id}"}

    def flag(
        self,
        staff: Staff,
        days: int,
        text: str,
        category: str,
        *codings: tuple[str, str, str],
        until: int | None = None,
    ) -> None:
        """Alert or decision, in the published Swedish profile of its ``category`` (A1 … D2)."""
        period = {"start": day(self.today, days)}
        if until is not None:
            period["end"] = day(self.today, until)
        fields = {
            "status": "active" if until is None or until >= 0 else "inactive",
            "category": [{"coding": [{"system": shape.ALERT_CATEGORY, "code": category}]}],
            "code": codeable(text, *codings),
            "subject": self._subject,
            "period": period,
            "author": staff_reference(staff),
        }
        profile = f"{shape.ALERT}StructureDefinition/{shape.ALERT_PROFILE[category]}"
        self.add("Flag", staff, days, fields, profile)

    def allergy(
        self, staff: Staff, days: int, text: str, coding: tuple[str, str, str], *, active: bool = True
    ) -> None:
        """Hypersensitivity, confirmed and serious; inactive means the source has withdrawn it."""
        fields = {
            "clinicalStatus": term("allergyintolerance-clinical", "active" if active else "inactive"),
            "verificationStatus": term("allergyintolerance-verification", "confirmed"),
            "type": "allergy",
            "criticality": "high" if active else "low",
            "code": codeable(text, coding),
            "patient": self._subject,
            "recordedDate": moment(self.today, days),
            "recorder": staff_reference(staff),
        }
        self.add("AllergyIntolerance", staff, days, fields)

    def visit(self, staff: Staff, days: int, reason: str, *, emergency: bool = False) -> None:
        """A finished visit of half an hour."""
        code, label = ("EMER", "akutbesök") if emergency else ("AMB", "öppenvårdsbesök")
        period = {"start": moment(self.today, days, "10:15"), "end": moment(self.today, days, "10:45")}
        self._encounter(staff, days, "finished", (code, label), period, reason)

    def inpatient(self, staff: Staff, since: int, reason: str) -> None:
        """A stay that has not ended."""
        period = {"start": moment(self.today, since, "14:20")}
        self._encounter(staff, since, "in-progress", ("IMP", "inneliggande"), period, reason)

    def _encounter(
        self, staff: Staff, days: int, status: str, kind: tuple[str, str], period: Resource, reason: str
    ) -> None:
        fields = {
            "status": status,
            "class": {
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "code": kind[0],
                "display": kind[1],
            },
            "subject": self._subject,
            "participant": [{"individual": staff_reference(staff)}],
            "period": period,
            "reasonCode": [{"text": reason}],
            "location": [{"location": {"reference": f"Location/loc-{staff.unit.hsa}"}}],
            "serviceProvider": unit_reference(staff.unit),
        }
        self.add("Encounter", staff, days, fields)

    def condition(self, staff: Staff, days: int, text: str, code: str, *, main: bool = False) -> None:
        """Diagnosis in ICD-10-SE."""
        fields = {
            "clinicalStatus": term("condition-clinical", "active"),
            "verificationStatus": term("condition-ver-status", "confirmed"),
            "category": [
                {
                    **term("condition-category", "encounter-diagnosis"),
                    "text": "Huvuddiagnos" if main else "Bidiagnos",
                }
            ],
            "code": codeable(text, (shape.ICD10_SE, code, text)),
            "subject": self._subject,
            "onsetDateTime": day(self.today, days),
            "recordedDate": moment(self.today, days, "15:05"),
            "recorder": staff_reference(staff),
        }
        self.add("Condition", staff, days, fields)

    def medicine(self, staff: Staff, days: int, text: str, atc: str, dose: str) -> None:
        """An active prescription written on that day."""
        fields = {
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": codeable(text, (shape.ATC, atc, text)),
            "subject": self._subject,
            "authoredOn": moment(self.today, days, "15:30"),
            "requester": staff_reference(staff),
            "dosageInstruction": [{"text": dose}],
        }
        self.add("MedicationRequest", staff, days, fields)

    def covid_dose(self, staff: Staff, days: int, number: int) -> None:
        """A dose of mRNA vaccine against covid-19, coded in SNOMED CT and ATC."""
        vaccine = "Comirnaty, mRNA-vaccin mot covid-19"
        fields = {
            "status": "completed",
            "vaccineCode": codeable(
                vaccine,
                (shape.SNOMED, "1119349007", "mRNA-vaccin mot SARS-CoV-2"),
                (shape.ATC, "J07BN01", "covid-19, RNA-baserat vaccin"),
            ),
            "patient": self._subject,
            "occurrenceDateTime": moment(self.today, days, "11:00"),
            "lotNumber": f"FJ{1000 + number}",
            "performer": [{"actor": unit_reference(staff.unit)}],
            "protocolApplied": [
                {
                    "targetDisease": [codeable("covid-19", (shape.SNOMED, "840539006", "covid-19"))],
                    "doseNumberPositiveInt": number,
                }
            ],
        }
        self.add("Immunization", staff, days, fields, shape.CAMBIO + "ImmunizationSe")

    def plan(self, staff: Staff, days: int, kind: str, text: str, *, until: int | None = None) -> None:
        """A care plan in the source's own words; a passed ``until`` makes it completed."""
        period = {"start": day(self.today, days)}
        if until is not None:
            period["end"] = day(self.today, until)
        fields = {
            "status": "active" if until is None or until >= 0 else "completed",
            "intent": "plan",
            "category": [{"text": kind}],
            "title": kind,
            "description": text,
            "subject": self._subject,
            "period": period,
            "created": moment(self.today, days, "13:00"),
            "author": staff_reference(staff),
        }
        self.add("CarePlan", staff, days, fields, shape.CAMBIO + "CarePlanSe")

    def responsible_physician(self, staff: Staff, days: int) -> None:
        """PAL: the physician who answers for the patient, from that day on."""
        period = {"start": day(self.today, days)}
        role = codeable("Patientansvarig läkare (PAL)")
        member = {
            "role": [role],
            "member": staff_reference(staff),
            "onBehalfOf": unit_reference(staff.unit),
            "period": period,
        }
        fields = {
            "status": "active",
            "category": [role],
            "name": "Patientansvarig läkare",
            "subject": self._subject,
            "period": period,
            "participant": [member],
            "managingOrganization": [unit_reference(staff.unit)],
            "telecom": [{"system": "phone", "value": staff.unit.phone, "use": "work"}],
        }
        self.add("CareTeam", staff, days, fields, shape.CARE_TEAM_PROFILE)

    def note(self, staff: Staff, days: int, title: str, text: str) -> None:
        """A written note, its text carried inside."""
        attachment = {
            "contentType": "text/plain; charset=utf-8",
            "language": "sv",
            "data": base64.b64encode(text.encode()).decode(),
            "title": title,
        }
        fields = {
            "status": "current",
            "docStatus": "final",
            "type": codeable(title),
            "subject": self._subject,
            "date": moment(self.today, days, "16:10"),
            "author": [staff_reference(staff)],
            "custodian": unit_reference(staff.unit),
            "content": [{"attachment": attachment}],
        }
        self.add("DocumentReference", staff, days, fields)
