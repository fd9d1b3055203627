"""What each resource type becomes, and what it must never become."""

from datetime import date, timedelta

import pytest

from connectors.base.contract import SourceProfile
from connectors.base.kinds import Contact, ContactForm, ContactRole, Measure, MedicationChange
from connectors.base.records import Coded, Law, Status
from connectors.fhir.allergies import map_allergy
from connectors.fhir.conditions import map_condition
from connectors.fhir.contacts import care_team_mapping, map_related_person, phones_of
from connectors.fhir.drafting import Draft
from connectors.fhir.elements import Unreadable
from connectors.fhir.flags import map_consent, map_flag_to_limitation, map_flag_to_warning
from connectors.fhir.medicines import map_medication_request, map_medication_statement
from connectors.fhir.plans import coordination_mapping, has_profile, plan_mapping
from connectors.fhir.references import Directory
from connectors.fhir.services import map_service_request
from connectors.fhir.vaccinations import (
    is_covid_infection,
    is_covid_vaccine,
    map_covid_condition,
    map_immunization,
)
from connectors.fhir.visits import map_appointment, map_document, map_encounter
from connectors.fhir.vitals import map_observation
from consent.terms import PersonId, Provider
from consent.vocabulary import CareKind
from tests.factories.permits import FJALL, TOLVAN, VARD

HSA = "urn:oid:1.2.752.29.4.19"
HIERARCHY = "https://commonprofiles.care/fhir/StructureDefinition/common-hsaHierarchy"
SNOMED = "http://snomed.info/sct"
YESTERDAY = (date.today() - timedelta(days=1)).isoformat()
TOMORROW = (date.today() + timedelta(days=1)).isoformat()
PROFILE = SourceProfile(
    "cosmic",
    "Cosmic",
    "",
    FJALL,
    "SE2321000016-R0ME",
    "Medicin",
    providers={VARD.hsa_id: VARD, FJALL.hsa_id: FJALL},
)
AGGREGATING = SourceProfile("npo", "NPÖ", "", None)


def draft(resource_type, *, profile=PROFILE, came_along=(), **fields):
    directory = Directory()
    for resource in came_along:
        directory.add(resource)
    return Draft({"resourceType": resource_type, "id": "1", **fields}, TOLVAN, profile, directory)


def one(records):
    (record,) = records
    return record


def coded(system, code, display=""):
    return {"coding": [{"system": system, "code": code, "display": display}]}


def term(code):
    return {"coding": [{"code": code}]}


# Owner and unit.


def level(name, hsa_id, said=""):
    return {"url": name, "valueReference": {"identifier": {"system": HSA, "value": hsa_id}, "display": said}}


def hierarchy(*levels):
    return [{"url": HIERARCHY, "extension": list(levels)}]


def origin_of(**fields):
    return one(map_encounter(draft("Encounter", status="finished", **fields))).origin


def test_hierarchy_names_provider_and_unit():
    origin = origin_of(
        extension=hierarchy(
            level("hsaCareProvider", VARD.hsa_id), level("hsaCareUnit", "SE2120000019-V0HS", "HS")
        )
    )
    assert (origin.provider, origin.unit_id, origin.unit_name) == (VARD, "SE2120000019-V0HS", "HS")
    assert not origin.unit_is_assumed


def test_unit_without_provider_belongs_to_the_sources_owner():
    akuten = {"identifier": {"system": HSA, "value": "SE2321000016-R0AK"}, "type": "Organization"}
    origin = origin_of(serviceProvider=akuten)
    assert (origin.provider, origin.unit_id, origin.unit_is_assumed) == (FJALL, "SE2321000016-R0AK", False)


def test_nothing_named_gives_owner_and_assumed_default_unit():
    origin = origin_of()
    assert (origin.provider, origin.unit_id, origin.unit_name) == (FJALL, "SE2321000016-R0ME", "Medicin")
    assert origin.unit_is_assumed


def test_own_provider_named_alone_is_no_unit():
    origin = origin_of(
        serviceProvider={"identifier": {"system": HSA, "value": FJALL.hsa_id}, "type": "Organization"}
    )
    assert (origin.provider, origin.unit_id, origin.unit_is_assumed) == (FJALL, "SE2321000016-R0ME", True)


def test_another_provider_named_alone_gets_no_unit_of_ours():
    origin = origin_of(extension=hierarchy(level("hsaCareProvider", VARD.hsa_id)))
    assert (origin.provider, origin.unit_id, origin.unit_is_assumed) == (VARD, "", True)


def test_unknown_provider_keeps_the_name_it_came_with():
    origin = origin_of(extension=hierarchy(level("hsaCareProvider", "SE5560000001-X001", "Annan")))
    assert origin.provider == Provider("SE5560000001-X001", "Annan", CareKind.HEALTH_CARE)


def test_organisation_that_came_along_is_asked_for_its_place_and_phone():
    organisation = {
        "resourceType": "Organization",
        "id": "o",
        "identifier": [{"system": HSA, "value": "SE2321000016-R0AK"}],
        "name": "Akuten",
        "telecom": [{"system": "phone", "value": "0980-319210"}],
        "partOf": {"identifier": {"system": HSA, "value": FJALL.hsa_id}},
    }
    record = one(
        map_encounter(
            draft("Encounter", came_along=[organisation], serviceProvider={"reference": "Organization/o"})
        )
    )
    assert (record.origin.unit_name, record.origin.provider, record.unit_phone) == (
        "Akuten",
        FJALL,
        "0980-319210",
    )


def test_aggregating_source_cannot_own_what_names_nobody():
    with pytest.raises(Unreadable):
        map_encounter(draft("Encounter", profile=AGGREGATING))


def test_documentation_day_is_the_recorded_one():
    record = one(map_condition(draft("Condition", code={"text": "x"}, recordedDate="2026-01-14")))
    assert record.origin.documented_days() == (date(2026, 1, 14), date(2026, 1, 14))


def test_doubtful_documentation_day_is_none_so_that_every_block_covers_it():
    record = one(map_condition(draft("Condition", code={"text": "x"}, recordedDate="2015")))
    assert record.origin.documented_days() == (None, None)


# Flags and consents.


def flag(**fields):
    return draft("Flag", status="active", **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"meta": {"profile": ["http://x/SEAlertInformation-9-DecisionSpecialCareRoutineFlag|1.0"]}},
        {"category": [coded("http://hl7.se/CodeSystem/SEAlertInformationCategoryCS", "D2")]},
        {"code": {"text": "x", **coded(SNOMED, "61921000052102")}},
    ],
)
def test_limitation_by_profile_category_or_code(fields):
    fields = {"code": {"text": "Ej HLR"}, **fields}
    assert map_flag_to_limitation(flag(**fields))
    assert map_flag_to_warning(flag(**fields)) == ()


def test_words_alone_make_no_limitation_and_no_measure():
    assert map_flag_to_limitation(flag(code={"text": "Ej HLR, 0 HLR, palliativ"})) == ()
    decision = flag(code={"text": "Ej HLR"}, category=[coded("SEAlertInformationCategoryCS", "D2")])
    assert one(map_flag_to_limitation(decision)).measures == ()


def test_text_is_verbatim():
    said = "  Ej HLR.\n\tVård i övrigt <b>utan</b> begränsning "
    assert (
        one(map_flag_to_limitation(flag(code={"text": said, **coded(SNOMED, "61921000052102")}))).text == said
    )


@pytest.mark.parametrize(
    ("code", "measure"),
    [("61921000052102", Measure.NO_CPR), ("61931000052100", Measure.NO_LIFE_SUPPORT),
     ("60741000052100", Measure.END_OF_LIFE_TALK), ("133571000052106", Measure.OTHER)],
)  # fmt: skip
def test_measures_come_from_codes(code, measure):
    assert one(map_flag_to_limitation(flag(code=coded(SNOMED, code, "x")))).measures == (measure,)


def test_empty_code_is_read_from_the_bridges_extension():
    bridged = flag(
        category=[coded("SEAlertInformationCategoryCS", "D2")],
        extension=[{"url": "x", "valueString": "Ej IVA"}],
    )
    assert one(map_flag_to_limitation(bridged)).text == "Ej IVA"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, Status.ACTIVE),
        ({"status": "inactive"}, Status.ENDED),
        ({"status": "someday"}, Status.UNKNOWN),
        ({"period": {"end": YESTERDAY}}, Status.ENDED),
        ({"period": {"end": TOMORROW}}, Status.ACTIVE),
        ({"extension": [{"url": "https://x/approval", "valueBoolean": False}]}, Status.ENDED),
    ],
)
def test_standing_of_a_limitation(fields, status):
    fields = {"status": "active", "code": coded(SNOMED, "61921000052102", "x"), **fields}
    assert one(map_flag_to_limitation(draft("Flag", **fields))).status is status


def test_only_treatment_consents_about_resuscitation_are_limitations():
    dnr = {"status": "active", "category": [term("dnr")]}
    assert one(map_consent(draft("Consent", scope=term("treatment"), **dnr))).status is Status.ACTIVE
    assert map_consent(draft("Consent", scope=term("patient-privacy"), **dnr)) == ()
    assert map_consent(draft("Consent", scope=term("treatment"), status="active")) == ()


# Allergies.


def allergy(**fields):
    return one(map_allergy(draft("AllergyIntolerance", **{"code": {"text": "Penicillin"}, **fields})))


def test_allergy_carries_severity_and_certainty():
    record = allergy(
        clinicalStatus=term("active"),
        verificationStatus=term("confirmed"),
        criticality="high",
        reaction=[{"manifestation": [{"text": "Anafylaxi"}], "severity": "severe"}, {"severity": "mild"}],
    )
    assert (record.substance, record.status, record.certainty) == ("Penicillin", Status.ACTIVE, "bekräftad")
    assert (record.severity, record.text) == ("hög risk, svår", "Anafylaxi")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"clinicalStatus": term("resolved")}, Status.ENDED),
        ({"clinicalStatus": term("active"), "verificationStatus": term("refuted")}, Status.ENDED),
        ({}, Status.UNKNOWN),
        ({"clinicalStatus": term("active"), "code": coded("x", "no-allergy-info", "?")}, Status.UNKNOWN),
    ],
)
def test_standing_of_an_allergy(fields, status):
    assert allergy(**fields).status is status


def test_no_information_is_not_none_known():
    assert not allergy(code=coded("x", "no-allergy-info", "?")).is_none_known
    assert allergy(code=coded("x", "no-known-allergies", "Inga kända")).is_none_known


def test_allergy_to_nothing_is_unreadable():
    with pytest.raises(Unreadable):
        allergy(code={})


# Contacts.

map_care_team = care_team_mapping({"pal": ContactRole.PAL})
FAST_KONTAKT = "https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt"


def test_team_members_become_contacts_without_the_patient():
    members = [
        {"role": [{"text": "PAL"}], "member": {"display": "Petra"}, "period": {"start": "2026-01-02"}},
        {"role": [coded(FAST_KONTAKT, "1", "Fast vårdkontakt")], "member": {"display": "Annika"}},
        {"role": [{"text": "Patient"}], "member": {"reference": "Patient/p1"}},
    ]
    records = map_care_team(draft("CareTeam", status="active", participant=members))
    contacts = [r for r in records if isinstance(r, Contact)]
    assert [(r.role, r.name) for r in contacts] == [
        (ContactRole.PAL, "Petra"),
        (ContactRole.CARE_CONTACT, "Annika"),
    ]
    assert len({r.id for r in records}) == 2


def test_member_who_left_has_ended():
    members = [{"role": [{"text": "PAL"}], "period": {"end": YESTERDAY}}]
    assert one(map_care_team(draft("CareTeam", status="active", participant=members))).status is Status.ENDED


def test_relatives_come_with_relation_and_phones():
    person = draft("RelatedPerson", name=[{"text": "Stina"}], relationship=[{"text": "dotter"}],
                   telecom=[{"system": "phone", "value": "070-1740606"}, {"system": "email", "value": "x@y"},
                            {"system": "phone", "value": "070-1740607", "use": "old"}])  # fmt: skip
    record = one(map_related_person(person))
    assert (record.role, record.relation, [p.number for p in record.phones]) == (
        ContactRole.RELATIVE, "dotter", ["070-1740606"])  # fmt: skip


def test_same_number_is_given_once():
    both = {"telecom": [{"system": "phone", "value": "1"}, {"system": "phone", "value": "1"}]}
    assert len(phones_of(both, both)) == 1


# Vaccinations.


@pytest.mark.parametrize(
    ("system", "code"),
    [(SNOMED, "1119349007"), (SNOMED, "1119305005"), ("http://www.whocc.no/atc", "J07BX03"),
     ("http://www.whocc.no/atc", "J07BN01"), ("http://hl7.org/fhir/sid/cvx", "208"),
     ("http://hl7.org/fhir/sid/cvx", "300")],
)  # fmt: skip
def test_covid_vaccines(system, code):
    assert is_covid_vaccine(Coded(system, code))


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("http://hl7.org/fhir/sid/cvx", "140"),
        ("http://www.whocc.no/atc", "J07BB02"),
        ("x", "208"),
        (SNOMED, "208"),
    ],
)
def test_other_vaccines(system, code):
    assert not is_covid_vaccine(Coded(system, code))


@pytest.mark.parametrize("code", ["U07.1", "U071", "U07.2", "U08.9", "U09.9", "U10.9", "Z86.1A"])
def test_covid_infections(code):
    assert is_covid_infection(Coded("http://terminology.hl7.se/CodeSystem/icd-10-se", code))


def test_influenza_is_no_covid():
    assert not is_covid_infection(Coded("http://terminology.hl7.se/CodeSystem/icd-10-se", "J10.1"))
    assert map_covid_condition(draft("Condition", code={"text": "Covid?"})) == ()


@pytest.mark.parametrize(("code", "is_confirmed"), [("U07.1", True), ("U07.2", False), ("U08.9", False)])
def test_only_an_identified_virus_is_confirmed(code, is_confirmed):
    concept = coded("http://terminology.hl7.se/CodeSystem/icd-10-se", code, "covid")
    assert one(map_covid_condition(draft("Condition", code=concept))).is_confirmed is is_confirmed


def test_dose_not_given_is_no_dose():
    assert map_immunization(draft("Immunization", status="not-done", vaccineCode={"text": "x"})) == ()


def test_dose():
    record = one(
        map_immunization(
            draft("Immunization", status="completed", vaccineCode={"text": "Comirnaty"}, lotNumber="F1",
                  occurrenceString="hösten 2021",
                  protocolApplied=[{"doseNumberString": "3", "targetDisease": [coded(SNOMED, "840539006")]}])
        )
    )  # fmt: skip
    assert (record.is_covid, record.dose_number, record.batch) == (True, 3, "F1")
    assert (record.given.verbatim, record.given.is_doubtful) == ("hösten 2021", True)


# Plans.

is_coordinated = has_profile("CareplanCordinatedCareSe")
map_plan = plan_mapping(is_coordinated, frozenset({"krisplan"}))
map_coordination = coordination_mapping(is_coordinated, frozenset({"sip"}))
LINK = {"profile": ["https://fhir.cambio.se/StructureDefinition/CareplanCordinatedCareSe"]}


def step(code, said, status, at):
    detail = {"code": {"text": said, **coded("x", code)}, "status": status, "scheduledPeriod": {"start": at}}
    return {"detail": detail}


def test_crisis_plan_by_the_sources_own_name():
    assert one(map_plan(draft("CarePlan", status="active", category=[{"text": "Krisplan"}]))).is_crisis
    assert not one(map_plan(draft("CarePlan", status="active", title="Om krisplan saknas"))).is_crisis


def test_expired_plan_has_ended():
    assert one(map_plan(draft("CarePlan", status="active", period={"end": YESTERDAY}))).status is Status.ENDED
    assert one(map_plan(draft("CarePlan", status="revoked"))).status is Status.CANCELLED


def test_what_must_not_be_done_says_so():
    activity = [{"detail": {"code": {"text": "Operation"}, "doNotPerform": True}}]
    record = one(map_plan(draft("CarePlan", status="active", activity=activity)))
    assert (record.title, record.text) == ("Vårdplan", "Ska inte göras: Operation")


def test_each_plan_belongs_to_one_kind():
    link = draft("CarePlan", status="active", meta=LINK)
    assert map_plan(link) == ()
    assert map_coordination(link)
    assert map_coordination(draft("CarePlan", status="active")) == ()


def test_discharge_events_stand_in_order_and_the_last_done_is_the_stage():
    activity = [
        step("sip-kallelse", "SIP kallad", "scheduled", "2026-03-14T10:00:00+01:00"),
        step("utskrivningsklar", "Utskrivningsklar", "completed", "2026-03-12T13:40:00+01:00"),
        step("fast-vardkontakt", "Fast vårdkontakt: Annika", "completed", "2026-03-08"),
        step("x", "Ångrat", "cancelled", "2026-03-13"),
    ]
    record = one(map_coordination(draft("CarePlan", status="active", meta=LINK, activity=activity)))
    assert [event.text for event in record.events] == [
        "Fast vårdkontakt: Annika",
        "Utskrivningsklar",
        "SIP kallad",
    ]
    assert (record.stage, record.care_contact) == ("Utskrivningsklar", "Fast vårdkontakt: Annika")
    assert not record.is_sip


# Visits, values, diagnoses, medicines.


@pytest.mark.parametrize(
    ("class_", "status", "form", "standing"),
    [
        ("IMP", "in-progress", ContactForm.INPATIENT, Status.ACTIVE),
        ("IMP", "finished", ContactForm.INPATIENT, Status.ENDED),
        ("AMB", "finished", ContactForm.VISIT, Status.ENDED),
        ("AMB", "planned", ContactForm.BOOKED, Status.PLANNED),
        ("AMB", "cancelled", ContactForm.VISIT, Status.CANCELLED),
        ("AMB", "någonting", ContactForm.VISIT, Status.UNKNOWN),
    ],
)
def test_encounters(class_, status, form, standing):
    record = one(map_encounter(draft("Encounter", **{"class": {"code": class_}, "status": status})))
    assert (record.form, record.status) == (form, standing)


def test_booking_whose_time_has_passed_is_over():
    assert (
        one(map_appointment(draft("Appointment", status="booked", start=f"{TOMORROW}T10:00:00Z"))).status
        is Status.PLANNED
    )
    assert (
        one(map_appointment(draft("Appointment", status="booked", start=f"{YESTERDAY}T10:00:00Z"))).status
        is Status.ENDED
    )


def test_note_shows_plain_text_only():
    plain = {"attachment": {"contentType": "text/plain; charset=utf-8", "data": "w4XDpMO2"}}
    html = {"attachment": {"contentType": "text/html", "data": "PGI+"}}
    record = one(
        map_document(
            draft("DocumentReference", status="current", type={"text": "Dagtext"}, content=[plain, html])
        )
    )
    assert (record.form, record.title, record.text) == (ContactForm.NOTE, "Dagtext", "Åäö")


def test_note_in_another_charset_is_unreadable():
    latin = {"attachment": {"contentType": "text/plain", "data": "xeT2"}}
    with pytest.raises(Unreadable):
        map_document(draft("DocumentReference", type={"text": "x"}, content=[latin]))


def vital(**fields):
    return draft(
        "Observation",
        **{"category": [term("vital-signs")], "code": {"text": "Puls"}, "status": "final", **fields},
    )


def test_value_is_written_as_the_source_wrote_it():
    record = one(map_observation(vital(valueQuantity={"value": 96.0, "unit": "%", "comparator": "<"})))
    assert (record.value, record.value_unit) == ("< 96.0", "%")


def test_blood_pressure_in_one_line():
    parts = [{"code": {"text": "S"}, "valueQuantity": {"value": 120, "unit": "mmHg"}},
             {"code": {"text": "D"}, "valueQuantity": {"value": 80, "unit": "mmHg"}}]  # fmt: skip
    assert one(map_observation(vital(component=parts))).value == "S 120 mmHg, D 80 mmHg"


def test_value_that_is_missing_says_why_or_is_unreadable():
    assert one(map_observation(vital(dataAbsentReason={"text": "Ej mätbart"}))).value == "Ej mätbart"
    with pytest.raises(Unreadable):
        map_observation(vital())


def test_laboratory_values_are_no_vital_signs():
    assert map_observation(vital(category=[term("laboratory")])) == ()


@pytest.mark.parametrize(
    ("clinical", "verification", "status"),
    [("active", "confirmed", Status.ACTIVE), ("resolved", "confirmed", Status.ENDED),
     ("active", "refuted", Status.CANCELLED), ("", "", Status.UNKNOWN)],
)  # fmt: skip
def test_diagnoses(clinical, verification, status):
    record = one(
        map_condition(
            draft("Condition", code={"text": "x", **coded("http://x/icd-10-se", "I50.9")},
                  clinicalStatus=term(clinical), verificationStatus=term(verification),
                  category=[{"text": "Huvuddiagnos"}])
        )
    )  # fmt: skip
    assert (record.status, record.code, record.is_main) == (status, "I50.9", True)


def medicine(**fields):
    return draft(
        "MedicationRequest", **{"status": "active", "medicationCodeableConcept": {"text": "X"}, **fields}
    )


def test_do_not_give_is_no_medicine():
    with pytest.raises(Unreadable):
        map_medication_request(medicine(doNotPerform=True))


def test_medicine_that_cannot_be_named_is_unreadable():
    with pytest.raises(Unreadable):
        map_medication_request(draft("MedicationRequest", medicationReference={"reference": "Medication/9"}))


def test_contained_medicine_is_found():
    contained = [{"resourceType": "Medication", "id": "m", "code": {"text": "Alvedon"}}]
    record = one(
        map_medication_statement(
            draft("MedicationStatement", contained=contained, medicationReference={"reference": "#m"})
        )
    )
    assert record.title == "Alvedon"


def test_changes_of_medicine():
    started = one(map_medication_request(medicine(authoredOn="2026-01-02")))
    renewed = one(map_medication_request(medicine(priorPrescription={"reference": "x"})))
    stopped = one(map_medication_request(medicine(status="stopped")))
    assert (started.change, started.changed.verbatim) == (MedicationChange.STARTED, "2026-01-02")
    assert renewed.change is MedicationChange.CHANGED
    assert (stopped.change, stopped.changed) == (MedicationChange.STOPPED, None)


def test_service_needs_a_coded_law():
    decision = {"status": "active", "code": {"text": "Hemtjänst"}, "category": [term("LSS")]}
    assert one(map_service_request(draft("ServiceRequest", **decision))).law is Law.LSS
    assert map_service_request(draft("ServiceRequest", status="active", code={"text": "Röntgen"})) == ()


def test_patient_of_a_record_is_the_number_asked_about():
    assert one(map_encounter(draft("Encounter"))).patient == PersonId("191212121212")
