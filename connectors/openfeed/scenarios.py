"""How a source of the open interface answers, for the conformance suite."""

from typing import Any

from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from connectors.base.scenarios import Scenarios
from connectors.openfeed.mapping import KINDS
from consent.terms import PersonId, Provider
from consent.vocabulary import CareKind

PATIENT = PersonId("191212121212")
STRANGER = PersonId("189002149806")
OWNER = Provider("SE2120000027-O001", "Nordlidens kommun, Omsorg", CareKind.SOCIAL_CARE)
Flat = dict[str, Any]


def flat(number: int, type_: str, *, law: str = "sol", data: Flat | None = None, **more: object) -> Flat:
    return {
        "v": 1,
        "id": f"post-{number}",
        "type": type_,
        "patient": PATIENT.number,
        "patient_type": "pnr",
        "status": "active",
        "title": type_.capitalize(),
        "text": "Text",
        "start": "2026-01-02",
        "end": None,
        "updated": "2026-01-10T08:00:00+01:00",
        "law": law,
        "unit": {
            "provider": OWNER.hsa_id,
            "unit": "SE2120000027-O0ON",
            "name": "Omsorgen Nordliden",
            "phone": "0980-319280",
        },
        "author": {"name": "Yngve Norrby", "role": "handläggare"},
        "data": data or {},
        **more,
    }


def records() -> list[Flat]:
    """Something of every kind."""
    return [
        flat(1, "service", data={"kind": "home_service", "extent": "4 gånger per dag"}),
        flat(2, "service", data={"kind": "alarm"}),
        flat(3, "service", data={"kind": "meals"}),
        flat(4, "enrolment", law="hsl", data={"kind": "home_care"}),
        flat(5, "care_limitation", law="hsl", data={"class": "no_cpr"}),
        flat(6, "care_plan", law="hsl", data={"kind": "vp"}),
        flat(7, "care_plan", data={"kind": "sip"}),
        flat(8, "vaccination", law="hsl", data={"target": "covid-19", "dose": 5, "product": "Comirnaty"}),
        flat(9, "contact", data={"role": "omsorgskontakt", "name": "Yngve Norrby"}),
        flat(10, "allergy", law="hsl", data={"substance": "Penicillin"}),
        flat(11, "medication", law="hsl", data={"dose_text": "1 tablett morgon"}),
        flat(12, "observation", law="hsl", data={"value": 112, "unit": "slag/min"}),
        flat(13, "note", law="hsl"),
    ]


def server(held: list[Flat]) -> Answerer:
    """A source that holds these records of whoever is asked about."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/records"):
            return json_reply({"v": 1, "as_of": "2026-02-02T12:00:00+01:00", "records": held, "next": None})
        return json_reply({"v": 1})

    return answer


def _foreign(place: int) -> Answerer:
    held = records()
    held[place] = {**held[place], "patient": STRANGER.number}
    return server(held)


def _many(count: int, stranger_at: int | None = None) -> Answerer:
    """That many services."""
    held = [flat(number, "service", data={"kind": "home_service"}) for number in range(count)]
    if stranger_at is not None:
        held[stranger_at]["patient"] = STRANGER.number
    return server(held)


def _endless(asked: Asked) -> Reply:
    """Every page names a next one."""
    cursor = int(asked.json.get("cursor", "0"))
    page = [flat(cursor, "service", data={"kind": "alarm"})]
    return json_reply({"v": 1, "records": page, "next": str(cursor + 1)})


SCENARIOS = Scenarios(
    settings={"token": "k"},
    path="/feed",
    owner=OWNER,
    patient=PATIENT,
    stranger=STRANGER,
    found=server(records()),
    found_kinds=KINDS,
    empty=server([]),
    unknown=server([]),
    nullified=server([flat(1, "service", status="error")]),
    one_bad=server([*records(), flat(90, "service", unit="inte ett objekt")]),
    foreign=_foreign,
    without_patient=server([*records(), flat(90, "service", patient=None)]),
    withheld=_endless,
    is_question=lambda asked: asked.path.endswith("/records"),
    many=_many,
)
