"""Which section of a patient summary becomes what. The reading itself is shared by all FHIR sources."""

from collections.abc import Mapping

from connectors.fhir.allergies import map_allergy
from connectors.fhir.conditions import map_condition
from connectors.fhir.contacts import care_team_mapping, map_patient, map_related_person
from connectors.fhir.drafting import MapResource
from connectors.fhir.flags import map_consent, map_flag_to_limitation, map_flag_to_warning
from connectors.fhir.medicines import map_medication_request, map_medication_statement
from connectors.fhir.plans import plan_mapping
from connectors.fhir.summary import Part
from connectors.fhir.vaccinations import map_covid_condition, map_immunization
from connectors.fhir.vitals import map_observation
from consent.vocabulary import Kind

PROBLEMS, ALLERGIES, MEDICINES = "11450-4", "48765-2", "10160-0"
IMMUNIZATIONS, DIRECTIVES, ALERTS = "11369-6", "42348-3", "104605-1"
PLAN, VITALS, HISTORY, CARE_TEAM = "18776-5", "8716-3", "11348-0", "85847-2"

OF_PATIENT: Mapping[Kind, MapResource] = {Kind.CONTACT: map_patient}
_CONDITIONS = {"Condition": {Kind.DIAGNOSIS: map_condition, Kind.VACCINATION: map_covid_condition}}


def _is_nobodys_plan(_draft: object) -> bool:
    """A summary has no profile of its own for coordinated plans: all are care plans."""
    return False


PARTS: tuple[Part, ...] = (
    Part(PROBLEMS, _CONDITIONS, frozenset({Kind.DIAGNOSIS})),
    Part(HISTORY, _CONDITIONS),
    Part(ALLERGIES, {"AllergyIntolerance": {Kind.WARNING: map_allergy}}, frozenset({Kind.WARNING})),
    Part(
        MEDICINES,
        {
            "MedicationStatement": {Kind.MEDICATION: map_medication_statement},
            "MedicationRequest": {Kind.MEDICATION: map_medication_request},
        },
        frozenset({Kind.MEDICATION}),
    ),
    Part(
        IMMUNIZATIONS, {"Immunization": {Kind.VACCINATION: map_immunization}}, frozenset({Kind.VACCINATION})
    ),
    Part(DIRECTIVES, {"Consent": {Kind.CARE_LIMITATION: map_consent}}, frozenset({Kind.CARE_LIMITATION})),
    Part(
        ALERTS,
        {"Flag": {Kind.CARE_LIMITATION: map_flag_to_limitation, Kind.WARNING: map_flag_to_warning}},
    ),
    Part(
        PLAN,
        {"CarePlan": {Kind.CARE_PLAN: plan_mapping(_is_nobodys_plan, frozenset())}},
        frozenset({Kind.CARE_PLAN}),
    ),
    Part(
        CARE_TEAM,
        {
            "CareTeam": {Kind.CONTACT: care_team_mapping({})},
            "RelatedPerson": {Kind.CONTACT: map_related_person},
        },
    ),
    Part(VITALS, {"Observation": {Kind.PREHOSPITAL: map_observation}}, frozenset({Kind.PREHOSPITAL})),
)
