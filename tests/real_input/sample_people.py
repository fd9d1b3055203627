"""Whom the samples are about, under which number, and what the population register is to say of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.real_input.samples import Sample

# Patient id in the samples to one of Skatteverket's published test numbers; no invented person has it.
NUMBERS = {
    "ad134528-56a5-35fd-c37f-466ff119c625": "194011279090",
    "5b3645de-a2d0-d016-0839-bab3757c4c58": "201302112386",
    "274f5452-2a39-44c4-a7cb-f36de467762e": "195401222178",
    "f46d1649-8a02-4de8-8cff-f76fae267d3a": "191202119945",
    "ABC1234": "195503262684",
    "2b90dd2b-2dab-4c75-9bb9-a355e07401e8": "197810192380",
    "244ad7c3-beeb-41d1-8a2f-c76b8cf720ad": "197410309285",
    "eumfh-39-02-1": "193405128350",
    "example": "195011132098",
    "f001": "194401182078",
    "mom": "195609272819",
}
# Those that only references tell of, named as the standard's examples name them.
KNOWN_AS = {
    "example": ("Peter James", "Chalmers"),
    "f001": ("P.", "van de Heuvel"),
    "mom": ("Eve", "Everywoman"),
}
# The number every Swedish tester types first: two of the samples have it, and one of the invented people.
TOLVAN = "191212121212"
MAY_BE_ASKED_YEARS = 13
SWEDISH = {
    "http://electronichealth.se/identifier/personnummer": "personnummer",
    "http://electronichealth.se/identifier/samordningsnummer": "samordningsnummer",
    "http://electronichealth.se/identifier/nationelltReservnummer": "reservnummer",
}


@dataclass(frozen=True)
class SamplePerson:
    """One person of the samples as the portal is to meet them."""

    id: str
    number: str
    number_type: str
    sample: Sample

    @property
    def name(self) -> tuple[str, str]:
        return KNOWN_AS.get(self.id) or self.sample.name

    @property
    def shown_name(self) -> str:
        given, family = self.name
        return f"{family}, {given}"

    @property
    def shown_number(self) -> str:
        return self.number if self.number_type == "reservnummer" else f"{self.number[:8]}-{self.number[8:]}"

    @property
    def phones(self) -> list[str]:
        """The telephone numbers of relatives in the messages."""
        relatives = [*self.sample.patient.get("contact", ()), *self.sample.of("RelatedPerson")]
        points = [point for relative in relatives for point in relative["telecom"]]
        return [point["value"] for point in points if point["system"] == "phone"]

    @property
    def can_consent(self) -> bool:
        """Whether the person may be asked: children under thirteen are not."""
        born = date.fromisoformat(self.sample.patient.get("birthDate", "1900-01-01"))
        today = date.today()
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return age >= MAY_BE_ASKED_YEARS

    def register_facts(self) -> dict[str, Any]:
        """A population register's answer, made of what the sample's own Patient says."""
        patient = self.sample.patient
        labels = {label["code"] for label in patient.get("meta", {}).get("security", ())}
        given, family = self.name
        is_open = "sekretessmarkering" not in labels
        return {
            "id": self.number,
            "type": self.number_type,
            "given_name": given,
            "family_name": family,
            "sex": patient.get("gender", "unknown"),
            "birth_date": patient.get("birthDate"),
            "death_date": None,
            "protection": "none" if is_open else "sekretessmarkering",
            "linked": [],
            "language": None,
            "address": None,
            "phone": None,
            "relatives": [],
        }


def name_people(samples: dict[str, Sample]) -> dict[str, SamplePerson]:
    """Everybody in the samples with a number, given or their own, by Patient id."""
    people = {}
    for patient_id, sample in samples.items():
        if patient_id in NUMBERS:
            people[patient_id] = SamplePerson(patient_id, NUMBERS[patient_id], "personnummer", sample)
        for identifier in sample.patient.get("identifier", ()):
            if identifier.get("system") in SWEDISH:
                kind = SWEDISH[identifier["system"]]
                people[patient_id] = SamplePerson(patient_id, identifier["value"], kind, sample)
    return people
