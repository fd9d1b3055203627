"""The twelve canonical records: one frozen value per kind, one kind per button."""

from dataclasses import dataclass
from enum import StrEnum

from connectors.base.records import Law, Phone, Record, When
from consent.vocabulary import Kind


class Measure(StrEnum):
    """A coded limitation. Only ever from a code the source sent, never from its text."""

    NO_CPR = "no_cpr"
    NO_INTENSIVE_CARE = "no_intensive_care"
    NO_LIFE_SUPPORT = "no_life_support"
    END_OF_LIFE_TALK = "end_of_life_talk"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class CareLimitation(Record):
    """Vårdbegränsning: a documented standpoint (SOSFS 2011:7 ch. 3). ``text`` is verbatim."""

    kind = Kind.CARE_LIMITATION
    measures: tuple[Measure, ...] = ()
    decided: When | None = None
    decided_by: str = ""
    consulted: str = ""
    patient_attitude: str = ""
    relatives_attitude: str = ""
    local_term: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning(Record):  # noqa: A001 - the field's word
    """Varning, smitta or överkänslighet. ``is_none_known``: the source states that there is none."""

    kind = Kind.WARNING
    substance: str = ""
    severity: str = ""
    certainty: str = ""
    category: str = ""
    is_none_known: bool = False


class ContactRole(StrEnum):
    PAL = "pal"
    PAL_STAND_IN = "pal_stand_in"
    CARE_CONTACT = "fast_vardkontakt"
    SOCIAL_CONTACT = "fast_omsorgskontakt"
    PHYSICIAN_CONTACT = "fast_lakarkontakt"
    CONTACT_NURSE = "kontaktsjukskoterska"
    CASE_HANDLER = "handlaggare"
    UNIT = "enhet"
    ON_CALL = "jour"
    RELATIVE = "narstaende"
    OTHER = "annan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Record):
    """Somebody to call. ``relation`` only for relatives; ``verified`` is when the source last checked it.

    ``is_about_unit``: how a unit is reached, whoever the patient is; no information about anybody.
    """

    kind = Kind.CONTACT
    is_about_unit: bool = False
    role: ContactRole = ContactRole.OTHER
    name: str = ""
    relation: str = ""
    phones: tuple[Phone, ...] = ()
    verified: When | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vaccination(Record):
    """A registered dose, or a covid infection (``is_infection``)."""

    kind = Kind.VACCINATION
    is_covid: bool = False
    is_infection: bool = False
    is_confirmed: bool = False
    product: str = ""
    dose_number: int | None = None
    batch: str = ""
    given: When | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialService(Record):
    """An insats under SoL (2025:400) or LSS; never merged with HSL."""

    kind = Kind.SOCIAL_SERVICE
    law: Law = Law.SOL
    service: str = ""
    extent: str = ""
    decision: str = ""
    performer: str = ""
    is_housing: bool = False
    phones: tuple[Phone, ...] = ()


class HomeCareAspect(StrEnum):
    ENROLMENT = "enrolment"
    TASK = "task"
    DELEGATION = "delegation"
    ADL = "adl"
    AID = "aid"
    VISIT = "visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCare(Record):
    """Hemsjukvård: the enrolment that lights the button, and what belongs to it.

    ``performer``: who does it, or to whom it is delegated.
    """

    kind = Kind.HOME_CARE
    aspect: HomeCareAspect = HomeCareAspect.ENROLMENT
    detail: str = ""
    performer: str = ""
    next_visit: When | None = None
    phones: tuple[Phone, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseEvent:
    when: When
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordination(Record):
    """A discharge case (2017:612) or a SIP (HSL 16:4, SoL 10:8). ``events`` newest last."""

    kind = Kind.COORDINATION
    is_sip: bool = False
    stage: str = ""
    events: tuple[CaseEvent, ...] = ()
    responsible: str = ""
    care_contact: str = ""
    goals: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    follow_up: When | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlan(Record):
    """``plan_kind`` is the source's own name; ``is_crisis`` comes from a code or the source's mapping."""

    kind = Kind.CARE_PLAN
    plan_kind: str = ""
    is_crisis: bool = False
    link: str = ""


class ContactForm(StrEnum):
    INPATIENT = "inpatient"
    VISIT = "visit"
    BOOKED = "booked"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class CareContact(Record):
    """A stay, a visit, a booking, or a note written there."""

    kind = Kind.CARE_CONTACT
    form: ContactForm = ContactForm.VISIT
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prehospital(Record):
    """An ambulance mission (``is_mission``) or one measured value with unit, time and device."""

    kind = Kind.PREHOSPITAL
    is_mission: bool = False
    assessment: str = ""
    handed_over_to: str = ""
    value: str = ""
    value_unit: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis(Record):
    kind = Kind.DIAGNOSIS
    code: str = ""
    is_main: bool = False
    is_chronic: bool = False


class MedicationChange(StrEnum):
    STARTED = "started"
    CHANGED = "changed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Medication(Record):
    kind = Kind.MEDICATION
    dose: str = ""
    prescriber: str = ""
    change: MedicationChange | None = None
    changed: When | None = None


def is_personal(record: Record) -> bool:
    """How a unit is reached is nobody's record: never logged as one, nor a sign of any."""
    return not (isinstance(record, Contact) and record.is_about_unit)
