"""What the frame round every page about a patient needs."""

from consent.vocabulary import Kind
from portal.overview.presenters.banner import present_banner
from portal.overview.presenters.tools import present_tools
from portal.overview.visit import Visit
from portal.patients.validity import seal_validity


def page_context(visit: Visit, kind: Kind | None = None) -> dict[str, object]:
    """``kind``: of which button the page is the list, if of any."""
    return {
        "banner": present_banner(visit.ruling),
        "ruling": visit.ruling,
        "tools": present_tools(visit.opened.handle, kind),
        "handle": visit.opened.handle,
        "validity": seal_validity(visit.ruling),
    }
