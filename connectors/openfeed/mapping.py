"""Types of the open interface to canonical records; what the law leaves out is left out here."""

from collections.abc import Callable, Mapping

from connectors.base.dates import read_when
from connectors.base.kinds import (
    CareContact,
    CareLimitation,
    CarePlan,
    Contact,
    ContactForm,
    ContactRole,
    Coordination,
    HomeCare,
    HomeCareAspect,
    Medication,
    Prehospital,
    SocialService,
    Vaccination,
    Warning,  # noqa: A004
)
from connectors.base.records import Law, Phone, Record
from connectors.openfeed.flat import Draft, Unreadable, text
from connectors.openfeed.vocabulary import MEASURES, OUTSIDE_LAWS, OUTSIDE_SERVICES, ROLES, SERVICES
from consent.vocabulary import InformationType, Kind

_COVID = frozenset({"covid-19", "covid", "sars-cov-2", "840539006"})
_SIP = frozenset({"sip"})
_CRISIS = frozenset({"crisis", "krisplan"})

MapRecord = Callable[[Draft], Record]


def is_outside_the_law(draft: Draft) -> bool:
    """Whether it concerns what may never be part of the overview (SVOD 1:3)."""
    law = draft.record.get("law")
    if isinstance(law, str) and law.strip().casefold() in OUTSIDE_LAWS:
        return True
    return draft.type == "service" and draft.said("kind") in OUTSIDE_SERVICES


def map_limitation(draft: Draft) -> Record:
    """The class is a code the sender chose; the text stays as it was written."""
    class_ = draft.said("class")
    if class_ and class_ not in MEASURES:
        raise Unreadable("data.class")
    return CareLimitation(
        **draft.common(InformationType.ALERT),
        measures=(MEASURES[class_][0],) if class_ else (),
        decided=read_when(draft.data.get("decided_on")),
        decided_by=draft.said("decided_by"),
    )


def map_service(draft: Draft) -> Record:
    """An insats under SoL or LSS; one under HSL is home care."""
    common = draft.common(InformationType.SOCIAL)
    if draft.said("kind") and draft.said("kind") not in SERVICES:
        raise Unreadable("data.kind")
    phones = _phones(common["unit_phone"])
    if draft.law is Law.HSL:
        return HomeCare(**common, aspect=HomeCareAspect.TASK, detail=draft.said("extent"), phones=phones)
    return SocialService(
        **common,
        law=draft.law,
        service=common["title"],
        extent=draft.said("extent"),
        is_housing=bool(draft.said("housing")) or draft.said("kind") in ("care_home", "group_housing"),
        phones=phones,
    )


def map_enrolment(draft: Draft) -> Record:
    if draft.law is not Law.HSL:
        moved_in = draft.common(InformationType.SOCIAL)
        return SocialService(**moved_in, law=draft.law, service=moved_in["title"], is_housing=True)
    common = draft.common(InformationType.DOCUMENTATION)
    return HomeCare(**common, phones=_phones(common["unit_phone"]))


def _phones(number: str) -> tuple[Phone, ...]:
    return (Phone(number),) if number else ()


def map_plan(draft: Draft) -> Record:
    common = draft.common(InformationType.CARE_PLAN)
    if draft.said("kind") in _SIP:
        return Coordination(**common, is_sip=True, responsible=common["author"].name)
    return CarePlan(
        **common, plan_kind=draft.said("kind") or common["title"], is_crisis=draft.said("kind") in _CRISIS
    )


def map_vaccination(draft: Draft) -> Record:
    common = draft.common(InformationType.VACCINATION)
    dose = draft.data.get("dose")
    return Vaccination(
        **common,
        is_covid=draft.said("target").casefold() in _COVID,
        product=draft.said("product") or common["title"],
        dose_number=dose if isinstance(dose, int) and not isinstance(dose, bool) else None,
        batch=draft.said("batch"),
        given=common["start"],
    )


def map_infection(draft: Draft) -> Record:
    common = draft.common(InformationType.DIAGNOSIS)
    return Vaccination(
        **common,
        is_covid=draft.said("target").casefold() in _COVID,
        is_infection=True,
        is_confirmed=draft.data.get("confirmed") is True,
        given=common["start"],
    )


def map_contact(draft: Draft) -> Record:
    common = draft.common(InformationType.ADMINISTRATIVE)
    number = draft.said("phone") or common["unit_phone"]
    return Contact(
        **common,
        role=ROLES[draft.said("role")][0] if draft.said("role") in ROLES else ContactRole.OTHER,
        name=draft.said("name") or common["author"].name,
        relation=draft.said("relation"),
        phones=(Phone(number, hours=draft.said("hours")),) if number else (),
        verified=common["updated"],
    )


def map_warning(draft: Draft) -> Record:
    common = draft.common(InformationType.ALERT)
    return Warning(
        **common,
        substance=draft.said("substance"),
        severity=draft.said("severity"),
        certainty=draft.said("certainty"),
        category=draft.said("kind"),
    )


def map_medication(draft: Draft) -> Record:
    common = draft.common(InformationType.MEDICATION)
    return Medication(**common, dose=draft.said("dose_text"), prescriber=common["author"].name)


def map_observation(draft: Draft) -> Record:
    common = draft.common(InformationType.OBSERVATION)
    if at := read_when(draft.data.get("at")):
        common["start"] = at
    return Prehospital(
        **common, value=draft.said("value"), value_unit=draft.said("unit"), device=draft.said("device")
    )


def map_note(draft: Draft) -> Record:
    return CareContact(**draft.common(InformationType.DOCUMENTATION), form=ContactForm.NOTE)


def map_encounter(draft: Draft) -> Record:
    """A visit or a stay; an ambulance mission where ``kind`` says so."""
    common = draft.common(InformationType.CARE_CONTACT)
    if draft.said("kind") == "prehospital":
        return Prehospital(**common, is_mission=True, assessment=draft.said("reason"))
    form = ContactForm.INPATIENT if draft.said("kind") == "inpatient" else ContactForm.VISIT
    if text(draft.record.get("status")) == "planned":
        form = ContactForm.BOOKED
    return CareContact(**common, form=form, reason=draft.said("reason"))


# Each type, the kinds it may become, and how.
TYPES: Mapping[str, tuple[frozenset[Kind], MapRecord]] = {
    "care_limitation": (frozenset({Kind.CARE_LIMITATION}), map_limitation),
    "service": (frozenset({Kind.SOCIAL_SERVICE, Kind.HOME_CARE}), map_service),
    "enrolment": (frozenset({Kind.HOME_CARE, Kind.SOCIAL_SERVICE}), map_enrolment),
    "care_plan": (frozenset({Kind.CARE_PLAN, Kind.COORDINATION}), map_plan),
    "vaccination": (frozenset({Kind.VACCINATION}), map_vaccination),
    "infection": (frozenset({Kind.VACCINATION}), map_infection),
    "contact": (frozenset({Kind.CONTACT}), map_contact),
    "alert": (frozenset({Kind.WARNING}), map_warning),
    "allergy": (frozenset({Kind.WARNING}), map_warning),
    "medication": (frozenset({Kind.MEDICATION}), map_medication),
    "observation": (frozenset({Kind.PREHOSPITAL}), map_observation),
    "note": (frozenset({Kind.CARE_CONTACT}), map_note),
    "encounter": (frozenset({Kind.CARE_CONTACT, Kind.PREHOSPITAL}), map_encounter),
}
KINDS: frozenset[Kind] = frozenset().union(*(kinds for kinds, _ in TYPES.values()))


def types_behind(kind: Kind) -> tuple[str, ...]:
    """The types whose records may become this kind, in the order of the contract."""
    return tuple(name for name, (kinds, _map) in TYPES.items() if kind in kinds)


# What makes a type this kind and not another.
DECIDES: Mapping[tuple[str, Kind], str] = {
    ("service", Kind.SOCIAL_SERVICE): "law=sol/lss",
    ("service", Kind.HOME_CARE): "law=hsl",
    ("enrolment", Kind.SOCIAL_SERVICE): "law=sol/lss",
    ("enrolment", Kind.HOME_CARE): "law=hsl",
    ("care_plan", Kind.COORDINATION): "data.kind=sip",
    ("encounter", Kind.PREHOSPITAL): "data.kind=prehospital",
}


def told_types(kind: Kind) -> str:
    """The types behind a kind as the contract writes them, with what decides where a type has several."""
    named = ((name, DECIDES.get((name, kind), "")) for name in types_behind(kind))
    return ", ".join(f"{name} ({decides})" if decides else name for name, decides in named)
