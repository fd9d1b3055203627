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
    RELATION_ENDED = "relation_ended"
    UNITS_CHOSEN = "units_chosen"
    CONSENT_GIVEN = "consent_given"
    CONSENT_ENDED = "consent_ended"
    CONSENT_ANNULLED = "consent_annulled"
    CONSENT_REFUSED = "consent_refused"
    REFUSAL_ANNULLED = "refusal_annulled"
    SIP_CONSENT_GIVEN = "sip_consent_given"
    SIP_CONSENT_ENDED = "sip_consent_ended"
    SIP_CONSENT_ANNULLED = "sip_consent_annulled"
    EMERGENCY_DECLARED = "emergency_declared"
    EMERGENCY_OPENED = "emergency_opened"
    INABILITY_RECORDED = "inability_recorded"
    CHILD_ASSESSED = "child_assessed"
    BLOCK_RECORDED = "block_recorded"
    BLOCK_ENDED = "block_ended"
    BLOCK_LIFTED = "block_lifted"
    LIFT_ENDED = "lift_ended"
    LIFT_ASKED = "lift_asked"
    LIFT_ANSWERED = "lift_answered"
    NUMBERS_LINKED = "numbers_linked"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    ASSIGNMENT_CHOSEN = "assignment_chosen"
    LOG_READ = "log_read"
    LOG_EXTRACTED = "log_extracted"
    LOG_EXPORTED = "log_exported"
    LOG_ARCHIVED = "log_archived"
    LOG_REVIEWED = "log_reviewed"
    EPOCH_STARTED = "epoch_started"
    RECORD_REPLAYED = "record_replayed"
    ADMIN_CHANGED = "admin_changed"
    ERROR_REPORTED = "error_reported"
    LIST_ADDED = "list_added"
    LIST_REMOVED = "list_removed"
    LAUNCHED = "launched"


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
    MEETING = "meeting"
    PREPARE = "prepare"
    PHONE = "phone"
    API = "api"


# Pages that say whom they are about and ask no source for records: the access step, and the choice of what is
# to be printed or shown at a meeting.
ASKS_NO_SOURCE = frozenset({Action.ACCESS, Action.PREPARE})

_WRITES = frozenset(
    {
        Event.RELATION_CONFIRMED,
        Event.RELATION_ENDED,
        Event.CONSENT_GIVEN,
        Event.CONSENT_ENDED,
        Event.CONSENT_ANNULLED,
        Event.CONSENT_REFUSED,
        Event.REFUSAL_ANNULLED,
        Event.INABILITY_RECORDED,
        Event.CHILD_ASSESSED,
        Event.SIP_CONSENT_GIVEN,
        Event.SIP_CONSENT_ENDED,
        Event.SIP_CONSENT_ANNULLED,
        Event.BLOCK_RECORDED,
        Event.BLOCK_ENDED,
        Event.BLOCK_LIFTED,
        Event.LIFT_ENDED,
        Event.LIFT_ANSWERED,
        Event.NUMBERS_LINKED,
        Event.LIST_ADDED,
        Event.LIST_REMOVED,
    }
)
_EMERGENCIES = frozenset({Event.EMERGENCY_DECLARED, Event.EMERGENCY_OPENED, Event.LIFT_ASKED})
_READS = frozenset(
    {Event.LOG_EXTRACTED, Event.SEARCH, Event.LAUNCHED, Event.INTENT, Event.SHOWN, Event.UNITS_CHOSEN}
)


def activity_of(event: Event, action: Action | None = None, is_emergency: bool = False) -> Activity:
    """How the national log names it; reading under an emergency opening is Nödöppning."""
    if event in _EMERGENCIES or (is_emergency and event is Event.SHOWN):
        return Activity.EMERGENCY
    if event in _WRITES:
        return Activity.WRITE
    if event in _READS:
        return Activity.PRINT if action is Action.PRINT else Activity.READ
    return Activity.NONE


# What takes access away, or another consent. Journalled outside the database with the seal, so that no
# restored backup brings it back: ``consent.replaying`` knows what each undoes.
REVOKING_EVENTS = frozenset(
    {
        Event.CONSENT_ENDED,
        Event.CONSENT_ANNULLED,
        Event.CONSENT_REFUSED,
        Event.SIP_CONSENT_ENDED,
        Event.SIP_CONSENT_ANNULLED,
        Event.RELATION_ENDED,
        Event.BLOCK_RECORDED,
        Event.LIFT_ENDED,
    }
)
