"""Taking an assignment to work under: another security context."""

from django.db.models.functions import Now
from django.http import HttpRequest

from consent import recording
from consent.accesslog.events import Event
from portal.accounts.actors import OF_PATIENTS, SESSION_KEY, trace_of
from portal.accounts.models import Assignment


def take(request: HttpRequest, assignment: Assignment) -> None:
    """New session key, so every patient handle dies; personal openings of other units end.

    ``assignment``: one of the reader's own that hold; the caller has seen to that.
    """
    actor = assignment.as_actor()
    recording.end_openings(actor, trace_of(request), Event.ASSIGNMENT_CHOSEN, keep_unit=actor.unit.hsa_id)
    request.session.cycle_key()
    for key in OF_PATIENTS:
        request.session.pop(key, None)
    request.session[SESSION_KEY] = assignment.pk
    Assignment.objects.filter(pk=assignment.pk).update(last_used_at=Now())
