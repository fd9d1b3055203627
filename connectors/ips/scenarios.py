"""How a summary server answers, for the conformance suite. The resources are those of the Cosmic scenarios'
shape; what is bad is bad on purpose."""

from collections.abc import Mapping, Sequence

from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from connectors.base.scenarios import Scenarios
from connectors.fhir.elements import Resource
from connectors.fhir.emit import emit_patient
from connectors.fhir.owners import HIERARCHY
from connectors.ips import mapping
from consent.terms import PersonId, Provider
from consent.vocabulary import CareKind, Kind

PATIENT = PersonId("191212121212")
STRANGER = PersonId("189002149806")
OWNER = Provider("SE2120000027-V001", "Nordlidens kommun, Vård", CareKind.HEALTH_CARE)
UNIT = "SE2120000027-V0HS"
HSA = "urn:oid:1.2.752.29.4.19"
MEDIA_TYPE = "application/fhir+json"
SUBJECT = "urn:uuid:0b1c7f8e-5b0e-4c55-9c1f-6c1f3d8a2b10"
TITLES = {
    mapping.PROBLEMS: "Problem",
    mapping.ALLERGIES: "Överkänslighet",
    mapping.MEDICINES: "Läkemedel",
    mapping.IMMUNIZATIONS: "Vaccinationer",
    mapping.DIRECTIVES: "Ställningstaganden",
    mapping.PLAN: "Planer",
    mapping.VITALS: "Mätvärden",
}
Sections = Mapping[str, Sequence[Resource]]


def _concept(words: str, system: str = "", code: str = "") -> Resource:
    coding = {"coding": [{"system": system, "code": code, "display": words}]} if code else {}
    return {"text": words, **coding}


def _term(name: str, code: str) -> Resource:
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{name}", "code": code}]}


def _of_patient(resource_type: str, number: int, subject: str = "subject", /, **fields: object) -> Resource:
    levels = [
        {"url": "hsaCareProvider", "valueReference": {"identifier": {"system": HSA, "value": OWNER.hsa_id}}},
        {"url": "hsaCareUnit", "valueReference": {"identifier": {"system": HSA, "value": UNIT}}},
    ]
    return {
        "resourceType": resource_type,
        "id": f"{resource_type.lower()}-{number}",
        "extension": [{"url": HIERARCHY, "extension": levels}],
        subject: {"reference": SUBJECT},
        **fields,
    }


def condition(number: int, words: str = "Hjärtsvikt", **more: object) -> Resource:
    fields = {"clinicalStatus": _term("condition-clinical", "active"), "code": _concept(words), **more}
    return _of_patient("Condition", number, **fields)


def sections() -> dict[str, list[Resource]]:
    """Something in every section."""
    return {
        mapping.PROBLEMS: [condition(1), condition(2, "Förmaksflimmer"), condition(3, "Astma")],
        mapping.ALLERGIES: [
            _of_patient(
                "AllergyIntolerance",
                1,
                "patient",
                clinicalStatus=_term("allergyintolerance-clinical", "active"),
                verificationStatus=_term("allergyintolerance-verification", "confirmed"),
                code=_concept("Penicillin"),
            )
        ],
        mapping.MEDICINES: [
            _of_patient(
                "MedicationStatement",
                1,
                status="active",
                medicationCodeableConcept=_concept("Furosemid"),
                effectivePeriod={"start": "2026-01-02"},
            )
        ],
        mapping.IMMUNIZATIONS: [
            _of_patient(
                "Immunization",
                1,
                "patient",
                status="completed",
                vaccineCode=_concept("Comirnaty", "http://www.whocc.no/atc", "J07BN01"),
                occurrenceDateTime="2026-01-02",
            )
        ],
        mapping.DIRECTIVES: [
            _of_patient(
                "Consent",
                1,
                "patient",
                status="active",
                scope=_term("consentscope", "treatment"),
                category=[_term("consentcategorycodes", "dnr")],
                dateTime="2026-01-14",
                provision={"code": [_concept("Ej HLR", "http://snomed.info/sct", "304253006")]},
            )
        ],
        mapping.PLAN: [_of_patient("CarePlan", 1, status="active", intent="plan", title="Rehabplan")],
        mapping.VITALS: [
            _of_patient(
                "Observation",
                1,
                status="final",
                category=[_term("observation-category", "vital-signs")],
                code=_concept("Puls", "http://loinc.org", "8867-4"),
                effectiveDateTime="2026-02-02T10:20:00+01:00",
                valueQuantity={"value": 74, "unit": "slag/min"},
            )
        ],
    }


def document(held: Sections, person: PersonId = PATIENT, reason: str = "nilknown") -> Resource:
    """A document Bundle with every section; an empty one says why."""
    empty = {"emptyReason": _term("list-empty-reason", reason)}
    written = [
        {
            "title": TITLES[code],
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            **(
                {"entry": [{"reference": f"urn:x:{r['id']}"} for r in held[code]]}
                if held.get(code)
                else empty
            ),
        }
        for code in TITLES
    ]
    composition = {
        "resourceType": "Composition",
        "id": "c1",
        "status": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "60591-5"}]},
        "subject": {"reference": SUBJECT},
        "date": "2026-02-03T08:00:00+01:00",
        "author": [{"display": "Nordliden"}],
        "title": "Patientsammanfattning",
        "section": written,
    }
    entries = [
        {"fullUrl": "urn:uuid:6c7b3c1e-5f27-4bb0-9d5c-0d8a5f6a7e01", "resource": composition},
        {"fullUrl": SUBJECT, "resource": emit_patient(person, "p1")},
        *({"fullUrl": f"urn:x:{r['id']}", "resource": r} for group in held.values() for r in group),
    ]
    return {"resourceType": "Bundle", "type": "document", "entry": entries}


def server(held: Sections, *, knows: PersonId | None = PATIENT) -> Answerer:
    """A server that knows one patient and holds these sections."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/metadata"):
            operation = {
                "name": "summary",
                "definition": "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
            }
            patient = {"type": "Patient", "operation": [operation]}
            rest = [{"mode": "server", "resource": [patient]}]
            return _reply({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": rest})
        if knows is None:
            return Reply(status=404, body=b"{}", headers={"Content-Type": MEDIA_TYPE})
        return _reply(document(held, knows))

    return answer


def _reply(value: Resource) -> Reply:
    return json_reply(value, content_type=MEDIA_TYPE)


def _with(*added: Resource) -> Answerer:
    held = sections()
    held[mapping.PROBLEMS] += added
    return server(held)


def _foreign(place: int) -> Answerer:
    held = sections()
    stranger = emit_patient(STRANGER, "p2")["identifier"][0]
    held[mapping.PROBLEMS][place] = {**condition(9), "subject": {"identifier": stranger}}
    return server(held)


SCENARIOS = Scenarios(
    settings={"token": "conformance"},
    path="/fhir",
    owner=OWNER,
    patient=PATIENT,
    stranger=STRANGER,
    found=server(sections()),
    found_kinds=frozenset(
        {
            Kind.CARE_LIMITATION,
            Kind.WARNING,
            Kind.VACCINATION,
            Kind.CARE_PLAN,
            Kind.PREHOSPITAL,
            Kind.DIAGNOSIS,
            Kind.MEDICATION,
        }
    ),
    empty=server({}),
    unknown=server(sections(), knows=None),
    nullified=server(
        {
            mapping.PROBLEMS: [
                condition(1, verificationStatus=_term("condition-ver-status", "entered-in-error"))
            ]
        }
    ),
    one_bad=_with(condition(8, code="not a concept")),
    foreign=_foreign,
    without_patient=_with({k: v for k, v in condition(8).items() if k != "subject"}),
    withheld="a document is whole; what it lists and does not hold counts as unread",
    is_question=lambda asked: asked.path.endswith("/Patient/$summary"),
)  # fmt: skip
