"""Questions hold against the published schemas; replies made by others are read as they are."""

from typing import Any

import pytest

from connectors.base.contract import Fault, SourceFault
from connectors.base.kinds import (
    CareContact,
    CareLimitation,
    ContactForm,
    Diagnosis,
    HomeCare,
    HomeCareAspect,
    Medication,
    SocialService,
)
from connectors.base.kinds import Warning as Caution
from connectors.base.records import Law, Status
from connectors.npo.contracts import CONTRACTS
from connectors.rivta.envelope import write_question
from consent.terms import PersonId
from consent.vocabulary import IdType, InformationType, Kind
from tests.connectors.rivta import BY_SETTING, FOLDER, ask, message_in, needs_rivta, schema, unmodified

pytestmark = [needs_rivta, pytest.mark.network]
TOLVAN = PersonId("191212121212")
# By contract: its schema, among those that were published and could be had.
SCHEMAS = {
    "alert_information_2": "healthcond_description_2.1/**/GetAlertInformationResponder_2.0.xsd",
    "alert_information_3": "healthcond_description_alert3/**/GetAlertInformationResponder_3.0.xsd",
    "care_plans_2": "logistics_logistics_3.0/**/GetCarePlansResponder_2.0.xsd",
    "vaccination_history_2": "activityprescription_*/**/GetVaccinationHistoryResponder_2.0.xsd",
    "care_contacts_3": "logistics_logistics_3.0/**/GetCareContactsResponder_3.0.xsd",
    "diagnosis_2": "healthcond_description_2.1/**/GetDiagnosisResponder_2.0.xsd",
    "care_documentation_2": "healthcond_description_2.1/**/GetCareDocumentationResponder_2.1.xsd",
    "care_documentation_3": "healthcond_description_3.0/**/GetCareDocumentationResponder_3.0.xsd",
    "care_services_2": "logistics_logistics_3.0/**/GetCareServicesResponder_2.0.xsd",
}
PEOPLE = [
    TOLVAN,
    PersonId("199602752389", IdType.SAMORDNINGSNUMMER),
    PersonId("98240301AA06", IdType.RESERVNUMMER),
]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.type.value)
@pytest.mark.parametrize("setting", SCHEMAS)
def test_question_is_valid(setting, person):
    question = message_in(write_question(BY_SETTING[setting].service, "SE165565594230-1000", person))
    schema(SCHEMAS[setting]).assertValid(question)


@pytest.mark.parametrize("setting", [c.setting for c in CONTRACTS if c.comes_in_pieces])
def test_question_for_the_rest_is_valid(setting):
    question = write_question(BY_SETTING[setting].service, "SE165565594230-1000", TOLVAN, "<2>")
    schema(SCHEMAS[setting]).assertValid(message_in(question))
    assert message_in(question).findtext("{*}hasMoreReference") == "<2>"


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.service.label)
def test_signs_in_values_do_not_break_the_envelope(contract):
    question = message_in(write_question(contract.service, 'SE1<&>"', TOLVAN))
    assert question.tag == f"{{{contract.service.namespace}}}{contract.service.operation}"
    envelope: Any = question.getparent().getparent()  # type: ignore[union-attr]
    header = envelope[0]
    assert header[0].tag == "{urn:riv:itintegration:registry:1}LogicalAddress"
    assert header[0].text == 'SE1<&>"'


@pytest.mark.parametrize("setting", SCHEMAS)
def test_action_is_the_one_its_wsdl_names(setting):
    service = BY_SETTING[setting].service
    name = f"{service.operation}Interaction_{service.version}_RIVTABP21.wsdl"
    (wsdl, *_) = FOLDER.glob(f"schemas/**/{name}")
    assert f"soapAction='{service.action}'" in wsdl.read_text(encoding="utf-8").replace('"', "'")


def read(name, setting, number, kinds=None) -> Any:
    contract = BY_SETTING[setting]
    return ask(unmodified(name), PersonId(number), kinds or contract.kinds, contract)


def test_alert_of_every_sort():
    answer = read("GetAlertInformation-DateResponse.xml", "alert_information_2", "201211112394")
    assert (answer.unparsed, answer.withheld) == (0, False)
    cautions = [r for r in answer.records if isinstance(r, Caution)]
    assert [r.title for r in cautions[1:]] == [
        "Dysenteri",
        'Överkänslig – får ej ges. Kontrollera "ID" & dos < 5 mg; se anteckning (åäö).',
        "Smittkoppor",
    ]
    assert (cautions[0].severity, cautions[0].certainty) == ("Livshotande", "Konstaterad")
    (limitation,) = [r for r in answer.records if isinstance(r, CareLimitation)]
    assert limitation.text.startswith("Patienten har tre vänsterfötter och trampar")
    assert limitation.measures == ()
    assert limitation.start is not None
    assert limitation.start.at is not None
    assert {r.origin.provider.hsa_id for r in answer.records} == {"SE2321000016-VG01"}
    assert {r.origin.unit_id for r in answer.records} == {"SE2321000016-VE02"}
    assert {r.origin.information_type for r in answer.records} == {InformationType.ALERT}
    assert {r.unit_phone for r in answer.records} == {"063-15 30 00"}


def test_alert_that_has_been_ended():
    (record,) = read("GetAlertInformation-BasicResponse.xml", "alert_information_2", "194101106393").records
    assert (record.status, record.author.name, record.author.role) == (
        Status.ENDED, "Åsa Öberg-Ärlig", "Överläkare",
    )  # fmt: skip
    assert record.recorded.verbatim == "20111111111111"
    assert record.recorded.at.isoformat() == "2011-11-11T11:11:11+01:00"


def test_somebody_elses_answer_is_no_answer():
    with pytest.raises(SourceFault) as caught:
        read("GetAlertInformation-BasicResponse.xml", "alert_information_2", TOLVAN.number)
    assert caught.value.fault is Fault.FOREIGN_PATIENT


def test_visit_in_version_3_with_an_empty_system():
    (record,) = read("GetCareContacts-Only_PatientId.xml", "care_contacts_3", "201211112394").records
    assert isinstance(record, CareContact)
    assert (record.form, record.status, record.system) == (ContactForm.VISIT, Status.ENDED, "")
    assert str(record.end and record.end.day) == "2012-12-31"


def test_note_with_its_identifiers_spelt_otherwise():
    answer = read("GetCareDocumentation-Only_PatientId.xml", "care_documentation_2", TOLVAN.number)
    assert (len(answer.records), answer.withheld, answer.unparsed) == (2, False, 0)
    note = answer.records[0]
    assert (note.form, note.title, note.text, note.system) == (ContactForm.NOTE, "title", "text", "123")


def test_no_plans_at_all():
    answer = read("GetCarePlans-EmptyResponse.xml", "care_plans_2", TOLVAN.number)
    assert (answer.records, answer.unparsed, answer.withheld, answer.absent) == ((), 0, False, frozenset())


def test_care_home_of_a_municipality_nobody_here_knows():
    (record,) = read("GetCareServices-OnlyPatientIdResponse.xml", "care_services_2", "201211112394").records
    assert isinstance(record, SocialService)
    assert (record.law, record.is_housing, record.status) == (Law.SOL, True, Status.ENDED)
    assert record.origin.information_type is InformationType.SOCIAL


def test_main_diagnosis():
    answer = read(
        "GetDiagnosis-BasicResponse.xml", "diagnosis_2", message_number("GetDiagnosis-BasicResponse.xml")
    )
    (record,) = answer.records
    assert isinstance(record, Diagnosis)
    assert (record.title, record.code, record.is_main, record.is_chronic) == ("Någon", "123456", True, False)


def message_number(name):
    text = (FOLDER / "responses" / name).read_text(encoding="utf-8")
    return text.partition("patientId>")[2].partition(":id>")[2].partition("<")[0]


def test_functional_status():
    (record,) = read("GetFunctionalStatus-BasicResponse.xml", "functional_status_2", TOLVAN.number).records
    assert isinstance(record, HomeCare)
    assert (record.aspect, record.title) == (HomeCareAspect.ADL, "Funktionsnedsättning")
    assert record.detail.count("Astma: Överkänslig") == 1


def test_medicine_told_of_only_in_what_was_given():
    answer = read("GetMedicationHistory-Active_Medication.xml", "medication_history_2", "201211112394")
    assert answer.unparsed == 0
    (record,) = answer.records
    assert isinstance(record, Medication)
    assert record.title.startswith("Överkänslig – får ej ges.")
    assert record.prescriber == "Åsa Öberg-Ärlig"
    assert record.dose


def test_doses_whose_provider_is_not_named_are_withheld():
    answer = read("GetVaccinationHistory-Only_PatientId.xml", "vaccination_history_2", "201211112394")
    assert (answer.records, answer.withheld, answer.unparsed) == ((), True, 0)
    assert answer.incomplete_kinds == {Kind.VACCINATION}
