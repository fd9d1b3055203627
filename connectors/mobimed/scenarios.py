"""How MobiMed answers, for the conformance suite. Valid R4, save what is bad on purpose."""

from collections.abc import Mapping, Sequence

from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from connectors.base.scenarios import Scenarios
from connectors.fhir.elements import Resource
from connectors.fhir.emit import emit_patient, emit_searchset
from connectors.fhir.owners import HIERARCHY
from consent.terms import PersonId, Provider
from consent.vocabulary import CareKind, Kind

PATIENT = PersonId("191212121212")
STRANGER = PersonId("189002149806")
OWNER = Provider("SE2321000016-R001", "Region Fjäll", CareKind.HEALTH_CARE)
UNIT = "SE2321000016-R0AM"
BASE = "https://mobimed.invalid/fhir"
HSA = "urn:oid:1.2.752.29.4.19"
MEDIA_TYPE = "application/fhir+json"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def _of_patient(resource_type: str, number: int, /, **fields: object) -> Resource:
    levels = [
        {"url": "hsaCareProvider", "valueReference": {"identifier": {"system": HSA, "value": OWNER.hsa_id}}},
        {"url": "hsaCareUnit", "valueReference": {"identifier": {"system": HSA, "value": UNIT}}},
    ]
    return {
        "resourceType": resource_type,
        "id": f"{resource_type.lower()}-{number}",
        "extension": [{"url": HIERARCHY, "extension": levels}],
        "subject": {"reference": "Patient/p1"},
        **fields,
    }


def mission(number: int, **more: object) -> Resource:
    fields: dict[str, object] = {
        "status": "finished",
        "class": {"system": ACT, "code": "FLD"},
        "period": {"start": "2026-02-11T12:50:00+01:00", "end": "2026-02-11T13:35:00+01:00"},
        "reasonCode": [{"text": "Andnöd"}],
        "hospitalization": {"destination": {"display": "Akuten"}},
    }
    return _of_patient("Encounter", number, **{**fields, **more})


def _category(code: str) -> Resource:
    return {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": code}]
    }


def chart() -> dict[str, list[Resource]]:
    """Missions, a contact at a distance, a triage, a note, a value and a score."""
    distance = mission(4, **{"class": {"system": ACT, "code": "VR"}, "hospitalization": None})
    del distance["hospitalization"]
    triage = _of_patient(
        "ClinicalImpression",
        1,
        status="completed",
        code={"text": "Triage RETTS"},
        date="2026-02-11T12:58:00+01:00",
        summary="Orange",
    )
    pulse = _of_patient(
        "Observation",
        1,
        status="final",
        category=[_category("vital-signs")],
        code={"text": "Puls", "coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        effectiveDateTime="2026-02-11T12:55:00+01:00",
        valueQuantity={"value": 112, "unit": "slag/min"},
    )
    score = _of_patient(
        "Observation",
        2,
        status="final",
        category=[_category("survey")],
        code={"text": "NEWS2"},
        effectiveDateTime="2026-02-11T12:56:00+01:00",
        valueInteger=7,
    )
    note = _of_patient(
        "QuestionnaireResponse",
        1,
        status="completed",
        authored="2026-02-11T13:30:00+01:00",
        item=[{"linkId": "1", "text": "Status", "answer": [{"valueString": "Vaken, andfådd"}]}],
    )
    return {
        "Encounter": [mission(1), mission(2), mission(3), distance],
        "ClinicalImpression": [triage],
        "QuestionnaireResponse": [note],
        "Observation": [pulse, score],
    }


def server(resources: Mapping[str, Sequence[Resource]], *, knows: PersonId | None = PATIENT) -> Answerer:
    """A MobiMed that knows one patient and holds these resources. They go out as they are, valid or not."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/oauth/token"):
            return json_reply({"access_token": "t-1", "token_type": "Bearer", "expires_in": 300})
        if asked.path.endswith("/metadata"):
            return _reply({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"})
        resource_type = asked.path.rpartition("/_search")[0].rpartition("/")[2]
        if resource_type == "Patient":
            return _reply(emit_searchset([emit_patient(knows, "p1")] if knows else [], BASE))
        bundle = emit_searchset([], BASE)
        found = [*resources.get(resource_type, ())]
        return _reply({**bundle, "entry": [{"resource": r} for r in found]} if found else bundle)

    return answer


def _reply(value: Resource) -> Reply:
    return json_reply(value, content_type=MEDIA_TYPE)


def _with(resource_type: str, *added: Resource) -> Answerer:
    everything = chart()
    return server({**everything, resource_type: [*everything.get(resource_type, []), *added]})


def _foreign(place: int) -> Answerer:
    everything = chart()
    everything["Encounter"][place] = mission(9, subject={"reference": "Patient/somebody-else"})
    return server(everything)


def _endless(asked: Asked) -> Reply:
    """Every page of Encounter names a next one."""
    if "/page" in asked.path or asked.path.endswith("Encounter/_search"):
        number = int(asked.path.rpartition("=")[2]) if "=" in asked.path else 0
        return _reply(emit_searchset([mission(number)], BASE, f"/fhir/page?n={number + 1}"))
    reply = server(chart())(asked)
    if not isinstance(reply, Reply):
        raise TypeError("a plain reply was expected")
    return reply


SCENARIOS = Scenarios(
    settings={"token_url": "{base}/oauth/token", "client_id": "c", "client_secret": "s"},
    path="/fhir",
    owner=OWNER,
    patient=PATIENT,
    stranger=STRANGER,
    found=server(chart()),
    found_kinds=frozenset({Kind.PREHOSPITAL, Kind.CARE_CONTACT}),
    empty=server({}),
    unknown=server(chart(), knows=None),
    nullified=server({"Encounter": [mission(1, status="entered-in-error")]}),
    one_bad=_with("Encounter", mission(8, period="not a period")),
    foreign=_foreign,
    without_patient=_with("Encounter", {k: v for k, v in mission(8).items() if k != "subject"}),
    withheld=_endless,
    is_question=lambda asked: asked.path.endswith("/_search"),
)  # fmt: skip
