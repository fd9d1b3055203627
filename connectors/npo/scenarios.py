"""How a RIV-TA platform answers, for the conformance suite: every contract, one record each."""

from collections.abc import Mapping

from connectors.base.faults import ENVELOPE
from connectors.base.faultserver import Answerer, Asked, Reply
from connectors.base.scenarios import Scenarios
from connectors.npo.contracts import CONTRACTS, KINDS, Contract
from connectors.rivta.contracts import PING
from connectors.rivta.identifiers import HSA, ICD10_SE
from consent.terms import PersonId, Provider
from consent.vocabulary import CareKind

PATIENT = PersonId("191212121212")
STRANGER = PersonId("189002149806")
OWNER = Provider("SE2321000016-R001", "Region Fjäll", CareKind.HEALTH_CARE)
SOCIAL_OWNER = "SE2120000027-O001"
UNIT = "SE2321000016-R0ME"
SYSTEM = "SE2321000016-1HZ3"
# By contract: what stands in the body of its one record.
BODIES: Mapping[str, str] = {
    "alert_information_2": "<validityTimePeriod><start>20260102080000</start></validityTimePeriod>"
    "<restrictionOfCare><restrictionOfCareComment>Ej HLR. Samråd med ssk.</restrictionOfCareComment>"
    "</restrictionOfCare>",
    "alert_information_3": "<condition><value><displayName>Hemofili</displayName></value>"
    "<status><code>55561003</code></status><negation>false</negation></condition>",
    "care_plans_2": "<content><mediaType>text/plain</mediaType><value>R8OlbmdhIHRpbGwgdHJhcHBhbi4=</value>"
    "</content><typeOfCarePlanEnum>RP</typeOfCarePlanEnum>",
    "vaccination_history_2": "<registrationRecord><date>20260102</date></registrationRecord>"
    "<administrationRecord><doseOrdinalNumber>5</doseOrdinalNumber><vaccineName><code>J07BN01</code>"
    "<codeSystem>1.2.752.129.2.2.3.1.1</codeSystem><displayName>Comirnaty</displayName></vaccineName>"
    "</administrationRecord>",
    "care_contacts_2": "<careContactCode>3</careContactCode><careContactTimePeriod>"
    "<start>20260102080000</start></careContactTimePeriod><careContactStatus>3</careContactStatus>",
    "care_contacts_3": "<careContactReason>Andnöd</careContactReason><careContactTimePeriod>"
    "<start>20260102080000</start><end>20260102090000</end></careContactTimePeriod>",
    "diagnosis_2": "<typeOfDiagnosis>Huvuddiagnos</typeOfDiagnosis><diagnosisTime>20260102080000"
    f"</diagnosisTime><diagnosisCode><code>U07.1</code><codeSystem>{ICD10_SE}</codeSystem>"
    "<displayName>Covid-19</displayName></diagnosisCode>",
    "care_documentation_2": "<clinicalDocumentNote><clinicalDocumentNoteCode>bes</clinicalDocumentNoteCode>"
    "<clinicalDocumentNoteText>Mår bättre.</clinicalDocumentNoteText></clinicalDocumentNote>",
    "care_documentation_3": "<clinicalDocumentNoteTitle>Epikris</clinicalDocumentNoteTitle>"
    "<clinicalDocumentNoteText>Utskriven.</clinicalDocumentNoteText>",
    "functional_status_2": "<assessmentCategory>pad-pad</assessmentCategory><padl><typeOfAssessment>"
    "<displayName>Förflyttning</displayName></typeOfAssessment><assessment>Med rollator</assessment></padl>",
    "medication_history_2": "<medicationPrescription><prescriptionStatus>Active</prescriptionStatus>"
    "<startOfTreatment>20260102080000</startOfTreatment><drug><drug><nplId><code>1</code>"
    "<displayName>Furosemid 40 mg</displayName></nplId></drug></drug></medicationPrescription>",
    "care_services_2": "<typeOfCareService>HSJV</typeOfCareService><timePeriod><start>20260102080000</start>"
    "</timePeriod><input>Sårvård</input><scope>2 ggr/vecka</scope>",
}
SOCIAL_SERVICE = (
    "<typeOfCareService>HTJ</typeOfCareService><timePeriod><start>20260102080000</start></timePeriod>"
    "<input>Personlig omvårdnad</input><scope>4 ggr/dag</scope>"
)
_ID_2 = "<patientId><id>{number}</id><type>1.2.752.129.2.1.3.1</type></patientId>"
_ID_3 = "<patientId><root>1.2.752.129.2.1.3.1</root><extension>{number}</extension></patientId>"
_MANAGER = (
    "<code><code>1</code><displayName>Fast vårdkontakt</displayName></code><practitioner><hsaId>"
    f"<root>{HSA}</root><extension>SE2321000016-1A01</extension></hsaId><name>Siri Kallbäck</name>"
    "</practitioner><period><start>20260102</start></period><contact><telecom><value>0980-319230</value>"
    "<period><weekDay>MON</weekDay><time><start>080000</start><end>160000</end></time></period></telecom></contact>"
)


def _ii(name: str, value: str) -> str:
    return f"<{name}><root>{HSA}</root><extension>{value}</extension></{name}>" if value else ""


def header(
    number: str = PATIENT.number,
    *,
    document: str = "d-1",
    provider: str = OWNER.hsa_id,
    unit: str = UNIT,
    more: str = "",
    is_new: bool = False,
) -> str:
    """A header in the shape of version 2 or 3; ``number`` empty: nobody is named."""
    if is_new:
        return (
            f"<header><accessControlHeader>{_ii('accountableHealthcareProvider', provider)}"
            f"{_ii('accountableCareUnit', unit)}{_ID_3.format(number=number) if number else ''}"
            "<blockComparisonTime>20260102080000</blockComparisonTime></accessControlHeader>"
            f"{_ii('sourceSystemId', SYSTEM)}<record><id><root>1.2.752.129.2.1.2.1</root>"
            f"<extension>{document}</extension></id><timestamp>20260102080000</timestamp></record>{more}</header>"
        )
    return (
        f"<xHeader><documentId>{document}</documentId><sourceSystemHSAId>{SYSTEM}</sourceSystemHSAId>"
        f"<documentTime>20260102080000</documentTime>{_ID_2.format(number=number) if number else ''}"
        "<accountableHealthcareProfessional><authorTime>20260102080000</authorTime>"
        "<healthcareProfessionalName>Petra Lavander</healthcareProfessionalName>"
        f"<healthcareProfessionalCareUnitHSAId>{unit}</healthcareProfessionalCareUnitHSAId>"
        f"<healthcareProfessionalCareGiverHSAId>{provider}</healthcareProfessionalCareGiverHSAId>"
        f"</accountableHealthcareProfessional>{more}</xHeader>"
    )


def entry(contract: Contract, body: str | None = None, **about: str) -> str:
    """One record of a contract, as its sender writes it."""
    is_new = contract.setting in ("alert_information_3", "care_documentation_3", "care_managers_1")
    above = header(**about, is_new=is_new)
    if contract.setting == "care_managers_1":
        return f"<careManager>{above}{_MANAGER if body is None else body}</careManager>"
    inside = BODIES[contract.setting] if body is None else body
    return f"<{contract.entry}>{above}<xBody>{inside}</xBody></{contract.entry}>"


def records() -> dict[str, list[str]]:
    """By contract: one record, and one more where a contract feeds another kind too."""
    held = {contract.setting: [entry(contract)] for contract in CONTRACTS}
    services = next(contract for contract in CONTRACTS if contract.setting == "care_services_2")
    plans = next(contract for contract in CONTRACTS if contract.setting == "care_plans_2")
    held["care_plans_2"].append(entry(plans, "<typeOfCarePlanEnum>SIP</typeOfCarePlanEnum>", document="d-2"))
    held["care_services_2"].append(entry(services, SOCIAL_SERVICE, provider=SOCIAL_OWNER, document="d-2"))
    return held


def envelope(operation: str, namespace: str, inside: str, above: str = "") -> Reply:
    body = (
        f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Header>{above}</s:Header><s:Body>'
        f'<{operation}Response xmlns="{namespace}">{inside}</{operation}Response></s:Body></s:Envelope>'
    )
    return Reply(body.encode(), content_type="text/xml; charset=utf-8")


def is_question(asked: Asked) -> bool:
    return PING.action not in asked.headers.get("soapaction", "")


def server(held: Mapping[str, list[str]], above: str = "", result: str = "OK") -> Answerer:
    """A platform that holds these records of whoever is asked about."""

    def answer(asked: Asked) -> Reply:
        action = asked.headers["soapaction"].strip('"')
        if not is_question(asked):
            pong = "<version>1.0</version><pingDateTime>20260202120000</pingDateTime>"
            return envelope(PING.operation, PING.namespace, pong)
        contract = next(each for each in CONTRACTS if each.service.action == action)
        inside = "".join(held.get(contract.setting, []))
        code = f"<result><resultCode>{result}</resultCode><logId>1</logId></result>"
        return envelope(contract.service.operation, contract.service.namespace, inside + code, above)

    return answer


def _with(**more: str) -> Answerer:
    held = records()
    for setting, extra in more.items():
        held[setting] = [*held[setting], extra]
    return server(held)


ALERTS, VISITS = CONTRACTS[0], CONTRACTS[4]


def _many(count: int, place: int | None) -> Answerer:
    numbers = [STRANGER.number if each == place else PATIENT.number for each in range(count)]
    held = [entry(ALERTS, number=number, document=str(each)) for each, number in enumerate(numbers)]
    return server({ALERTS.setting: held})


SCENARIOS = Scenarios(
    settings={
        "logical_address": "SE165565594230-1000",
        **{contract.setting: "true" for contract in CONTRACTS},
    },
    path="/vp",
    owner=OWNER,
    patient=PATIENT,
    stranger=STRANGER,
    found=server(records()),
    found_kinds=KINDS,
    empty=server({}),
    unknown=server({}),
    nullified=server(
        {
            contract.setting: [entry(contract, more="<nullified>true</nullified>")]
            for contract in CONTRACTS
            if contract.setting != "care_managers_1"
        }
    ),
    one_bad=_with(alert_information_2=entry(ALERTS, "<restrictionOfCare/>", document="d-9")),
    foreign=lambda place: _many(3, place),
    many=_many,
    without_patient=_with(care_contacts_2=entry(VISITS, number="", document="d-9")),
    withheld=_with(alert_information_2=entry(ALERTS, provider="", document="d-9")),
    is_question=is_question,
)
