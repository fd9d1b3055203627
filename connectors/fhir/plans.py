"""CarePlan to care plan, and the vendor's coordinated plan (discharge, SIP) to coordination."""

from collections.abc import Callable

from connectors.base.dates import order_of, read_when
from connectors.base.kinds import CarePlan, CaseEvent, Coordination
from connectors.base.records import Record, Status, When
from connectors.fhir.answers import read_answers
from connectors.fhir.dates import read_period
from connectors.fhir.drafting import Draft, MapResource, read_status
from connectors.fhir.elements import (
    Resource,
    codes,
    item,
    items,
    notes,
    paragraphs,
    profiles,
    text,
    words,
)
from consent.vocabulary import InformationType

_STATUS = {
    "draft": Status.PLANNED,
    "active": Status.ACTIVE,
    "on-hold": Status.UNKNOWN,
    "revoked": Status.CANCELLED,
    "completed": Status.ENDED,
}
# A category of the implementation guide, not of the plan.
_EMPTY_CATEGORIES = frozenset({"assess-plan"})
_UNDONE = frozenset({"cancelled", "entered-in-error", "stopped"})
# Steps of a coordinated plan that say who is named, and when it is looked at again.
_CARE_CONTACT_STEP, _FOLLOW_UP_STEP = "fast-vardkontakt", "uppfoljning"
ANSWERS = "QuestionnaireResponse"
NOT_TO_BE_DONE = "Ska inte göras: "


def plan_kind(draft: Draft) -> str:
    """What the source calls this kind of plan."""
    said = [words(category) for category in items(draft.get("category"))]
    return ", ".join(each for each in said if each and each not in _EMPTY_CATEGORIES)


def _activities(draft: Draft, *, with_performers: bool = False) -> tuple[str, ...]:
    """What is to be done, and by whom where that is asked for. What must not be done says so."""
    said = []
    for activity in items(draft.get("activity")):
        detail = item(activity.get("detail"))
        if detail.get("status") in _UNDONE:
            continue
        called = words(detail.get("code")) or text(detail.get("description"))
        called = called or draft.label(activity.get("reference"))
        performers = [draft.label(each) for each in items(detail.get("performer"))] if with_performers else []
        if called and (who := ", ".join(each for each in performers if each)):
            called = f"{called} ({who})"
        said.append(f"{NOT_TO_BE_DONE}{called}" if called and detail.get("doNotPerform") is True else called)
    return tuple(dict.fromkeys(each for each in said if each))


def _first_to_do(activities: tuple[str, ...]) -> str:
    return next((said for said in activities if not said.startswith(NOT_TO_BE_DONE)), "")


def _goals(draft: Draft) -> tuple[str, ...]:
    said = []
    for reference in items(draft.get("goal")):
        goal = draft.directory.find(reference, draft.resource)
        said.append(words(goal.get("description")) or text(reference.get("display")))
    return tuple(each for each in said if each)


def plan_mapping(is_elsewhere: Callable[[Draft], bool], crisis_names: frozenset[str]) -> MapResource:
    """``is_elsewhere``: plans of another kind. ``crisis_names``: what this source calls a crisis plan."""

    def map_plan(draft: Draft) -> tuple[Record, ...]:
        if is_elsewhere(draft):
            return ()
        kind = plan_kind(draft)
        start, end = read_period(draft.get("period"))
        created = read_when(draft.get("created"))
        activities = _activities(draft)
        common = draft.common(
            InformationType.CARE_PLAN,
            status=read_status(draft.get("status"), _STATUS),
            title=text(draft.get("title")) or kind or _first_to_do(activities) or "Vårdplan",
            author=draft.get("author"),
            start=start or created,
            end=end,
            recorded=created,
            coded=codes(draft.get("category")),
        )
        said = paragraphs(text(draft.get("description")), *_goals(draft), *activities, notes(draft.resource))
        names = {kind.casefold(), text(draft.get("title")).casefold()}
        return (CarePlan(**common, text=said, plan_kind=kind, is_crisis=bool(names & crisis_names)),)

    return map_plan


def has_profile(name: str) -> Callable[[Draft], bool]:
    """Whether a resource claims a profile, by the last part of its address."""
    return lambda draft: any(profile.rpartition("/")[2] == name for profile in profiles(draft.resource))


def coordination_mapping(is_coordinated: Callable[[Draft], bool], sip_names: frozenset[str]) -> MapResource:
    """``sip_names``: what this source calls a SIP. Notes are answers (QuestionnaireResponse) beside it."""

    def map_coordination(draft: Draft) -> tuple[Record, ...]:
        if not is_coordinated(draft):
            return ()
        start, end = read_period(draft.get("period"))
        created = read_when(draft.get("created"))
        kind = plan_kind(draft)
        events = _events(draft)
        common = draft.common(
            InformationType.CARE_PLAN,
            status=read_status(draft.get("status"), _STATUS),
            title=text(draft.get("title")) or kind or "SIP och utskrivning",
            author=draft.get("author"),
            start=start or created,
            end=end,
            recorded=created,
            coded=codes(draft.get("category")),
        )
        record = Coordination(
            **common,
            text=paragraphs(text(draft.get("description")), notes(draft.resource), *_answers(draft)),
            is_sip=kind.casefold() in sip_names,
            stage=_stage(draft),
            events=events,
            responsible=draft.label(draft.get("author")),
            care_contact=_coded_step(draft, _CARE_CONTACT_STEP)[0],
            goals=_goals(draft),
            activities=_activities(draft, with_performers=True),
            follow_up=_coded_step(draft, _FOLLOW_UP_STEP)[1],
        )
        return (record,)

    return map_coordination


def _details(draft: Draft) -> list[Resource]:
    details = [item(activity.get("detail")) for activity in items(draft.get("activity"))]
    return [detail for detail in details if detail.get("status") not in _UNDONE]


def _scheduled(detail: Resource) -> When | None:
    start, _ = read_period(detail.get("scheduledPeriod"))
    return start or read_when(detail.get("scheduledString"), may_lie_ahead=True)


def _events(draft: Draft) -> tuple[CaseEvent, ...]:
    dated = [(_scheduled(detail), words(detail.get("code"))) for detail in _details(draft)]
    events = [CaseEvent(when, said) for when, said in dated if when is not None and said]
    return tuple(sorted(events, key=lambda event: order_of(event.when)))


def _stage(draft: Draft) -> str:
    """The latest step that is done, in the source's words."""
    done = [
        (order_of(when), words(detail.get("code")))
        for detail in _details(draft)
        if detail.get("status") == "completed" and (when := _scheduled(detail)) is not None
    ]
    return max(done, key=lambda step: step[0])[1] if done else ""


def _coded_step(draft: Draft, code: str) -> tuple[str, When | None]:
    """The step with this code, as the source words it, and when it is; nothing where there is none."""
    for detail in _details(draft):
        codings = items(item(detail.get("code")).get("coding"))
        if any(coding.get("code") == code for coding in codings):
            return words(detail.get("code")), _scheduled(detail)
    return "", None


def _answers(draft: Draft) -> list[str]:
    """What was written beside the plan, as far as it came along."""
    found = [draft.directory.find(each, draft.resource) for each in items(draft.get("supportingInfo"))]
    return [read_answers(each) for each in found if each.get("resourceType") == ANSWERS]
