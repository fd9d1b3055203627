"""What the frame round every page about a patient needs."""

from typing import Any

from portal.overview.presenters.banner import present_banner
from portal.overview.presenters.listed import present_place
from portal.overview.presenters.thumb import present_thumb
from portal.overview.presenters.tools import present_tools
from portal.overview.visit import Visit
from portal.patients.validity import seal_validity


def page_context(visit: Visit) -> dict[str, Any]:
    tools = present_tools(visit.opened.handle)
    return {
        "banner": present_banner(visit.ruling),
        "ruling": visit.ruling,
        "tools": tools,
        "thumb": present_thumb(tools, visit.opened.handle),
        "handle": visit.opened.handle,
        "listed": present_place(visit.ruling, visit.opened.beside),
        "validity": seal_validity(visit.ruling),
    }
