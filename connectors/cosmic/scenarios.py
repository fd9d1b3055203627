"""How Cosmic answers, for the conformance suite. Valid R4, save what is bad on purpose."""

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
UNIT = "SE2321000016-R0ME"
BASE = "https://cosmic.invalid/fhir"
HSA = "urn:oid:1.2.752.29.4.19"
SIGNALS = "/api/open/attentionsignals"
MEDIA_TYPE = "application/fhir+json"


def _concept(words: str, system: str = "", code: str = "") -> Resource:
    coding = {"coding": [{"system": system, "code": code, "display": words}]} if code else {}
    return {"text": words, **coding}


def _term(name: str, code: str) -> Resource:
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{name}", "code": code}]}


def _organisation(hsa_id: str, name: str) -> Resource:
    return {"identifier": {"system": HSA, "value": hsa_id}, "display": name}


def _of_patient(resource_type: str, number: int, subject: str = "subject", /, **fields: object) -> Resource:
    levels = [
        {"url": "hsaCareProvider", "valueReference": _organisation(OWNER.hsa_id, OWNER.name)},
        {"url": "hsaCareUnit", "valueReference": _organisation(UNIT, "Medicin")},
    ]
    return {
        "resourceType": resource_type,
        "id": f"{resource_type.lower()}-{number}",
        "extension": [{"url": HIERARCHY, "extension": levels}],
        subject: {"reference": "Patient/p1"},
        **fields,
    }


def _flag(number: int, words: str, code: str = "", **more: object) -> Resource:
    concept = _concept(words, "http://snomed.info/sct" if code else "", code)
    return _of_patient("Flag", number, status="active", code=concept, period={"start": "2026-01-14"}, **more)


def _encounter(number: int, **more: object) -> Resource:
    fields: dict[str, object] = {
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "period": {"start": "2026-02-02T10:15:00+01:00", "end": "2026-02-02T10:45:00+01:00"},
    }
    return _of_patient("Encounter", number, **{**fields, **more})


def chart() -> dict[str, list[Resource]]:
    """Something of every kind."""
    allergy = _of_patient(
        "AllergyIntolerance",
        1,
        "patient",
        clinicalStatus=_term("allergyintolerance-clinical", "active"),
        verificationStatus=_term("allergyintolerance-verification", "confirmed"),
        code=_concept("Penicillin"),
    )
    team = _of_patient(
        "CareTeam",
        1,
        status="active",
        participant=[{"role": [_concept("PAL")], "member": {"display": "Petra Lavander, överläkare"}}],
    )
    dose = _of_patient(
        "Immunization",
        1,
        "patient",
        status="completed",
        vaccineCode=_concept("Comirnaty", "http://www.whocc.no/atc", "J07BN01"),
        occurrenceDateTime="2026-01-02",
    )
    plan = _of_patient("CarePlan", 1, status="active", intent="plan", title="Krisplan")
    value = _of_patient(
        "Observation",
        1,
        status="final",
        category=[_term("observation-category", "vital-signs")],
        code=_concept("Puls", "http://loinc.org", "8867-4"),
        effectiveDateTime="2026-02-02T10:20:00+01:00",
        valueQuantity={"value": 74, "unit": "slag/min"},
    )
    condition = _of_patient(
        "Condition", 1, clinicalStatus=_term("condition-clinical", "active"), code=_concept("Hjärtsvikt")
    )
    medicine = _of_patient(
        "MedicationRequest",
        1,
        status="active",
        intent="order",
        medicationCodeableConcept=_concept("Furosemid"),
    )
    return {
        "Flag": [_flag(1, "Ej HLR", "61921000052102"), _flag(2, "Warfarin")],
        "AllergyIntolerance": [allergy],
        "CareTeam": [team],
        "Immunization": [dose],
        "CarePlan": [plan],
        "Encounter": [_encounter(1), _encounter(2), _encounter(3)],
        "Observation": [value],
        "Condition": [condition],
        "MedicationRequest": [medicine],
    }


def signal(number: int, words: str, kind: str = "Varning", **more: object) -> Resource:
    """One attention signal, as this side assumes it to look."""
    return {
        "id": f"s-{number}",
        "patientId": {"system": "urn:oid:1.2.752.129.2.1.3.1", "value": PATIENT.number},
        "type": {"code": kind, "name": kind},
        "text": words,
        "status": "Active",
        "validFrom": "2026-01-14",
        "registeredBy": {"name": "Petra Lavander", "role": "överläkare"},
        "AccessZoneUnit": {"hsaId": UNIT, "name": "Medicin"},
        "CareProvider": {"hsaId": OWNER.hsa_id, "name": OWNER.name},
        **more,
    }


def signals_reply(asked: Asked, held: Sequence[Resource], *, is_complete: bool = True) -> Reply:
    about = asked.json["patientId"]
    return json_reply({"patientId": about, "isComplete": is_complete, "attentionSignals": [*held]})


def server(
    resources: Mapping[str, Sequence[Resource]],
    signals: Sequence[Resource] = (),
    *,
    knows: PersonId | None = PATIENT,
) -> Answerer:
    """A Cosmic that knows one patient and holds these. They go out as they are, valid or not."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/oauth/token"):
            return json_reply({"access_token": "t-1", "token_type": "Bearer", "expires_in": 300})
        if asked.path.endswith("/metadata"):
            return _reply({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"})
        if asked.path.endswith(SIGNALS):
            return signals_reply(asked, signals)
        resource_type = asked.path.rpartition("/_search")[0].rpartition("/")[2]
        if resource_type == "Patient":
            return _reply(emit_searchset([emit_patient(knows, "p1")] if knows else [], BASE))
        bundle = emit_searchset([], BASE)
        found = [*resources.get(resource_type, ())]
        return _reply(
            {**bundle, "entry": [{"resource": resource} for resource in found]} if found else bundle
        )

    return answer


def _reply(value: Resource) -> Reply:
    return json_reply(value, content_type=MEDIA_TYPE)


def _with(resource_type: str, *added: Resource) -> Answerer:
    everything = chart()
    return server({**everything, resource_type: [*everything.get(resource_type, []), *added]}, signalled())


def _foreign(place: int) -> Answerer:
    everything = chart()
    everything["Encounter"][place] = {**_encounter(9), "subject": {"reference": "Patient/somebody-else"}}
    return server(everything)


def _many(count: int, stranger_at: int | None = None) -> Answerer:
    """That many visits."""
    visits = [_encounter(number) for number in range(count)]
    if stranger_at is not None:
        visits[stranger_at] = {**visits[stranger_at], "subject": {"reference": "Patient/somebody-else"}}
    return server({"Encounter": visits})


def _endless(asked: Asked) -> Reply:
    """Every page of Encounter names a next one."""
    if "/page" in asked.path or asked.path.endswith("Encounter/_search"):
        number = int(asked.path.rpartition("=")[2]) if "=" in asked.path else 0
        page = emit_searchset([_encounter(number)], BASE, f"/fhir/page?n={number + 1}")
        return _reply(page)
    reply = server(chart())(asked)
    if not isinstance(reply, Reply):
        raise TypeError("a plain reply was expected")
    return reply


def _is_question(asked: Asked) -> bool:
    return asked.path.endswith(("/_search", SIGNALS))


def signalled() -> list[Resource]:
    return [signal(1, "Ej intensivvård", "Vårdbegränsning"), signal(2, "Waran")]


EVERYTHING = "Flag, Consent, AllergyIntolerance, CareTeam, RelatedPerson, DocumentReference"


SCENARIOS = Scenarios(
    settings={
        "token_url": "{base}/oauth/token",
        "client_id": "c",
        "client_secret": "s",
        "subscription_key": "k",
        "limitation_signals": "Vårdbegränsning",
        "extra_resources": EVERYTHING,
    },
    path="/fhir",
    owner=OWNER,
    patient=PATIENT,
    stranger=STRANGER,
    found=server(chart(), signalled()),
    found_kinds=frozenset(Kind) - {Kind.SOCIAL_SERVICE, Kind.HOME_CARE, Kind.COORDINATION},
    empty=server({}),
    unknown=server(chart(), knows=None),
    nullified=server(
        {"Flag": [{**_flag(1, "Fel patient"), "status": "entered-in-error"}]},
        [signal(1, "Fel patient", status="Nullified")],
    ),
    one_bad=_with("Encounter", _encounter(8, period="not a period")),
    foreign=_foreign,
    without_patient=_with("Encounter", {k: v for k, v in _encounter(8).items() if k != "subject"}),
    withheld=_endless,
    is_question=_is_question,
    many=_many,
)  # fmt: skip
