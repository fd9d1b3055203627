"""What Cosmic is asked in FHIR and what its words mean. The reading itself is shared by all FHIR sources."""

from collections.abc import Mapping

from connectors.base.kinds import ContactRole
from connectors.cosmic.signals import SIGNAL_KINDS
from connectors.fhir.allergies import map_allergy
from connectors.fhir.conditions import map_condition
from connectors.fhir.contacts import care_team_mapping, map_patient, map_related_person
from connectors.fhir.drafting import MapResource
from connectors.fhir.flags import map_consent, map_flag_to_limitation, map_flag_to_warning
from connectors.fhir.medicines import map_medication_request, map_medication_statement
from connectors.fhir.plans import has_profile, plan_mapping
from connectors.fhir.reader import Question, read_names
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


# Read as the standard describes them, and asked for only where an installation says that it has them.
NOT_PUBLIC = frozenset(
    name.casefold()
    for name in ("Flag", "Consent", "AllergyIntolerance", "CareTeam", "RelatedPerson", "DocumentReference")
)


def _with_profile(name: str) -> Mapping[str, str]:
    """Several types are answered only where the vendor's profile is named."""
    return {"_profile": f"{_PROFILES}{name}"}


def has_signals(settings: Mapping[str, str]) -> bool:
    """Unless somebody has said no: FHIR alone cannot fill the two most important boxes."""
    return settings.get("has_signals", "true") == "true"


def kinds_with(settings: Mapping[str, str]) -> frozenset[Kind]:
    """What an installation with these settings can tell of."""
    asked = frozenset[Kind](OF_PATIENT).union(*(question.kinds for question in make_questions(settings)))
    return asked | (SIGNAL_KINDS if has_signals(settings) else frozenset())


def make_questions(settings: Mapping[str, str]) -> tuple[Question, ...]:
    """The searches of one installation: what the vendor opens to all, and what this one has besides."""
    extra = read_names(settings.get("extra_resources", "")) & NOT_PUBLIC
    return tuple(
        question
        for question in _all_questions(read_names(settings.get("crisis_plan_names", "")))
        if question.resource_type.casefold() in extra or question.resource_type.casefold() not in NOT_PUBLIC
    )


def _all_questions(crisis_plan_names: frozenset[str]) -> tuple[Question, ...]:
    map_plan = plan_mapping(has_profile(COORDINATED_PLAN), crisis_plan_names)
    return (
        Question("Flag", {Kind.CARE_LIMITATION: map_flag_to_limitation, Kind.WARNING: map_flag_to_warning}),
        Question("Consent", {Kind.CARE_LIMITATION: map_consent}, {"category": "dnr"}),
        Question("AllergyIntolerance", {Kind.WARNING: map_allergy}),
        Question("CareTeam", {Kind.CONTACT: care_team_mapping(ROLE_NAMES)}),
        Question("RelatedPerson", {Kind.CONTACT: map_related_person}),
        Question("Immunization", {Kind.VACCINATION: map_immunization}, _with_profile("ImmunizationSe")),
        Question("Condition", {Kind.DIAGNOSIS: map_condition, Kind.VACCINATION: map_covid_condition}),
        Question("CarePlan", {Kind.CARE_PLAN: map_plan}, _with_profile("CarePlanSe")),
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
