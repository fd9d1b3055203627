"""GetCarePlans 2.0: to care plan, and SIP and discharge plans to coordination.

The contract tells of no validity: a plan that was written stands until somebody ends it (ADR 41), and is
never said to be in force.
"""

import base64
import binascii
from collections.abc import Mapping

from connectors.base.kinds import CarePlan, Coordination
from connectors.base.records import Record, Status
from connectors.base.xmlreading import children
from connectors.rivta.drafting import Draft
from connectors.rivta.elements import Element, Unreadable, paragraphs, text
from consent.vocabulary import InformationType

# TypeOfCarePlanEnum, as the contract describes them.
PLAN_KINDS: Mapping[str, str] = {
    "SIP": "Samordnad individuell plan",
    "SPU": "Samordnad plan vid utskrivning",
    "SPLPTLRV": "Samordnad plan enligt LPT eller LRV",
    "VP": "Vårdplan",
    "HP": "Habiliteringsplan",
    "RP": "Rehabiliteringsplan",
    "GP": "Genomförandeplan",
    "SVP": "Standardvårdplan",
}
_SIP, _COORDINATED = "SIP", frozenset({"SIP", "SPU"})
_PLAIN = "text/plain"


def map_plan(draft: Draft) -> tuple[Record, ...]:
    kind = text(draft.body, "typeOfCarePlanEnum").upper()
    called = PLAN_KINDS.get(kind, kind)
    contents = list(children(draft.body, "content"))
    said = paragraphs(*(_readable(content) for content in contents))
    link = ", ".join(dict.fromkeys(found for content in contents if (found := _elsewhere(content))))
    common = draft.common(
        InformationType.CARE_PLAN,
        status=Status.UNKNOWN,
        title=draft.header.title or called or "Vårdplan",
    )
    if kind in _COORDINATED:
        responsible = draft.header.author.name
        said = paragraphs(said, link)
        return (Coordination(**common, text=said, is_sip=kind == _SIP, responsible=responsible),)
    return (CarePlan(**common, text=said, plan_kind=called, link=link),)


def _readable(content: Element) -> str:
    """Text that came along, verbatim. Raises Unreadable where it is not what it says."""
    value = text(content, "value")
    if not value or text(content, "mediaType").lower() != _PLAIN:
        return ""
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode("utf-8").strip()
    except (binascii.Error, UnicodeDecodeError):
        raise Unreadable("content") from None


def _elsewhere(content: Element) -> str:
    """Where the document is to be read, or what sort it is where it can only be read in its own system."""
    if reference := text(content, "reference"):
        return reference
    kind = text(content, "mediaType")
    return f"{kind}: läses i källsystemet" if kind and kind.lower() != _PLAIN else ""
