"""What Cosmic is asked and what its words mean. The reading itself is shared by all FHIR sources."""

from collections.abc import Mapping

from connectors.base.kinds import ContactRole
from connectors.fhir.allergies import map_allergy
from connectors.fhir.conditions import map_condition
from connectors.fhir.contacts import care_team_mapping, map_patient, map_related_person
from connectors.fhir.drafting import MapResource
from connectors.fhir.flags import map_consent, map_flag_to_limitation, map_flag_to_warning
from connectors.fhir.medicines import map_medication_request, map_medication_statement
from connectors.fhir.plans import coordination_mapping, has_profile, plan_mapping
from connectors.fhir.reader import Question
from connectors.fhir.vaccinations import map_covid_condition, map_immunization
from connectors.fhir.visits import map_appointment, map_document, map_encounter
from connectors.fhir.vitals import VITAL_SIGNS, map_observation
from consent.vocabulary import Kind

_PROFILES = "https://fhir.cambio.se/StructureDefinition/"
COORDINATED_PLAN = "CareplanCordinatedCareSe"
VITALS_SINCE_DAYS = 365
ROLE_NAMES: dict[str, ContactRole] = {
    "patientansvarig läkare (pal)": ContactRole.PAL,
    "patientansvarig läkare": ContactRole.PAL,
    "pal": ContactRole.PAL,
    "ställföreträdande pal": ContactRole.PAL_STAND_IN,
    "fast vårdkontakt": ContactRole.CARE_CONTACT,
    "fast läkarkontakt": ContactRole.PHYSICIAN_CONTACT,
    "kontaktsjuksköterska": ContactRole.CONTACT_NURSE,
}

OF_PATIENT: Mapping[Kind, MapResource] = {Kind.CONTACT: map_patient}


def read_names(setting: str) -> frozenset[str]:
    """A comma-separated setting, compared without regard to case."""
    return frozenset(name.strip().casefold() for name in setting.split(",") if name.strip())


def make_questions(settings: Mapping[str, str]) -> tuple[Question, ...]:
    """The searches of one installation. Local names of plans come from its settings."""
    is_coordinated = has_profile(COORDINATED_PLAN)
    map_plan = plan_mapping(is_coordinated, read_names(settings.get("crisis_plan_names", "")))
    map_coordination = coordination_mapping(is_coordinated, read_names(settings.get("sip_names", "")))
    return (
        Question("Flag", {Kind.CARE_LIMITATION: map_flag_to_limitation, Kind.WARNING: map_flag_to_warning}),
        Question("Consent", {Kind.CARE_LIMITATION: map_consent}, {"category": "dnr"}),
        Question("AllergyIntolerance", {Kind.WARNING: map_allergy}),
        Question("CareTeam", {Kind.CONTACT: care_team_mapping(ROLE_NAMES)}),
        Question("RelatedPerson", {Kind.CONTACT: map_related_person}),
        Question("Immunization", {Kind.VACCINATION: map_immunization}),
        Question("Condition", {Kind.DIAGNOSIS: map_condition, Kind.VACCINATION: map_covid_condition}),
        Question(
            "CarePlan",
            {Kind.COORDINATION: map_coordination},
            {"_profile": f"{_PROFILES}{COORDINATED_PLAN}"},
            patient_parameter="subject",
        ),
        Question("CarePlan", {Kind.CARE_PLAN: map_plan}),
        Question("Encounter", {Kind.CARE_CONTACT: map_encounter}),
        Question("Appointment", {Kind.CARE_CONTACT: map_appointment}),
        Question("DocumentReference", {Kind.CARE_CONTACT: map_document}),
        Question(
            "Observation",
            {Kind.PREHOSPITAL: map_observation},
            {"category": VITAL_SIGNS},
            since_days=VITALS_SINCE_DAYS,
        ),
        Question("MedicationRequest", {Kind.MEDICATION: map_medication_request}),
        Question(
            "MedicationStatement",
            {Kind.MEDICATION: map_medication_statement},
            {"_include": "MedicationStatement:medication"},
        ),
    )
