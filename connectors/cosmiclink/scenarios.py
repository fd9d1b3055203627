"""How Cosmic Link answers, for the conformance suite. Valid R4, save what is bad on purpose."""

from collections.abc import Sequence

from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from connectors.base.scenarios import Scenarios
from connectors.cosmiclink.connector import PROFILE
from connectors.fhir.elements import Resource
from connectors.fhir.emit import emit_patient, emit_searchset
from connectors.fhir.owners import HIERARCHY
from consent.terms import PersonId, Provider
from consent.vocabulary import CareKind, Kind

PATIENT = PersonId("191212121212")
STRANGER = PersonId("189002149806")
OWNER = Provider("SE2321000016-R001", "Region Fjäll", CareKind.HEALTH_CARE)
UNIT = "SE2321000016-R0ME"
BASE = "https://link.invalid/fhir"
HSA = "urn:oid:1.2.752.129.2.1.4.1"
MEDIA_TYPE = "application/fhir+json"
EVENTS = "https://fhir.cambio.se/CodeSystem/link-event"


def _organisation(hsa_id: str) -> Resource:
    return {"identifier": {"system": HSA, "value": hsa_id}}


def plan(number: int, **more: object) -> Resource:
    levels = [
        {"url": "hsaCareProvider", "valueReference": _organisation(OWNER.hsa_id)},
        {"url": "hsaCareUnit", "valueReference": _organisation(UNIT)},
    ]
    return {
        "resourceType": "CarePlan",
        "id": f"case-{number}",
        "meta": {"profile": [PROFILE]},
        "extension": [{"url": HIERARCHY, "extension": levels}],
        "status": "active",
        "intent": "plan",
        "title": "Utskrivning",
        "subject": {"reference": "Patient/p1"},
        **more,
    }


def step(words: str, at: str, code: str = "", status: str = "completed", who: str = "") -> Resource:
    """One step of a case."""
    detail: Resource = {
        "code": {"text": words, **({"coding": [{"system": EVENTS, "code": code}]} if code else {})},
        "status": status,
        "scheduledPeriod": {"start": at},
    }
    return {"detail": {**detail, **({"performer": [{"display": who}]} if who else {})}}


def answers(number: int, *lines: tuple[str, str], **more: object) -> Resource:
    """A note beside a plan: questions and what was answered."""
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"note-{number}",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "item": [
            {"linkId": str(place), "text": asked, "answer": [{"valueString": said}]}
            for place, (asked, said) in enumerate(lines, start=1)
        ],
        **more,
    }


def noted(number: int) -> list[Resource]:
    return [{"reference": f"QuestionnaireResponse/note-{number}"}]


def server(
    plans: Sequence[Resource], notes: Sequence[Resource] = (), *, knows: PersonId | None = PATIENT
) -> Answerer:
    """A Link that knows one patient; notes come along. They go out as they are, valid or not."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/oauth/token"):
            return json_reply({"access_token": "t-1", "token_type": "Bearer", "expires_in": 300})
        if asked.path.endswith("/metadata"):
            return _reply({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"})
        if asked.path.endswith("/Patient/_search"):
            return _reply(emit_searchset([emit_patient(knows, "p1")] if knows else [], BASE))
        entries = [{"resource": each, "search": {"mode": "match"}} for each in plans]
        entries += [{"resource": each, "search": {"mode": "include"}} for each in notes]
        bundle = emit_searchset([], BASE)
        return _reply({**bundle, "entry": entries} if entries else bundle)

    return answer


def _reply(value: Resource) -> Reply:
    return json_reply(value, content_type=MEDIA_TYPE)


def cases() -> list[Resource]:
    return [plan(1, supportingInfo=noted(1)), plan(2, status="completed"), plan(3)]


def notes() -> list[Resource]:
    return [answers(1, ("Behov efter utskrivning", "Sår läggs om tisdag och fredag"))]


def _with(*added: Resource) -> Answerer:
    return server([*cases(), *added], notes())


def _foreign(place: int) -> Answerer:
    plans = cases()
    plans[place] = plan(9, subject={"reference": "Patient/somebody-else"})
    return server(plans, notes())


def _endless(asked: Asked) -> Reply:
    """Every page of CarePlan names a next one."""
    if "/page" in asked.path or asked.path.endswith("CarePlan/_search"):
        number = int(asked.path.rpartition("=")[2]) if "=" in asked.path else 0
        return _reply(emit_searchset([plan(number)], BASE, f"/fhir/page?n={number + 1}"))
    reply = server(cases())(asked)
    if not isinstance(reply, Reply):
        raise TypeError("a plain reply was expected")
    return reply


SCENARIOS = Scenarios(
    settings={
        "token_url": "{base}/oauth/token",
        "client_id": "c",
        "client_secret": "s",
        "sip_names": "SIP",
    },
    path="/fhir",
    owner=OWNER,
    patient=PATIENT,
    stranger=STRANGER,
    found=server(cases(), notes()),
    found_kinds=frozenset({Kind.COORDINATION}),
    empty=server([]),
    unknown=server(cases(), knows=None),
    nullified=server([plan(1, status="entered-in-error")]),
    one_bad=_with(plan(8, period="not a period")),
    foreign=_foreign,
    without_patient=_with({k: v for k, v in plan(8).items() if k != "subject"}),
    withheld=_endless,
    is_question=lambda asked: asked.path.endswith("/_search"),
)
