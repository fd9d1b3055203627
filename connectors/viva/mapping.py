"""Viva's lists and types to canonical records; what the law leaves out of the overview is left out here."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.base.dates import order_of, read_when
from connectors.base.kinds import (
    CareLimitation,
    CarePlan,
    CaseEvent,
    Contact,
    ContactRole,
    Coordination,
    HomeCare,
    HomeCareAspect,
    SocialService,
)
from connectors.base.records import Law, Phone, Record, Status
from connectors.viva.entries import Draft, Unreadable, inner, text
from connectors.viva.law import SERVICE_TYPES
from consent.vocabulary import InformationType, Kind

MapEntry = Callable[[Draft], tuple[Record, ...]]

LAWS: Mapping[str, frozenset[str]] = {"hsl": frozenset({"HSL"}), "sol": frozenset({"SOL", "LSS"})}
KINDS: Mapping[str, frozenset[Kind]] = {
    "hsl": frozenset({Kind.CARE_LIMITATION, Kind.CONTACT, Kind.HOME_CARE, Kind.CARE_PLAN, Kind.COORDINATION}),
    "sol": frozenset({Kind.SOCIAL_SERVICE, Kind.CONTACT, Kind.COORDINATION}),
}
_ASPECTS = {
    "uppgift": HomeCareAspect.TASK,
    "delegering": HomeCareAspect.DELEGATION,
    "adl": HomeCareAspect.ADL,
    "hjalpmedel": HomeCareAspect.AID,
    "besok": HomeCareAspect.VISIT,
}
_ROLES = {
    "fast_vardkontakt": ContactRole.CARE_CONTACT,
    "fast_omsorgskontakt": ContactRole.SOCIAL_CONTACT,
    "fast_lakarkontakt": ContactRole.PHYSICIAN_CONTACT,
    "kontaktsjukskoterska": ContactRole.CONTACT_NURSE,
    "handlaggare": ContactRole.CASE_HANDLER,
    "enhet": ContactRole.UNIT,
    "jour": ContactRole.ON_CALL,
    "narstaende": ContactRole.RELATIVE,
}
# What the municipality calls a documented limitation of care; the name is shown as a local term.
_LIMITATIONS = {"vardbegransning": "", "vilsad": "VILSAD", "overenskommelse": "Överenskommelse"}
_COORDINATION = frozenset({"sip", "utskrivning"})
_CRISIS = frozenset({"krisplan"})


def map_service(draft: Draft) -> tuple[Record, ...]:
    """An insats under SoL or LSS. An unknown type under SoL is not guessed at."""
    if draft.law == "SOL" and draft.type not in SERVICE_TYPES:
        raise Unreadable("unknown type")
    common = draft.common(InformationType.SOCIAL)
    common["recorded"] = decided = read_when(draft.get("beslutsdatum"), may_lie_ahead=True)
    performer = inner(draft.entry, "utforare")
    record = SocialService(
        **common,
        law=Law.LSS if draft.law == "LSS" else Law.SOL,
        service=common["title"],
        extent=text(draft.get("omfattning")),
        decision=decided.verbatim if decided else "",
        performer=text(performer.get("namn")),
        is_housing=draft.get("boende") is True,
        phones=draft.phones(),
    )
    return (record,)


def map_enrolment(draft: Draft) -> tuple[Record, ...]:
    common = draft.common(InformationType.DOCUMENTATION)
    return (HomeCare(**common, aspect=HomeCareAspect.ENROLMENT, phones=draft.phones()),)


def map_task(draft: Draft) -> tuple[Record, ...]:
    if draft.type not in _ASPECTS:
        raise Unreadable("unknown type")
    common = draft.common(InformationType.DOCUMENTATION)
    next_visit = read_when(draft.get("nasta_besok"), may_lie_ahead=True)
    return (
        HomeCare(
            **common,
            aspect=_ASPECTS[draft.type],
            detail=common["text"],
            performer=text(inner(draft.entry, "utforare").get("namn")),
            next_visit=next_visit,
            phones=draft.phones(),
        ),
    )


def map_plan(draft: Draft) -> tuple[Record, ...]:
    if draft.type in _COORDINATION:
        return ()
    common = draft.common(InformationType.CARE_PLAN)
    return (
        CarePlan(
            **common,
            plan_kind=text(draft.get("rubrik")) or draft.type,
            is_crisis=draft.type in _CRISIS,
            link="",
        ),
    )


def map_coordination(draft: Draft) -> tuple[Record, ...]:
    if draft.type not in _COORDINATION:
        return ()
    common = draft.common(InformationType.CARE_PLAN)
    record = Coordination(
        **common,
        is_sip=draft.type == "sip",
        stage=text(draft.get("steg")),
        events=tuple(sorted(_events(draft), key=lambda event: order_of(event.when))),
        responsible=common["author"].name,
        care_contact=text(draft.get("fast_vardkontakt")),
        goals=tuple(text(goal) for goal in _list(draft, "mal")),
        activities=tuple(_activities(draft)),
        follow_up=read_when(draft.get("uppfoljning"), may_lie_ahead=True),
    )
    return (record,)


def _list(draft: Draft, name: str) -> list[Any]:
    value = draft.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable("not a list")
    return value


def _activities(draft: Draft) -> Iterator[str]:
    """Who does what."""
    for each in _list(draft, "aktiviteter"):
        said, who = text(each.get("text")), text(each.get("ansvarig"))
        yield f"{said} ({who})" if who else said


def _events(draft: Draft) -> Iterator[CaseEvent]:
    for each in _list(draft, "handelser"):
        if (when := read_when(each.get("tid"), may_lie_ahead=True)) is None:
            raise Unreadable("an event without a time")
        yield CaseEvent(when, text(each.get("text")))


def map_case_handler(draft: Draft) -> tuple[Record, ...]:
    """Who decides on the insats, where the entry says how to reach her. One contact for all of hers."""
    handler = inner(draft.entry, "handlaggare")
    name, number = text(handler.get("namn")), text(handler.get("telefon"))
    if not name or not number or draft.type not in SERVICE_TYPES:
        return ()
    common = draft.common(InformationType.ADMINISTRATIVE)
    if common["status"] not in (Status.ACTIVE, Status.PLANNED):
        return ()
    common |= {"id": f"handlaggare/{name}/{number}", "title": text(handler.get("roll")) or "Handläggare"}
    common |= {"text": "", "start": None, "end": None, "status": Status.ACTIVE}
    phones = (Phone(number, hours=text(handler.get("tider"))),)
    return (
        Contact(
            **common, role=ContactRole.CASE_HANDLER, name=name, phones=phones, verified=common["updated"]
        ),
    )


def map_contact(draft: Draft) -> tuple[Record, ...]:
    """Somebody to call. An address, should one stand there, is never taken."""
    common = draft.common(InformationType.ADMINISTRATIVE)
    number = text(draft.get("telefon"))
    record = Contact(
        **common,
        role=_ROLES.get(draft.type, ContactRole.OTHER),
        name=text(draft.get("namn")) or common["author"].name,
        relation=text(draft.get("relation")),
        phones=(Phone(number, hours=text(draft.get("tider"))),) if number else (),
        verified=common["updated"],
    )
    return (record,)


def map_note(draft: Draft) -> tuple[Record, ...]:
    """A documented limitation. ``galler`` false: the note says that none applies any more. Text verbatim."""
    if draft.type not in _LIMITATIONS:
        raise Unreadable("unknown type")
    common = draft.common(InformationType.ALERT)
    if draft.get("galler") is False:
        common["status"] = Status.ENDED
    record = CareLimitation(
        **common,
        decided=common["start"],
        decided_by=text(draft.get("beslutat_av")) or common["author"].name,
        consulted=text(draft.get("samrad")),
        patient_attitude=text(draft.get("patientens_installning")),
        relatives_attitude=text(draft.get("narstaendes_installning")),
        local_term=_LIMITATIONS[draft.type],
    )
    return (record,)


# Every list of an answer; each must be there, because a missing list is not an empty one.
LISTS: Mapping[str, Mapping[Kind, MapEntry]] = {
    "insatser": {Kind.SOCIAL_SERVICE: map_service, Kind.CONTACT: map_case_handler},
    "inskrivning": {Kind.HOME_CARE: map_enrolment},
    "uppgifter": {Kind.HOME_CARE: map_task},
    "planer": {Kind.CARE_PLAN: map_plan, Kind.COORDINATION: map_coordination},
    "kontakter": {Kind.CONTACT: map_contact},
    "noteringar": {Kind.CARE_LIMITATION: map_note},
}
