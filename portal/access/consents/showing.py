"""That somebody saw what is recorded of a patient's consents is itself a view: judged, and logged."""

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, Trace, write
from consent.acts import Act
from consent.database import on_database_thread
from consent.register import Entry as Listed
from consent.register import entries_of
from consent.release import NotReleased, Shown, release
from consent.ruling import Ruling
from portal.access.consents.options import Options, options_for
from portal.access.consents.rows import names_of_staff
from portal.patients.opening import Opened


def may_be_seen(ruling: Ruling) -> bool:
    """By whoever may read the own unit's records, and by whoever records consents for the provider."""
    return ruling.permit is not None or Act.GIVE_CONSENT in ruling.acts


def read_entries(opened: Opened, ruling: Ruling) -> tuple[tuple[Listed, ...], dict[str, str], Options]:
    """What is recorded, who recorded it, and what a form could offer. For a database thread."""
    entries = entries_of(opened.actor, ruling.person.id)
    return entries, names_of_staff(entries), options_for(opened.actor)


async def note_shown(ruling: Ruling, trace: Trace, count: int) -> bool:
    """Log how many entries leave. False: access changed meanwhile. Raises LogUnavailable.

    Who administers consents has no permit, as no record of care is hers to see; her view is logged as such.
    """
    if ruling.permit is None:
        detail = {"list": "consents", "counts": {"consents": count}}
        entry = Entry(
            Event.SHOWN, ruling.actor, trace, patient=ruling.person.id, action=Action.ACCESS, detail=detail
        )
        await on_database_thread(write, entry)
        return True
    try:
        await release(ruling.permit, Shown(counts={"consents": count}), Action.ACCESS, trace)
    except NotReleased:
        return False
    return True
