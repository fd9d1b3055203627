"""The closed set of events that the access log knows, and what each is called elsewhere."""

from enum import StrEnum


class Event(StrEnum):
    SEARCH = "search"
    INTENT = "intent"
    SHOWN = "shown"
    LEFT = "left"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    RELATION_CONFIRMED = "relation_confirmed"
    UNITS_CHOSEN = "units_chosen"
    CONSENT_GIVEN = "consent_given"
    CONSENT_ENDED = "consent_ended"
    CONSENT_ANNULLED = "consent_annulled"
    CONSENT_REFUSED = "consent_refused"
    REFUSAL_ANNULLED = "refusal_annulled"
    EMERGENCY_DECLARED = "emergency_declared"
    EMERGENCY_OPENED = "emergency_opened"
    INABILITY_RECORDED = "inability_recorded"
    CHILD_ASSESSED = "child_assessed"
    BLOCK_LIFTED = "block_lifted"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    ASSIGNMENT_CHOSEN = "assignment_chosen"
    LOG_READ = "log_read"
    ADMIN_CHANGED = "admin_changed"


class Activity(StrEnum):
    """``activityType`` of the national log contract, StoreLog 2.0."""

    READ = "Läsa"
    WRITE = "Skriva"
    PRINT = "Utskrift"
    EMERGENCY = "Nödöppning"
    NONE = ""


class Action(StrEnum):
    """What a reader was doing when a view was opened."""

    ACCESS = "access"
    OVERVIEW = "overview"
    DETAIL = "detail"
    RETRY = "retry"
    SOURCES = "sources"
    TIMELINE = "timeline"
    SEARCH = "search"
    PRINT = "print"
    API = "api"


_WRITES = frozenset(
    {
        Event.RELATION_CONFIRMED,
        Event.CONSENT_GIVEN,
        Event.CONSENT_ENDED,
        Event.CONSENT_ANNULLED,
        Event.CONSENT_REFUSED,
        Event.REFUSAL_ANNULLED,
        Event.INABILITY_RECORDED,
        Event.CHILD_ASSESSED,
        Event.BLOCK_LIFTED,
    }
)
_READS = frozenset({Event.SEARCH, Event.INTENT, Event.SHOWN, Event.UNITS_CHOSEN})


def activity_of(event: Event, action: Action | None = None, is_emergency: bool = False) -> Activity:
    """How the national log names it; reading under an emergency opening is Nödöppning."""
    if event in (Event.EMERGENCY_DECLARED, Event.EMERGENCY_OPENED) or (is_emergency and event is Event.SHOWN):
        return Activity.EMERGENCY
    if event in _WRITES:
        return Activity.WRITE
    if event in _READS:
        return Activity.PRINT if action is Action.PRINT else Activity.READ
    return Activity.NONE
