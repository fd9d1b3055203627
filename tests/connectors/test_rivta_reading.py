"""RIV-TA entry by entry: times, identifiers, what is not stated, and every contract's own shapes."""

import base64
from typing import Any

import pytest
import time_machine

from connectors.base.kinds import (
    CareContact,
    CareLimitation,
    CarePlan,
    Contact,
    ContactForm,
    ContactRole,
    Coordination,
    Medication,
    MedicationChange,
    Vaccination,
)
from connectors.base.kinds import Warning as Caution
from connectors.base.records import Status
from connectors.npo.notes import plain
from connectors.npo.scenarios import PATIENT, SYSTEM, entry
from connectors.rivta.times import parse_time
from tests.connectors.rivta import BY_SETTING, one

pytestmark = pytest.mark.network


def becomes(setting, body=None, **about):
    """The one record that an entry with this body becomes."""
    contract = BY_SETTING[setting]
    (record,) = all_of(contract, entry(contract, body, **about))
    return record


def all_of(contract, text) -> Any:
    answer = one(text, contract, PATIENT)
    assert (answer.unparsed, answer.withheld) == (0, False)
    return answer.records


def counted(setting, body, **about):
    contract = BY_SETTING[setting]
    return one(entry(contract, body, **about), contract, PATIENT).unparsed


# Times.


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("20260102080910", "2026-01-02T08:09:10+01:00"),
        ("20260702080910", "2026-07-02T08:09:10+02:00"),
        ("202601020809", "2026-01-02T08:09:00+01:00"),
        ("2026-01-02T08:09:10+01:00", "2026-01-02T08:09:10+01:00"),
    ],
)
def test_clock_times_are_swedish(written, read):
    when: Any = parse_time(written)
    assert (when.at.isoformat(), when.is_doubtful, when.verbatim) == (read, False, written)


def test_days_have_no_clock_time():
    when: Any = parse_time("20260102")
    assert (when.day.isoformat(), when.at, when.is_doubtful) == ("2026-01-02", None, False)


@pytest.mark.parametrize("written", ["20251026023000", "20260329023000"], ids=["twice", "never"])
def test_of_an_hour_the_clock_shows_twice_or_never_the_day_is_sure(written):
    when: Any = parse_time(written)
    assert (when.day.strftime("%Y%m%d"), when.at, when.is_doubtful) == (written[:8], None, False)


@pytest.mark.parametrize(
    "written",
    ["00010101000000", "20261345", "99991231235959", "2015", "201503", "igår", "２０２６", "20260102256199"],
)
def test_doubtful_times_are_kept_word_for_word(written):
    when: Any = parse_time(written)
    assert (when.verbatim, when.is_doubtful) == (written, True)


@pytest.mark.parametrize("written", ["", "?"])
def test_time_not_stated_is_none(written):
    body = f"<careContactTimePeriod><start>{written}</start></careContactTimePeriod>"
    assert becomes("care_contacts_2", body).start is None


# What is not stated.


@pytest.mark.parametrize("nothing", ["?", "", "  ", " ? "])
def test_question_marks_and_nothing_are_not_stated(nothing):
    body = (
        f"<careContactReason>{nothing}</careContactReason><careContactCode>{nothing}</careContactCode>"
        f"<careContactStatus>{nothing}</careContactStatus>"
    )
    record: Any = becomes("care_contacts_2", body)
    assert (record.reason, record.title, record.status) == ("", "Vårdkontakt", Status.UNKNOWN)


def test_original_text_alone_is_what_is_said():
    body = "<seriousDisease><disease><originalText>Myastenia gravis</originalText></disease></seriousDisease>"
    record: Any = becomes("alert_information_2", body)
    assert (record.title, record.codes) == ("Myastenia gravis", ())


def test_names_are_read_in_any_case_and_namespace():
    contract = BY_SETTING["alert_information_2"]
    shouted = (
        entry(contract)
        .replace("sourceSystemHSAId", "sourceSystemHSAid")
        .replace("accountableHealthcareProfessional", "accountableHealthCareProfessional")
        .replace("<restrictionOfCare>", '<x:RestrictionOfCare xmlns:x="urn:riv:later:2.9">')
        .replace("</restrictionOfCare>", "</x:RestrictionOfCare>")
    )
    (record,) = all_of(contract, shouted)
    assert isinstance(record, CareLimitation)
    assert record.system == SYSTEM


@pytest.mark.parametrize("number", ["19121212-1212", " 191212121212 ", "19121212+1212"])
def test_spelling_of_the_number_does_not_matter(number):
    assert becomes("alert_information_2", number=number).patient == PATIENT


def test_entry_without_id_is_counted():
    assert counted("alert_information_2", None, document="") == 1
    assert counted("alert_information_2", None, document="?") == 1


# Alerts.


def limitation(more, comment="Ej HLR"):
    said = f"<restrictionOfCareComment>{comment}</restrictionOfCareComment>"
    return f"{more}<restrictionOfCare>{said}</restrictionOfCare>"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("", Status.ACTIVE),
        ("<obsoleteTime>20200101000000</obsoleteTime>", Status.ENDED),
        ("<obsoleteTime>?</obsoleteTime>", Status.ACTIVE),
        ("<obsoleteTime>00010101000000</obsoleteTime>", Status.ACTIVE),
        ("<obsoleteTime>20900101000000</obsoleteTime>", Status.ACTIVE),
        ("<validityTimePeriod><end>20200101000000</end></validityTimePeriod>", Status.ENDED),
        ("<validityTimePeriod><end>20900101000000</end></validityTimePeriod>", Status.ACTIVE),
    ],
)
def test_limitation_holds_until_something_sure_ends_it(more, status):
    assert becomes("alert_information_2", limitation(more)).status is status


def test_limitation_is_known_by_its_type_too_and_keeps_every_word():
    body = (
        "<typeOfAlertInformation><code>upp-vbe</code></typeOfAlertInformation>"
        "<alertInformationComment>Gäller även vid ambulans.</alertInformationComment>"
        "<unstructuredAlertInformation><unstructuredAlertInformationHeading>VILSAD"
        "</unstructuredAlertInformationHeading><unstructuredAlertInformationContent>Vård hemma."
        "</unstructuredAlertInformationContent></unstructuredAlertInformation>"
    )
    record: Any = becomes("alert_information_2", body)
    assert isinstance(record, CareLimitation)
    assert record.text == "VILSAD\nVård hemma.\nGäller även vid ambulans."


def test_markup_in_a_limitation_is_text():
    record: Any = becomes("alert_information_2", limitation("", "&lt;script&gt;x()&lt;/script&gt; \u202e"))
    assert record.text.startswith("<script>x()</script>")


def test_no_known_hypersensitivity_is_a_statement():
    body = (
        "<hypersensitivity><value><displayName>läkemedelsallergi</displayName></value><status><code>55561003"
        "</code></status><time/><degreeOfSeverity/><negation>true</negation><resource/></hypersensitivity>"
    )
    record: Any = becomes("alert_information_3", body)
    assert isinstance(record, Caution)
    assert (record.is_none_known, record.title) == (True, "Ingen känd: läkemedelsallergi")


def test_alert_of_no_known_sort_is_counted():
    assert counted("alert_information_3", "<somethingNew/>") == 1
    assert counted("alert_information_2", "") == 1


# Plans.


def content(kind, value):
    packed = base64.b64encode(value.encode()).decode()
    return f"<content><mediaType>{kind}</mediaType><value>{packed}</value></content>"


def test_plan_has_its_text_its_sort_and_no_validity_of_our_making():
    record: Any = becomes(
        "care_plans_2",
        content("text/plain", "Gånga i trappa.\n") + "<typeOfCarePlanEnum>HP</typeOfCarePlanEnum>",
    )
    assert isinstance(record, CarePlan)
    assert (record.text, record.plan_kind) == ("Gånga i trappa.", "Habiliteringsplan")
    assert (record.status, record.start, record.end) == (Status.UNKNOWN, None, None)


def test_document_that_cannot_be_shown_is_told_of():
    assert (
        becomes("care_plans_2", content("application/pdf", "%PDF")).link
        == "application/pdf: läses i källsystemet"
    )
    linked = (
        "<content><mediaType>application/pdf</mediaType><reference>https://a.example/p</reference></content>"
    )
    assert becomes("care_plans_2", linked).link == "https://a.example/p"


def test_sip_and_discharge_plan_are_coordination():
    for kind, is_sip in (("SIP", True), ("SPU", False)):
        record = becomes("care_plans_2", f"<typeOfCarePlanEnum>{kind}</typeOfCarePlanEnum>")
        assert isinstance(record, Coordination)
        assert record.is_sip is is_sip


def test_text_that_is_not_what_it_says_is_counted():
    broken = "<content><mediaType>text/plain</mediaType><value>{}</value></content>"
    assert counted("care_plans_2", broken.format("inte base64!")) == 1
    assert counted("care_plans_2", broken.format(base64.b64encode("å".encode("latin-1")).decode())) == 1


# Doses.


def test_each_dose_is_a_record_and_covid_is_told_by_code():
    atc = "<codeSystem>1.2.752.129.2.2.3.1.1</codeSystem>"
    dose = (
        "<administrationRecord><vaccineName><code>{}</code>"
        + atc
        + "<displayName>{}</displayName></vaccineName></administrationRecord>"
    )
    contract = BY_SETTING["vaccination_history_2"]
    body = dose.format("J07BX03", "Comirnaty") + dose.format("J07BB02", "Vaxigrip")
    records = all_of(contract, entry(contract, body))
    assert [(r.title, r.is_covid) for r in records] == [("Comirnaty", True), ("Vaxigrip", False)]
    assert len({r.id for r in records}) == len({r.document_id for r in records}) == 2


def test_registration_date_is_not_the_day_a_dose_was_given():
    contract = BY_SETTING["vaccination_history_2"]
    undated = entry(contract).replace("<documentTime>20260102080000</documentTime>", "")
    (record,) = all_of(contract, undated)
    assert isinstance(record, Vaccination)
    assert (record.given, record.start, record.recorded and record.recorded.verbatim) == (
        None,
        None,
        "20260102",
    )


def test_diagnosis_of_covid_is_an_infection_too():
    contract = BY_SETTING["diagnosis_2"]
    records = all_of(contract, entry(contract))
    (infection,) = [r for r in records if isinstance(r, Vaccination)]
    assert (infection.is_infection, infection.is_confirmed, len(records)) == (True, True, 2)


# Visits.


@time_machine.travel("2026-02-02T12:00:00+01:00", tick=False)
@pytest.mark.parametrize(
    ("code", "status", "period", "form", "became"),
    [
        ("3", "3", "<start>20260101080000</start>", ContactForm.INPATIENT, Status.ACTIVE),
        ("3", "1", "<start>20260101080000</start>", ContactForm.INPATIENT, Status.ACTIVE),
        ("3", "1", "<start>20260301080000</start>", ContactForm.BOOKED, Status.PLANNED),
        ("1", "1", "<start>20260301080000</start>", ContactForm.BOOKED, Status.PLANNED),
        ("1", "", "<start>20260301080000</start>", ContactForm.BOOKED, Status.PLANNED),
        ("1", "2", "<start>20260301080000</start>", ContactForm.VISIT, Status.CANCELLED),
        ("1", "5", "<start>20260101080000</start>", ContactForm.VISIT, Status.ENDED),
        (
            "3",
            "5",
            "<start>20260101080000</start><end>20260105080000</end>",
            ContactForm.INPATIENT,
            Status.ENDED,
        ),
        ("1", "", "<start>20260101080000</start>", ContactForm.VISIT, Status.UNKNOWN),
    ],
)
def test_visits_of_version_2(code, status, period, form, became):
    body = (
        f"<careContactCode>{code}</careContactCode><careContactTimePeriod>{period}</careContactTimePeriod>"
        f"<careContactStatus>{status}</careContactStatus>"
    )
    record: Any = becomes("care_contacts_2", body)
    assert isinstance(record, CareContact)
    assert (record.form, record.status) == (form, became)


def test_visit_of_version_3_has_its_status_in_snomed():
    body = (
        "<careContactStatus><code>53651000052107</code></careContactStatus>"
        "<careContactCode><code>3</code></careContactCode>"
    )
    record: Any = becomes("care_contacts_3", body)
    assert (record.form, record.status) == (ContactForm.INPATIENT, Status.ACTIVE)


# Notes.


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Vanlig text & < tecken", "Vanlig text & < tecken"),
        ("<section><title>Status</title><para>Mår <b>bra</b>.</para></section>", "Status\nMår bra."),
        ('<article xmlns="http://docbook.org/ns/docbook"><para>A</para><para>B</para></article>', "A\nB"),
        ("<inte välformat", "<inte välformat"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"),
    ],
)
def test_docbook_becomes_its_words(written, read):
    assert plain(written) == read


def test_patients_objection_belongs_to_the_note():
    body = (
        "<clinicalDocumentNote><clinicalDocumentNoteText>Text</clinicalDocumentNoteText><dissentintOpinion>"
        "<opinion>Jag sa aldrig det.</opinion><personName>Tolvan</personName></dissentintOpinion>"
        "</clinicalDocumentNote>"
    )
    assert becomes("care_documentation_2", body).text == "Text\nAvvikande mening, Tolvan: Jag sa aldrig det."


# Medicines.


def test_stopped_medicine_says_when():
    body = (
        "<medicationPrescription><prescriptionStatus>Inactive</prescriptionStatus><endOfTreatment>20260110000000"
        "</endOfTreatment><drug><generics><substance>Warfarin</substance><strength><value>2.5</value>"
        "<unit>mg</unit></strength><form>tablett</form></generics>"
        "<dosage><dosageInstruction>Enligt PK</dosageInstruction></dosage>"
        "</drug></medicationPrescription>"
    )
    record: Any = becomes("medication_history_2", body)
    assert isinstance(record, Medication)
    assert (record.title, record.dose) == ("Warfarin 2.5 mg tablett", "Enligt PK")
    assert (record.change, str(record.changed and record.changed.day)) == (
        MedicationChange.STOPPED,
        "2026-01-10",
    )


def test_prescription_of_nothing_is_counted():
    assert counted("medication_history_2", "<medicationPrescription/>") == 1


# Named contacts.


def test_named_contact_has_hours_and_a_role_by_code():
    record: Any = becomes("care_managers_1")
    assert isinstance(record, Contact)
    assert (record.role, record.name) == (ContactRole.CARE_CONTACT, "Siri Kallbäck")
    assert [(phone.number, phone.hours) for phone in record.phones] == [("0980-319230", "mån 08.00–16.00")]
    assert record.document_id == "1-SE2321000016-1A01-20260102-SE2321000016-R0ME"


def test_two_named_contacts_of_a_kind_without_hsa_id_or_start_are_two():
    contract = BY_SETTING["care_managers_1"]
    code = "<code><code>1</code></code>"
    held = [
        entry(contract, f"{code}<practitioner><name>{name}</name></practitioner>", unit=unit)
        for name, unit in (("Siri", "SE1-A"), ("Lisa", "SE1-A"), ("Lisa", "SE1-B"))
    ]
    assert {(r.name, r.origin.unit_id) for r in all_of(contract, "".join(held))} == {
        ("Siri", "SE1-A"), ("Lisa", "SE1-A"), ("Lisa", "SE1-B"),
    }  # fmt: skip


def test_named_contact_takes_its_unit_from_the_entry_where_the_header_names_none():
    hsa_id = "<hsaId><root>x</root><extension>se1-unit</extension></hsaId>"
    unit = f"<managingCareUnit>{hsa_id}<name>Rehab</name></managingCareUnit>"
    body = f"<practitioner><name>Siri</name></practitioner><period><start>20260102</start></period>{unit}"
    record: Any = becomes("care_managers_1", body, unit="")
    assert (record.origin.unit_id, record.origin.unit_name) == ("SE1-UNIT", "Rehab")


# Blocks are compared with the time the header gives.


def test_time_for_blocks():
    record: Any = becomes("care_documentation_3")
    assert record.origin.documented_at.isoformat() == "2026-01-02T08:00:00+01:00"
    contract = BY_SETTING["diagnosis_2"]
    later = entry(contract).replace("<authorTime>20260102", "<authorTime>20260301")
    record = all_of(contract, later)[0]
    assert [day.isoformat() for day in record.origin.documented_days()] == ["2026-01-02", "2026-03-01"]
