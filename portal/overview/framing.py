"""What the frame round every page about a patient needs."""

from typing import Any

from consent.vocabulary import Kind
from portal.overview.presenters.banner import present_banner
from portal.overview.presenters.listed import present_place
from portal.overview.presenters.thumb import present_thumb
from portal.overview.presenters.tools import present_tools
from portal.overview.visit import Visit
from portal.patients.validity import seal_validity


def page_context(visit: Visit, kind: Kind | None = None) -> dict[str, Any]:
    """``kind``: of which button the page is the list, if of any."""
    tools = present_tools(visit.opened.handle, kind)
    return {
        "banner": present_banner(visit.ruling),
        "ruling": visit.ruling,
        "tools": tools,
        "thumb": present_thumb(tools, visit.opened.handle),
        "handle": visit.opened.handle,
        "listed": present_place(visit.ruling, visit.opened.beside),
        "validity": seal_validity(visit.ruling),
    }
