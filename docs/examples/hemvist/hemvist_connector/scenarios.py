"""How Hemvist answers in each situation, for the conformance suite. All of it is required."""

from typing import Any

from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from connectors.base.scenarios import Scenarios
from consent.terms import PersonId, Provider
from consent.vocabulary import CareKind
from hemvist_connector.mapping import KINDS

PATIENT = PersonId("191212121212")
STRANGER = PersonId("189002149806")
OWNER = Provider("SE2120000019-O001", "Fjällviks kommun, Omsorg", CareKind.SOCIAL_CARE)

Lists = dict[str, list[dict[str, Any]]]


def entry(number: int, **more: object) -> dict[str, Any]:
    return {
        "id": f"hv-{number}",
        "personnummer": PATIENT.number,
        "typ": "sarskilt_boende",
        "rubrik": "Särskilt boende",
        "status": "pagar",
        "lag": "SoL",
        "omfattning": "Dygnet runt",
        "fran": "2026-01-02",
        "till": None,
        "andrad": "2026-01-02T11:30:00+01:00",
        "enhet": {"hsaid": "SE2120000019-O0HV", "namn": "Gläntan", "telefon": "0980-319275"},
        "handlaggare": "Mikael Strandå",
        **more,
    }


def lists() -> Lists:
    """Something of every kind."""
    contact = entry(4, rubrik="Kontaktperson", namn="Mikael Strandå", telefon="0980-319276")
    return {"insatser": [entry(1), entry(2), entry(3)], "kontakter": [contact]}


def server(held: Lists) -> Answerer:
    """A Hemvist that holds these lists of whoever is asked about."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/status"):
            return json_reply({"status": "ok"})
        return json_reply(
            {"personnummer": asked.json["personnummer"], "hamtat": "2026-02-02T12:00:00+01:00", **held}
        )

    return answer


def nothing() -> Lists:
    return {"insatser": [], "kontakter": []}


def many(count: int, stranger_at: int | None = None) -> Answerer:
    services = [entry(number) for number in range(count)]
    if stranger_at is not None:
        services[stranger_at]["personnummer"] = STRANGER.number
    return server({**nothing(), "insatser": services})


def with_service(**more: object) -> Answerer:
    held = lists()
    return server({**held, "insatser": [*held["insatser"], entry(9, **more)]})


SCENARIOS = Scenarios(
    settings={"nyckel": "n"},
    path="/api",
    owner=OWNER,
    patient=PATIENT,
    stranger=STRANGER,
    found=server(lists()),
    found_kinds=KINDS,
    empty=server(nothing()),
    unknown=server(nothing()),
    nullified=server({**nothing(), "insatser": [entry(1, status="makulerad")]}),
    one_bad=with_service(enhet="inte ett objekt"),
    foreign=lambda place: many(3, place),
    without_patient=with_service(personnummer=None),
    withheld="The interface answers whole, or not at all.",
    is_question=lambda asked: asked.path.endswith("/boende"),
    many=many,
)
