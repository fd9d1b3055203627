"""How Viva's health care half answers, for the conformance suite."""

from typing import Any

from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from connectors.base.scenarios import Scenarios
from connectors.viva.mapping import KINDS, LISTS
from consent.terms import PersonId, Provider
from consent.vocabulary import CareKind

PATIENT = PersonId("191212121212")
STRANGER = PersonId("189002149806")
OWNER = Provider("SE2120000019-V001", "Fjällviks kommun, Vård", CareKind.HEALTH_CARE)

Lists = dict[str, list[dict[str, Any]]]


def entry(number: int, type_: str, **more: object) -> dict[str, Any]:
    return {
        "id": f"viva-{number}",
        "personid": PATIENT.number,
        "typ": type_,
        "rubrik": type_.capitalize(),
        "text": "Text",
        "status": "aktiv",
        "fran": "2026-01-02",
        "till": None,
        "uppdaterad": "2026-01-02T11:30:00+01:00",
        "lagrum": "HSL",
        "enhet": {"hsaid": "SE2120000019-V0HS", "namn": "Hemsjukvården", "telefon": "0980-319260"},
        "vardgivare": {"hsaid": OWNER.hsa_id, "namn": OWNER.name},
        "handlaggare": {"namn": "Annika Rimfors", "roll": "sjuksköterska"},
        **more,
    }


def coordinated(number: int) -> dict[str, Any]:
    """A SIP with all that can be told of it."""
    return entry(
        number,
        "sip",
        steg="SIP upprättad",
        fast_vardkontakt="Annika Rimfors",
        mal=["Bo kvar hemma"],
        aktiviteter=[{"text": "Dosett delas", "ansvarig": "Hemsjukvården"}],
        handelser=[
            {"tid": "2026-01-09T10:00:00+01:00", "text": "SIP-möte"},
            {"tid": "2026-01-02T13:40:00+01:00", "text": "SIP kallad"},
        ],
        uppfoljning="2026-04-02",
    )


def lists() -> Lists:
    """Something of every kind."""
    return {
        "insatser": [],
        "inskrivning": [entry(1, "hemsjukvard")],
        "uppgifter": [entry(2, "uppgift"), entry(3, "adl"), entry(4, "hjalpmedel")],
        "planer": [entry(5, "vardplan"), coordinated(6)],
        "kontakter": [entry(7, "fast_vardkontakt", namn="Annika Rimfors", telefon="0980-319261")],
        "noteringar": [entry(8, "vilsad")],
    }


def server(held: Lists) -> Answerer:
    """A Viva that holds these lists of whoever is asked about."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/status"):
            return json_reply({"status": "ok"})
        return json_reply({"personid": asked.json["personid"], "hamtad": "2026-02-02T12:00:00+01:00", **held})

    return answer


def _nothing() -> Lists:
    return {name: [] for name in LISTS}


def _with(name: str, *added: dict[str, Any]) -> Answerer:
    held = lists()
    return server({**held, name: [*held[name], *added]})


def _foreign(place: int) -> Answerer:
    held = lists()
    held["uppgifter"][place] = {**held["uppgifter"][place], "personid": STRANGER.number}
    return server(held)


def _many(count: int, stranger_at: int | None = None) -> Answerer:
    """That many tasks."""
    tasks = [entry(number, "uppgift") for number in range(count)]
    if stranger_at is not None:
        tasks[stranger_at]["personid"] = STRANGER.number
    return server({**_nothing(), "uppgifter": tasks})


SCENARIOS = Scenarios(
    settings={"area": "hsl", "api_key": "k"},
    owner=OWNER,
    patient=PATIENT,
    stranger=STRANGER,
    found=server(lists()),
    found_kinds=KINDS["hsl"],
    empty=server(_nothing()),
    unknown=server(_nothing()),
    nullified=server({**_nothing(), "noteringar": [entry(1, "vilsad", status="makulerad")]}),
    one_bad=_with("uppgifter", entry(9, "uppgift", enhet="inte ett objekt")),
    foreign=_foreign,
    without_patient=_with("uppgifter", entry(9, "uppgift", personid=None)),
    withheld="The assumed interface answers whole, or not at all.",
    is_question=lambda asked: asked.path.endswith("/sok"),
    many=_many,
)

SOCIAL_OWNER = Provider("SE2120000019-O001", "Fjällviks kommun, Omsorg", CareKind.SOCIAL_CARE)


def social_lists() -> Lists:
    """What the social half holds."""
    owned = {
        "lagrum": "SOL",
        "vardgivare": {"hsaid": SOCIAL_OWNER.hsa_id, "namn": SOCIAL_OWNER.name},
        "enhet": {"hsaid": "SE2120000019-O0HT", "namn": "Hemtjänsten", "telefon": "0980-319270"},
    }
    services = [entry(number, "hemtjanst", **owned) for number in (1, 2, 3)]
    return {
        **_nothing(),
        "insatser": services,
        "kontakter": [entry(4, "fast_omsorgskontakt", namn="Mikael Strandå", **owned)],
        "planer": [entry(5, "sip", **owned)],
    }


def _social_with(*added: dict[str, Any]) -> Answerer:
    held = social_lists()
    return server({**held, "insatser": [*held["insatser"], *added]})


def _social_foreign(place: int) -> Answerer:
    held = social_lists()
    held["insatser"][place] = {**held["insatser"][place], "personid": STRANGER.number}
    return server(held)


def _social_many(count: int, stranger_at: int | None = None) -> Answerer:
    """That many services."""
    (first, *_) = social_lists()["insatser"]
    services = [{**first, "id": f"viva-{number}"} for number in range(count)]
    if stranger_at is not None:
        services[stranger_at]["personid"] = STRANGER.number
    return server({**_nothing(), "insatser": services})


SOCIAL_SCENARIOS = Scenarios(
    settings={"area": "sol", "api_key": "k"},
    owner=SOCIAL_OWNER,
    patient=PATIENT,
    stranger=STRANGER,
    found=server(social_lists()),
    found_kinds=KINDS["sol"],
    empty=server(_nothing()),
    unknown=server(_nothing()),
    nullified=server(
        {**_nothing(), "insatser": [entry(1, "hemtjanst", lagrum="SOL", status="felregistrerad")]}
    ),
    one_bad=_social_with(entry(9, "hemtjanst", lagrum="SOL", utforare="inte ett objekt")),
    foreign=_social_foreign,
    without_patient=_social_with(entry(9, "hemtjanst", lagrum="SOL", personid="")),
    withheld=SCENARIOS.withheld,
    is_question=SCENARIOS.is_question,
    many=_social_many,
)
