"""SOAP as the contracts behind the national overview have it: envelopes, both sorts of header, faults."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from demo.people.national import Entry

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
HEADERS = "urn:riv:interoperability:headers:1"
HSA, LOCAL = "1.2.752.129.2.1.4.1", "1.2.752.129.2.1.2.1"
PERSON_TYPES = {
    "personnummer": "1.2.752.129.2.1.3.1",
    "samordningsnummer": "1.2.752.129.2.1.3.3",
    "reservnummer": "1.2.752.74.9.1",
}
DESCRIPTION = "urn:riv:clinicalprocess:healthcond:description"
LOGISTICS = "urn:riv:clinicalprocess:logistics:logistics"
OUTCOME = "urn:riv:clinicalprocess:activityprescription:actoutcome"
PARTICIPATION = "urn:riv:coreprocess:residentparticipation:residentparticipation"
Element = etree._Element  # noqa: SLF001 (lxml has no public name for it)


@dataclass(frozen=True)
class Contract:
    """``core``: version of the domain's types. ``result``: of what ends an answer, where something does."""

    domain: str
    name: str
    core: str
    entry: str
    result: str = ""
    short_action: bool = False

    @property
    def operation(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def major(self) -> str:
        return self.name.partition(" ")[2].partition(".")[0]

    @property
    def own(self) -> str:
        return f"{self.domain}:{self.operation}Responder:{self.major}"

    @property
    def types(self) -> str:
        return f"{self.domain}:{self.core}"

    @property
    def action(self) -> str:
        """Two published WSDLs name half of the domain."""
        domain = self.domain.rpartition(":")[0] if self.short_action else self.domain
        return f"{domain}:{self.operation}Responder:{self.major}:{self.operation}"

    @property
    def is_new(self) -> bool:
        """Whether its header has the access control of version 3."""
        return (self.domain == DESCRIPTION and self.core == "3") or self.domain == PARTICIPATION


CONTRACTS = (
    Contract(DESCRIPTION, "GetAlertInformation 2.0", "2", "alertInformation", "2"),
    Contract(DESCRIPTION, "GetAlertInformation 3.0", "3", "alertInformation"),
    Contract(LOGISTICS, "GetCarePlans 2.0", "3", "carePlan", "3", short_action=True),
    Contract(OUTCOME, "GetVaccinationHistory 2.0", "2", "vaccinationMedicalRecord", "2"),
    Contract(LOGISTICS, "GetCareContacts 2.0", "2", "careContact"),
    Contract(LOGISTICS, "GetCareContacts 3.0", "3", "careContact", "3"),
    Contract(DESCRIPTION, "GetDiagnosis 2.0", "2", "diagnosis", "2"),
    Contract(DESCRIPTION, "GetCareDocumentation 2.1", "2", "careDocumentation", "2.1"),
    Contract(DESCRIPTION, "GetCareDocumentation 3.0", "3", "careDocumentation", "3"),
    Contract(DESCRIPTION, "GetFunctionalStatus 2.0", "2", "functionalStatusAssessment", "2"),
    Contract(OUTCOME, "GetMedicationHistory 2.2", "2", "medicationMedicalRecord", "2"),
    Contract(PARTICIPATION, "GetCareManagers 1.0", "1", "careManager"),
    Contract(LOGISTICS, "GetCareServices 2.0", "3", "careService", "3"),
)
BY_ACTION: Mapping[str, Contract] = {contract.action: contract for contract in CONTRACTS}


def add(parent: Element, namespace: str, name: str, value: Any = None) -> Element:
    """A child of that name, with text where there is any."""
    made = etree.SubElement(parent, f"{{{namespace}}}{name}")
    if isinstance(value, str):
        made.text = value
    return made


def fill(parent: Element, contract: Contract, values: Mapping[str, Any]) -> None:
    """A child for each value, and for each of a list; nested ones become children in turn."""
    for name, value in values.items():
        plain = name.removeprefix("own:")
        namespace = contract.types if plain == name else contract.own
        for each in value if isinstance(value, list) else [value]:
            made = add(parent, namespace, plain, each)
            if isinstance(each, dict):
                fill(made, contract, each)


def _ii(root: str, extension: str) -> dict[str, str]:
    return {"root": root, "extension": extension}


def header_of(entry: Entry, person_type: str, contract: Contract) -> dict[str, Any]:
    """Whose record it is, who wrote it where, and when: as version 2 or version 3 says it."""
    unit = entry.staff.unit
    if contract.is_new:
        return {
            "accessControlHeader": {
                "accountableHealthcareProvider": _ii(HSA, unit.provider.hsa),
                "accountableCareUnit": _ii(HSA, unit.hsa),
                "patientId": _ii(person_type, entry.number),
                "blockComparisonTime": entry.written,
                "approvedForPatient": "true",
            },
            "sourceSystemId": _ii(HSA, entry.system),
            "record": {"id": _ii(LOCAL, f"{entry.system}:{entry.document_id}"), "timestamp": entry.written},
            "author": {
                "name": entry.staff.name,
                "timestamp": entry.written,
                "byRole": {"originalText": entry.staff.role},
                "orgUnit": {"orgUnitHSAId": unit.hsa, "orgUnitName": unit.name, "orgUnitTelecom": unit.phone},
            },
        }
    return {
        "documentId": entry.document_id,
        "sourceSystemHSAId": entry.system,
        "patientId": {"id": entry.number, "type": person_type},
        "accountableHealthcareProfessional": {
            "authorTime": entry.written,
            "healthcareProfessionalHSAId": entry.staff.hsa,
            "healthcareProfessionalName": entry.staff.name,
            "healthcareProfessionalRoleCode": {"originalText": entry.staff.role},
            "healthcareProfessionalOrgUnit": {
                "orgUnitHSAId": unit.hsa,
                "orgUnitName": unit.name,
                "orgUnitTelecom": unit.phone,
            },
            "healthcareProfessionalCareUnitHSAId": unit.hsa,
            "healthcareProfessionalCareGiverHSAId": unit.provider.hsa,
        },
        "approvedForPatient": "true",
    }


def write_answer(
    contract: Contract, entries: Iterable[tuple[Entry, str]], statuses: Iterable[Mapping[str, str]]
) -> bytes:
    """The whole envelope: how each system did, the entries with their person types, and the result."""
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    processing = add(add(root, ENVELOPE, "Header"), HEADERS, "ProcessingStatus")
    for status in statuses:
        record = add(processing, HEADERS, "ProcessingStatusList")
        for name, value in status.items():
            add(record, HEADERS, name, value)
    response = add(add(root, ENVELOPE, "Body"), contract.own, f"{contract.operation}Response")
    for entry, person_type in entries:
        _write_entry(add(response, contract.own, contract.entry), contract, entry, person_type)
    if contract.result:
        own = contract.own if contract.result != "2.1" else f"{contract.domain}:2.1"
        types = contract.types if contract.result != "2.1" else own
        result = add(response, own, "result")
        add(result, types, "resultCode", "OK")
        if contract.result != "3" or contract.domain != DESCRIPTION:
            add(result, types, "logId", "0")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _write_entry(parent: Element, contract: Contract, entry: Entry, person_type: str) -> None:
    """3.0 of the alerts keeps header and body to itself; all others have them from the domain."""
    own_parts = contract.name == "GetAlertInformation 3.0"
    namespace = contract.own if own_parts else contract.types
    before = "" if contract.is_new else contract.entry
    names = [f"{before}{part}" if before else part.lower() for part in ("Header", "Body")]
    fill(add(parent, namespace, names[0]), contract, header_of(entry, person_type, contract))
    fill(add(parent, namespace, names[1]), contract, entry.body)


def write_fault(words: str) -> bytes:
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    fault = add(add(root, ENVELOPE, "Body"), ENVELOPE, "Fault")
    for name, value in (("faultcode", "soap:Client"), ("faultstring", words)):
        etree.SubElement(fault, name).text = value
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def read_question(body: bytes) -> tuple[str, str, str]:
    """Logical address, and the person's number and its type. ValueError where it is no question."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise ValueError("not XML") from None
    said = {etree.QName(each).localname: (each.text or "").strip() for each in root.iter("*")}
    number = said.get("id") or said.get("extension") or ""
    return said.get("LogicalAddress", ""), number, said.get("type") or said.get("root") or ""
