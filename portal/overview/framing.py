"""What the frame round every page about a patient needs."""

from typing import Any

from consent.vocabulary import Kind
from portal.overview.presenters.banner import present_banner
from portal.overview.presenters.listed import present_place
from portal.overview.presenters.tools import Toolbar
from portal.overview.visit import Visit
from portal.patients.validity import seal_validity


def page_context(visit: Visit, kind: Kind | None = None) -> dict[str, Any]:
    """``kind``: of which button the page is the list, if of any."""
    return {
        "banner": present_banner(visit.ruling),
        "ruling": visit.ruling,
        "toolbar": Toolbar(kind),
        "handle": visit.opened.handle,
        "listed": present_place(visit.ruling, visit.opened.beside),
        "validity": seal_validity(visit.ruling),
    }
