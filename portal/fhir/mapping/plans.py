"""Care plan, and a coordinated case (SIP, discharge), to CarePlan."""

from connectors.base.kinds import CarePlan, CaseEvent, Coordination
from connectors.base.records import Record, Status, When
from connectors.fhir.elements import Resource
from portal.fhir import names
from portal.fhir.elements import (
    Telling,
    author_of,
    begin,
    choice,
    concept,
    date_time,
    filled,
    notes,
    period,
    term,
)

_STATUS = {
    Status.ACTIVE: "active",
    Status.PLANNED: "draft",
    Status.ENDED: "completed",
    Status.CANCELLED: "revoked",
    Status.IN_ERROR: "entered-in-error",
}


def map_care_plan(record: CarePlan, telling: Telling) -> Resource:
    said = concept(record.plan_kind, record.codes)
    return {**_begin(record, telling), **filled(description=record.text, category=[said] if said else [])}


def map_coordination(record: Coordination, telling: Telling) -> Resource:
    """Its kind is a code of ours: each system calls a SIP by another name. Goals come along inside."""
    sort = term(names.KIND, "sip" if record.is_sip else "discharge")
    plan = _begin(record, telling)
    told = [goal for goal in record.goals if goal.strip()]
    goals = [
        {
            "resourceType": "Goal",
            "id": f"goal-{place}",
            "lifecycleStatus": "active",
            "description": {"text": goal},
            "subject": {"reference": telling.subject},
        }
        for place, goal in enumerate(told)
    ]
    care_contact = f"Fast vårdkontakt: {record.care_contact}" if record.care_contact else ""
    follow_up = [CaseEvent(record.follow_up, "Uppföljning")] if record.follow_up else []
    return {
        **plan,
        "category": [sort, *([concept("", record.codes)] if record.codes else [])],
        **filled(
            contained=[*plan.get("contained", []), *goals],
            description=record.text,
            goal=[{"reference": f"#{goal['id']}"} for goal in goals],
            activity=[
                *(
                    _step(event.text, event.when, "completed")
                    for event in record.events
                    if event.text.strip()
                ),
                *(_step(said, None, "unknown") for said in record.activities if said.strip()),
                *(_step(event.text, event.when, "scheduled") for event in follow_up),
            ],
            note=notes(record.stage, record.responsible, care_contact),
        ),
    }


def _step(said: str, when: When | None, status: str) -> Resource:
    scheduled = choice("scheduled", when)
    if exact := scheduled.pop("scheduledDateTime", ""):
        scheduled = {"scheduledPeriod": {"start": exact}}
    return {"detail": {"code": {"text": said}, "status": status, **scheduled}}


def _begin(record: Record, telling: Telling) -> Resource:
    return {
        **begin(record, telling, "CarePlan"),
        "status": _STATUS.get(record.status, "unknown"),
        "intent": "plan",
        **filled(
            title=record.title,
            period=period(record.start, record.end),
            created=date_time(record.recorded),
            author=author_of(record),
        ),
    }
