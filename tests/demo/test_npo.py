"""The simulated national overview: valid against the published schemas, and as faulty as it is told to be."""

from collections.abc import Iterator
from datetime import date

import pytest
from lxml import etree

from demo.people.facts import A, J
from demo.people.national import REGION_JOURNAL, Body, Entry, build_national
from demo.people.places import DR_MEDICIN
from demo.simulators.soap import BY_ACTION, CONTRACTS, PERSON_TYPES, Contract, write_answer
from tests.connectors.rivta import message_in, needs_rivta, schema
from tests.connectors.test_rivta_messages import SCHEMAS
from tests.demo.running import Reply, Simulator, running

pytestmark = [pytest.mark.demo, pytest.mark.network]
ALERTS = next(contract for contract in CONTRACTS if contract.name == "GetAlertInformation 2.0")
PUBLISHED = {
    "GetAlertInformation 2.0": SCHEMAS["alert_information_2"],
    "GetAlertInformation 3.0": SCHEMAS["alert_information_3"],
    "GetCarePlans 2.0": SCHEMAS["care_plans_2"],
    "GetVaccinationHistory 2.0": SCHEMAS["vaccination_history_2"],
    "GetCareContacts 3.0": SCHEMAS["care_contacts_3"],
    "GetDiagnosis 2.0": SCHEMAS["diagnosis_2"],
    "GetCareDocumentation 2.1": SCHEMAS["care_documentation_2"],
    "GetCareDocumentation 3.0": SCHEMAS["care_documentation_3"],
    "GetCareServices 2.0": SCHEMAS["care_services_2"],
}
QUESTION = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><a:LogicalAddress '
    'xmlns:a="urn:riv:itintegration:registry:1">{address}</a:LogicalAddress></s:Header><s:Body><ask>'
    "<patientId><id>{number}</id><type>1.2.752.129.2.1.3.1</type></patientId></ask></s:Body></s:Envelope>"
)


@pytest.fixture(scope="module")
def npo() -> Iterator[Simulator]:
    with running("npo", "--today", "2026-03-02") as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def obedient(npo: Simulator) -> None:
    npo.order("ok")


def ask(
    npo: Simulator, number: str, contract: Contract = ALERTS, address: str = "SE165565594230-1000"
) -> Reply:
    question = QUESTION.format(number=number, address=address)
    return npo.ask("POST", "/x", question, SOAPAction=f'"{contract.action}"', Content_Type="text/xml")


def local(reply: Reply, name: str) -> list[str]:
    return [each.text or "" for each in etree.fromstring(reply.body).iter(f"{{*}}{name}")]


def test_knuts_limitation_comes_in_both_versions() -> None:
    entries = build_national(date(2026, 3, 2))
    assert {entry.number for entry in entries} == {J.number}
    assert [entry.contract for entry in entries] == ["GetAlertInformation 2.0", "GetAlertInformation 3.0"]


def test_question_about_him_is_answered_and_nobody_else_has_anything(npo: Simulator) -> None:
    reply = ask(npo, J.number)
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    assert local(reply, "documentId") == ["pat-j-flag-1"]
    assert local(reply, "statusCode") == ["DataFromSource"]
    assert local(ask(npo, A.number), "documentId") == []


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_every_contract_is_answered(npo: Simulator, contract: Contract) -> None:
    reply = ask(npo, A.number, contract)
    assert reply.status == 200
    assert f"{contract.operation}Response" in reply.body.decode()


@needs_rivta
@pytest.mark.parametrize("name", PUBLISHED)
def test_answers_are_valid(npo: Simulator, name: str) -> None:
    contract = next(each for each in CONTRACTS if each.name == name)
    schema(PUBLISHED[name]).assertValid(message_in(ask(npo, J.number, contract).body))


@needs_rivta
def test_headers_of_both_sorts_are_valid_with_a_body() -> None:
    bodies: dict[str, Body] = {
        "GetDiagnosis 2.0": {"typeOfDiagnosis": "Huvuddiagnos"},
        "GetCareDocumentation 3.0": {"clinicalDocumentNoteCode": {"code": "x"}},
    }
    for name, body in bodies.items():
        contract = next(each for each in CONTRACTS if each.name == name)
        entry = Entry(name, J.number, "d-1", REGION_JOURNAL, DR_MEDICIN, "20260302090000", body)
        answer = write_answer(contract, [(entry, PERSON_TYPES["personnummer"])], [])
        schema(PUBLISHED[name]).assertValid(message_in(answer))


@pytest.mark.parametrize(
    ("mode", "code", "held"),
    [
        ("cached", "DataFromCache", 1),
        ("stale", "DataFromCacheSynchFailed", 1),
        ("silent", "NoDataSynchFailed", 0),
    ],
)
def test_journals_behind_can_be_ordered_to_lag(npo: Simulator, mode: str, code: str, held: int) -> None:
    npo.order(mode)
    reply = ask(npo, J.number)
    assert (local(reply, "statusCode"), len(local(reply, "documentId"))) == ([code], held)
    assert local(ask(npo, A.number), "statusCode") == [code]


def test_somebody_elses_record_can_be_slipped_in(npo: Simulator) -> None:
    npo.order("foreign", position=0)
    assert local(ask(npo, A.number), "documentId") == ["pat-j-flag-1"]


def test_a_fault_can_be_kept_to_one_contract(npo: Simulator) -> None:
    npo.order("unavailable", path="/y")
    assert ask(npo, J.number).status == 200


@pytest.mark.parametrize("address", ["", "SE1"])
def test_wrong_address_is_a_soap_fault(npo: Simulator, address: str) -> None:
    reply = ask(npo, J.number, address=address)
    assert (reply.status, local(reply, "faultcode")) == (500, ["soap:Client"])


def test_contract_nobody_knows_is_a_soap_fault(npo: Simulator) -> None:
    assert "urn:x" not in BY_ACTION
    reply = npo.ask("POST", "/x", "<a/>", SOAPAction="urn:x")
    assert (reply.status, local(reply, "faultstring")) == (500, ["no such contract here"])
